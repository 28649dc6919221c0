# Exploratory factor analysis, rotations, adequacy: writes efa.csv for tests/measurement/test_efa.py; psych 2.2.9, GPArotation.
#
#   Rscript tests/r/efa.R FOLDER      FOLDER holds semopy's example data
#
# psych's fa(rotate = "varimax") and "promax" end where stats::varimax stops by default, up to .004 from the maximum in the
# loadings. They are stored as psych_varimax and psych_promax; "varimax" and "promax" are the same rotations from
# stats::varimax at its maximum and stats::promax. Geomin: the best of 20 random starts.
suppressMessages({library(psych); library(GPArotation)})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
folder <- commandArgs(TRUE)[1]
own <- function(file, ...) read.csv(file.path(here, "data", file), ...)

likert <- own("likert.csv")[-(1:2)]
sets <- list(
  pupils = list(data = read.csv(file.path(folder, "holzinger_swineford39_data.csv"))[paste0("x", 1:9)], m = 3),
  democracy = list(data = read.csv(file.path(folder, "pd_data.csv"))[c(paste0("x", 1:3), paste0("y", 1:8))], m = 2),
  large = list(data = own("large.csv"), m = 6),
  likert = list(data = likert, m = 3),
  personality = list(data = as.matrix(own("bfi_correlations.csv", row.names = 1)), m = 5, n = 2436))

tidy <- function(matrix, what) data.frame(what = what, row = rep(seq_len(nrow(matrix)), ncol(matrix)),
                                          col = rep(seq_len(ncol(matrix)), each = nrow(matrix)), value = c(matrix))
numbers <- function(values) data.frame(what = names(values), row = 0, col = 0, value = unname(values))

best_geomin <- function(unrotated) {
  set.seed(1)
  m <- ncol(unrotated)
  runs <- lapply(0:20, function(i) {
    start <- if (i == 0) diag(m) else Random.Start(m)
    suppressWarnings(try(GPFoblq(unrotated, start, method = "geomin", eps = 1e-4, maxit = 500), silent = TRUE))
  })
  runs <- Filter(function(run) !inherits(run, "try-error"), runs)
  best <- runs[[which.min(sapply(runs, function(run) min(run$Table[, 2])))]]
  suppressWarnings(GPFoblq(unrotated, best$Th, method = "geomin", eps = 1e-7, maxit = 3000))
}

result <- list()
add <- function(set, method, rotation, rows)
  result[[length(result) + 1]] <<- data.frame(set = set, method = method, rotation = rotation, rows)

for (name in names(sets)) {
  set <- sets[[name]]
  n <- if (is.null(set$n)) nrow(set$data) else set$n
  kmo <- KMO(set$data)
  bartlett <- cortest.bartlett(if (is.null(set$n)) cor(set$data) else set$data, n = n)
  add(name, "", "", rbind(
    numbers(c(kmo = kmo$MSA, bartlett = bartlett$chisq, df = bartlett$df, pvalue = bartlett$p.value)),
    tidy(as.matrix(kmo$MSAi), "kmo_items")))
  set.seed(1)
  invisible(capture.output(parallel <- suppressWarnings(fa.parallel(set$data, n.obs = n, n.iter = 200, plot = FALSE))))
  add(name, "", "", numbers(c(n_factors = parallel$nfact, n_components = parallel$ncomp)))
  add(name, "", "", tidy(as.matrix(parallel$fa.values), "factor_eigenvalues"))
  for (method in c("minres", "ml")) {
    options <- list(set$data, set$m, n.obs = n, fm = method)
    fit <- suppressWarnings(do.call(fa, c(options, rotate = "none")))
    add(name, method, "none", rbind(
      tidy(unclass(fit$loadings), "loadings"), tidy(as.matrix(fit$communality), "communalities"),
      numbers(c(chisq = fit$STATISTIC, df = fit$dof, pvalue = fit$PVAL, rmsea = fit$RMSEA[[1]],
                rmsea_ci_lower = fit$RMSEA[[2]], rmsea_ci_upper = fit$RMSEA[[3]], tli = fit$TLI,
                rmsr = fit$rms, crmsr = fit$crms, bic = fit$BIC))))
    oblimin <- suppressWarnings(do.call(fa, c(options, rotate = "oblimin")))
    add(name, method, "oblimin", rbind(
      tidy(unclass(oblimin$loadings), "loadings"), tidy(oblimin$Phi, "phi"),
      tidy(oblimin$Vaccounted[1, , drop = FALSE], "ss_loadings")))
    for (rotation in c("varimax", "promax")) {
      psychs <- suppressWarnings(do.call(fa, c(options, rotate = rotation)))
      add(name, method, paste0("psych_", rotation), tidy(unclass(psychs$loadings), "loadings"))
    }
    length <- sqrt(rowSums(unclass(fit$loadings)^2))
    normalised <- unclass(varimax(unclass(fit$loadings) / length, normalize = FALSE, eps = 1e-15)$loadings)
    add(name, method, "varimax", rbind(tidy(normalised * length, "loadings"),
                                       tidy(t(sort(colSums((normalised * length)^2), TRUE)), "ss_loadings")))
    oblique <- promax(normalised, m = 4)
    add(name, method, "promax", rbind(tidy(unclass(oblique$loadings) * length, "loadings"),
                                      tidy(solve(crossprod(oblique$rotmat)), "phi")))
    best <- best_geomin(unclass(fit$loadings))
    add(name, method, "geomin", rbind(tidy(best$loadings, "loadings"), tidy(best$Phi, "phi"),
                                      numbers(c(criterion = min(best$Table[, 2])))))
  }
}
result <- do.call(rbind, result)
result$value <- formatC(result$value, digits = 15, format = "g")
write.csv(result, file.path(here, "efa.csv"), row.names = FALSE, quote = FALSE)
