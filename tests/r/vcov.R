# Covariance matrices of the estimates (what Monte Carlo intervals draw from): writes vcov.csv; lavaan 0.6-14.
# One row a pair of free parameters, named lhs op rhs group; upper triangle with diagonal.
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

data <- case_data()
factors <- "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6"
chain <- paste0(factors, "; speed =~ x7 + x8 + x9; textual ~ a*visual; speed ~ b*textual + visual; indirect := a*b")
cases <- data.frame(
  case = c("mediation", "mediation_mlr", "equal", "metric"),
  data = "holzinger",
  options = c("", "estimator=MLR", "", "group=school group.equal=loadings"),
  model = c(chain, chain, "visual =~ x1 + l*x2 + l*x3; textual =~ x4 + x5 + x6; textual ~ a*visual", factors))
write.csv(cases, file.path(here, "vcov_cases.csv"), row.names = FALSE, quote = TRUE)

rows <- do.call(rbind, lapply(seq_len(nrow(cases)), function(i) {
  fit <- exact_fit(case_arguments(cases[i, ], data))
  v <- vcov(fit)
  table <- parTable(fit)
  free <- table$free > 0
  name <- paste0(table$lhs, table$op, table$rhs, " ", table$group)[free]
  pair <- which(upper.tri(v, TRUE), arr.ind = TRUE)
  data.frame(case = cases$case[i], lhs = name[pair[, 1]], op = "", rhs = name[pair[, 2]], group = 0, what = "vcov",
             value = v[pair])
}))
write_reference(rows, "vcov")
