# The invariance ladder of ordered answers after Wu & Estabrook (2016): writes ordinal_ladder.csv; lavaan 0.6-14, semTools 0.5-6.
#
# measEq.syntax() makes the models (delta parametrisation; the strict step in theta, where residual variances can be equal). Of
# each step the fit measures and the difference to the step before by lavTestLRT's default (Satorra, 2000, scaled and shifted).
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))
suppressMessages(library(semTools))

data <- ordinal_data()
equal <- c("thresholds", "loadings", "intercepts", "residuals")
ladders <- list(
  five = list(data = "ordinal", group = "side", missing = "listwise", model = "f =~ a1 + a2 + a3 + a4; g =~ c1 + c2 + c3"),
  gaps = list(data = "gaps", group = "side", missing = "pairwise", model = "f =~ a1 + a2 + a3 + a4; g =~ c1 + c2 + c3"),
  few = list(data = "few", group = "side", missing = "listwise", model = "f =~ a1 + a2 + a3 + a4 + b1; g =~ c1 + c2 + c3 + b2"))
# Three categories in a3, two in b1 and b2.
data$few <- transform(data$ordinal, a3 = pmin(pmax(a3, 2), 4))

rows <- do.call(rbind, lapply(names(ladders), function(name) {
  ladder <- ladders[[name]]
  variables <- all.vars(as.formula(paste("~", gsub("[;=~]+", "+", ladder$model))))
  ordered <- setdiff(variables, c("f", "g"))
  build <- function(count, parameterization) {
    kinds <- if (count == 0) "" else equal[seq_len(count)]
    as.character(measEq.syntax(ladder$model, data = data[[ladder$data]], ordered = ordered, group = ladder$group,
      group.equal = kinds, ID.cat = "Wu.Estabrook.2016", ID.fac = "std.lv", parameterization = parameterization,
      missing = ladder$missing, return.fit = FALSE))
  }
  fit_of <- function(text, parameterization)
    settled_fit(list(model = text, data = data[[ladder$data]], ordered = ordered, group = ladder$group,
                     missing = ladder$missing, parameterization = parameterization))
  out <- function(m, case) as_measures(m, case)
  steps <- c("configural", "thresholds", "metric", "scalar", "strict")
  fits <- lapply(seq_along(steps), function(i) {
    message("ordinal_ladder: ", name, " ", steps[i])
    kind <- if (steps[i] == "strict") "theta" else "delta"
    fit_of(build(i - 1, kind), kind)
  })
  do.call(rbind, lapply(seq_along(steps), function(i) {
    case <- paste0(name, "_", steps[i])
    result <- as_measures(fitMeasures(fits[[i]]), case)
    if (i == 1) return(result)
    before <- if (steps[i] == "strict") fit_of(build(i - 2, "theta"), "theta") else fits[[i - 1]]
    if (fitMeasures(fits[[i]], "df") == fitMeasures(before, "df")) return(result)
    test <- suppressWarnings(lavTestLRT(before, fits[[i]]))
    rbind(result, as_measures(c(difference.statistic = test[2, "Chisq diff"], difference.df = test[2, "Df diff"],
                                difference.pvalue = test[2, "Pr(>Chisq)"]), case))
  }))
}))
write_reference(rows, "ordinal_ladder")
