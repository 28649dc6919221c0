# Two-level models: writes two_level.csv from two_level_cases.csv; lavaan 0.6-14.
#
#   Rscript tests/r/two_level.R
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

# Newton steps with lavaan's gradient and a Hessian by differences of it, until one moves no parameter by more than 1e-9.
settled <- function(arguments) {
  quick <- c(arguments, list(se = "none", test = "none", baseline = FALSE, h1 = FALSE))
  fit <- suppressWarnings(do.call("sem", quick))
  model <- fit@Model
  table <- parTable(fit)
  free <- if (model@eq.constraints) model@eq.constraints.K else diag(model@nx.free)
  gradient <- function(theta) {
    own <- lavaan:::lav_model_set_parameters(model, theta)
    lavaan:::lav_model_gradient(own, lavsamplestats = fit@SampleStats, lavdata = fit@Data, lavcache = fit@Cache)
  }
  theta <- lavaan:::lav_model_get_parameters(model)
  for (step in 1:20) {
    hessian <- numDeriv::jacobian(function(x) drop(t(free) %*% gradient(theta + free %*% x)), rep(0, ncol(free)))
    move <- drop(free %*% solve(hessian, -t(free) %*% gradient(theta)))
    theta <- theta + move
    if (max(abs(move)) < 1e-9) break
  }
  # A table taken as the model keeps its starting values, which lavaan 0.6-14 otherwise forgets where there are levels.
  table$ustart[table$free > 0] <- theta
  table$start <- table$est <- table$se <- NULL
  arguments$model <- table
  suppressWarnings(do.call("sem", c(arguments, list(optim.method = "none"))))
}

by_level <- function(fit, case) {
  table <- parameterEstimates(fit, standardized = TRUE, remove.nonfree = FALSE)
  group <- if (is.null(table$group)) 1 else table$group
  rows <- data.frame(case = case, lhs = table$lhs, op = table$op, rhs = table$rhs,
                     level = ifelse(table$op == ":=", 0, ifelse(table$level %in% c("1", "within"), 1, 2)), group = ifelse(table$op == ":=", 0, group))
  do.call(rbind, lapply(c("est", "se", "std.lv", "std.all"), function(what)
    cbind(rows, what = sub(".", "_", what, fixed = TRUE), value = table[[what]])))
}

# With holes lavaan 0.6-14 finds no solution unless the rows stand cluster by cluster.
gaps <- own("two_level_gaps.csv")
data <- list(two_level = own("two_level.csv"), gaps = gaps[order(gaps$centre), ])
cases <- read.csv(file.path(here, "two_level_cases.csv"))
rows <- lapply(seq_len(nrow(cases)), function(i) {
  message(cases$case[i])
  case <- cases[i, ]
  case$model <- gsub(";", "\n", case$model)
  fit <- settled(case_arguments(case, data))
  m <- fitMeasures(fit)
  rows <- by_level(fit, cases$case[i])
  rows <- rows[!(rows$op %in% c("==", "<", ">")), ]
  rbind(rows, data.frame(case = cases$case[i], lhs = "", op = "", rhs = "", level = 0, group = 0,
                         what = gsub("[.]", "_", names(m)), value = as.numeric(m)))
})
write_reference(do.call(rbind, rows), "two_level")
