# Indices of careless responding, respondent by respondent: writes screening.csv; base R, from their definitions; psych gives D2
# again.
#
#   Rscript tests/r/screening.R      writes screening_answers.csv and screening.csv beside this file
#
# The answers are simulated: 160 respondents, five dimensions of four items (the last item of each is reverse-worded), five
# points; a few straight-liners, some random ones, and missing answers in the second half of the rows.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
set.seed(20261125)
n <- 160; d <- 5; k <- 4
reversed <- seq(k, d * k, by = k)
factors <- matrix(rnorm(n * d), n) * .8 + rnorm(n) * .6
latent <- factors[, rep(1:d, each = k)] * .9 + matrix(rnorm(n * d * k), n) * .45
answers <- matrix(as.integer(cut(latent, c(-Inf, -1.2, -.4, .4, 1.2, Inf))), n)
answers[, reversed] <- 6L - answers[, reversed]
answers[1:5, ] <- rep(1:5, times = d * k)
answers[6:15, ] <- sample(1:5, 10 * d * k, replace = TRUE)
holes <- matrix(runif(n * d * k) < .08, n)
holes[1:80, ] <- FALSE
answers[holes] <- NA
colnames(answers) <- paste0(rep(letters[1:d], each = k), rep(1:k, d))
keyed <- answers
keyed[, reversed] <- 6 - keyed[, reversed]

runs <- function(x) {
  # rle treats every missing answer as a run of its own; those runs are no strings of answers.
  r <- rle(x)
  r$lengths[!is.na(r$values)]
}
longstring <- apply(answers, 1, function(x) max(runs(x)))
average_string <- apply(answers, 1, function(x) mean(runs(x)))
irv <- apply(answers, 1, sd, na.rm = TRUE)

center <- colMeans(answers, na.rm = TRUE)
S <- cov(answers, use = "pairwise.complete.obs")
distance <- sapply(1:n, function(i) {
  o <- !is.na(answers[i, ])
  mahalanobis(answers[i, o], center[o], S[o, o])
})
p <- pchisq(distance, rowSums(!is.na(answers)), lower.tail = FALSE)
complete <- answers[1:80, ]
psych_d2 <- c(psych::outlier(complete, plot = FALSE), rep(NA, n - 80))

within <- function(x, y) {
  ok <- !is.na(x) & !is.na(y)
  if (sum(ok) < 3 || sd(x[ok]) == 0 || sd(y[ok]) == 0) return(NA)
  cor(x[ok], y[ok])
}
even_odd <- apply(keyed, 1, function(row) {
  halves <- sapply(1:d, function(j) {
    items <- row[(j - 1) * k + 1:k]
    c(mean(items[c(1, 3)], na.rm = TRUE), mean(items[c(2, 4)], na.rm = TRUE))
  })
  r <- within(halves[1, ], halves[2, ])
  max(2 * r / (1 + r), -1)
})
pairs_of <- function(chosen) which(chosen & upper.tri(chosen), arr.ind = TRUE)
over <- function(pairs) apply(answers, 1, function(x) within(x[pairs[, 1]], x[pairs[, 2]]))
r <- cor(answers, use = "pairwise.complete.obs")
synonyms <- over(pairs_of(r >= .60))
antonyms <- over(pairs_of(r <= -.60))

write.csv(answers, file.path(here, "screening_answers.csv"), row.names = FALSE, na = "", quote = FALSE)
result <- data.frame(longstring, average_string, irv, mahalanobis = distance, mahalanobis_p = p, even_odd, synonyms,
                     antonyms, psych_d2)
result[] <- lapply(result, function(x) ifelse(is.na(x), "", sprintf("%.17g", x)))
write.csv(result, file.path(here, "screening.csv"), row.names = FALSE, quote = FALSE)
cat(R.version.string, "psych", as.character(packageVersion("psych")), "\n")
cat(nrow(pairs_of(r >= .60)), nrow(pairs_of(r <= -.60)), "pairs\n")
