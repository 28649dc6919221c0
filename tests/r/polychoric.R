# Thresholds, polychoric, polyserial and Pearson correlations and their asymptotic covariances: writes polychoric.csv and
# ordinal data sets data/ordinal.csv (simulated); lavaan 0.6-14.
#
# Of each case the sample statistics (wls.obs) and, row by row of the lower triangle, their covariance (gamma) in lavaan's order
# and with its names. lavaan's optimiser stops at about 1e-8 in the correlations; the tests know.
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

data <- ordinal_data()
cases <- list(
  ordered = list(data = "ordinal", variables = paste0("a", 1:4), missing = "listwise"),
  four = list(data = "four", variables = paste0("x", 1:9), missing = "listwise"),
  binary = list(data = "ordinal", variables = c("b1", "b2", "a1"), missing = "listwise"),
  mixed = list(data = "ordinal", variables = c("a1", "z1", "a2", "z2", "b1"), missing = "listwise"),
  pairwise = list(data = "gaps", variables = c("a1", "a2", "b1", "b2"), missing = "pairwise"),
  mixed_pairwise = list(data = "gaps", variables = c("a1", "z1", "a2", "z2", "b1"), missing = "pairwise"),
  empty_cell = list(data = "sparse", variables = c("p", "q", "r"), missing = "listwise"))

rows <- do.call(rbind, lapply(names(cases), function(name) {
  case <- cases[[name]]
  ordered <- setdiff(case$variables, c("z1", "z2"))
  model <- paste(combn(case$variables, 2, paste, collapse = " ~~ "), collapse = "\n")
  fit <- suppressWarnings(sem(model, data[[case$data]][case$variables], ordered = ordered, missing = case$missing))
  statistics <- lavInspect(fit, "wls.obs")
  gamma <- lavInspect(fit, "gamma")
  here <- lower.tri(gamma, diag = TRUE)
  label <- names(statistics)
  rbind(data.frame(case = name, lhs = label, op = "", rhs = "", group = 0, what = "statistic", value = as.numeric(statistics)),
        data.frame(case = name, lhs = label[col(gamma)[here]], op = "with", rhs = label[row(gamma)[here]], group = 0,
                   what = "gamma", value = gamma[here]))
}))
write_reference(rows, "polychoric")
