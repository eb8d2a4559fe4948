# More model matrices, random-effects terms and predictions than ../formula: written with base R, splines, MASS and lme4.
#   LC_ALL=C Rscript make.R        writes formula-extra.json beside this file
# Levels of text are sorted in the C locale (by code unit); everything else is R's default.
Sys.setlocale("LC_ALL", "C")
options(contrasts = c("contr.treatment", "contr.poly"), warn = 1)
suppressPackageStartupMessages({ library(jsonlite); library(splines); library(lme4) })

set.seed(20260101)
n <- 40
fx <- data.frame(
  y = round(rnorm(n, 50, 10), 3), u = round(runif(n, -3, 3), 4), v = round(rexp(n) + 0.05, 4), w = rep(1:10, 4),
  A = factor(rep(c("a", "b", "c"), length.out = n), levels = c("c", "a", "b", "never")),
  B = factor(rep(c("lo", "hi"), each = 20), levels = c("lo", "hi")),
  S = rep(c("delta", "Alpha", "charlie", "bravo", "10", "9"), length.out = n),
  P = rep(c(TRUE, FALSE, FALSE, TRUE, TRUE), 8),
  O = factor(rep(c("xs", "s", "m", "l", "xl"), times = 8), levels = c("xs", "s", "m", "l", "xl"), ordered = TRUE),
  k = rep(c(10, 9, 100, 2, 1), each = 8), h = rep(c(0.5, 0.25, -1, 3), 10), id = rep(1:12, length.out = n), off = round(runif(n), 3),
  stringsAsFactors = FALSE)
fx[["my x"]] <- round(rnorm(n), 3); fx[["2nd"]] <- factor(rep(c("r s", "t"), 20))
na <- fx
na$y[c(3, 17)] <- NA; na$u[5] <- NA; na$A[c(9, 10)] <- NA; na$A[na$A == "b" & !is.na(na$A)] <- NA; na$S[21] <- NA; na$P[30] <- NA; na$id[40] <- NA; na$off[2] <- NA
# factor A of na keeps only c and a
D <- list(fx = fx, na = na)

encode <- function(d) list(
  columns = lapply(as.list(d), function(v) if (is.factor(v)) as.character(v) else v),
  categories = lapply(Filter(is.factor, as.list(d)), levels), ordered = I(names(Filter(is.ordered, as.list(d)))))

matrix_of <- function(X) list(columns = I(colnames(X)), assign = I(attr(X, "assign")), matrix = unname(matrix(as.vector(X), nrow(X))))
as_contrast <- function(x) if (is.matrix(x)) list(matrix = unname(x), names = if (!is.null(colnames(x))) I(colnames(x)), levels = if (!is.null(rownames(x))) I(rownames(x))) else unbox(x)

fixed <- list()
f <- function(data, formula, contrasts = NULL, subset = NULL) {
  d <- D[[data]]; fo <- as.formula(formula)
  cond <- if (is.null(subset)) rep(TRUE, nrow(d)) else eval(parse(text = subset)[[1]], d)
  mf <- suppressWarnings(eval(substitute(model.frame(fo, d, subset = S, drop.unused.levels = TRUE), list(S = cond))))
  X <- model.matrix(fo, mf, contrasts.arg = contrasts)
  off <- model.offset(mf)
  fixed[[length(fixed) + 1]] <<- c(list(data = unbox(data), formula = unbox(formula)),
    if (!is.null(contrasts)) list(contrasts = lapply(contrasts, as_contrast)), if (!is.null(subset)) list(subset = unbox(subset)),
    list(rows = as.integer(rownames(mf)), termLabels = I(attr(terms(mf), "term.labels"))), matrix_of(X),
    if (attr(terms(mf), "response") == 1) list(response = I(as.numeric(model.response(mf)))), if (!is.null(off)) list(offset = I(as.numeric(off))))
}
# operators
for (s in c("y ~ (A + B + u)^3", "y ~ A * B * u - A:B:u", "y ~ (A + B)^2 - A", "y ~ A %in% B", "y ~ (A + B)/u", "y ~ u/(A + B)", "y ~ A/B/u", "y ~ A/(B * u)",
  "y ~ u + v - u", "y ~ -1 + A", "y ~ 0 + A:B", "y ~ 0 + u + u:A", "y ~ 0 + u:A + B", "y ~ u + 1 - 1", "y ~ 0 + u + 1", "y ~ A - -1", "y ~ -(A - B) + B", "y ~ (u + v)^2 - 1",
  "y ~ A:u + B", "y ~ A:u + A:v", "y ~ u:v:w", "y ~ A:B:u", "y ~ B:A + A", "y ~ A * B - B", "y ~ u^3", "y ~ (A + A:B)^2", "y ~ A + B + A:B:u", "y ~ 0 + B + A", "y ~ (0 + u) * A",
  "y ~ u * (A + 1)", "~ A", "y ~ A + A:B + A:B:u", "y ~ A:O", "y ~ u:P", "y ~ P * A", "y ~ 0 + P", "y ~ 0 + O", "y ~ S", "y ~ S * u", "y ~ 0 + S:B", "y ~ O * u", "y ~ ((u))", "y ~ +u",
  "y ~ u +\n  v", "y ~ `my x` * `2nd`", "y ~ log(`my x`^2 + 1) + `2nd`:u")) f("fx", s)
# functions
for (s in c("log(y) ~ log(v, 2) + log10(v) + log2(v) + log1p(v)", "1000/y ~ exp(-u) + sqrt(abs(u))", "y ~ I(u^2) + I(u * v) + I(-u) + I((u - 1)^2/2)", "y ~ sin(2 * pi * u/7) + cos(u) + tan(u)",
  "y ~ floor(u) + ceiling(u) + round(u) + round(u, 1) + trunc(u)", "y ~ pmin(u, v) + pmax(u, 0, v)", "y ~ ifelse(u > 0, u, 0)", "y ~ ifelse(P, u, -v)", "y ~ I(u > 0) + u", "y ~ (u > 0) + v", "y ~ I(A == \"a\")",
  "y ~ I(u > 0 & v < 1 | B == \"hi\")", "y ~ !P", "y ~ as.numeric(P) + as.numeric(B) + as.numeric(A)", "y ~ I(w %% 3) + I(w %/% 3)", "y ~ factor(w) + u", "y ~ 0 + factor(h) + factor(k)",
  "y ~ factor(k, levels = c(100, 1, 2, 9, 10))", "y ~ factor(k, labels = c(\"e\", \"d\", \"c\", \"b\", \"a\"))", "y ~ factor(B, levels = c(\"hi\", \"lo\")) * u", "y ~ relevel(A, ref = \"b\")", "y ~ relevel(A, \"a\"):u",
  "y ~ interaction(A, B)", "y ~ interaction(B, A, sep = \"_\", lex.order = TRUE)", "y ~ ordered(h)", "y ~ as.factor(h) + u", "y ~ cut(u, 3)", "y ~ cut(u, c(-3, -1, 1, 3))", "y ~ cut(v, c(0, 0.5, 1, 10), right = FALSE)",
  "y ~ cut(u, c(-4, 0, 4), labels = c(\"neg\", \"pos\")) * v", "y ~ cut(w, c(1, 5, 10), include.lowest = TRUE)", "y ~ cut(v, 4, dig.lab = 2)", "y ~ cut(u, 3, ordered_result = TRUE)",
  "y ~ poly(u, 1)", "y ~ poly(u, 4)", "y ~ poly(w, 3) * B", "y ~ poly(v, 3, raw = TRUE)", "y ~ poly(I(v + 1000), 2)", "y ~ poly(scale(u), 2)", "y ~ scale(v, center = FALSE)", "y ~ scale(v, center = 2, scale = 3)",
  "y ~ scale(u, scale = FALSE):A", "y ~ I(u - mean(u)) + I(v/sd(v)) + I(w - min(w)) + I(max(v) - v) + I(v - median(v))", "y ~ ns(u, 3)", "y ~ ns(u, df = 4, intercept = TRUE) - 1", "y ~ ns(v, knots = c(0.5, 1, 2))", "y ~ ns(u, 1)",
  "y ~ ns(u, df = 3, Boundary.knots = c(-2, 2))", "y ~ bs(u)", "y ~ bs(u, df = 5)", "y ~ bs(v, knots = c(0.4, 1.5), degree = 2)", "y ~ bs(u, df = 4, intercept = TRUE, degree = 1)", "y ~ bs(w, df = 6) + B", "y ~ A * ns(u, 2)",
  "y ~ splines::ns(u, 2)", "y ~ stats::poly(u, 2)", "y ~ u + offset(off)", "y ~ offset(2 * off) + A + offset(log(v))", "y ~ exp(u)^2", "y ~ 1e5:u + u")) if (s != "y ~ 1e5:u + u") f("fx", s)
# contrasts
M <- matrix(c(1, -1, 0, 1, 1, -2) / 2, 3, dimnames = list(c("c", "a", "b"), c("x", "y")))
f("fx", "y ~ A", list(A = "contr.sum")); f("fx", "y ~ A * B", list(A = "contr.helmert", B = "contr.sum")); f("fx", "y ~ A * u", list(A = "contr.SAS")); f("fx", "y ~ A", list(A = "contr.poly"))
f("fx", "y ~ O + S", list(O = "contr.sum", S = "contr.helmert")); f("fx", "y ~ A", list(A = M)); f("fx", "y ~ A * B", list(A = unname(M))); f("fx", "y ~ A", list(A = M[, 1, drop = FALSE]))
f("fx", "y ~ factor(k)", list(`factor(k)` = "contr.sum")); f("fx", "y ~ 0 + A:B", list(A = "contr.sum", B = "contr.sum")); f("fx", "y ~ P", list(P = "contr.sum"))
f("fx", "y ~ O", list(O = { m <- MASS::contr.sdif(levels(fx$O)); m })); f("fx", "y ~ A", list(A = MASS::contr.sdif(c("c", "a", "b"))))
# missing values, subsets, unused levels
for (s in c("y ~ u", "y ~ A", "y ~ A * B", "y ~ 0 + A", "y ~ S + P", "y ~ P:u", "y ~ u - A", "y ~ scale(u)", "y ~ offset(off) + B", "y ~ log(u)", "y ~ ns(v, 3) + A")) f("na", s)
f("fx", "y ~ u + B", subset = "u > 0"); f("fx", "y ~ A", subset = "A != \"c\""); f("fx", "y ~ A * u", subset = "A %in% c(\"a\", \"b\") & w >= 3"); f("fx", "y ~ scale(u) + poly(v, 2)", subset = "u > -1")
f("fx", "y ~ O", subset = "O != \"m\""); f("fx", "y ~ factor(k)", subset = "k < 50"); f("na", "y ~ u", subset = "u > 0 | w == 3"); f("na", "y ~ A + S", subset = "!is.na(u) & P"); f("fx", "y ~ S", subset = "S < \"b\"")
f("fx", "y ~ cut(u, 4)", subset = "u < 1"); f("fx", "y ~ u", subset = "!(B == \"lo\" | v > 2)")

random <- list()
ctl <- lmerControl(check.nobs.vs.nRE = "ignore", check.nobs.vs.nlev = "ignore", check.nobs.vs.rankZ = "ignore", check.rankX = "ignore")
r <- function(data, formula, contrasts = NULL) {
  lf <- suppressWarnings(suppressMessages(lFormula(as.formula(formula), D[[data]], control = ctl, contrasts = contrasts)))
  rt <- lf$reTrms; Z <- as(as(rt$Zt, "generalMatrix"), "TsparseMatrix")
  random[[length(random) + 1]] <<- c(list(data = unbox(data), formula = unbox(formula)), if (!is.null(contrasts)) list(contrasts = lapply(contrasts, as_contrast)), list(
    rows = as.integer(rownames(lf$fr)), X = list(columns = I(colnames(lf$X)), matrix = unname(matrix(as.vector(lf$X), nrow(lf$X)))),
    terms = lapply(seq_along(rt$cnms), function(t) list(group = unbox(names(rt$cnms)[t]), columns = I(rt$cnms[[t]]))),
    flist = lapply(rt$flist, function(g) list(levels = I(levels(g)), codes = I(as.integer(g)))), termToFlist = I(attr(rt$flist, "assign")),
    Zt = list(nrow = unbox(nrow(Z)), ncol = unbox(ncol(Z)), i = I(Z@i), j = I(Z@j), x = I(Z@x))))
}
for (s in c("y ~ u + (u | id)", "y ~ A + (1 | k)", "y ~ u + (1 | h) + (1 | k)", "y ~ (1 | S)", "y ~ u + (A | id)", "y ~ u + (0 + A | id)", "y ~ u + (A:B | id)", "y ~ u + (0 + A + u | id)", "y ~ u + (u * B | id)", "y ~ u + (u:B | id)",
  "y ~ u + (0 + u + v + w || id)", "y ~ u + (u + v || S)", "y ~ u + (1 | A/B)", "y ~ u + (u | B/A)", "y ~ u + (1 | A:B:P)", "y ~ u + (1 | k:h)", "y ~ u + (1 | A/k/h)", "y ~ 0 + A + (1 | id)", "y ~ 0 + (1 | id)",
  "y ~ u + (1 | id) + (0 + u | id) + (0 + v | k)", "y ~ u + ((1 | id))", "y ~ u + (poly(v, 2) | id)", "y ~ u + (scale(v) | id)", "y ~ u + (O | id)", "y ~ u + (P | id)", "y ~ u + (1 | P)", "y ~ u + (ns(v, 2) | id)", "y ~ u + (log(v) + I(u^2) | id)",
  "y ~ `my x` + (1 | `2nd`) + (1 | `2nd`:B)", "y ~ u + (-1 + u | id)", "y ~ u + (u - 1 | id)", "y ~ u + (1 | O)", "y ~ u + offset(off) + (1 | id)", "y ~ . + (1 | id)", "y ~ factor(k) + (1 | factor(k))", "y ~ u + (0 + dummy(A, \"a\") | id)", "y ~ u + (dummy(A, c(\"a\", \"b\")) | id)",
  "y ~ u + (1 | A:(B:P))", "y ~ u + (1 | (A:B)/k)")) { a <- try(r("fx", s), silent = TRUE); if (inherits(a, "try-error")) cat("lme4 refuses", s, "\n") }
r("fx", "y ~ A + (A | id)", list(A = "contr.sum")); r("fx", "y ~ B * u + (B | id)", list(B = "contr.helmert"))
for (s in c("y ~ u + (1 | id)", "y ~ u + (u | A)", "y ~ 1 + (P | S)", "y ~ A + (1 | A:B)", "y ~ u + (A | k)")) r("na", s)

predict <- list()
new <- data.frame(u = c(-5, -2.5, 0, 1, 2.9, 6, NA), v = c(0.01, 0.3, 1, 2, 3, 9, 1), w = c(1, 5, 10, 11, 0, 3, 2), A = factor(c("a", "a", "b", "c", "c", "b", NA), levels = c("c", "a", "b", "never")),
  B = factor(c("hi", "hi", "hi", "hi", "hi", "hi", "lo"), levels = c("lo", "hi")), S = c("10", "bravo", "bravo", "delta", "9", "Alpha", "Alpha"), P = c(TRUE, TRUE, TRUE, FALSE, TRUE, TRUE, NA),
  O = factor(c("xs", "xl", "m", "m", "s", "l", "l"), levels = levels(fx$O), ordered = TRUE), k = c(1, 1, 10, 100, 2, 9, 2), off = c(1:6, 1) / 10, stringsAsFactors = FALSE)
p <- function(formula, contrasts = NULL, subset = NULL) {
  d <- if (is.null(subset)) fx else fx[eval(parse(text = subset)[[1]], fx), ]
  m <- suppressWarnings(lm(as.formula(formula), d, contrasts = contrasts)); tt <- delete.response(terms(m))
  mf <- suppressWarnings(model.frame(tt, new, na.action = na.pass, xlev = m$xlevels)); X <- model.matrix(tt, mf, contrasts.arg = m$contrasts)
  off <- model.offset(mf)
  predict[[length(predict) + 1]] <<- c(list(formula = unbox(formula)), if (!is.null(contrasts)) list(contrasts = lapply(contrasts, as_contrast)), matrix_of(X), if (!is.null(off)) list(offset = I(off)))
}
for (s in c("y ~ u + A", "y ~ A * B", "y ~ P + S", "y ~ poly(u, 3)", "y ~ poly(v, 2, raw = TRUE)", "y ~ scale(u) * B", "y ~ ns(u, 3)", "y ~ ns(v, knots = c(0.5, 2)) + A", "y ~ bs(u, df = 5)", "y ~ bs(v, knots = 1, degree = 2)", "y ~ factor(k) + u",
  "y ~ O", "y ~ cut(w, c(0, 3, 7, 20))", "y ~ u - A", "y ~ B + offset(log(v)) + offset(off)", "y ~ 0 + A:u", "y ~ I(u^2) + log(v)", "y ~ ns(u, df = 4, intercept = TRUE)")) p(s)
p("y ~ A * O", list(A = "contr.sum", O = "contr.helmert")); p("y ~ A + B", list(A = M))

out <- list(software = unbox(paste0(R.version.string, "; lme4 ", packageVersion("lme4"), ", MASS ", packageVersion("MASS"), ", splines ", packageVersion("splines"))),
  data = c(lapply(D, encode), list(new = encode(new))), fixed = fixed, random = random, predict = predict)
writeLines(toJSON(out, digits = NA, na = "null", null = "null", auto_unbox = FALSE), "formula-extra.json")
cat(length(fixed), "fixed,", length(random), "random,", length(predict), "predictions\n")
