# Ordered answers by DWLS and WLSMV: writes ordinal.csv from ordinal_cases.csv; lavaan 0.6-14.
#
# Every variable but z1 and z2 is ordered. lavaan's search is restarted from its own result until it does not move.
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

data <- ordinal_data()
cases <- read.csv(file.path(here, "ordinal_cases.csv"))

rows <- do.call(rbind, lapply(seq_len(nrow(cases)), function(i) {
  case <- cases[i, ]
  message("ordinal: ", case$case)
  arguments <- case_arguments(case, data)
  arguments$ordered <- setdiff(names(data[[case$data]]), c("z1", "z2", "side", "school", "sex"))
  fit <- settled_fit(arguments)
  rbind(parameters(fit, case$case), as_measures(fitMeasures(fit), case$case), shift_of(fit, case$case))
}))
write_reference(rows, "ordinal")
