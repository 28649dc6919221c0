# MLM, MLR, GLS, ULS and Wishart likelihood: writes estimators.csv from estimators_cases.csv; lavaan 0.6-14.
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

fit_cases("estimators")
