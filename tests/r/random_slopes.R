# Random slopes: writes random_slopes.csv from random_slopes_cases.csv; lavaan 0.7-2, the first that has them.
#
#   LAVAAN_LIBRARY=FOLDER Rscript tests/r/random_slopes.R     FOLDER is a library with that lavaan
#
# op "slope" holds the slopes predicted for each centre (lhs its number) and their errors.
suppressMessages(library(lavaan, lib.loc = Sys.getenv("LAVAAN_LIBRARY")))
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

data <- list(slopes = own("random_slopes.csv"), gaps = own("random_slopes_gaps.csv"))
cases <- read.csv(file.path(here, "random_slopes_cases.csv"))

rows <- do.call(rbind, lapply(seq_len(nrow(cases)), function(i) {
  case <- cases[i, ]
  message(case$case)
  case$model <- gsub(";", "\n", case$model)
  arguments <- case_arguments(case, data)
  arguments <- arguments[setdiff(names(arguments), c("em.h1.tol", "em.h1.iter.max"))]
  # The strictest stopping rule that lavaan calls convergence.
  for (tolerance in c(1e-14, 1e-13, 1e-12, 1e-11, 1e-10)) {
    fit <- suppressWarnings(do.call("sem", c(arguments, list(control = list(rel.tol = tolerance, iter.max = 20000, eval.max = 40000)))))
    if (lavInspect(fit, "converged")) break
  }
  table <- parTable(fit)
  table <- table[table$op %in% c("=~", "~", "~~", "~1") & table$rv == "", ]
  level <- table$level
  keys <- data.frame(case = case$case, lhs = table$lhs, op = table$op, rhs = table$rhs, level = level)
  measures <- fitMeasures(fit)
  predicted <- lavPredict(fit, level = 2, se = "standard")
  errors <- attr(predicted, "se")
  slopes <- unique(parTable(fit)$rv[parTable(fit)$rv != ""])
  centre <- fit@Data@Lp[[1]]$cluster.id[[2]]
  values <- predicted[, slopes, drop = FALSE]
  spread <- errors[, slopes, drop = FALSE]
  told <- data.frame(case = case$case, lhs = rep(centre, length(slopes)), op = "slope", rhs = rep(slopes, each = length(centre)), level = 2)
  rbind(cbind(keys, what = "est", value = table$est), cbind(keys, what = "se", value = table$se),
        cbind(told, what = "est", value = as.numeric(values)), cbind(told, what = "se", value = as.numeric(spread)),
        data.frame(case = case$case, lhs = "", op = "", rhs = "", level = 0, what = gsub("[.]", "_", names(measures)), value = as.numeric(measures)))
}))
rows <- rbind(rows, data.frame(case = "version", lhs = as.character(packageVersion("lavaan")), op = "", rhs = "", level = 0, what = "", value = 0))
write_reference(rows, "random_slopes")
