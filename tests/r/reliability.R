# Alpha, omega, variance extracted: writes reliability.csv for tests/measurement/test_reliability.py; psych, lavaan and semTools.
# Usage: Rscript tests/r/reliability.R path/to/holzinger_swineford39_data.csv
# The data are those semopy ships (examples/holzinger_swineford39_data.csv); the result goes to tests/r/reliability.csv.
suppressMessages({library(psych); library(lavaan); library(semTools)})

data <- read.csv(commandArgs(trailingOnly = TRUE)[1])
data$x2[data$id %% 7 == 0] <- NA  # missing answers: listwise within the dimension
dimensions <- list(visual = c("x1", "x2", "x3"), textual = c("x4", "x5", "x6"), speed = c("x7", "x8", "x9"),
                   ability = paste0("x", 1:9))

rows <- lapply(names(dimensions), function(dimension) {
  items <- dimensions[[dimension]]
  complete <- na.omit(data[, items])
  a <- suppressWarnings(psych::alpha(complete, check.keys = FALSE))
  model <- paste("factor =~", paste(items, collapse = " + "))
  fit <- cfa(model, complete, std.lv = TRUE, optim.method = "BFGS", control = list(reltol = 1e-16))
  data.frame(dimension = dimension, n = nrow(complete), items = length(items),
             alpha = a$total$raw_alpha, alpha_lower = a$feldt$lower.ci[1, 1], alpha_upper = a$feldt$upper.ci[1, 1],
             omega_total_ml = as.numeric(compRelSEM(fit, obs.var = FALSE)),
             ave = as.numeric(AVE(fit, obs.var = FALSE)))
})
script <- sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))
result <- do.call(rbind, rows)
numbers <- sapply(result, is.double)
result[numbers] <- lapply(result[numbers], formatC, digits = 15, format = "g")
write.csv(result, file.path(dirname(script), "reliability.csv"), row.names = FALSE, quote = FALSE)
