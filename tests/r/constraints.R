# Equalities, inequalities, defined parameters, growth and second-order models: writes constraints.csv
# from constraints_cases.csv; lavaan 0.6-14.
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

fit_cases("constraints")
