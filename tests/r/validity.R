# Convergent and discriminant validity: writes validity.csv for tests/measurement/test_validity.py; psych, lavaan, semTools 0.5-6.
#
#   Rscript tests/r/validity.R FOLDER      FOLDER holds semopy's example data
suppressMessages({library(psych); library(lavaan); library(semTools)})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
pupils <- read.csv(file.path(commandArgs(TRUE)[1], "holzinger_swineford39_data.csv"))
likert <- read.csv(file.path(here, "data", "likert.csv"))
sets <- list(
  pupils = list(data = pupils, dimensions = split(paste0("x", 1:9), rep(1:3, each = 3))),
  likert = list(data = likert, dimensions = split(names(likert)[-(1:2)], rep(1:3, each = 5))))

rows <- list()
add <- function(set, what, row, col, value) rows[[length(rows) + 1]] <<- data.frame(set, what, row, col, value)
exact <- list(std.lv = TRUE, optim.method = "BFGS", control = list(reltol = 1e-16, maxit = 5000))
for (name in names(sets)) {
  data <- sets[[name]]$data
  dimensions <- sets[[name]]$dimensions
  model <- paste(sprintf("f%s =~ %s", seq_along(dimensions), sapply(dimensions, paste, collapse = " + ")), collapse = "\n")
  fit <- do.call("cfa", c(list(model, data), exact))
  loadings <- lavInspect(fit, "std")$lambda
  for (k in seq_along(dimensions)) {
    # Fornell & Larcker's (1981) formulas on lavaan's standardised loadings; semTools' own take unstandardised ones.
    l <- loadings[dimensions[[k]], k]
    add(name, "cr", k, 0, sum(l)^2 / (sum(l)^2 + sum(1 - l^2)))
    add(name, "ave", k, 0, mean(l^2))
    one <- do.call("cfa", c(list(paste("f =~", paste(dimensions[[k]], collapse = " + ")), data), exact))
    add(name, "omega_total_ml", k, 0, as.numeric(compRelSEM(one, obs.var = FALSE)))
    add(name, "omega_observed_ml", k, 0, as.numeric(compRelSEM(one, obs.var = TRUE)))
    if (name == "likert") {
      ordered <- cfa(paste("f =~", paste(dimensions[[k]], collapse = " + ")), data, ordered = dimensions[[k]],
                     std.lv = TRUE, optim.method = "BFGS", control = list(reltol = 1e-16, maxit = 5000))
      add(name, "omega_categorical", k, 0, as.numeric(compRelSEM(ordered)))
    }
  }
  phi <- lavInspect(fit, "std")$psi
  for (kind in c("htmt", "htmt2")) {
    ratio <- htmt(model, data, htmt2 = kind == "htmt2")
    for (i in 2:3) for (j in 1:(i - 1)) add(name, kind, i, j, ratio[i, j])
  }
  for (i in 2:3) for (j in 1:(i - 1)) add(name, "phi", i, j, phi[i, j])
}
# Bonett's (2002) interval by its formula, in base R.
a <- 0.8; n <- 150; k <- 6
width <- qnorm(.975) * sqrt(2 * k / ((k - 1) * (n - 2)))
add("formula", "bonett_lower", 0, 0, 1 - exp(log(1 - a) + width))
add("formula", "bonett_upper", 0, 0, 1 - exp(log(1 - a) - width))
result <- do.call(rbind, rows)
result$value <- formatC(result$value, digits = 15, format = "g")
write.csv(result, file.path(here, "validity.csv"), row.names = FALSE, quote = FALSE)
