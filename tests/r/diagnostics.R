# Modification indices, residuals and factor scores: writes diagnostics.csv from diagnostics_cases.csv; lavaan 0.6-14.
#
#   Rscript tests/r/diagnostics.R FOLDER      FOLDER holds semopy's example data
#
# Rows of modindices(): op as there. Residuals: op "cov" or "mean", what is raw, cor, standardized or normalized. Factor
# scores: op "score", rhs is the row of the data (every twentieth of a group), what is regression or bartlett.
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

long <- function(frame, names) do.call(rbind, lapply(names, function(what)
  data.frame(frame[c("lhs", "op", "rhs", "group")], what = gsub("[.]", "_", what), value = as.numeric(frame[[what]]))))

indices <- function(fit) {
  table <- as.data.frame(suppressWarnings(modindices(fit)))
  if (is.null(table$group)) table$group <- 1
  long(table, c("mi", "epc", "sepc.lv", "sepc.all", "sepc.nox"))
}

by_group <- function(x, fit) if (lavInspect(fit, "ngroups") == 1) list(x) else x

residual_rows <- function(fit) do.call(rbind, lapply(c("raw", "cor", "standardized", "normalized"), function(type) {
  found <- try(residuals(fit, type = type), silent = TRUE)
  if (inherits(found, "try-error")) return(NULL)
  do.call(rbind, lapply(seq_along(by_group(found, fit)), function(group) {
    own <- by_group(found, fit)[[group]]
    lower <- which(lower.tri(own$cov, diag = TRUE), arr.ind = TRUE)
    rows <- data.frame(lhs = rownames(own$cov)[lower[, 1]], op = "cov", rhs = colnames(own$cov)[lower[, 2]],
                       group = group, what = type, value = own$cov[lower])
    if (length(own$mean)) rows <- rbind(rows, data.frame(lhs = names(own$mean), op = "mean", rhs = "", group = group,
                                                         what = type, value = as.numeric(own$mean)))
    rows
  }))
}))

score_rows_of <- function(fit) do.call(rbind, lapply(c("regression", "bartlett"), function(method) {
  found <- try(lavPredict(fit, method = if (method == "bartlett") "Bartlett" else method), silent = TRUE)
  if (inherits(found, "try-error")) { message("  no ", method, " scores"); return(NULL) }
  do.call(rbind, lapply(seq_along(by_group(found, fit)), function(group) {
    own <- as.matrix(by_group(found, fit)[[group]])
    case <- by_group(lavInspect(fit, "case.idx"), fit)[[group]]
    kept <- seq(1, nrow(own), by = 20)
    do.call(rbind, lapply(colnames(own), function(name)
      data.frame(lhs = name, op = "score", rhs = as.character(case[kept]), group = group, what = method, value = own[kept, name])))
  }))
}))

data <- case_data()
cases <- read.csv(file.path(here, "diagnostics_cases.csv"))
rows <- do.call(rbind, lapply(seq_len(nrow(cases)), function(i) {
  message("diagnostics: ", cases$case[i])
  fit <- exact_fit(case_arguments(cases[i, ], data))
  found <- rbind(indices(fit), residual_rows(fit), if (cases$case[i] != "path") score_rows_of(fit))
  cbind(case = cases$case[i], found)
}))
write_reference(rows, "diagnostics")
