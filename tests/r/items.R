# Item analysis: writes items.csv for tests/measurement/test_items.py; psych 2.2.9 and base R.
#
#   Rscript tests/r/items.R
suppressMessages(library(psych))
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
likert <- read.csv(file.path(here, "data", "likert.csv"))[-(1:2)]
result <- do.call(rbind, lapply(c("a", "b", "c"), function(dimension) {
  data <- likert[grep(dimension, names(likert))]
  a <- psych::alpha(data, check.keys = FALSE)
  d <- describe(data, type = 2)
  total <- rowSums(data)
  low <- total <= quantile(total, .27); high <- total >= quantile(total, .73)
  tests <- lapply(data, function(item) t.test(item[high], item[low]))
  data.frame(item = names(data), mean = d$mean, sd = d$sd, skew = d$skew, kurtosis = d$kurtosis,
             floor = colMeans(data == 1), ceiling = colMeans(data == 5),
             item_rest_r = a$item.stats$r.drop, alpha_if_dropped = a$alpha.drop$raw_alpha,
             high_low_t = sapply(tests, function(t) t$statistic), high_low_df = sapply(tests, function(t) t$parameter),
             high_low_p = sapply(tests, function(t) t$p.value))
}))
numbers <- sapply(result, is.double)
result[numbers] <- lapply(result[numbers], formatC, digits = 15, format = "g")
write.csv(result, file.path(here, "items.csv"), row.names = FALSE, quote = FALSE)
