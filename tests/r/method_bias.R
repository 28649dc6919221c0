# Tests of common method bias: writes method_bias.csv for tests/measurement/test_method_bias.py; lavaan 0.6-14.
#
#   Rscript tests/r/method_bias.R
#
# The marker models of Williams, Hartman & Cavazotte (2010) for the factors a and b with c as the marker, and the models
# with an unmeasured method factor for a, b and c, written out once more and by other means than in the package.
suppressMessages(library(lavaan))
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
data <- read.csv(file.path(here, "data", "likert.csv"))
items <- function(letter) paste0(letter, 1:5)
sum_of <- function(names, label = "") paste0(label, names, collapse = " + ")
fit <- function(...) cfa(paste(..., sep = "\n"), data, std.lv = TRUE, optim.method = "BFGS",
                         control = list(reltol = 1e-16, maxit = 5000))
two <- paste("A =~", sum_of(items("a")), "\nB =~", sum_of(items("b")))
three <- paste(two, "\nC =~", sum_of(items("c")))
all <- fit(three)
l <- coef(all)[paste0("C=~", items("c"))]; e <- coef(all)[paste0(items("c"), "~~", items("c"))]
marker <- paste(two, "\nC =~", paste0(sprintf("%.12g", l), "*", items("c"), collapse = " + "), "\n",
                paste0(items("c"), " ~~ ", sprintf("%.12g", e), "*", items("c"), collapse = "\n"), "\nC ~~ 0*A + 0*B")
baseline <- fit(marker)
c_model <- paste(marker, "\nC =~", sum_of(c(items("a"), items("b")), "k*"))
u_model <- paste(marker, "\nC =~", sum_of(c(items("a"), items("b"))))
models <- list(CFA = all, baseline = baseline, `method-C` = fit(c_model), `method-U` = fit(u_model))
test <- anova(models[["method-C"]], models[["method-U"]])
kept <- if (test[2, "Pr(>Chisq)"] < .05) u_model else c_model
models[["method-R"]] <- fit(kept, paste("A ~~", sprintf("%.12g", coef(baseline)["A~~B"]), "* B"))
ulmc <- list(factors = all, `equal method loadings` = fit(three, paste("M =~", sum_of(unlist(lapply(c("a", "b", "c"), items)), "k*")),
                                                          "M ~~ 0*A + 0*B + 0*C"))
rows <- list()
for (part in c("marker", "ulmc")) for (name in names(get(c(marker = "models", ulmc = "ulmc")[[part]]))) {
  m <- fitMeasures(get(c(marker = "models", ulmc = "ulmc")[[part]])[[name]])
  for (what in c("chisq", "df", "cfi", "rmsea", "srmr"))
    rows[[length(rows) + 1]] <- data.frame(part, model = name, what, value = m[[what]])
}
share <- function(f, factor, names) mean(subset(standardizedSolution(f), op == "=~" & lhs == factor & rhs %in% names)$est.std^2)
rows[[length(rows) + 1]] <- data.frame(part = "marker", model = "", what = "share",
                                       value = share(models[["method-C"]], "C", c(items("a"), items("b"))))
rows[[length(rows) + 1]] <- data.frame(part = "ulmc", model = "", what = "share",
                                       value = share(ulmc[[2]], "M", unlist(lapply(c("a", "b", "c"), items))))
rows[[length(rows) + 1]] <- data.frame(part = "harman", model = "", what = "share", value = eigen(cor(data[-(1:2)]))$values[1] / 15)
result <- do.call(rbind, rows)
result$value <- formatC(result$value, digits = 15, format = "g")
write.csv(result, file.path(here, "method_bias.csv"), row.names = FALSE, quote = FALSE)
