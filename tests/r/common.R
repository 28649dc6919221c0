# Shared by the reference scripts: fit every case of a table in lavaan and write its numbers as one long CSV.
#
#   Rscript tests/r/ml.R FOLDER      FOLDER holds semopy's example data (holzinger_swineford39_data.csv, pd_data.csv)
#
suppressMessages(library(lavaan))

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
folder <- commandArgs(TRUE)[1]

# lavaan stops early by default (4e-6 in the estimates). Of several optimisers and stopping rules the fit with the
# smallest discrepancy is kept.
tight_fit <- function(arguments) {
  rules <- c(lapply(c(1e-14, 1e-12, 1e-10), function(tolerance)
    list(optim.method = "nlminb", control = list(rel.tol = tolerance, iter.max = 20000, eval.max = 40000))),
    list(list(optim.method = "BFGS", control = list(reltol = 1e-16, maxit = 5000))))
  best <- NULL
  for (rule in rules) {
    fit <- try(suppressWarnings(do.call("sem", c(arguments, rule))), silent = TRUE)
    if (inherits(fit, "try-error") || !lavInspect(fit, "converged")) next
    if (is.null(best) || lavInspect(fit, "optim")$fx < lavInspect(best, "optim")$fx) best <- fit
  }
  if (is.null(best)) stop("not converged: ", arguments$model)
  best
}

public <- function(file) read.csv(file.path(folder, file))
own <- function(file) read.csv(file.path(here, "data", file))

parameters <- function(fit, case) {
  table <- parameterEstimates(fit, standardized = TRUE, remove.nonfree = FALSE)
  group <- if (is.null(table$group)) 1 else table$group
  rows <- data.frame(case = case, lhs = table$lhs, op = table$op, rhs = table$rhs,
                     group = ifelse(table$op == ":=", 0, group))
  do.call(rbind, lapply(c("est", "se", "std.lv", "std.all"), function(what)
    cbind(rows, what = sub(".", "_", what, fixed = TRUE), value = table[[what]])))
}

measures <- function(fit, case) {
  m <- fitMeasures(fit)
  # lavaan finds the ends of the RMSEA interval to four digits only; the same equation is solved here to twelve.
  if (m[["df"]] > 0) {
    n <- lavInspect(fit, "ntotal"); groups <- lavInspect(fit, "ngroups")
    end <- function(p) {
      gap <- function(ncp) pchisq(m[["chisq"]], m[["df"]], ncp) - p
      if (gap(0) < 0) return(0)
      sqrt(uniroot(gap, c(0, 10 * m[["chisq"]] + 100), tol = 1e-12)$root * groups / (n * m[["df"]]))
    }
    m["rmsea.ci.lower"] <- end(.95); m["rmsea.ci.upper"] <- end(.05)
  }
  data.frame(case = case, lhs = "", op = "", rhs = "", group = 0,
             what = gsub("[.]", "_", names(m)), value = as.numeric(m))
}

write_reference <- function(rows, stem) {
  rows <- rows[!is.na(rows$value), ]
  rows$value <- sprintf("%.12g", rows$value)
  write.csv(rows, file.path(here, paste0(stem, ".csv")), row.names = FALSE, quote = TRUE)
}
