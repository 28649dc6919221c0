# Exploratory factor analysis of ordered answers: writes efa_ordered.csv for tests/measurement/test_efa_ordered.py; psych 2.2.9;
# takes a minute.
#
#   Rscript tests/r/efa_ordered.R FOLDER      FOLDER holds semopy's example data
#
# correct = 0: psych would otherwise put half a respondent into cells of a cross table that nobody chose, which moves
# correlations by .01; lavaan does not, and we agree with it (tests/sem/ordinal/test_polychoric.py).
suppressMessages({library(psych); library(GPArotation)})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
folder <- commandArgs(TRUE)[1]
own <- function(file) read.csv(file.path(here, "data", file))

four <- read.csv(file.path(folder, "holzinger_swineford39_data.csv"))[paste0("x", 1:9)]
four[] <- lapply(four, function(x) as.integer(cut(x, quantile(x, c(0, .2, .55, .85, 1)), include.lowest = TRUE)))
sets <- list(likert = list(data = own("likert.csv")[-(1:2)], m = 3),
             ordinal = list(data = own("ordinal.csv")[c(paste0("a", 1:4), paste0("c", 1:3), "b1", "b2")], m = 2),
             four = list(data = four, m = 3))

tidy <- function(matrix, what) data.frame(what = what, row = rep(seq_len(nrow(matrix)), ncol(matrix)),
                                          col = rep(seq_len(ncol(matrix)), each = nrow(matrix)), value = c(matrix))
numbers <- function(values) data.frame(what = names(values), row = 0, col = 0, value = unname(values))
quietly <- function(call) { invisible(capture.output(value <- suppressMessages(suppressWarnings(call)))); value }

result <- list()
add <- function(set, method, rotation, rows)
  result[[length(result) + 1]] <<- data.frame(set = set, method = method, rotation = rotation, rows)
for (name in names(sets)) {
  data <- sets[[name]]$data; m <- sets[[name]]$m
  for (method in c("minres", "ml")) for (rotation in c("none", "oblimin")) {
    fit <- quietly(fa(data, m, fm = method, rotate = rotation, cor = "poly", correct = 0))
    add(name, method, rotation, tidy(unclass(fit$loadings), "loadings"))
    if (rotation == "oblimin") add(name, method, rotation, tidy(fit$Phi, "phi"))
    else add(name, method, rotation, numbers(c(chisq = fit$STATISTIC, df = fit$dof, rmsea = fit$RMSEA[[1]], tli = fit$TLI,
                                               rmsr = fit$rms, bic = fit$BIC)))
  }
  set.seed(1)
  parallel <- quietly(fa.parallel(data, n.iter = 50, cor = "poly", correct = 0, plot = FALSE))
  add(name, "", "", rbind(numbers(c(n_factors = parallel$nfact, n_components = parallel$ncomp)),
                          tidy(as.matrix(parallel$fa.values), "factor"), tidy(as.matrix(parallel$pc.values), "component")))
}
result <- do.call(rbind, result)
result$value <- formatC(result$value, digits = 15, format = "g")
write.csv(result, file.path(here, "efa_ordered.csv"), row.names = FALSE, quote = FALSE)
