# Ordered and other outcomes of observed covariates: writes covariates.csv from covariates_cases.csv; lavaan 0.6-14.
#
# The environment's LAVAAN_LIBRARY may name a library with another lavaan; the file's name then ends in its version. op "obs" holds the
# statistics that the models are fitted to, op "residual" the residual slopes.
library_of <- Sys.getenv("LAVAAN_LIBRARY")
if (nchar(library_of)) suppressMessages(library(lavaan, lib.loc = library_of))
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))
version <- as.character(packageVersion("lavaan"))
stem <- if (nchar(library_of)) paste0("covariates_", sub("^(\\d+\\.\\d+\\.\\d+).*", "\\1", version)) else "covariates"

data <- list(covariates = own("covariates.csv"), gaps = own("covariates_gaps.csv"))
cases <- read.csv(file.path(here, "covariates_cases.csv"))
ordered <- c(paste0("u", 1:4), paste0("v", 1:3), "b1", "b2")

observed <- function(fit, case) {
  as_list <- function(x) if (lavInspect(fit, "ngroups") > 1) x else list(x)
  do.call(rbind, lapply(seq_along(as_list(lavInspect(fit, "wls.obs"))), function(group) {
    found <- as_list(lavInspect(fit, "wls.obs"))[[group]]
    rest <- as_list(residuals(fit))[[group]]$res.slopes
    rbind(data.frame(case = case, lhs = names(found), op = "obs", rhs = "", group = group, what = "value", value = as.numeric(found)),
          data.frame(case = case, lhs = rep(rownames(rest), ncol(rest)), op = "residual", rhs = rep(colnames(rest), each = nrow(rest)),
                     group = group, what = "value", value = as.numeric(rest)))
  }))
}

rows <- do.call(rbind, lapply(seq_len(nrow(cases)), function(i) {
  case <- cases[i, ]
  message("covariates: ", case$case)
  arguments <- case_arguments(case, data)
  arguments$ordered <- ordered[sapply(ordered, function(name) grepl(paste0("\\b", name, "\\b"), case$model))]
  # A baseline with free slopes, lavaan's default, is not nested in a model that restricts slopes.
  arguments$baseline.conditional.x.free.slopes <- FALSE
  fit <- try(settled_fit(arguments), silent = TRUE)
  if (inherits(fit, "try-error")) { message("  ", fit); return(NULL) }
  rbind(parameters(fit, case$case), as_measures(fitMeasures(fit), case$case), shift_of(fit, case$case), observed(fit, case$case))
}))
rows <- rbind(rows, data.frame(case = "version", lhs = version, op = "", rhs = "", group = 0, what = "", value = 0))
write_reference(rows, stem)
