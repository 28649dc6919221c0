# Estimates on given resamples and intervals of given resampled values: writes resamples.csv (and resample_rows.csv,
# resample_values.csv: the resamples themselves); lavaan 0.6-14.
#
# large.csv and its model in estimators_cases.csv, rows resample_rows.csv (a column a resample): est, std_lv, std_all.
# Intervals: lavaan bootstraps a small path model on the Holzinger-Swineford data; its 200 coefficient rows are kept in
# resample_values.csv, and parameterEstimates(boot.ci.type =) makes the intervals from them.
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

large <- own("large.csv")
cases <- read.csv(file.path(here, "estimators_cases.csv"))
model <- cases$model[cases$case == "large_mlm"]

set.seed(20243)
rows <- replicate(5, sample(nrow(large), replace = TRUE))
colnames(rows) <- paste0("resample", 1:5)
write.csv(rows, file.path(here, "resample_rows.csv"), row.names = FALSE, quote = FALSE)
estimates <- do.call(rbind, lapply(colnames(rows), function(name) {
  message("resamples: ", name)
  table <- parameters(exact_fit(list(model = model, data = large[rows[, name], ])), name)
  table[table$what %in% c("est", "std_lv", "std_all"), ]
}))

# A small path model: the bootstrap is lavaan's, its coefficients are committed and the intervals follow from them.
holzinger <- public("holzinger_swineford39_data.csv")
path <- "x5 ~ b*x4 + c*x1; x4 ~ a*x1; indirect := a*b"
set.seed(20244)
fit <- sem(path, holzinger, se = "bootstrap", bootstrap = 200, test = "none", control = list(rel.tol = 1e-14))
values <- lavInspect(fit, "boot")
write.csv(matrix(sprintf("%.12g", values), nrow(values), dimnames = list(NULL, colnames(values))),
          file.path(here, "resample_values.csv"), row.names = FALSE, quote = FALSE)
intervals_of <- do.call(rbind, lapply(c("perc", "bca.simple", "basic", "norm"), function(type) {
  table <- parameterEstimates(fit, boot.ci.type = type)
  table <- table[table$se > 0, ]
  keys <- data.frame(case = "intervals", lhs = table$lhs, op = table$op, rhs = table$rhs, group = ifelse(table$op == ":=", 0, 1))
  name <- gsub("[.]", "_", type)
  rbind(cbind(keys, what = paste0(name, "_lower"), value = table$ci.lower),
        cbind(keys, what = paste0(name, "_upper"), value = table$ci.upper),
        if (type == "perc") rbind(cbind(keys, what = "est", value = table$est), cbind(keys, what = "se", value = table$se)))
}))
write_reference(rbind(estimates, intervals_of), "resamples")
