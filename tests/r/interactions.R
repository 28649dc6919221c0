# Latent interactions: writes interactions.csv; lavaan 0.6-14, semTools 0.5-6.
#
# Product indicators by indProd() (rows "product", the first twenty of each), the model's parameters as in the other references,
# simple slopes by probe2WayMC() at -1, 0 and 1.5 of the moderator (rows "slope").
#
#   Rscript tests/r/interactions.R FOLDER
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))
suppressMessages(library(semTools))

data <- own("moderated.csv")
measurement <- "x =~ x1 + x2 + x3; z =~ z1 + z2 + z3; m =~ m1 + m2 + m3; y =~ y1 + y2 + y3"
pairs <- list(matched = TRUE, all = FALSE)
shared <- function(names) {
  parts <- strsplit(names, ".", fixed = TRUE)
  lines <- c()
  for (i in seq_along(names)) for (j in seq_along(names))
    if (i < j && any(parts[[i]] == parts[[j]])) lines <- c(lines, paste(names[i], "~~", names[j]))
  lines
}

rows <- do.call(rbind, lapply(names(pairs), function(case) {
  message("interactions: ", case)
  extended <- indProd(data, paste0("x", 1:3), paste0("z", 1:3), match = pairs[[case]], meanC = TRUE, doubleMC = TRUE)
  products <- setdiff(names(extended), names(data))
  model <- paste(c(measurement, paste("xz =~", paste(products, collapse = " + ")), "m ~ x + z + xz; y ~ m + x",
                   shared(products)), collapse = "; ")
  arguments <- list(model = model, data = extended, estimator = "MLR")
  fit <- exact_fit(arguments)
  slopes <- as.data.frame(probe2WayMC(fit, c("x", "z", "xz"), "m", "z", c(-1, 0, 1.5))$SimpleSlope)
  names(slopes) <- c("at", "est", "se", "z", "pvalue")  # the first column has the moderator's name
  kept <- 1:20
  rbind(
    parameters(fit, case),
    do.call(rbind, lapply(products, function(name)
      data.frame(case = case, lhs = name, op = "product", rhs = kept, group = 0, what = "value", value = extended[kept, name]))),
    do.call(rbind, lapply(c("est", "se", "z", "pvalue"), function(what)
      data.frame(case = case, lhs = "m", op = "slope", rhs = slopes$at, group = 0, what = what, value = slopes[[what]])))
  )
}))
write_reference(rows, "interactions")
