# Structured random effects fitted by glmmTMB: Rscript glmmtmb.R > glmmtmb.json
# The data are simulated here and stand in the file. Every optimum is polished by Newton steps on differences of TMB's exact gradient, so that
# estimates are good to about 1e-8 of their standard errors. `Sigma` is the covariance matrix of each term's effects, column by column.
# Homogeneous forms, which this version lacks, hold equal the standard deviations of the heterogeneous ones (`map`).
suppressMessages({library(glmmTMB); library(Matrix)})
set.seed(20240601)

num <- function(v) paste0("[", paste(ifelse(is.finite(v), sprintf("%.15g", v), "null"), collapse = ", "), "]")
strings <- function(v) paste0("[", paste(sprintf('"%s"', v), collapse = ", "), "]")
column <- function(v) if (is.factor(v) || is.character(v)) strings(as.character(v)) else num(as.numeric(v))
table <- function(d) paste0("{", paste(sprintf('"%s": %s', names(d), vapply(d, column, "")), collapse = ", "), "}")

## Visits of subjects: rows missing, some subjects with a single row, two or three measurements at a visit, crossed with raters.
visits <- local({
  d <- expand.grid(rep = 1:3, visit = c("base", "week 2", "week 4", "month 2", "end"), id = 1:30)
  nv <- 5
  L <- t(chol(outer(1:nv, 1:nv, function(i, j) 0.75^abs(i - j)) * outer(c(1, 1.4, 1.2, 2, 1.6), c(1, 1.4, 1.2, 2, 1.6))))
  b <- matrix(rnorm(30 * nv), 30) %*% t(L)
  d$x <- round(rnorm(nrow(d)), 3)
  d$o <- round(runif(nrow(d)), 3)
  d$rater <- sample(c("Ann", "Bob", "Cid", "Dee", "Eve", "Fay"), nrow(d), TRUE)
  r0 <- c(Ann = .9, Bob = -.4, Cid = .2, Dee = -1, Eve = .5, Fay = -.2)
  r1 <- c(Ann = .5, Bob = -.4, Cid = .3, Dee = .1, Eve = -.7, Fay = .6)
  d$y <- with(d, 3 + x + o + b[cbind(id, as.integer(visit))] + r0[rater] + r1[rater] * x + rnorm(nrow(d), sd = 0.9))
  d <- d[runif(nrow(d)) > 0.25, ]
  d <- d[!(d$id %in% c(4, 9, 17) & seq_len(nrow(d)) %% 7 != 0), ]
  d <- d[sample(nrow(d)), ]
  d$y <- round(d$y, 4)
  data.frame(y = d$y, x = d$x, o = d$o, visit = d$visit, id = sprintf("subject %d", d$id), rater = d$rater)
})

## Unequal times, negative ones too: Ornstein-Uhlenbeck by subject.
paths <- local({
  grid <- c(-7.5, -3, -1, -0.25, 0, 0.5, 2, 2.25, 5, 9, 14, 30)
  C <- exp(-0.3 * abs(outer(grid, grid, "-")))
  d <- do.call(rbind, lapply(1:25, function(g) {
    u <- as.vector(t(chol(C)) %*% rnorm(12)) * 1.7
    k <- sort(sample(12, sample(1:9, 1)))
    k <- rep(k, sample(1:2, length(k), TRUE))
    data.frame(y = round(2 + u[k] + rnorm(length(k)), 4), t = grid[k], g = sprintf("g%02d", g))
  }))
  d$time <- numFactor(d$t)
  d
})

## Plots in the plane, scattered, in three fields; and in space.
fields <- local({
  places <- cbind(round(runif(24, 0, 10), 2), round(runif(24, -5, 5), 2))
  C <- exp(-(as.matrix(dist(places)) / 3)) 
  d <- do.call(rbind, lapply(c("east", "north", "west"), function(f) {
    u <- as.vector(t(chol(C)) %*% rnorm(24)) * 2
    k <- rep(sample(24, 20), sample(1:4, 20, TRUE))
    data.frame(y = round(10 + u[k] + rnorm(length(k), sd = 0.8), 4), px = places[k, 1], py = places[k, 2], field = f)
  }))
  d$treatment <- sample(c("a", "b", "c"), nrow(d), TRUE)
  d$place <- numFactor(d$px, d$py)
  d
})
## A smooth surface, many fields: the shape of a Matern correlation is determined.
surface <- local({
  places <- cbind(round(runif(16, 0, 6), 2), round(runif(16, 0, 6), 2))
  D <- as.matrix(dist(places)) / 1.2
  C <- ifelse(D == 0, 1, 2^(1 - 1.6) / gamma(1.6) * D^1.6 * besselK(pmax(D, 1e-9), 1.6))
  d <- do.call(rbind, lapply(1:15, function(f) {
    u <- as.vector(t(chol(C)) %*% rnorm(16)) * 1.5
    k <- rep(sample(16, 13), each = 2)
    data.frame(y = round(1 + u[k] + rnorm(length(k), sd = 0.3), 4), px = places[k, 1], py = places[k, 2], field = sprintf("f%d", f))
  }))
  d$place <- numFactor(d$px, d$py)
  d
})
space <- local({
  places <- matrix(round(rnorm(3 * 15), 2), 15)
  C <- exp(-(as.matrix(dist(places)) / 1.5)^2) + diag(1e-8, 15)
  d <- do.call(rbind, lapply(1:6, function(f) {
    u <- as.vector(t(chol(C)) %*% rnorm(15)) * 1.5
    k <- rep(sample(15, 12), each = 2)
    data.frame(y = round(u[k] + rnorm(length(k)), 4), p1 = places[k, 1], p2 = places[k, 2], p3 = places[k, 3], block = sprintf("b%d", f))
  }))
  d$place <- numFactor(d$p1, d$p2, d$p3)
  d
})

## Traits of genotypes: a factor-analytic covariance.
traits <- local({
  load <- cbind(c(1.5, 1.1, -0.8, 0.4, 1, 0.2), c(0, 0.9, 0.7, -1, 0.5, 0.8))
  d <- expand.grid(rep = 1:3, trait = sprintf("t%d", 1:6), genotype = sprintf("line %d", 1:40))
  b <- matrix(rnorm(80), 40) %*% t(load) + matrix(rnorm(240, sd = 0.6), 40)
  d$y <- round(b[cbind(as.integer(d$genotype), as.integer(d$trait))] + rnorm(nrow(d)), 4)
  d <- d[runif(nrow(d)) > 0.2, ]
  data.frame(y = d$y, trait = d$trait, genotype = as.character(d$genotype))
})

polish <- function(m, map) {
  obj <- m$obj
  par <- obj$env$last.par.best[obj$env$lfixed()]
  f <- nlminb(par, obj$fn, obj$gr, control = list(rel.tol = 1e-15, x.tol = 1e-15, eval.max = 5000, iter.max = 5000))
  par <- f$par
  for (k in 1:4) {
    H <- optimHess(par, obj$fn, obj$gr, control = list(ndeps = rep(1e-4, length(par))))
    g <- as.vector(obj$gr(par))
    step <- tryCatch(solve(H, g), error = function(e) NULL)
    if (is.null(step) || any(!is.finite(step)) || max(abs(step)) > 0.1) break
    par <- par - step
  }
  obj$fn(par)
  list(par = par, value = as.numeric(obj$fn(par)), gradient = max(abs(obj$gr(par))), pd = all(eigen(H, TRUE, TRUE)$values > 0))
}

fits <- list()
run <- function(id, name, formula, call, reml, ...) {
  d <- get(name)
  m <- suppressWarnings(suppressMessages(glmmTMB(as.formula(call), d, REML = reml, ...)))
  p <- polish(m)
  rep <- m$obj$env$report(m$obj$env$last.par)
  sds <- lapply(rep$sd, as.vector)
  corr <- lapply(rep$corr, as.matrix)
  # Independent columns have no matrix of correlations
  Sigma <- Map(function(s, R) if (length(R) == 0) diag(s^2, length(s)) else s * t(s * R), sds, corr)
  last <- m$obj$env$last.par
  beta <- last[names(last) == "beta"]
  sigma <- exp(0.5 * last[names(last) == "betad"])
  # Standard errors given the covariance parameters, (X'V^-1 X)^-1: the block of beta in the Hessian of the likelihood, or by REML the block
  # of the inverse Hessian of (beta, b), which are integrated out together
  obj <- m$obj
  se <- if (reml) {
    free <- obj$env$random
    at <- which(names(last)[free] == "beta")
    H <- obj$env$spHess(last, random = TRUE)
    sqrt(diag(as.matrix(solve(H, sparseMatrix(i = at, j = seq_along(at), x = 1, dims = c(nrow(H), length(at))))[at, , drop = FALSE])))
  } else {
    at <- which(names(p$par) == "beta")
    H <- optimHess(p$par, obj$fn, obj$gr, control = list(ndeps = rep(1e-4, length(p$par))))
    sqrt(diag(solve(H[at, at, drop = FALSE])))
  }
  message(sprintf("%-28s %.9f  gradient %.1e  pd %s  sigma %.5f", id, -p$value, p$gradient, p$pd, sigma))
  fits[[length(fits) + 1]] <<- sprintf(
    '{"id": "%s", "data": "%s", "formula": "%s", "reml": %s, "nobs": %d, "interior": %s, "logLik": %.14g, "sigma": %.12g, "beta": %s, "se": %s, "columns": [%s], "Sigma": [%s]}',
    id, name, gsub('"', '\\\\"', formula), tolower(reml), nrow(d), tolower(p$pd && p$gradient < 1e-9), -p$value, sigma, num(beta), num(se), paste(vapply(m$modelInfo$reTrms$cond$cnms, strings, ""), collapse = ", "), paste(vapply(Sigma, num, ""), collapse = ", "))
}
both <- function(id, name, formula, call = formula, ...) {
  run(paste0(id, "-ml"), name, formula, call, FALSE, ...)
  run(paste0(id, "-reml"), name, formula, call, TRUE, ...)
}
equal <- function(n, others) list(theta = factor(c(rep(1, n), 1 + seq_len(others))))
V <- "y ~ x + offset(o)"
both("diag", "visits", paste(V, "+ diag(0 + visit | id)"))
both("homdiag", "visits", paste(V, "+ homdiag(0 + visit | id)"), paste(V, "+ diag(0 + visit | id)"), map = equal(5, 0))
both("us", "visits", paste(V, "+ us(0 + visit | id)"))
both("cs", "visits", paste(V, "+ cs(0 + visit | id)"))
both("homcs", "visits", paste(V, "+ homcs(0 + visit | id)"), paste(V, "+ cs(0 + visit | id)"), map = equal(5, 1))
both("ar1", "visits", paste(V, "+ ar1(0 + visit | id)"))
both("toep", "visits", paste(V, "+ toep(0 + visit | id)"))
both("homtoep", "visits", paste(V, "+ homtoep(0 + visit | id)"), paste(V, "+ toep(0 + visit | id)"), map = equal(5, 4))
both("mixed", "visits", paste(V, "+ ar1(0 + visit | id) + (1 + x | rater)"))
both("cs-intercept", "visits", paste(V, "+ cs(visit | id) + (1 | rater)"))
both("ou", "paths", "y ~ 1 + ou(0 + time | g)")
both("ou-intercept", "paths", "y ~ 1 + ou(0 + time | g) + (1 | g)")
both("exp", "fields", "y ~ treatment + exp(0 + place | field)")
both("gau", "space", "y ~ 1 + gau(0 + place | block)")
both("mat", "surface", "y ~ 1 + mat(0 + place | field)")
both("rr2", "traits", "y ~ trait + rr(0 + trait | genotype, d = 2)", "y ~ trait + rr(0 + trait | genotype, 2)")
both("rr1", "traits", "y ~ trait + rr(0 + trait | genotype, d = 1)", "y ~ trait + rr(0 + trait | genotype, 1)")
both("fa1", "traits", "y ~ trait + fa(0 + trait | genotype, d = 1)", "y ~ trait + rr(0 + trait | genotype, 1) + diag(0 + trait | genotype)")
data <- c("visits", "paths", "fields", "surface", "space", "traits")
cat('{"software": "', R.version.string, ', glmmTMB ', as.character(packageVersion("glmmTMB")), ', TMB ', as.character(packageVersion("TMB")), '",\n"data": {\n',
  paste(sprintf('"%s": %s', data, vapply(data, function(n) table(get(n)), "")), collapse = ",\n"), '\n},\n"fits": [\n', paste(unlist(fits), collapse = ",\n"), '\n]}\n', sep = "")
