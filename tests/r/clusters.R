# Cluster-robust standard errors and tests: writes clusters.csv from clusters_cases.csv; lavaan 0.6-14.
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

fit_cases("clusters")
