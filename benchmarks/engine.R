# The work of engine.py in lavaan, timed here: for each line "TASK RUNS" on the standard input one line "RESULT MS MS ..." on
# the standard output. The first argument is a folder with TASK.csv and TASK.txt (the model text).
suppressMessages(library(lavaan))
folder <- commandArgs(TRUE)[1]
resamples <- as.integer(commandArgs(TRUE)[2])

whole <- function(...) {
  fit <- sem(...)
  parameterEstimates(fit)
  fitMeasures(fit)[["chisq"]]
}

search <- function(...) sem(..., missing = "fiml", se = "none", test = "none", baseline = FALSE, h1 = FALSE)
discrepancy <- function(fit, data) (-fit@loglik$loglik - sum(!is.na(data)) / 2 * log(2 * pi)) / nrow(data)
kept <- new.env()

steps <- list("", "loadings", c("loadings", "intercepts"), c("loadings", "intercepts", "residuals"))

work <- list(
  holzinger = function(model, data) whole(model, data),
  thirty = function(model, data) whole(model, data),
  thirty_mlr = function(model, data) whole(model, data, estimator = "MLR"),
  thirty_weights = function(model, data)
    whole(model, data, estimator = "MLR", cluster = "cluster", sampling.weights = "weight"),
  thirty_bootstrap = function(model, data) {
    fit <- sem(model, data, se = "bootstrap", bootstrap = resamples)
    estimates <- parameterEstimates(fit, boot.ci.type = "perc")
    estimates$se[estimates$lhs == "ab"]
  },
  holzinger_fiml = function(model, data) whole(model, data, missing = "fiml"),
  personality = function(model, data) whole(model, data, missing = "fiml", estimator = "MLR"),
  study = function(model, data) {
    kept$fit <- search(model, data)
    discrepancy(kept$fit, data)
  },
  study_bootstrap = function(model, data) {
    if (is.null(kept$fit)) kept$fit <- search(model, data)
    search(model, data[sample(nrow(data), replace = TRUE), ], start = parTable(kept$fit))
    discrepancy(kept$fit, data)
  },
  ladder = function(model, data)
    sum(sapply(steps, function(equal) whole(model, data, group = "school", group.equal = equal))),
  thirty_modification = function(model, data) sum(modindices(sem(model, data))$mi),
  thirty_power = function(model, data) {
    population <- parTable(sem(model, data))
    population$ustart <- population$est
    population <- population[population$op != ":=", ]
    mean(sapply(seq_len(resamples), function(i) {
      estimates <- parameterEstimates(sem(model, simulateData(population, sample.nobs = nrow(data))))
      estimates$se[estimates$lhs == "ab"]
    }))
  },
  levels = function(model, data) whole(model, data, cluster = "centre"),
  levels_fiml = function(model, data) whole(model, data, cluster = "centre", missing = "fiml"),
  holzinger_wlsmv = function(model, data) whole(model, data, ordered = names(data)),
  covariates_wlsmv = function(model, data) whole(model, data, ordered = paste0("x", 1:9)),
  personality_wlsmv = function(model, data) whole(model, data, ordered = names(data))
)

cat("R ", as.character(getRversion()), ", lavaan ", as.character(packageVersion("lavaan")), "\n", sep = "")
flush(stdout())
input <- file("stdin", open = "r")
while (length(line <- readLines(input, n = 1)) == 1) {
  task <- strsplit(line, " ")[[1]]
  data <- read.csv(file.path(folder, paste0(task[1], ".csv")))
  model <- paste(readLines(file.path(folder, paste0(task[1], ".txt"))), collapse = "\n")
  result <- NA
  set.seed(1)
  times <- sapply(seq_len(as.integer(task[2])), function(run) {
    start <- Sys.time()
    result <<- work[[task[1]]](model, data)
    1000 * as.numeric(difftime(Sys.time(), start, units = "secs"))
  })
  cat(format(c(result, times), digits = 10, trim = TRUE), "\n")
  flush(stdout())
}
