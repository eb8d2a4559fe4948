# Variance functions, ARMA and spatial correlations of residuals and their combinations, fitted by nlme to data sets that it ships.
# Run in this folder: Rscript residual-structures.R > residual-structures.json
#
# `logLik`, `sigma`, `beta`, `se`; `names`, `values` are natural parameters of the correlation and then the variances, a/b the ratio of the
# standard deviations of two strata; `pearson` and `normalized` are residuals of
# rows 1, 11, 21, ...; `intervals` are nlme's 95 % Wald intervals of `values` (lower, estimate, upper) where its numerical Hessian serves. nlme's
# optimisers were run with tightened tolerances from several starts; the best log-likelihood is kept.
suppressPackageStartupMessages(library(nlme))
options(digits = 15)
gc <- glsControl(tolerance = 1e-10, msTol = 1e-13, maxIter = 1000, msMaxIter = 1000)
gb <- glsControl(tolerance = 1e-10, msTol = 1e-13, maxIter = 1000, msMaxIter = 1000, opt = "optim")
lc <- lmeControl(tolerance = 1e-10, msTol = 1e-13, maxIter = 1000, msMaxIter = 1000, niterEM = 50)
lb <- lmeControl(tolerance = 1e-10, msTol = 1e-13, maxIter = 1000, msMaxIter = 1000, niterEM = 50, opt = "optim")
plain <- function(d) {
  d <- as.data.frame(d)
  for (v in names(d)) if (is.factor(d[[v]])) d[[v]] <- factor(as.character(d[[v]]), levels = sort(unique(as.character(d[[v]])), method = "radix"))
  d
}
data <- list(
  BodyWeight = plain(BodyWeight), Dialyzer = plain(Dialyzer), Wheat2 = plain(Wheat2), Ovary = plain(Ovary), Oxboys = plain(Oxboys),
  Orthodont = plain(Orthodont), RatPupWeight = plain(RatPupWeight), ChickWeight = plain(datasets::ChickWeight), Glucose2 = plain(Glucose2))
num <- function(v) paste0("[", paste(ifelse(is.finite(v), sprintf("%.14g", v), "null"), collapse = ", "), "]")
strings <- function(v) paste0("[", paste(sprintf('"%s"', v), collapse = ", "), "]")
column <- function(v) if (is.factor(v)) strings(as.character(v)) else num(as.numeric(v))
table <- function(d) paste0("{", paste(sprintf('"%s": %s', names(d), vapply(d, column, "")), collapse = ", "), "}")

fits <- list()
best <- function(...) {
  tries <- lapply(list(...), function(f) tryCatch(f(), error = function(e) NULL))
  tries <- Filter(Negate(is.null), tries)
  if (length(tries) == 0) return(NULL)
  tries[[which.max(vapply(tries, function(m) as.numeric(logLik(m)), 0))]]
}
add <- function(id, name, formula, residual, names, reml, ...) {
  m <- best(...)
  if (is.null(m)) { message(id, ": no fit"); return(invisible()) }
  b <- if (inherits(m, "lme")) fixef(m) else coef(m)
  s <- m$modelStruct
  cf <- function(x) if (is.null(x)) numeric(0) else coef(x, unconstrained = FALSE)
  # a product of variance functions names the parameters A.x, B.y
  rows <- seq(1, nrow(data[[name]]), by = 10)
  ci <- tryCatch(suppressWarnings(intervals(m)), error = function(e) NULL)
  part <- function(x, k) if (is.null(x)) "null" else {
    all <- do.call(rbind, lapply(Filter(Negate(is.null), list(x$corStruct, x$varStruct)), function(v) as.matrix(v)[, 1:3, drop = FALSE]))
    all <- all[seq_len(min(k, nrow(all))), , drop = FALSE]
    paste0("[", paste(apply(all, 1, num), collapse = ", "), "]")
  }
  message(id, " ", format(as.numeric(logLik(m)), digits = 12))
  fits[[length(fits) + 1]] <<- sprintf(
    '{"id": "%s", "data": "%s", "formula": "%s", "residual": "%s", "reml": %s, "logLik": %.13g, "sigma": %.12g, "beta": %s, "se": %s,\n "names": %s, "values": %s, "pearson": %s,\n "normalized": %s, "intervals": %s}',
    id, name, formula, residual, tolower(reml), as.numeric(logLik(m)), m$sigma, num(b), num(sqrt(diag(vcov(m)))), strings(strsplit(names, ",")[[1]]), num(head(c(cf(s$corStruct), cf(s$varStruct)), length(strsplit(names, ",")[[1]]))),
    num(residuals(m, type = "pearson")[rows]), num(residuals(m, type = "normalized")[rows]),
    part(ci, length(strsplit(names, ",")[[1]])))
}
G <- function(f, d, r = TRUE, ...) {
  method <- if (r) "REML" else "ML"
  list(function() gls(f, d, method = method, control = gc, ...), function() gls(f, d, method = method, control = gb, ...))
}
L <- function(f, d, ran, r = TRUE, ...) {
  method <- if (r) "REML" else "ML"
  list(function() lme(f, d, ran, method = method, control = lc, ...), function() lme(f, d, ran, method = method, control = lb, ...))
}
run <- function(id, name, formula, residual, names, reml, tries) do.call(add, c(list(id, name, formula, residual, names, reml), tries))

d <- data$BodyWeight
run("bodyweight-power-time", "BodyWeight", "weight ~ Time * Diet + (Time | Rat)", "varpower(Time)", "power", TRUE,
  L(weight ~ Time * Diet, d, ~ Time | Rat, TRUE, weights = varPower(form = ~ Time)))
run("bodyweight-power-fitted", "BodyWeight", "weight ~ Time * Diet + (Time | Rat)", "varpower(fitted())", "power", TRUE,
  L(weight ~ Time * Diet, d, ~ Time | Rat, TRUE, weights = varPower()))
run("bodyweight-power-fitted-exp", "BodyWeight", "weight ~ Time * Diet + (Time | Rat)", "varpower(fitted()) * exp(Time | Rat)", "range,power", TRUE,
  L(weight ~ Time * Diet, d, ~ Time | Rat, TRUE, weights = varPower(), correlation = corExp(form = ~ Time)))
run("bodyweight-strata-car1", "BodyWeight", "weight ~ Time * Diet + (1 | Rat)", "strata(Diet) * car1(Time | Rat)", "rho,2/1,3/1", FALSE,
  L(weight ~ Time * Diet, d, ~ 1 | Rat, FALSE, weights = varIdent(form = ~ 1 | Diet), correlation = corCAR1(0.8, form = ~ Time | Rat)))
d <- data$Dialyzer
ff <- rate ~ (pressure + I(pressure^2) + I(pressure^3) + I(pressure^4)) * QB
fs <- "rate ~ (pressure + I(pressure^2) + I(pressure^3) + I(pressure^4)) * QB"
run("dialyzer-power", "Dialyzer", fs, "varpower(pressure)", "power", TRUE, G(ff, d, TRUE, weights = varPower(form = ~ pressure)))
run("dialyzer-power-ar1", "Dialyzer", fs, "varpower(pressure) * ar1(1 | Subject)", "rho,power", TRUE,
  G(ff, d, TRUE, weights = varPower(form = ~ pressure), correlation = corAR1(0.7, form = ~ 1 | Subject)))
run("dialyzer-exp-ar1-ml", "Dialyzer", fs, "varexp(pressure) * ar1(index | Subject)", "rho,rate", FALSE,
  G(ff, d, FALSE, weights = varExp(form = ~ pressure), correlation = corAR1(0.7, form = ~ index | Subject)))
run("dialyzer-power-by-flow", "Dialyzer", fs, "varpower(pressure | QB) * cs(1 | Subject)", "rho,power 200,power 300", TRUE,
  G(ff, d, TRUE, weights = varPower(form = ~ pressure | QB), correlation = corCompSymm(0.3, form = ~ 1 | Subject)))
d <- data$Wheat2
run("wheat-gau-nugget", "Wheat2", "yield ~ variety", "gau(latitude + longitude | 1, nugget = true)", "range,nugget", TRUE,
  G(yield ~ variety, d, TRUE, correlation = corGaus(c(28, 0.2), form = ~ latitude + longitude, nugget = TRUE)))
run("wheat-block-exp", "Wheat2", "yield ~ variety", "exp(latitude + longitude | Block)", "range", FALSE,
  G(yield ~ variety, d, FALSE, correlation = corExp(8, form = ~ latitude + longitude | Block)))
d <- data$Ovary
of <- follicles ~ sin(2 * pi * Time) + cos(2 * pi * Time)
os <- "follicles ~ sin(2 * pi * Time) + cos(2 * pi * Time)"
run("ovary-arma11", "Ovary", os, "arma(1 | Mare)", "phi,theta", TRUE, G(of, d, TRUE, correlation = corARMA(c(0.5, 0.1), form = ~ 1 | Mare, p = 1, q = 1)))
run("ovary-lme-arma11", "Ovary", paste(os, "+ (1 | Mare)"), "arma(1 | Mare, p = 1, q = 1)", "phi,theta", TRUE,
  c(L(of, d, ~ 1 | Mare, TRUE, correlation = corARMA(c(0.8, -0.2), form = ~ 1 | Mare, p = 1, q = 1)),
    L(of, d, ~ 1 | Mare, TRUE, correlation = corARMA(c(0.5, 0.1), form = ~ 1 | Mare, p = 1, q = 1))))
run("ovary-lme-ar2", "Ovary", paste(os, "+ (1 | Mare)"), "arma(1 | Mare, p = 2, q = 0)", "phi1,phi2", FALSE,
  L(of, d, ~ 1 | Mare, FALSE, correlation = corARMA(c(0.5, 0.1), form = ~ 1 | Mare, p = 2, q = 0)))
run("ovary-ma2-exp", "Ovary", os, "varexp(Time) * arma(1 | Mare, p = 0, q = 2)", "theta1,theta2,rate", TRUE,
  G(of, d, TRUE, weights = varExp(form = ~ Time), correlation = corARMA(c(0.5, 0.2), form = ~ 1 | Mare, p = 0, q = 2)))
d <- data$RatPupWeight
run("ratpup-strata", "RatPupWeight", "weight ~ Treatment * sex + Lsize + (1 | Litter)", "strata(Treatment)", "Low/Control,High/Control", TRUE,
  L(weight ~ Treatment * sex + Lsize, d, ~ 1 | Litter, TRUE, weights = varIdent(form = ~ 1 | Treatment)))
run("ratpup-strata-strata", "RatPupWeight", "weight ~ Treatment * sex + Lsize + (1 | Litter)", "strata(Treatment) * strata(sex)", "Low/Control,High/Control,Female/Male", TRUE,
  L(weight ~ Treatment * sex + Lsize, d, ~ 1 | Litter, TRUE, weights = varComb(varIdent(form = ~ 1 | Treatment), varIdent(form = ~ 1 | sex))))
d <- data$ChickWeight
run("chick-exp-car1", "ChickWeight", "weight ~ Time * Diet", "varexp(Time) * car1(Time | Chick)", "rho,rate", TRUE,
  G(weight ~ Time * Diet, d, TRUE, weights = varExp(form = ~ Time), correlation = corCAR1(0.8, form = ~ Time | Chick)))
run("chick-power-fitted", "ChickWeight", "weight ~ Time * Diet", "varpower(fitted())", "power", FALSE, G(weight ~ Time * Diet, d, FALSE, weights = varPower()))
d <- data$Glucose2
run("glucose-nested-car1", "Glucose2", "glucose ~ Time + I(Time^2) + (1 | Subject/Date)", "car1(Time | Subject:Date)", "rho", TRUE,
  L(glucose ~ Time + I(Time^2), d, ~ 1 | Subject/Date, TRUE, correlation = corCAR1(0.5, form = ~ Time | Subject/Date)))
d <- data$Orthodont
run("orthodont-power-by-sex-ar1", "Orthodont", "distance ~ age * Sex", "varpower(age | Sex) * ar1(1 | Subject)", "rho,power Female,power Male", TRUE,
  G(distance ~ age * Sex, d, TRUE, weights = varPower(form = ~ age | Sex), correlation = corAR1(0.5, form = ~ 1 | Subject)))
run("orthodont-us-sex", "Orthodont", "distance ~ age * Sex", "strata(Sex) * us(age | Subject)", "cor 10.8,cor 12.8,cor 14.8,cor 12.10,cor 14.10,cor 14.12", TRUE,
  G(distance ~ age * Sex, d, TRUE, weights = varComb(varIdent(form = ~ 1 | age), varIdent(form = ~ 1 | Sex)), correlation = corSymm(form = ~ 1 | Subject)))
cat('{"software": "', R.version.string, ', nlme ', as.character(packageVersion("nlme")), '",\n"data": {\n',
  paste(sprintf('"%s": %s', names(data), vapply(data, table, "")), collapse = ",\n"), '\n},\n"fits": [\n', paste(unlist(fits), collapse = ",\n"), '\n]}\n', sep = "")
