# Invariance of a second-order model over two schools, step by step with every mean said in the text: writes
# second_order.csv; lavaan 0.6-14. Steps are those of Chen, Sousa & West (2005).
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "common.R"))

items <- "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9; G =~ visual + textual + speed"
means <- function(first, second) paste0(items, paste0("; ", c("visual", "textual", "speed"), " ~ c(", first, ")*1", collapse = ""),
                                        "; G ~ c(", second, ")*1")
loadings <- c("G=~textual", "G=~speed"); spread <- "G~~G"
steps <- list(
  "configural" = list(items),
  "metric" = list(items, "loadings", loadings),
  "second-order metric" = list(items, "loadings"),
  "scalar" = list(means("0, NA", "0, 0"), c("loadings", "intercepts")),
  "second-order scalar" = list(means("0, 0", "0, NA"), c("loadings", "intercepts")),
  "second-order strict" = list(means("0, 0", "0, NA"), c("loadings", "intercepts", "lv.variances"), spread),
  "strict" = list(means("0, 0", "0, NA"), c("loadings", "intercepts", "lv.variances", "residuals"), spread))
rows <- do.call(rbind, lapply(names(steps), function(step) {
  own <- steps[[step]]
  arguments <- list(model = own[[1]], data = public("holzinger_swineford39_data.csv"), group = "school", meanstructure = TRUE)
  if (length(own) > 1) arguments$group.equal <- own[[2]]
  if (length(own) > 2) arguments$group.partial <- own[[3]]
  fit <- exact_fit(arguments)
  rbind(parameters(fit, step), as_measures(exact_measures(fit, arguments), step))
}))
write_reference(rows, "second_order")
