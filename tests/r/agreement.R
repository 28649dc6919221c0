# Agreement within groups and over time (ICC, rwg, retest): writes agreement.csv for tests/measurement/test_agreement.py and
# test_retest.py; multilevel 2.7 (ICC1, ICC2, rwg.j), psych 2.2.9 and base R.
#
#   Rscript tests/r/agreement.R
suppressMessages({library(psych); library(multilevel)})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
likert <- read.csv(file.path(here, "data", "likert.csv"))
rows <- list()
add <- function(case, what, value) rows[[length(rows) + 1]] <<- data.frame(case, what, value)

# Teams of ten, and the same without every seventh respondent: unequal teams. The design effect is Kish's
# (1965) formula on multilevel's ICC(1).
likert$unequal <- seq_len(nrow(likert)) %% 7 > 0 & !(likert$team > 40 & seq_len(nrow(likert)) %% 10 > 3)
for (case in c("equal", "unequal")) {
  data <- if (case == "equal") likert else likert[likert$unequal, ]
  for (dimension in c("a", "b", "c")) {
    items <- data[grep(paste0("^", dimension), names(data))]
    model <- aov(rowMeans(items) ~ factor(data$team))
    table <- anova(model)
    name <- paste(case, dimension)
    add(name, "f", table[1, 4]); add(name, "pvalue", table[1, 5])
    add(name, "icc1", ICC1(model)); add(name, "icc2", ICC2(model))
    add(name, "design_effect", 1 + (nrow(data) / length(unique(data$team)) - 1) * ICC1(model))
    for (null in c("uniform", "slight_skew", "moderate_skew", "heavy_skew")) {
      expected <- c(uniform = 2, slight_skew = 1.34, moderate_skew = .90, heavy_skew = .44)[[null]]
      agreement <- rwg.j(items, data$team, ranvar = expected)
      add(name, paste0("rwg_mean_", null), mean(agreement$rwg.j))
      add(name, paste0("rwg_median_", null), median(agreement$rwg.j))
      if (null == "uniform")
        for (i in seq_len(nrow(agreement))) add(name, paste("rwg team", agreement$grpid[i]), agreement$rwg.j[i])
    }
  }
}

# One-way ICC by psych: ten members of each team as raters, teams of one size.
wide <- matrix(rowMeans(likert[grep("^a", names(likert))]), ncol = 10, byrow = TRUE)
one_way <- suppressWarnings(ICC(wide, lmer = FALSE)$results)
add("psych", "icc1", one_way["Single_raters_absolute", "ICC"])
add("psych", "icc2", one_way["Average_raters_absolute", "ICC"])

retest <- read.csv(file.path(here, "data", "retest.csv"))
for (case in c("two", "three")) {
  scores <- if (case == "two") retest[1:2] else retest
  found <- suppressWarnings(ICC(scores, lmer = FALSE)$results)
  for (kind in c(agreement = "ICC2", consistency = "ICC3")) {
    name <- c(ICC2 = "agreement", ICC3 = "consistency")[[kind]]
    row <- found[found$type == kind, ]
    add(paste(case, name), "icc", row$ICC)
    add(paste(case, name), "lower", row[["lower bound"]]); add(paste(case, name), "upper", row[["upper bound"]])
    add(paste(case, name), "icc_mean", found[found$type == paste0(kind, "k"), "ICC"])
  }
  long <- data.frame(y = unlist(scores), person = factor(rep(1:60, ncol(scores))), occasion = factor(rep(1:ncol(scores), each = 60)))
  table <- anova(lm(y ~ person + occasion, long))
  error <- table[3, 3]; shift <- max((table[2, 3] - error) / 60, 0)
  add(paste(case, "agreement"), "sem", sqrt(shift + error)); add(paste(case, "consistency"), "sem", sqrt(error))
  add(paste(case, "agreement"), "mdc", qnorm(.975) * sqrt(2) * sqrt(shift + error))
}
result <- do.call(rbind, rows)
result$value <- formatC(result$value, digits = 15, format = "g")
write.csv(result, file.path(here, "agreement.csv"), row.names = FALSE, quote = FALSE)
