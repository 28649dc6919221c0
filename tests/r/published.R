# Models of published correlation tables: writes published.csv for tests/evidence/test_reproduction.py; lavaan.
# Usage: Rscript tests/r/published.R path/to/data/published
# The result goes to tests/r/published.csv.
suppressMessages(library(lavaan))

table <- read.csv(file.path(commandArgs(trailingOnly = TRUE)[1], "study-deng2020_data.csv"))
cor <- as.matrix(table[, table$variable])
rownames(cor) <- table$variable
model <- "burnout =~ personal_burnout + work_burnout + client_burnout
          burnout ~ surface_acting + deep_acting + natural_expression"
# The solution is improper, which lavaan warns of and the test is about.
fit <- suppressWarnings(sem(model, sample.cov = cor, sample.nobs = 229,
                            optim.method = "BFGS", control = list(reltol = 1e-16)))
standardized <- standardizedSolution(fit)
numbers <- c(unclass(fitMeasures(fit, c("chisq", "df", "pvalue"))),
             largest_loading = max(abs(standardized$est.std[standardized$op == "=~"])))
result <- data.frame(row = "deng2020 one burnout factor", t(formatC(numbers, digits = 15, format = "g")))
script <- sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))
write.csv(result, file.path(dirname(script), "published.csv"), row.names = FALSE, quote = FALSE)
