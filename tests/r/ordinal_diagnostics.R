# Residuals and factor scores of ordered answers: writes ordinal_diagnostics.csv; lavaan 0.6-14. The models are those of
# ordinal_cases.csv that are named here.
#
# Residuals: op "cov", "mean" or "th", what is raw, cor, normalized or standardized. lavaan has no standard errors where
# some variables are continuous, and takes groups one by one; what "joint" holds, at place rhs of lavaan's statistics
# (op "statistic"), residuals over standard errors by the formula of Browne (1984), worked out here over all groups from
# lavaan's Delta, W and Gamma. Factor scores: op "score", rhs is the row of the data (every twentieth of a group), what is
# EBM or ML; "EBM_settled" and "ML_settled" where Newton steps with numerical derivatives went on from there.
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

as_list <- function(x) if (is.list(x)) x else list(x)
by_group <- function(x, fit) if (lavInspect(fit, "ngroups") == 1) list(x) else x

residual_rows <- function(fit) do.call(rbind, lapply(c("raw", "cor", "standardized", "normalized"), function(type) {
  found <- try(residuals(fit, type = type), silent = TRUE)
  if (inherits(found, "try-error")) return(NULL)
  do.call(rbind, lapply(seq_along(by_group(found, fit)), function(group) {
    own <- by_group(found, fit)[[group]]
    lower <- which(lower.tri(own$cov, diag = TRUE), arr.ind = TRUE)
    rbind(data.frame(lhs = rownames(own$cov)[lower[, 1]], op = "cov", rhs = colnames(own$cov)[lower[, 2]], group = group,
                     what = type, value = own$cov[lower]),
          data.frame(lhs = names(own$mean), op = "mean", rhs = "", group = group, what = type, value = as.numeric(own$mean)),
          data.frame(lhs = names(own$th), op = "th", rhs = "", group = group, what = type, value = as.numeric(own$th)))
  }))
}))

joint_rows <- function(fit) {
  n <- lavInspect(fit, "nobs")
  delta <- as_list(lavInspect(fit, "delta")); weight <- as_list(lavInspect(fit, "wls.v")); gamma <- as_list(lavInspect(fit, "gamma"))
  gap <- Map(`-`, as_list(lavInspect(fit, "wls.obs")), as_list(lavInspect(fit, "wls.est")))
  free <- if (fit@Model@eq.constraints) fit@Model@eq.constraints.K else diag(ncol(delta[[1]]))
  share <- n / sum(n)
  curvature <- Reduce(`+`, Map(function(f, d, w) f * t(free) %*% t(d) %*% w %*% d %*% free, share, delta, weight))
  inverse <- free %*% solve(curvature) %*% t(free)
  do.call(rbind, lapply(seq_along(delta), function(group) {
    # What the statistics of every group do to the residuals of this one.
    variance <- Reduce(`+`, lapply(seq_along(delta), function(other) {
      lead <- -share[other] * delta[[group]] %*% inverse %*% t(delta[[other]]) %*% weight[[other]]
      if (other == group) lead <- lead + diag(nrow(lead))
      lead %*% gamma[[other]] %*% t(lead) / n[other]
    }))
    error <- sqrt(pmax(diag(variance), 0))
    keep <- error > 1e-6
    data.frame(lhs = "", op = "statistic", rhs = as.character(which(keep)), group = group, what = "joint",
               value = (gap[[group]] / error)[keep])
  }))
}

# The log-likelihood of a case's answers y under factor values eta: normal limits between thresholds, normal densities.
log_likelihood <- function(eta, y, est, thresholds) {
  centre <- drop(est$nu + est$lambda %*% eta); spread <- sqrt(diag(est$theta))
  sum(sapply(which(!is.na(y)), function(j) {
    own <- thresholds[[j]]
    if (is.null(own)) return(dnorm(y[j], centre[j], spread[j], log = TRUE))
    ends <- (c(-Inf, own, Inf)[y[j] + 0:1] - centre[j]) / spread[j]
    if (ends[1] > 0) ends <- -rev(ends)
    log(pnorm(ends[2]) - pnorm(ends[1]))
  }))
}

settle <- function(start, value) {
  eta <- start
  for (step in 1:30) {
    move <- try(-solve(numDeriv::hessian(value, eta), numDeriv::grad(value, eta)), silent = TRUE)
    if (inherits(move, "try-error") || any(!is.finite(move))) return(rep(NA, length(eta)))
    eta <- eta + move
    if (max(abs(eta)) > 8) return(rep(NA, length(eta)))  # the outermost categories everywhere: no maximum
    if (max(abs(move)) < 1e-8) return(eta)
  }
  rep(NA, length(eta))
}

score_rows <- function(fit, settles) do.call(rbind, lapply(c("EBM", "ML"), function(method) {
  found <- by_group(lavPredict(fit, method = method, optim.method = "nlminb"), fit)
  do.call(rbind, lapply(seq_along(found), function(group) {
    own <- as.matrix(found[[group]])
    case <- by_group(lavInspect(fit, "case.idx"), fit)[[group]]
    answers <- by_group(lavInspect(fit, "data"), fit)[[group]]
    kept <- seq(1, nrow(own), by = 20)
    long <- function(values, what) do.call(rbind, lapply(colnames(own), function(name)
      data.frame(lhs = name, op = "score", rhs = as.character(case[kept]), group = group, what = what, value = values[kept, name])))
    rows <- long(own, method)
    if (!settles) return(rows)
    est <- by_group(lavInspect(fit, "est"), fit)[[group]]
    mean <- by_group(lavInspect(fit, "mean.lv"), fit)[[group]]; spread <- solve(by_group(lavInspect(fit, "cov.lv"), fit)[[group]])
    of <- sub("\\|.*", "", rownames(est$tau))
    thresholds <- lapply(rownames(est$lambda), function(name) if (name %in% of) est$tau[of == name, 1])
    settled <- own
    for (i in kept) settled[i, ] <- settle(own[i, ], function(eta) {
      known <- if (method == "EBM") drop((eta - mean) %*% spread %*% (eta - mean)) / 2 else 0
      log_likelihood(eta, answers[i, rownames(est$lambda)], est, thresholds) - known
    })
    rbind(rows, long(settled, paste0(method, "_settled")))
  }))
}))

data <- ordinal_data()
cases <- read.csv(file.path(here, "ordinal_cases.csv"))
wanted <- c("four_wlsmv", "four_equal", "four_groups", "four_metric", "five_structural", "five_mixed", "mixed_factor",
            "gaps_pairwise", "gaps_groups", "four_theta", "residuals")
rows <- do.call(rbind, lapply(wanted, function(name) {
  message("ordinal_diagnostics: ", name)
  case <- cases[cases$case == name, ]
  arguments <- case_arguments(case, data)
  arguments$ordered <- setdiff(names(data[[case$data]]), c("z1", "z2", "side", "school", "sex"))
  fit <- settled_fit(arguments)
  observed_outcomes <- name %in% c("five_mixed", "gaps_pairwise")
  found <- rbind(residual_rows(fit), joint_rows(fit), if (name != "residuals") score_rows(fit, !observed_outcomes))
  cbind(case = name, found)
}))
write_reference(rows, "ordinal_diagnostics")
