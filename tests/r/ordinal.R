# Ordered answers by DWLS and WLSMV: writes ordinal.csv from ordinal_cases.csv; lavaan 0.6-14.
#
# Every variable but z1 and z2 is ordered. lavaan's search is restarted from its own result until it does not move.
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

data <- ordinal_data()
cases <- read.csv(file.path(here, "ordinal_cases.csv"))

reference <- function(arguments, case) {
  fit <- settled_fit(arguments)
  rbind(parameters(fit, case), as_measures(fitMeasures(fit), case), shift_of(fit, case))
}

rows <- do.call(rbind, lapply(seq_len(nrow(cases)), function(i) {
  case <- cases[i, ]
  message("ordinal: ", case$case)
  arguments <- case_arguments(case, data)
  arguments$ordered <- setdiff(names(data[[case$data]]), c("z1", "z2", "side", "school", "sex"))
  reference(arguments, case$case)
}))
# An ordered mediator, in the theta parametrisation: lavaan's delta parametrisation gets its variance wrong.
mediator <- list(model = "f =~ x4 + x5 + x6; x8 ~ f; x7 ~ x8 + f", data = data$four, ordered = paste0("x", 1:9),
                 parameterization = "theta")
rows <- rbind(rows, reference(mediator, "mediator_theta"))
write_reference(rows, "ordinal")
