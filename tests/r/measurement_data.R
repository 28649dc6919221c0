# Our own simulated answers for the measurement references, and the correlations of a public data set: data/*.csv; R 4.2.
#
#   Rscript tests/r/measurement_data.R
#
# bfi_correlations.csv: Pearson correlations of the 25 items of psychTools::bfi (2,436 complete rows), answers to public
# domain items of the International Personality Item Pool, collected by the SAPA project (Revelle, Wilt & Rosenthal, 2010).
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
write_data <- function(frame, file, ...)
  write.csv(frame, file.path(here, "data", file), quote = FALSE, na = "", ...)

# 500 staff in 50 teams of 10 answer three correlated dimensions of five items on five points, partly skewed, in two
# versions of the questionnaire; teams differ; b4 loads weakly and c5 also loads on the second factor.
set.seed(20251)
n <- 500
team <- rep(1:50, each = 10)
factors <- matrix(rnorm(3 * n), n) %*% chol(matrix(c(1, .4, .3, .4, 1, .2, .3, .2, 1), 3))
factors <- factors * sqrt(.8) + matrix(rnorm(150), 50)[team, ] * sqrt(.2)
loading <- rep(c(.8, .7, .65, .6, .75), 3)
loading[9] <- .4
latent <- sapply(1:15, function(i) {
  own <- factors[, (i - 1) %/% 5 + 1]
  cross <- if (i == 15) .3 * factors[, 2] else 0
  loading[i] * own + cross + sqrt(1 - loading[i]^2) * rnorm(n)
})
cuts <- list(c(-1.5, -.5, .5, 1.5), c(-1, -.2, .6, 1.4), c(-2, -1.3, -.6, .4))
likert <- as.data.frame(sapply(1:15, function(i) findInterval(latent[, i], cuts[[(i - 1) %% 3 + 1]]) + 1))
names(likert) <- paste0(rep(c("a", "b", "c"), each = 5), 1:5)
write_data(cbind(team = team, version = rep(c("old", "new"), n / 2), likert), "likert.csv", row.names = FALSE)

# 60 staff answer a scale three times, two weeks apart; the second mean is higher.
set.seed(20252)
trait <- rnorm(60)
retest <- data.frame(t1 = trait + .6 * rnorm(60), t2 = .3 + trait + .5 * rnorm(60), t3 = .1 + trait + .7 * rnorm(60))
write_data(round(3 + .8 * retest, 4), "retest.csv", row.names = FALSE)

bfi <- na.omit(psychTools::bfi[, 1:25])
stopifnot(nrow(bfi) == 2436)
write_data(formatC(cor(bfi), digits = 15, format = "g"), "bfi_correlations.csv", row.names = TRUE)
