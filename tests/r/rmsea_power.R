# Power and sample size of RMSEA tests: writes rmsea_power.csv; semTools 0.5-6 (findRMSEApower, findRMSEAsamplesize).
#
#   Rscript tests/r/rmsea_power.R
#
# Each row: rmsea_0, rmsea_a, df, groups, n (over all groups), power with it, and the cases a group needs for a power of .8.
suppressMessages(library(semTools))
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
grid <- expand.grid(pair = 1:4, df = c(5, 24, 399), groups = c(1, 2), n = c(100, 400))
pairs <- list(c(0.05, 0.08), c(0.05, 0.01), c(0, 0.06), c(0.08, 0.05))
rows <- do.call(rbind, lapply(seq_len(nrow(grid)), function(i) {
  g <- grid[i, ]
  p <- pairs[[g$pair]]
  data.frame(rmsea_0 = p[1], rmsea_a = p[2], df = g$df, n_groups = g$groups, n = g$n,
             power = findRMSEApower(p[1], p[2], g$df, g$n, group = g$groups),
             needed = findRMSEAsamplesize(p[1], p[2], g$df, power = 0.8, group = g$groups))
}))
rows$power <- sprintf("%.15g", rows$power)
write.csv(rows, file.path(here, "rmsea_power.csv"), row.names = FALSE, quote = FALSE)
