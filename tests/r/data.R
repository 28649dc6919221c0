# Our own data for the references, simulated or made incomplete by fixed rules: writes data/*.csv; R 4.2.
#
#   Rscript tests/r/data.R FOLDER      FOLDER holds semopy's example data (holzinger_swineford39_data.csv)
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

write_data <- function(frame, file) {
  numbers <- vapply(frame, is.double, logical(1))
  frame[numbers] <- lapply(frame[numbers], round, 4)
  write.csv(frame, file.path(here, "data", file), row.names = FALSE, quote = FALSE, na = "")
}

# Holzinger-Swineford with about a tenth of the answers missing: x5, x6 where x1 is high and x8, x9 where pupils are older
# (missing at random given what is observed), the rest by row number; ageyr is missing in 7 rows, and row 150 has no answer.
incomplete <- public("holzinger_swineford39_data.csv")[c(paste0("x", 1:9), "school", "sex", "ageyr")]
row <- seq_len(nrow(incomplete))
high <- incomplete$x1 > 5.3
old <- incomplete$ageyr >= 14
incomplete$x2[row %% 13 == 4] <- NA
incomplete$x3[row %% 11 == 7] <- NA
incomplete$x4[row %% 19 == 3] <- NA
incomplete$x5[high & row %% 3 > 0] <- NA
incomplete$x6[high & row %% 3 == 1] <- NA
incomplete$x7[row %% 14 == 9] <- NA
incomplete$x8[old & row %% 2 == 0] <- NA
incomplete$x9[old & row %% 4 > 1] <- NA
incomplete$ageyr[row %% 43 == 40] <- NA
incomplete[150, paste0("x", 1:9)] <- NA
write_data(incomplete, "incomplete.csv")

# 40 clusters of 6 to 24 rows; two factors of three indicators, one outcome path, skewed and heavy-tailed.
set.seed(20240)
sizes <- rep(c(6, 9, 12, 15, 15, 15, 18, 24, 16, 20), 4)
cluster <- rep(seq_along(sizes), sizes)
n <- length(cluster)
skewed <- function(n) (rgamma(n, 2) - 2) / sqrt(2)
heavy <- function(n) rt(n, 6) / sqrt(1.5)
between <- function(sd) (sd * skewed(length(sizes)))[cluster]
support <- between(0.5) + skewed(n)
service <- 0.6 * support + between(0.4) + 0.8 * heavy(n)
clustered <- data.frame(cluster = cluster, side = ifelse(cluster %% 2 == 1, "east", "west"))
for (i in 1:3) clustered[[paste0("s", i)]] <- 3 + c(1, 0.8, 0.7)[i] * support + between(0.2) + 0.7 * heavy(n)
for (i in 1:3) clustered[[paste0("p", i)]] <- 3 + c(1, 0.9, 1.1)[i] * service + between(0.2) + 0.7 * skewed(n)
clustered$outcome <- 1 + 0.5 * service + 0.2 * support + between(0.3) + heavy(n)
write_data(clustered, "clustered.csv")

# Six factors of five indicators with a chain of paths, n = 600, mildly skewed.
set.seed(20241)
n <- 600
mild <- function(n) (rgamma(n, 8) - 8) / sqrt(8)
f <- matrix(0, n, 6)
f[, 1] <- mild(n)
f[, 2] <- 0.3 * f[, 1] + mild(n)
f[, 3] <- 0.5 * f[, 1] + 0.2 * f[, 2] + 0.8 * mild(n)
f[, 4] <- 0.4 * f[, 3] + 0.3 * f[, 2] + 0.8 * mild(n)
f[, 5] <- 0.4 * f[, 4] + 0.2 * f[, 1] + 0.8 * mild(n)
f[, 6] <- 0.3 * f[, 5] + 0.3 * f[, 4] + 0.8 * mild(n)
large <- list()
for (factor in 1:6) for (item in 1:5)
  large[[paste0(letters[factor], item)]] <- 3 + c(0.8, 0.7, 0.9, 0.6, 0.75)[item] * f[, factor] + 0.6 * mild(n)
write_data(as.data.frame(large), "large.csv")

# Four waves of growth with a covariate of level and slope, n = 200.
set.seed(20242)
n <- 200
x <- rnorm(n)
level <- 2 + 0.5 * x + 0.8 * rnorm(n)
slope <- 0.4 + 0.2 * x + 0.3 * rnorm(n)
growth <- data.frame(x = x)
for (wave in 1:4) growth[[paste0("t", wave)]] <- level + (wave - 1) * slope + 0.6 * rnorm(n)
write_data(growth, "growth.csv")

# Ordered answers of 500 people in two groups: two factors by four and three five-point items, two yes/no items and two
# continuous outcomes; ordinal_gaps.csv is the same with about a twelfth of the answers missing, by row number.
set.seed(20243)
n <- 500
side <- rep(c("east", "west"), c(260, 240))
f <- rnorm(n)
g <- 0.5 * f + sqrt(0.75) * rnorm(n) + 0.3 * (side == "west")
cuts <- list(c(-1.4, -0.6, 0.2, 1.1), c(-1.1, -0.4, 0.5, 1.3), c(-1.5, -0.8, 0.1, 0.9), c(-0.9, -0.2, 0.7, 1.5))
category <- function(y, cut) findInterval(y, cut) + 1
ordinal <- list()
for (i in 1:4) ordinal[[paste0("a", i)]] <- category(c(0.8, 0.7, 0.75, 0.6)[i] * f + c(0.6, 0.71, 0.66, 0.8)[i] * rnorm(n), cuts[[i]])
for (i in 1:3) ordinal[[paste0("c", i)]] <- category(c(0.7, 0.8, 0.65)[i] * g + c(0.71, 0.6, 0.76)[i] * rnorm(n), cuts[[i]])
for (i in 1:2) ordinal[[paste0("b", i)]] <- category(c(0.6, 0.7)[i] * g + c(0.8, 0.71)[i] * rnorm(n), c(0.3, -0.6)[i])
ordinal$z1 <- 2 + 0.6 * f + 0.4 * g + 1.2 * rnorm(n)
ordinal$z2 <- 10 + 1.5 * g + 2 * rnorm(n)
ordinal <- data.frame(ordinal, side = side)
write_data(ordinal, "ordinal.csv")
gaps <- ordinal
row <- seq_len(n)
for (i in seq_len(11)) gaps[row %% 12 == i %% 12 & row %% 5 != i %% 5, i] <- NA
write_data(gaps, "ordinal_gaps.csv")

# Three items with an empty cell: p and q are never both 2; r has a category that one person chose.
sparse <- expand.grid(p = 1:2, q = 1:2, r = 1:4)
times <- c(14, 9, 11, 0, 9, 12, 7, 0, 5, 8, 10, 0, 0, 0, 1, 0)
write_data(sparse[rep(seq_len(16), times), ], "ordinal_sparse.csv")
# Two exogenous factors whose product matters for a mediator, and an outcome, n = 500.
set.seed(20243)
n <- 500
x <- mild(n)
z <- 0.3 * x + mild(n)
m <- 0.4 * x + 0.2 * z + 0.25 * x * z + 0.8 * mild(n)
y <- 0.5 * m + 0.2 * x + 0.8 * mild(n)
moderated <- list()
for (i in 1:3) for (name in c("x", "z", "m", "y"))
  moderated[[paste0(name, i)]] <- 3 + c(1, 0.8, 0.9)[i] * get(name) + 0.6 * mild(n)
moderated$w <- z + 0.5 * mild(n)
write_data(as.data.frame(moderated), "moderated.csv")

# Two levels: 60 centres of 3 to 14 staff in two regions; demands and strain as answers of both levels, climate a fact of
# the centre, hours of a person; the within and the between relations differ. In two_level_gaps.csv answers are missing.
set.seed(20242)
sizes <- rep(c(3, 4, 6, 8, 8, 10, 11, 14, 5, 7), 6)
centre <- rep(seq_along(sizes), sizes)
n <- length(centre); J <- length(sizes)
climate <- rnorm(J); region <- ifelse(seq_len(J) %% 2 == 1, "north", "south")
hours <- rnorm(n)
demands_b <- -0.4 * climate + 0.6 * rnorm(J); demands_w <- 0.3 * hours + 0.8 * skewed(n)
strain_b <- 0.7 * demands_b + 0.4 * rnorm(J); strain_w <- 0.4 * demands_w + 0.7 * heavy(n)
two_level <- data.frame(centre, region = region[centre], hours, climate = climate[centre])
loadings <- c(1, 0.8, 0.9, 0.7)
for (i in 1:4) two_level[[paste0("d", i)]] <-
  3 + loadings[i] * (demands_b[centre] + demands_w) + 0.3 * rnorm(J)[centre] + 0.7 * skewed(n)
for (i in 1:4) two_level[[paste0("e", i)]] <-
  3 + loadings[i] * (strain_b[centre] + strain_w) + 0.3 * rnorm(J)[centre] + 0.7 * rnorm(n)
two_level$pay <- 2 + 0.3 * demands_b[centre] + 0.5 * rnorm(J)[centre] + 0.4 * demands_w + rnorm(n)
two_level$load <- 2 + 0.5 * rnorm(J)[centre] + rnorm(n)
two_level$leave <- 2 + 0.4 * two_level$pay + 0.3 * two_level$load + 0.5 * strain_b[centre] + rnorm(n)
two_level <- two_level[order((seq_len(n) * 7919) %% 10007), ]  # clusters in no order
write_data(two_level, "two_level.csv")

row <- seq_len(n)
for (i in 1:4) two_level[[paste0("d", i)]][row %% 11 == i] <- NA
two_level$e2[two_level$d1 > 4 & row %% 3 == 0] <- NA
two_level$e3[row %% 7 == 5] <- NA
two_level$hours[row %% 37 == 8] <- NA
two_level$climate[two_level$centre == 17] <- NA
write_data(two_level, "two_level_gaps.csv")

# Outcomes of observed covariates, n = 600: five-point and yes-or-no answers (u, b), numbers (y); female is 0 or 1, post has
# three values, one group has steeper slopes. The second file lacks about a tenth of the answers and four values of z.
set.seed(20244)
n <- 600
side <- ifelse(seq_len(n) %% 5 < 3, "east", "west")
z <- rnorm(n, 2)
w <- 0.5 * (z - 2) + 0.8 * rnorm(n)
female <- as.integer(runif(n) < 0.35 + 0.2 * (z > 2))
post <- sample(0:2, n, TRUE, c(.5, .3, .2))
f <- (0.4 + 0.2 * (side == "west")) * (z - 2) + 0.4 * female + 0.8 * rnorm(n)
g <- 0.5 * f - 0.3 * w + 0.2 * post + 0.7 * rnorm(n)
covariates <- data.frame(side = side)
for (i in 1:4) covariates[[paste0("u", i)]] <- findInterval(c(.9, .8, .7, .8)[i] * f + .3 * (i == 2) * female + .6 * rnorm(n), c(-1.2, -.4, .5, 1.4)) + 1
for (i in 1:3) covariates[[paste0("v", i)]] <- findInterval(c(.8, .9, .7)[i] * g + .6 * rnorm(n), c(-.7, .2, 1)) + 1
covariates$b1 <- as.integer(0.5 * f + 0.3 * female + rnorm(n) > 0.2)
covariates$b2 <- as.integer(0.6 * covariates$b1 - 0.4 * w + rnorm(n) > 0)
covariates$y1 <- 3 + 0.8 * f + 0.7 * rnorm(n)
covariates$y2 <- 10 + 1.5 * g + 0.5 * z + 2 * rnorm(n)
covariates <- data.frame(covariates, z = z, w = w, female = female, post = post)
write_data(covariates, "covariates.csv")
row <- seq_len(n)
for (i in 2:12) covariates[row %% 12 == i %% 12 & row %% 5 != i %% 5, i] <- NA
covariates$z[row %% 150 == 7] <- NA
write_data(covariates, "covariates_gaps.csv")

# Random slopes: 60 centres of 3 to 12 staff. What hours and support do to strain (three items, e) and to load differs from centre to
# centre, with the climate; `leave` is answered by staff, `turnover` a fact of the centre that goes with its slope. The second file lacks
# a tenth of the answers and some facts of centres.
set.seed(20246)
sizes <- sample(3:12, 60, TRUE)
centre <- rep(seq_along(sizes), sizes)
n <- length(centre); J <- length(sizes)
climate <- rnorm(J)
level <- 0.4 * climate + 0.7 * rnorm(J)
steep <- 0.5 - 0.2 * climate + 0.3 * level + 0.4 * rnorm(J); eased <- -0.3 + 0.4 * rnorm(J)
hours <- rnorm(J)[centre] * 0.5 + rnorm(n); support <- 0.3 * hours + rnorm(n)
strain <- steep[centre] * hours + eased[centre] * support + 0.8 * rnorm(n)
random_slopes <- data.frame(centre, region = ifelse(centre %% 2 == 1, "north", "south"), hours, support, climate = climate[centre])
random_slopes$turnover <- (0.3 + 0.6 * steep - 0.2 * climate + 0.5 * rnorm(J))[centre]
for (i in 1:3) random_slopes[[paste0("e", i)]] <-
  3 + c(1, 0.8, 0.9)[i] * (level[centre] + strain) + 0.4 * rnorm(J)[centre] + 0.6 * rnorm(n)
random_slopes$load <- 2 + level[centre] + 0.3 * rnorm(J)[centre] + steep[centre] * hours + 0.2 * support + rnorm(n)
random_slopes$leave <- 1 + 0.4 * random_slopes$load + eased[centre] * support + 0.5 * rnorm(J)[centre] + rnorm(n)
random_slopes <- random_slopes[order((seq_len(n) * 7919) %% 10007), ]
write_data(random_slopes, "random_slopes.csv")
row <- seq_len(n)
for (name in c("e1", "e2", "e3", "load", "leave")) random_slopes[[name]][runif(n) < 0.1] <- NA
random_slopes$e2[random_slopes$e1 > 5 & row %% 2 == 0] <- NA
write_data(random_slopes, "random_slopes_gaps.csv")
