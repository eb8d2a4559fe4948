# Random formulas over the data of formula-extra.json (run make.R first): column names, and two weighted sums of every column of R's
# model matrix.    LC_ALL=C Rscript make-random.R        writes random-formulas.json beside this file
Sys.setlocale("LC_ALL", "C")
options(contrasts = c("contr.treatment", "contr.poly"))
suppressPackageStartupMessages({ library(jsonlite); library(splines) })
set.seed(20260102)
atoms <- c("u", "v", "A", "B", "S", "P", "O", "factor(k)", "log(v)", "I(u^2)", "poly(v, 2)", "(u > 0)", "scale(w)", "ns(u, 2)", "`my x`", "`2nd`", "A", "B", "u")
ops <- c("+", "+", "+", ":", "*", "/", "-", "%in%")
expr <- function(depth) {
  s <- ""; n <- sample(4, 1)
  for (i in seq_len(n)) {
    a <- if (depth > 0 && runif(1) < 0.25) paste0("(", expr(depth - 1), ")", if (runif(1) < 0.2) "^2" else "") else sample(atoms, 1)
    op <- sample(ops, 1)
    s <- if (i == 1) a else paste(s, op, a)
  }
  s
}
g <- fromJSON("formula-extra.json"); data <- list()
for (dn in c("fx", "na")) {
  e <- g$data[[dn]]; d <- as.data.frame(e$columns, check.names = FALSE, stringsAsFactors = FALSE)
  for (v in names(e$categories)) d[[v]] <- factor(d[[v]], levels = e$categories[[v]], ordered = v %in% e$ordered)
  data[[dn]] <- d
}
cases <- list(); seen <- character()
while (length(cases) < 600) {
  # numbers stand in sums only: elsewhere blup refuses them
  formula <- paste0("y ~ ", sample(c("", "", "", "0 + ", "-1 + ", "1 + "), 1), expr(2), sample(c("", "", "", "", " - 1", " + 0 + u", " - 0"), 1)); dn <- sample(names(data), 1)
  if (formula %in% seen) next
  seen <- c(seen, formula)
  X <- try({ fo <- as.formula(formula); mf <- suppressWarnings(model.frame(fo, data[[dn]], drop.unused.levels = TRUE)); suppressWarnings(model.matrix(fo, mf)) }, silent = TRUE)
  if (inherits(X, "try-error") || ncol(X) == 0 || ncol(X) > 150) next
  i <- seq_len(nrow(X))
  cases[[length(cases) + 1]] <- list(data = unbox(dn), formula = unbox(formula), nobs = unbox(nrow(X)), columns = I(colnames(X)), assign = I(attr(X, "assign")), sums = I(unname(colSums(X * (i %% 7 + 1)))), sums2 = I(unname(colSums(X * (i %% 5 - 1.5)))))
}

# The same for random-effects terms: lme4's groups, column names and levels, and weighted sums of the rows of Z'.
suppressPackageStartupMessages(library(lme4))
ctl <- lmerControl(check.nobs.vs.nRE = "ignore", check.nobs.vs.nlev = "ignore", check.nobs.vs.rankZ = "ignore", check.rankX = "ignore", check.nlev.gtr.1 = "ignore", check.scaleX = "ignore")
lhs <- c("u", "v", "A", "B", "P", "O", "log(v)", "I(u^2)", "scale(w)", "factor(k)", "u"); numeric <- c("u", "v", "log(v)", "I(u^2)", "w")
groups <- c("id", "S", "A/B", "A:B", "k", "B/A", "A/B/P", "h:k", "(A:B)", "P", "O", "`2nd`/A")
chain <- function(atoms, ops) { n <- sample(3, 1); a <- sample(atoms, n, TRUE); o <- sample(ops, n, TRUE); paste0(if (runif(1) < 0.25) "0 + ", paste0(c("", paste0(" ", o[-1], " ")[seq_len(n - 1)]), a, collapse = "")) }
bar <- function() if (runif(1) < 0.25) paste0("(", chain(numeric, c("+", "*", ":")), " || ", sample(groups, 1), ")") else paste0("(", if (runif(1) < 0.3) "1" else chain(lhs, c("+", "+", "+", ":", "*", "/", "-")), " | ", sample(groups, 1), ")")
random <- list()
while (length(random) < 200) {
  formula <- paste("y ~", sample(c("u", "A", "1", "A * u", "0 + B"), 1), "+", paste(replicate(sample(2, 1), bar()), collapse = " + ")); dn <- sample(names(data), 1)
  lf <- try(suppressWarnings(suppressMessages(lFormula(as.formula(formula), data[[dn]], control = ctl))), silent = TRUE)
  if (formula %in% seen || inherits(lf, "try-error")) next
  seen <- c(seen, formula); rt <- lf$reTrms; i <- seq_len(nrow(lf$fr))
  random[[length(random) + 1]] <- list(data = unbox(dn), formula = unbox(formula), nobs = unbox(nrow(lf$fr)), columns = I(colnames(lf$X)),
    terms = lapply(seq_along(rt$cnms), function(t) { at <- attr(rt$flist, "assign")[t]; list(group = unbox(names(rt$cnms)[t]), columns = I(rt$cnms[[t]]), levels = I(levels(rt$flist[[at]]))) }),
    sums = I(as.vector(unname(rt$Zt %*% (i %% 7 + 1)))), sums2 = I(as.vector(unname(rt$Zt %*% (i %% 5 - 1.5)))))
}
writeLines(toJSON(list(software = unbox(paste0(R.version.string, "; lme4 ", packageVersion("lme4"))), cases = cases, random = random), digits = NA), "random-formulas.json")
cat(length(cases), "formulas,", length(random), "with random terms\n")
