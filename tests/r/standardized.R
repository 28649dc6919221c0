# Standardized values with their standard errors: writes standardized.csv; lavaan 0.6-14 (standardizedSolution).
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

data <- case_data()
factors <- "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6"
chain <- paste0(factors, "; speed =~ x7 + x8 + x9; textual ~ a*visual; speed ~ b*textual + visual; indirect := a*b")
cases <- data.frame(
  case = c("mediation", "mediation_mlr", "fiml_mlr", "fixed_x", "groups"),
  data = c("holzinger", "holzinger", "incomplete", "holzinger", "holzinger"),
  options = c("", "estimator=MLR", "estimator=MLR missing=fiml", "", "group=school group.equal=loadings"),
  model = c(chain, chain, chain, paste0(factors, "; textual ~ visual + ageyr; visual ~ ageyr"), factors))
write.csv(cases, file.path(here, "standardized_cases.csv"), row.names = FALSE, quote = TRUE)

standardized <- function(fit, case) {
  table <- standardizedSolution(fit)
  group <- if (is.null(table$group)) 1 else table$group
  keys <- data.frame(case = case, lhs = table$lhs, op = table$op, rhs = table$rhs,
                     group = ifelse(table$op == ":=", 0, group))
  do.call(rbind, lapply(c("est.std", "se", "ci.lower", "ci.upper"), function(what)
    cbind(keys, what = sub("est_std", "est", gsub(".", "_", what, fixed = TRUE)), value = table[[what]])))
}
rows <- do.call(rbind, lapply(seq_len(nrow(cases)), function(i)
  standardized(exact_fit(case_arguments(cases[i, ], data)), cases$case[i])))
# Ordered answers; WLSMV.
ordered <- settled_fit(list(model = chain, data = ordinal_data()$four, ordered = paste0("x", 1:9)))
rows <- rbind(rows, standardized(ordered, "wlsmv"))
write_reference(rows, "standardized")
