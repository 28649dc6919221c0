# Pooled correlations and two-stage models: writes evidence_*.csv for tests/evidence; metafor, OpenMx, metaSEM.
# Usage: METASEM_LIBRARY=path Rscript tests/r/evidence.R (metaSEM from the library that the variable names)
# Data: dat.craft2003 of metadat (Craft, Magyar, Becker & Feltz, 2003), written to evidence_craft2003.csv, and the matrices
# of evidence_made.csv, which are made up.
suppressMessages({
  library(metafor)
  library(metaSEM, lib.loc = c(Sys.getenv("METASEM_LIBRARY"), .libPaths()))
})
script <- sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))
here <- function(name) file.path(dirname(script), name)
digits <- function(x) trimws(formatC(x, digits = 15, format = "g"))
versions <- sprintf("# R %s, metafor %s, metaSEM %s, OpenMx %s", getRversion(), packageVersion("metafor"),
                    packageVersion("metaSEM", lib.loc = c(Sys.getenv("METASEM_LIBRARY"), .libPaths())), packageVersion("OpenMx"))
put <- function(frame, name) {
  writeLines(versions, here(name))
  suppressWarnings(write.table(frame, here(name), sep = ",", row.names = FALSE, quote = FALSE, append = TRUE))
}

# Craft et al.: four variables, ten studies, cells missing.
dat <- dat.craft2003[!is.na(dat.craft2003$ri), ]
put(data.frame(study = dat$study, n = dat$ni, var1 = dat$var1, var2 = dat$var2, r = digits(dat$ri)), "evidence_craft2003.csv")
names <- c("acog", "asom", "conf", "perf")
studies <- unique(dat$study)
matrices <- lapply(studies, function(s) {
  m <- matrix(NA, 4, 4, dimnames = list(names, names))
  diag(m) <- 1
  own <- dat[dat$study == s, ]
  for (l in seq_len(nrow(own))) m[own$var1[l], own$var2[l]] <- m[own$var2[l], own$var1[l]] <- own$ri[l]
  m
})
sizes <- sapply(studies, function(s) dat$ni[dat$study == s][1])
# Made up: five complete studies.
own <- read.csv(here("evidence_made.csv"), comment.char = "#")
made <- lapply(unique(own$study), function(s) {
  m <- as.matrix(own[own$study == s, letters[1:4]])
  rownames(m) <- letters[1:4]
  m
})
made_n <- own$n[match(unique(own$study), own$study)]

# 1. Cells one by one: REML on z, Knapp-Hartung and its ad hoc correction.
cells <- do.call(rbind, lapply(c("knha", "adhoc"), function(test) do.call(rbind, lapply(1:3, function(i) do.call(rbind, lapply((i + 1):4, function(j) {
  r <- sapply(matrices, function(m) m[i, j]); ok <- !is.na(r)
  es <- escalc("ZCOR", ri = r[ok], ni = sizes[ok])
  fit <- rma(yi, vi, data = es, method = "REML", test = test, control = list(threshold = 1e-12, maxiter = 1000))
  p <- predict(fit)
  data.frame(test = test, a = names[i], b = names[j], k = fit$k, r = digits(tanh(fit$beta[1])), se = digits(fit$se), ci_lower = digits(tanh(p$ci.lb)),
             ci_upper = digits(tanh(p$ci.ub)), pi_lower = digits(tanh(p$pi.lb)), pi_upper = digits(tanh(p$pi.ub)),
             tau = digits(sqrt(fit$tau2)), q = digits(fit$QE), q_pvalue = digits(fit$QEp), i2 = digits(fit$I2))
}))))))
put(cells, "evidence_cells.csv")

# 2. Covariances of correlations, and a multivariate model with a tau a cell.
tmp <- rcalc(ri ~ var1 + var2 | study, ni = ni, data = dat)
V <- tmp$V; d <- tmp$dat; d$pair <- paste(pmin(d$var1, d$var2), pmax(d$var1, d$var2), sep = ".")
put(data.frame(row = row(V)[lower.tri(V, TRUE)], col = col(V)[lower.tri(V, TRUE)], v = digits(V[lower.tri(V, TRUE)])), "evidence_rcalc_v.csv")
put(data.frame(study = d$study, pair = d$pair, y = digits(d$yi)), "evidence_rcalc_y.csv")
mv <- do.call(rbind, lapply(c("ML", "REML"), function(method) {
  fit <- rma.mv(yi, V, mods = ~ pair - 1, random = ~ pair | study, struct = "DIAG", data = d, method = method,
                control = list(optimizer = "BFGS", reltol = 1e-14, maxit = 1000))
  data.frame(method = method, pair = sub("^pair", "", rownames(fit$beta)), est = digits(fit$beta[, 1]), se = digits(fit$se),
             tau2 = digits(fit$tau2[match(sub("^pair", "", rownames(fit$beta)), fit$g.levels.f[[1]])]), logl = digits(as.numeric(logLik(fit))))
}))
put(mv, "evidence_rma_mv.csv")

# 3. metaSEM: first stage fixed and random, second stage.
stage1 <- function(set, cor, n, method) {
  if (method == "FEM") return(tssem1(cor, n, method = "FEM"))
  fit <- suppressWarnings(tssem1(cor, n, method = "REM", RE.type = "Diag"))
  tau2 <- coef(fit, select = "random")
  # At the bound the Hessian cannot be trusted: a variance that ends there is fixed at zero, and all is estimated anew.
  free <- ifelse(tau2 < 1e-8, "0", paste0(pmax(tau2, .01), "*Tau2_", seq_along(tau2), "_", seq_along(tau2)))
  again <- tssem1(cor, n, method = "REM", RE.type = "User", RE.constraints = Diag(free))
  attr(again, "tau2") <- replace(tau2, tau2 < 1e-8, 0)
  attr(again, "tau2")[tau2 >= 1e-8] <- coef(again, select = "random")
  again
}
take <- function(set, method, fit) {
  est <- if (method == "FEM") coef(fit)[lower.tri(coef(fit))] else coef(fit, select = "fixed")
  acov <- if (method == "FEM") vcov(fit) else vcov(fit, select = "fixed")
  tau2 <- if (method == "FEM") rep(NA_real_, length(est)) else attr(fit, "tau2")
  list(est = data.frame(set = set, method = method, place = seq_along(est), est = digits(est), tau2 = digits(tau2)),
       acov = data.frame(set = set, method = method, row = row(acov)[lower.tri(acov, TRUE)], col = col(acov)[lower.tri(acov, TRUE)],
                         v = digits(acov[lower.tri(acov, TRUE)])))
}
runs <- list(c("craft", "REM"), c("made", "FEM"), c("made", "REM"), c("craft", "FEM"))
est <- acov <- fits <- paths <- NULL
for (run in runs) {
  set <- run[1]; cor <- if (set == "craft") matrices else made; n <- if (set == "craft") sizes else made_n
  if (set == "craft" && run[2] == "FEM") {  # whole variables only may be missing there
    whole <- sapply(cor, function(m) { seen <- rowSums(!is.na(m)) > 1; all(!is.na(m[seen, seen])) && sum(seen) > 1 })
    cor <- cor[whole]; n <- n[whole]
    cor <- lapply(cor, function(m) { gone <- rowSums(!is.na(m)) == 1; diag(m)[gone] <- NA; m })
  }
  fit <- stage1(set, cor, n, run[2]); took <- take(set, run[2], fit)
  est <- rbind(est, took$est); acov <- rbind(acov, took$acov)
  v <- if (set == "craft") names else letters[1:4]
  model <- if (set == "craft") "perf ~ p1*conf + p2*acog + p3*asom\nconf ~ p4*acog + p5*asom\nacog ~~ p6*asom\nacog ~~ 1*acog\nasom ~~ 1*asom" else
    "b ~ p1*a\nc ~ p2*b\nd ~ p3*c\na ~~ 1*a"
  ram <- lavaan2RAM(model, obs.variables = v)
  two <- tssem2(fit, Amatrix = ram$A, Smatrix = ram$S, Fmatrix = ram$F, intervals.type = "LB", diag.constraints = FALSE)
  if (!two$mx.fit@output$status$code %in% 0:1) two <- rerun(two)
  s <- summary(two)
  fits <- rbind(fits, data.frame(set = set, method = run[2], stat = rownames(s$stat), value = digits(s$stat[, 1])))
  z <- tssem2(fit, Amatrix = ram$A, Smatrix = ram$S, Fmatrix = ram$F, intervals.type = "z", diag.constraints = FALSE)
  sz <- summary(z)
  keep <- grepl("^p", rownames(s$coefficients))
  paths <- rbind(paths, data.frame(set = set, method = run[2], label = rownames(s$coefficients)[keep], est = digits(sz$coefficients[keep, 1]),
                                   se = digits(sz$coefficients[keep, 2]), lb = digits(s$coefficients[keep, 3]), ub = digits(s$coefficients[keep, 4])))
}
put(est, "evidence_stage1.csv"); put(acov, "evidence_stage1_acov.csv"); put(fits, "evidence_stage2_fit.csv"); put(paths, "evidence_stage2.csv")
