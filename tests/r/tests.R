# Likelihood-ratio tests of nested models, Wald and score tests: writes tests.csv; lavaan 0.6-14.
#
# Of a pair: lrt_<method>_(statistic|df|pvalue); of a restriction: wald_*; of a model with equalities: score_total_* and
# one row a constraint, lhs == rhs, score_statistic and score_pvalue.
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

data <- case_data()
cases <- read.csv(file.path(here, "tests_cases.csv"))

tests_of <- function(case) {
  message("tests: ", case$case)
  fit0 <- exact_fit(case_arguments(list(model = case$model0, data = case$data, options = case$options0), data))
  rows <- NULL
  if (case$model1 != "") {
    fit1 <- exact_fit(case_arguments(list(model = case$model1, data = case$data, options = case$options1), data))
    methods <- if (lavInspect(fit0, "options")$test[1] == "standard") "standard"
               else c("default", "satorra.bentler.2001", "satorra.bentler.2010")
    for (method in methods) {
      table <- suppressWarnings(lavTestLRT(fit1, fit0, method = if (method == "standard") "default" else method))
      name <- paste0("lrt_", gsub("[.]", "_", method))
      values <- c(table[2, "Chisq diff"], table[2, "Df diff"], table[2, "Pr(>Chisq)"])
      rows <- rbind(rows, as_measures(setNames(values, paste0(name, c("_statistic", "_df", "_pvalue"))), case$case))
    }
  }
  if (case$wald != "") {
    test <- lavTestWald(fit0, constraints = case$wald)
    values <- c(wald_statistic = test$stat, wald_df = test$df, wald_pvalue = test$p.value)
    rows <- rbind(rows, as_measures(values, case$case))
  }
  if (case$score == "yes") {
    test <- suppressWarnings(lavTestScore(fit0))$test
    values <- c(score_total_statistic = test$X2, score_total_df = test$df, score_total_pvalue = test$p.value)
    rows <- rbind(rows, as_measures(values, case$case), score_rows(fit0, case$case))
  }
  rows
}
write_reference(do.call(rbind, lapply(seq_len(nrow(cases)), function(i) tests_of(cases[i, ]))), "tests")
