# Full information maximum likelihood with missing answers: writes fiml.csv from fiml_cases.csv; lavaan 0.6-14.
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

fit_cases("fiml")
