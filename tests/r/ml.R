# Maximum likelihood, one group: writes ml.csv from ml_cases.csv; lavaan 0.6-14.
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

data <- list(holzinger = public("holzinger_swineford39_data.csv"), democracy = public("pd_data.csv"))
cases <- read.csv(file.path(here, "ml_cases.csv"))

rows <- do.call(rbind, lapply(seq_len(nrow(cases)), function(i) {
  case <- cases[i, ]
  arguments <- list(model = case$model, data = data[[case$data]])
  for (option in strsplit(case$options, " ")[[1]]) arguments[[option]] <- TRUE
  fit <- tight_fit(arguments)
  rbind(parameters(fit, case$case), measures(fit, case$case))
}))
write_reference(rows, "ml")
