# Shared by the reference scripts: fit every case of a table in lavaan and write its numbers as one long CSV.
#
#   Rscript tests/r/ml.R FOLDER      FOLDER holds semopy's example data (holzinger_swineford39_data.csv, pd_data.csv)
#
suppressMessages(library(lavaan))

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
folder <- commandArgs(TRUE)[1]

# lavaan stops early by default (4e-6 in the estimates). Of several optimisers and stopping rules the fit with the
# smallest discrepancy is kept.
tight_fit <- function(arguments) {
  rules <- c(lapply(c(1e-14, 1e-12, 1e-10), function(tolerance)
    list(optim.method = "nlminb", control = list(rel.tol = tolerance, iter.max = 20000, eval.max = 40000))),
    list(list(optim.method = "BFGS", control = list(reltol = 1e-16, maxit = 5000))))
  best <- NULL
  for (rule in rules) {
    fit <- try(suppressWarnings(do.call("sem", c(arguments, rule))), silent = TRUE)
    if (inherits(fit, "try-error") || !lavInspect(fit, "converged")) next
    if (is.null(best) || lavInspect(fit, "optim")$fx < lavInspect(best, "optim")$fx) best <- fit
  }
  if (is.null(best)) stop("not converged: ", arguments$model)
  best
}

# The model with its inequalities that are active as equalities, without the others.
at_bounds <- function(model, active) {
  statements <- strsplit(model, ";")[[1]]
  unequal <- grep("[<>]", statements)
  statements[unequal] <- sub("[<>]", "==", statements[unequal])
  paste(statements[setdiff(seq_along(statements), unequal[!active])], collapse = ";")
}

# From lavaan's own fit, Newton steps with its gradient and Hessian (that of the first step unless a constraint is nonlinear)
# until one moves no parameter by more than 1e-10; lavaan evaluates everything at the point reached (optim.method =
# "none"). With inequalities that point is the solution with the active ones as equalities.
exact_fit <- function(arguments) {
  quick <- arguments[setdiff(names(arguments), c("se", "test", "em.h1.tol", "em.h1.iter.max"))]
  quick <- c(quick, list(se = "none", test = "none", baseline = FALSE))
  fit <- suppressWarnings(do.call("sem", quick))
  if (!lavInspect(fit, "converged")) fit <- tight_fit(quick)
  table <- parTable(fit)
  # sem() with start values forgets its default for fixed.x, hence it is said.
  given <- list(optim.method = "none", fixed.x = lavInspect(fit, "options")$fixed.x)
  at <- function(arguments) suppressWarnings(do.call("sem", c(arguments, list(start = table), given)))
  unequal <- table$op %in% c("<", ">")
  if (any(unequal)) {
    same <- arguments
    same$model <- at_bounds(arguments$model, active = abs(table$est[unequal]) < 1e-5)
    table$est[table$free > 0] <- coef(exact_fit(same))
    return(at(arguments))
  }
  hessian <- NULL
  for (step in 1:100) {
    fit <- at(quick)
    theta <- table$est[table$free > 0]
    nonlinear <- length(fit@Model@ceq.nonlinear.idx) > 0
    equal <- if (any(table$op == "==")) fit@Model@ceq.function else function(theta) numeric(0)
    constraint <- equal(theta)
    k <- length(constraint)
    jacobian <- if (k) numDeriv::jacobian(equal, theta) else matrix(0, 0, length(theta))
    gradient <- lavInspect(fit, "gradient")
    # Under FIML lavaan's Hessian is weighted twice by the groups' share of the cases: about that many times too small.
    factor <- if (lavInspect(fit, "options")$missing == "ml") lavInspect(fit, "ngroups") else 1
    if (is.null(hessian) || nonlinear) hessian <- lavInspect(fit, "hessian") * factor
    curvature <- hessian
    if (nonlinear) {
      multiplier <- -drop(MASS::ginv(t(jacobian)) %*% gradient)
      curvature <- curvature + numDeriv::hessian(function(theta) sum(multiplier * equal(theta)), theta)
    }
    system <- rbind(cbind(curvature, t(jacobian)), cbind(jacobian, matrix(0, k, k)))
    move <- (MASS::ginv(system) %*% c(-gradient, -constraint))[seq_along(theta)]
    table$est[table$free > 0] <- theta + move
    if (max(abs(move)) < 1e-10) return(at(arguments))
  }
  stop("Newton did not settle: ", arguments$model)
}

public <- function(file) read.csv(file.path(folder, file))
own <- function(file) read.csv(file.path(here, "data", file))

parameters <- function(fit, case) {
  table <- parameterEstimates(fit, standardized = TRUE, remove.nonfree = FALSE)
  group <- if (is.null(table$group)) 1 else table$group
  rows <- data.frame(case = case, lhs = table$lhs, op = table$op, rhs = table$rhs,
                     group = ifelse(table$op == ":=", 0, group))
  do.call(rbind, lapply(c("est", "se", "std.lv", "std.all"), function(what)
    cbind(rows, what = sub(".", "_", what, fixed = TRUE), value = table[[what]])))
}

measures <- function(fit, case) {
  m <- fitMeasures(fit)
  # lavaan finds the ends of the RMSEA interval to four digits only; the same equation is solved here to twelve.
  if (m[["df"]] > 0) {
    n <- lavInspect(fit, "ntotal"); groups <- lavInspect(fit, "ngroups")
    end <- function(p) {
      gap <- function(ncp) pchisq(m[["chisq"]], m[["df"]], ncp) - p
      if (gap(0) < 0) return(0)
      sqrt(uniroot(gap, c(0, 10 * m[["chisq"]] + 100), tol = 1e-12)$root * groups / (n * m[["df"]]))
    }
    m["rmsea.ci.lower"] <- end(.95); m["rmsea.ci.upper"] <- end(.05)
  }
  data.frame(case = case, lhs = "", op = "", rhs = "", group = 0,
             what = gsub("[.]", "_", names(m)), value = as.numeric(m))
}

# N times the complete-data discrepancy between the saturated (EM) and the implied moments of a FIML fit (Zhang & Savalei, 2022).
complete_discrepancy <- function(fit) {
  groups <- lavInspect(fit, "ngroups")
  saturated <- lavInspect(fit, "sampstat"); implied <- lavInspect(fit, "implied")
  if (groups == 1) { saturated <- list(saturated); implied <- list(implied) }
  sum(lavInspect(fit, "nobs") * mapply(function(s, m) {
    gap <- s$mean - m$mean
    inverse <- solve(m$cov)
    log(det(m$cov)) - log(det(s$cov)) + sum(s$cov * inverse) - nrow(s$cov) + drop(gap %*% inverse %*% gap)
  }, saturated, implied))
}

# The same for the robust statistics: the interval and p-values "scaled" come from the plain statistic on c df degrees of
# freedom, those "robust" from the scaled statistic with its noncentrality times c.
intervals <- function(fit, m) {
  groups <- lavInspect(fit, "ngroups")
  normal <- lavInspect(fit, "options")$likelihood == "normal" && !lavInspect(fit, "options")$estimator %in% c("GLS", "ULS")
  n <- lavInspect(fit, "ntotal") - if (normal) 0 else groups
  df <- m[["df"]]
  ends <- function(m, suffix, x, df, unit) {
    end <- function(p) {
      gap <- function(ncp) pchisq(x, df, ncp) - p
      if (gap(0) < 0) return(0)
      sqrt(uniroot(gap, c(0, 10 * x + 100), tol = 1e-12)$root * unit * groups / n)
    }
    known <- function(old, new) if (abs(m[[old]] - new) < 2e-4) new else stop(old, ": lavaan ", m[[old]], ", here ", new)
    for (side in c("lower", "upper")) {
      name <- paste0("rmsea.ci.", side, suffix)
      m[name] <- known(name, end(c(lower = .95, upper = .05)[[side]]))
    }
    m
  }
  if (df == 0 || is.na(m["rmsea"])) return(m)
  m <- ends(m, "", m[["chisq"]], df, 1 / df)
  if ("chisq.scaled" %in% names(m)) {
    c <- m[["chisq.scaling.factor"]]
    m <- ends(m, ".scaled", m[["chisq"]], c * df, 1 / (c * df))
    if (lavInspect(fit, "options")$missing == "listwise") m <- ends(m, ".robust", m[["chisq.scaled"]], df, c / df)
  }
  if (lavInspect(fit, "options")$missing == "ml" && m[["rmsea.robust"]] > 0) {
    x <- complete_discrepancy(fit)
    c <- (x - df * n * m[["rmsea.robust"]]^2 / groups) / df
    m <- ends(m, ".robust", x / c, df, c / df)
  }
  m
}

# All fit measures, with the baseline model at its exact solution: the moments of the answers there are (lavaan stops its own
# search for them at about 1e-6).
exact_measures <- function(fit, arguments) {
  options <- lavInspect(fit, "options")
  if (options$estimator != "ML" || options$likelihood != "normal") return(intervals(fit, fitMeasures(fit)))
  answers <- lavInspect(fit, "data")
  if (!is.list(answers)) answers <- list(answers)
  table <- as.data.frame(lav_partable_independence(fit))
  for (i in which(table$free > 0)) {
    values <- na.omit(answers[[table$group[i]]][, table$lhs[i]])
    table$ustart[i] <- if (table$op[i] == "~1") mean(values) else mean((values - mean(values))^2)
  }
  same <- arguments[setdiff(names(arguments), c("model", "group.equal", "group.partial", "std.lv"))]
  same$meanstructure <- options$meanstructure
  baseline <- suppressWarnings(do.call("lavaan", c(list(model = table), same, fixed.x = options$fixed.x, optim.method = "none")))
  intervals(fit, fitMeasures(fit, baseline.model = baseline))
}

as_measures <- function(m, case)
  data.frame(case = case, lhs = "", op = "", rhs = "", group = 0, what = gsub("[.]", "_", names(m)), value = as.numeric(m))

# Univariate score tests of the equality constraints: lhs and rhs name the two parameters with their groups ("x3~1 2").
score_rows <- function(fit, case) {
  uni <- suppressWarnings(lavTestScore(fit))$uni
  table <- parTable(fit)
  name <- function(label) {
    row <- ifelse(label %in% table$plabel, match(label, table$plabel), match(label, table$label))
    ifelse(is.na(row), label, paste0(table$lhs, table$op, table$rhs, " ", table$group)[row])
  }
  rows <- data.frame(case = case, lhs = name(uni$lhs), op = "==", rhs = name(uni$rhs), group = 0)
  rbind(cbind(rows, what = "score_statistic", value = uni$X2), cbind(rows, what = "score_pvalue", value = uni$p.value))
}

# One row of a cases table: options are name=value pairs, the values of one option set apart by | or, where
# one of them holds that, by a comma.
case_arguments <- function(case, data) {
  arguments <- list(model = case$model, data = data[[case$data]])
  if (grepl("missing=fiml", case$options)) arguments <- c(arguments, em.h1.tol = 1e-11, em.h1.iter.max = 10000)
  for (option in strsplit(case$options, " ")[[1]]) {
    name <- sub("=.*", "", option)
    values <- sub("^[^=]*=", "", option)
    values <- strsplit(values, if (grepl(",", values)) "," else "|", fixed = TRUE)[[1]]
    arguments[[name]] <- if (values[1] %in% c("TRUE", "FALSE")) as.logical(values) else values
  }
  arguments
}

case_data <- function()
  list(holzinger = public("holzinger_swineford39_data.csv"), democracy = public("pd_data.csv"),
       incomplete = own("incomplete.csv"), clustered = own("clustered.csv"), large = own("large.csv"),
       growth = own("growth.csv"))

# From lavaan's own DWLS fit, Gauss-Newton steps with its derivatives until one moves no parameter by more than 1e-10.
settled_fit <- function(arguments) {
  quick <- c(arguments, list(se = "none", test = "none", baseline = FALSE))
  fit <- suppressWarnings(do.call("sem", quick))
  table <- parTable(fit)
  as_list <- function(x) if (is.list(x)) x else list(x)
  for (step in 1:200) {
    fit <- suppressWarnings(do.call("sem", c(quick, list(start = table, optim.method = "none"))))
    share <- (lavInspect(fit, "nobs") - 1) / lavInspect(fit, "ntotal")  # as lavaan weights its groups
    delta <- as_list(lavInspect(fit, "delta")); weight <- as_list(lavInspect(fit, "wls.v"))
    gap <- Map(`-`, as_list(lavInspect(fit, "wls.obs")), as_list(lavInspect(fit, "wls.est")))
    free <- if (fit@Model@eq.constraints) fit@Model@eq.constraints.K else diag(ncol(delta[[1]]))
    curvature <- Reduce(`+`, Map(function(f, d, w) f * t(free) %*% t(d) %*% w %*% d %*% free, share, delta, weight))
    slope <- Reduce(`+`, Map(function(f, d, w, g) f * t(free) %*% t(d) %*% w %*% g, share, delta, weight, gap))
    move <- drop(free %*% solve(curvature, slope))
    if (max(abs(move)) < 1e-10) break
    table$est[table$free > 0] <- table$est[table$free > 0] + move
  }
  if (step == 200) stop("Gauss-Newton did not settle: ", arguments$model)
  suppressWarnings(do.call("sem", c(arguments, list(start = table, optim.method = "none"))))
}

# The shift of the scaled and shifted test, which fitMeasures() leaves out.
shift_of <- function(fit, case) {
  test <- fit@test[["scaled.shifted"]]
  if (is.null(test) || test$df == 0) return(NULL)
  as_measures(c(chisq_shift_parameter = sum(test$shift.parameter)), case)
}

# Ordered answers: our own simulated ones, the same with gaps, and Holzinger-Swineford cut into four categories at its quantiles.
ordinal_data <- function() {
  four <- public("holzinger_swineford39_data.csv")[c(paste0("x", 1:9), "school", "sex")]
  for (name in paste0("x", 1:9))
    four[[name]] <- as.integer(cut(four[[name]], quantile(four[[name]], c(0, .2, .55, .85, 1)), include.lowest = TRUE))
  ordinal <- own("ordinal.csv")
  list(ordinal = ordinal[c("a1", "a2", "a3", "a4", "c1", "c2", "c3", "b1", "b2", "z1", "z2", "side")], four = four,
       gaps = own("ordinal_gaps.csv"), sparse = own("ordinal_sparse.csv"))
}

fit_cases <- function(stem) {
  data <- case_data()
  cases <- read.csv(file.path(here, paste0(stem, "_cases.csv")))
  rows <- lapply(seq_len(nrow(cases)), function(i) {
    message(stem, ": ", cases$case[i])
    arguments <- case_arguments(cases[i, ], data)
    fit <- exact_fit(arguments)
    rbind(parameters(fit, cases$case[i]), as_measures(exact_measures(fit, arguments), cases$case[i]))
  })
  write_reference(do.call(rbind, rows), stem)
}

write_reference <- function(rows, stem) {
  rows <- rows[!is.na(rows$value), ]
  rows$value <- sprintf("%.12g", rows$value)
  write.csv(rows, file.path(here, paste0(stem, ".csv")), row.names = FALSE, quote = TRUE)
}
