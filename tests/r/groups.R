# Several groups with and without equal parameters: writes groups.csv from groups_cases.csv; lavaan 0.6-14.
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

fit_cases("groups")
