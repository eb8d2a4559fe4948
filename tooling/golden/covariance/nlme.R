# Residual structures by nlme on data of tooling/golden/data; run in this folder: Rscript nlme.R > nlme.json
suppressPackageStartupMessages(library(nlme))
rd <- function(n) read.csv(file.path("..", "data", paste0(n, ".csv")), stringsAsFactors = TRUE)
gc <- glsControl(tolerance = 1e-10, msTol = 1e-12, maxIter = 500, msMaxIter = 500)
lc <- lmeControl(tolerance = 1e-10, msTol = 1e-12, maxIter = 500, msMaxIter = 500)
sl <- rd("sleepstudy"); or <- rd("Orthodont"); ma <- rd("Machines")
gap <- subset(sl, !(Days %in% c(3, 6)))
one <- function(id, data, formula, residual, reml, m, subset = NULL) {
  b <- if (inherits(m, "lme")) fixef(m) else coef(m)
  sprintf('{"id": "%s", "data": "%s", "formula": "%s", "residual": "%s", "reml": %s, "subset": %s, "logLik": %.12g, "sigma": %.10g, "beta": [%s]}',
    id, data, formula, residual, tolower(reml), if (is.null(subset)) "null" else paste0('"', subset, '"'), as.numeric(logLik(m)), m$sigma, paste(sprintf("%.10g", b), collapse = ", "))
}
f <- c(
  one("gls-ar1", "sleepstudy", "Reaction ~ Days", "ar1(Days | Subject)", TRUE, gls(Reaction ~ Days, sl, correlation = corAR1(0.5, ~ Days | Subject), control = gc)),
  one("gls-ar1-gaps", "sleepstudy", "Reaction ~ Days", "ar1(Days | Subject)", FALSE, gls(Reaction ~ Days, gap, correlation = corAR1(0.5, ~ Days | Subject), method = "ML", control = gc), "Days != 3 & Days != 6"),
  one("gls-car1-gaps", "sleepstudy", "Reaction ~ Days", "car1(Days | Subject)", TRUE, gls(Reaction ~ Days, gap, correlation = corCAR1(0.5, ~ Days | Subject), control = gc), "Days != 3 & Days != 6"),
  one("gls-cs", "sleepstudy", "Reaction ~ Days", "cs(1 | Subject)", TRUE, gls(Reaction ~ Days, sl, correlation = corCompSymm(0.5, ~ 1 | Subject), control = gc)),
  one("lme-ar1", "Orthodont", "distance ~ age + (1 | Subject)", "ar1(1 | Subject)", FALSE, lme(distance ~ age, or, ~ 1 | Subject, correlation = corAR1(0.1, ~ 1 | Subject), method = "ML", control = lc)),
  one("lme-car1", "Orthodont", "distance ~ age * Sex + (1 | Subject)", "car1(age | Subject)", TRUE, lme(distance ~ age * Sex, or, ~ 1 | Subject, correlation = corCAR1(0.3, ~ age | Subject), control = lc)),
  one("gls-strata", "Machines", "score ~ Machine", "strata(Machine)", TRUE, gls(score ~ Machine, ma, weights = varIdent(form = ~ 1 | Machine), control = gc)),
  one("lme-strata", "Machines", "score ~ Machine + (1 | Worker)", "strata(Machine)", FALSE, lme(score ~ Machine, ma, ~ 1 | Worker, weights = varIdent(form = ~ 1 | Machine), method = "ML", control = lc)))
cat('{"software": "', R.version.string, ', nlme ', as.character(packageVersion("nlme")), '", "fits": [\n', paste(f, collapse = ",\n"), '\n]}\n', sep = "")
