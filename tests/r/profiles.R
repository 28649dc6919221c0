# Latent profiles (mclust) and their outcomes in three steps: writes profiles.csv; Holzinger and Swineford's children (x1, x4, x7;
# x3, x9).
#
#   Rscript tests/r/profiles.R FOLDER      FOLDER holds semopy's example data (holzinger_swineford39_data.csv)
#
# Reads FOLDER, writes tests/r/profiles.csv: k, quantity, profile, variable, value. Profiles are ordered by x1, downwards.
# The three-step numbers come from another road than ours: the means solve the k linear equations that join them to the
# means of the assigned groups; the covariance is that of a weighted regression on k stacked records a child, clustered by child.
suppressMessages(library(mclust))

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
data <- read.csv(file.path(commandArgs(TRUE)[1], "holzinger_swineford39_data.csv"))
x <- as.matrix(data[c("x1", "x4", "x7")])
n <- nrow(x)
rows <- list()
keep <- function(k, quantity, profile, variable, value)
  rows[[length(rows) + 1]] <<- data.frame(k, quantity, profile, variable, value = sprintf("%.17g", value))

tight <- emControl(tol = c(1e-13, 1e-13), itmax = c(100000, 100000))
set.seed(1)
for (k in 1:3) {
  best <- NULL
  for (start in 1:60) {
    z <- unmap(sample(rep(1:k, length.out = n)))
    if (start > 1) {  # nearest of k random children
      centres <- scale(x)[sample(n, k), , drop = FALSE]
      distance <- sapply(1:k, function(j) colSums((t(scale(x)) - centres[j, ])^2))
      z <- matrix(0, n, k)
      z[cbind(1:n, max.col(-as.matrix(distance)))] <- 1
    }
    fit <- try(me(modelName = "VVI", data = x, z = z, control = tight), silent = TRUE)
    if (inherits(fit, "try-error") || is.na(fit$loglik)) next
    shares <- fit$parameters$pro
    if (k > 1 && min(shares) * n < 2) next
    sds <- sqrt(apply(fit$parameters$variance$sigma, 3, diag)) / apply(x, 2, sd)
    if (any(sds < 0.1)) next
    if (is.null(best) || fit$loglik > best$loglik) best <- fit
  }
  order <- order(-best$parameters$mean["x1", ])
  keep(k, "loglik", NA, NA, best$loglik)
  keep(k, "bic", NA, NA, -mclust::bic("VVI", best$loglik, n, 3, k))
  for (p in seq_len(k)) {
    keep(k, "share", p, NA, if (k == 1) 1 else best$parameters$pro[order[p]])
    for (v in colnames(x)) {
      keep(k, "mean", p, v, best$parameters$mean[v, order[p]])
      keep(k, "sd", p, v, sqrt(best$parameters$variance$sigma[v, v, order[p]]))
    }
  }
  if (k == 1) next
  posterior <- best$z[, order]
  group <- max.col(posterior, ties.method = "first")
  for (outcome in c("x3", "x9")) {
    y <- data[[outcome]]
    # joint[t, s]: children of profile t who are put into s; joint' mu = sums of y in the groups
    joint <- t(sapply(1:k, function(t) sapply(1:k, function(s) sum(posterior[group == s, t]))))
    # the BCH totals of a profile are those of the same equations with y = 1
    errors <- joint / rowSums(joint)
    totals <- solve(t(errors), sapply(1:k, function(s) sum(group == s)))
    sums <- solve(t(errors), sapply(1:k, function(s) sum(y[group == s])))
    mu <- sums / totals
    stacked <- do.call(rbind, lapply(1:n, function(i) data.frame(
      child = i, profile = 1:k, y = y[i], weight = solve(errors)[group[i], ])))
    design <- model.matrix(~ 0 + factor(profile), stacked)
    bread <- solve(t(design) %*% (design * stacked$weight))
    scores <- rowsum(design * stacked$weight * (stacked$y - mu[stacked$profile]), stacked$child)
    covariance <- bread %*% crossprod(scores) %*% bread
    contrast <- cbind(-1, diag(k - 1))
    difference <- contrast %*% mu
    for (p in 1:k) {
      keep(k, "outcome", p, outcome, mu[p])
      keep(k, "outcome_se", p, outcome, sqrt(covariance[p, p]))
    }
    keep(k, "outcome_wald", NA, outcome, t(difference) %*% solve(contrast %*% covariance %*% t(contrast)) %*% difference)
  }
}
write.csv(do.call(rbind, rows), file.path(here, "profiles.csv"), row.names = FALSE, quote = FALSE, na = "")
