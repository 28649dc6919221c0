# Linear and equipercentile equating: writes equating.csv for tests/measurement/test_equating.py; base R.
#
#   Rscript tests/r/equating.R
#
# Kolen & Brennan's (2014) equipercentile equating with the distribution functions drawn as lines (approxfun), and linear
# equating, of the sums of a1 to a5 in the two versions of likert.csv, and of a version with scores nobody had.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
likert <- read.csv(file.path(here, "data", "likert.csv"))
sums <- rowSums(likert[paste0("a", 1:5)])
cases <- list(versions = list(old = sums[likert$version == "old"], new = sums[likert$version == "new"]),
              gaps = list(old = 5 + 2 * (sums %/% 3), new = sums))
rows <- lapply(names(cases), function(case) {
  old <- cases[[case]]$old; new <- cases[[case]]$new
  scores <- 5:25
  cdf <- function(x) ecdf(x)(c(4, scores))
  edges <- c(4, scores) + .5
  rank <- approxfun(edges, cdf(new))(scores)
  # Where nobody had a score the line is flat: its right end counts.
  keep <- !duplicated(cdf(old), fromLast = TRUE)
  inverse <- approxfun(cdf(old)[keep], edges[keep])
  # A steep part begins at the left edge of its own score.
  own <- sapply(rank, function(p) {
    place <- which(cdf(old) > p + 1e-12)[1]
    if (is.na(place)) return(max(old) + .5)
    edges[place - 1] + (p - cdf(old)[place - 1]) / (cdf(old)[place] - cdf(old)[place - 1])
  })
  if (case == "versions") stopifnot(max(abs(own - inverse(rank)), na.rm = TRUE) < 1e-9)
  data.frame(case = case, score = scores, n = sapply(scores, function(s) sum(new == s)),
             linear = mean(old) + sd(old) / sd(new) * (scores - mean(new)), equipercentile = own)
})
result <- do.call(rbind, rows)
for (name in c("linear", "equipercentile")) result[[name]] <- formatC(result[[name]], digits = 15, format = "g")
write.csv(result, file.path(here, "equating.csv"), row.names = FALSE, quote = FALSE)
