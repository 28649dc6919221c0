# Modification indices of ordered answers: writes ordinal_modification.csv; lavaan 0.6-14. The models are those of
# ordinal_cases.csv that are named here.
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

data <- ordinal_data()
cases <- read.csv(file.path(here, "ordinal_cases.csv"))
wanted <- c("four_wlsmv", "four_std_lv", "four_equal", "four_groups", "five_structural", "five_mixed")
rows <- do.call(rbind, lapply(wanted, function(name) {
  case <- cases[cases$case == name, ]
  arguments <- case_arguments(case, data)
  arguments$ordered <- setdiff(names(data[[case$data]]), c("z1", "z2", "side", "school", "sex"))
  found <- as.data.frame(modindices(settled_fit(arguments)))
  if (is.null(found$group)) found$group <- 1
  data.frame(case = name, found[c("lhs", "op", "rhs", "group")], mi = found$mi, epc = found$epc,
             sepc_lv = found$sepc.lv, sepc_all = found$sepc.all, sepc_nox = found$sepc.nox)
}))
write.csv(rows, file.path(here, "ordinal_modification.csv"), row.names = FALSE, quote = FALSE)
