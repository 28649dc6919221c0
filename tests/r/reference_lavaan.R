# What lavaan 0.6-14 (R 4.2.2) finds for the models of data/reference_lavaan/models.csv, which a notebook sets beside ours.
#
#   Rscript tests/r/reference_lavaan.R
#
# Reads data/reference_lavaan/models.csv and study-lavaan_sample-simulated_data.csv (simulated staff), writes
# data/reference_lavaan/parameters.csv: case, lhs, op, rhs, group, est, se. The optimiser is given a tight tolerance.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "common.R"))

home <- file.path(here, "..", "..", "data", "reference_lavaan")
answers <- read.csv(file.path(home, "study-lavaan_sample-simulated_data.csv"))
models <- read.csv(file.path(home, "models.csv"))
rows <- list()
for (i in seq_len(nrow(models))) {
  arguments <- list(model = gsub(";", "\n", models$model[i]), data = answers)
  for (option in strsplit(models$arguments[i], " ")[[1]]) {
    parts <- strsplit(option, "=")[[1]]
    value <- strsplit(parts[2], "|", fixed = TRUE)[[1]]
    arguments[[parts[1]]] <- if (identical(value, "TRUE")) TRUE else value
  }
  fit <- tight_fit(arguments)
  found <- as.data.frame(parameterEstimates(fit, remove.eq = FALSE, remove.system.eq = FALSE))
  if (is.null(found$group)) found$group <- 1
  found <- found[found$op != "==" & found$op != "~*~" & !(found$op == "~1" & models$case[i] == "wlsmv"), ]
  rows[[i]] <- data.frame(case = models$case[i], found[c("lhs", "op", "rhs", "group")],
                          est = sprintf("%.15g", found$est), se = sprintf("%.15g", found$se))
}
write.csv(do.call(rbind, rows), file.path(home, "parameters.csv"), row.names = FALSE, quote = FALSE)
