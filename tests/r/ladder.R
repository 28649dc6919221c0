# The invariance ladder by school, plain, robust and with missing answers: writes ladder.csv; lavaan 0.6-14.
#
# Of each step the fit measures; of each step after the first the (scaled) difference to the step before by lavTestLRT's default;
# of metric, scalar and strict the univariate score tests of the equalities (which one to free first).
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

data <- case_data()
model <- "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9"
steps <- c(configural = "", metric = "loadings", scalar = "loadings|intercepts", strict = "loadings|intercepts|residuals")
ladders <- list(ml = list(data = "holzinger", options = "estimator=ML"),
                mlr = list(data = "holzinger", options = "estimator=MLR"),
                fiml_mlr = list(data = "incomplete", options = "estimator=MLR missing=fiml"))

rows <- do.call(rbind, lapply(names(ladders), function(name) {
  before <- NULL
  do.call(rbind, lapply(names(steps), function(step) {
    message("ladder: ", name, " ", step)
    equal <- if (steps[[step]] == "") "" else paste0(" group.equal=", steps[[step]])
    ladder <- ladders[[name]]
    arguments <- case_arguments(list(model = model, data = ladder$data,
                                     options = paste0(ladder$options, " group=school", equal)), data)
    fit <- exact_fit(arguments)
    case <- paste0(name, "_", step)
    out <- as_measures(exact_measures(fit, arguments), case)
    if (!is.null(before)) {
      test <- suppressWarnings(lavTestLRT(before, fit))
      out <- rbind(out, as_measures(c(difference.statistic = test[2, "Chisq diff"], difference.df = test[2, "Df diff"],
                                      difference.pvalue = test[2, "Pr(>Chisq)"]), case),
                   score_rows(fit, case))
    }
    before <<- fit
    out
  }))
}))
write_reference(rows, "ladder")
