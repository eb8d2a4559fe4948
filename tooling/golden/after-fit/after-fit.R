# What follows from a fit, at the recorded optimum of some golden cases: predictions with error variances, residuals, Cook's distances,
# group coefficients, principal components, R^2 and intraclass correlations, influence of groups by refitting without them.
# lme4 where it has the quantity, else dense algebra from the definition. Run in this folder: Rscript after-fit.R
options(warn = 1, contrasts = c("contr.treatment", "contr.poly"), digits = 17)
suppressPackageStartupMessages({ library(Matrix); library(lme4); library(jsonlite) })

read_data <- function(name) {
  d <- read.csv(file.path("../data", paste0(name, ".csv")), check.names = FALSE, stringsAsFactors = FALSE, colClasses = NA)
  s <- fromJSON(file.path("../data", paste0(name, ".schema.json")), simplifyVector = FALSE)
  for (f in s$fields) if (!is.null(f$categories))
    d[[f$name]] <- factor(as.character(d[[f$name]]), levels = as.character(unlist(f$categories)), ordered = isTRUE(f$categoriesOrdered))
  d
}
ctrl <- function(...) lmerControl(check.conv.singular = "ignore", check.conv.grad = "ignore", check.conv.hess = "ignore", calc.derivs = FALSE,
  check.rankX = "silent.drop.cols", check.scaleX = "ignore", check.nobs.vs.nRE = "ignore", ...)

# the model at the recorded theta, without any search
model_at <- function(spec, d, theta) {
  args <- list(formula = as.formula(spec$formula), data = d, REML = spec$reml, control = ctrl())
  if (!is.null(spec$weights)) args$weights <- d[[spec$weights]]
  if (!is.null(spec$offset)) args$offset <- d[[spec$offset]]
  lf <- do.call(lFormula, args)
  dev <- do.call(mkLmerDevfun, c(lf, list(control = ctrl())))
  value <- dev(theta)
  mkMerMod(environment(dev), list(par = theta, fval = value, conv = 0, message = ""), lf$reTrms, fr = lf$fr)
}

parts <- function(m) {
  w <- weights(m); s2 <- sigma(m)^2
  Z <- as.matrix(getME(m, "Z")); L <- as.matrix(getME(m, "Lambda")); X <- getME(m, "X")
  Sigma <- s2 * L %*% t(L)
  V <- Z %*% Sigma %*% t(Z) + diag(s2 / w, length(w))
  list(w = w, s2 = s2, Z = Z, X = X, Sigma = Sigma, V = V, Vi = solve(V), y = getME(m, "y") - getME(m, "offset"), beta = getME(m, "beta"), b = as.vector(getME(m, "b")))
}

# x'beta + z'b and its error variance by the kriging formulas
blup <- function(P, x, z) {
  c <- P$Z %*% P$Sigma %*% z; d <- x - t(P$X) %*% P$Vi %*% c
  as.numeric(t(z) %*% P$Sigma %*% z - t(c) %*% P$Vi %*% c + t(d) %*% solve(t(P$X) %*% P$Vi %*% P$X) %*% d)
}

r2 <- function(m, P) {
  f <- var(as.vector(P$X %*% P$beta)); r <- mean(diag(P$Z %*% P$Sigma %*% t(P$Z))); e <- mean(P$s2 / P$w)
  list(fixed = f, random = r, residual = e, marginal = f / (f + r + e), conditional = (f + r) / (f + r + e), iccAdjusted = r / (r + e), iccUnadjusted = r / (f + r + e))
}

influence_of <- function(spec, d, m, group) {
  g <- eval(parse(text = paste0("with(d, ", gsub(":", ":", group, fixed = TRUE), ")")))
  lv <- rownames(ranef(m)[[group]])
  lapply(head(lv, 6), function(l) {
    part <- d[as.character(g) != l, , drop = FALSE]
    environment(spec$f) <- environment()
    fit <- function(o, start = NULL, cc) do.call(lmer, c(list(formula = spec$f, data = part, REML = spec$reml, start = start,
      control = ctrl(optimizer = o, optCtrl = cc)), if (!is.null(spec$weights)) list(weights = part[[spec$weights]]), if (!is.null(spec$offset)) list(offset = part[[spec$offset]])))
    one <- fit("bobyqa", getME(m, "theta"), list(rhobeg = 0.2, rhoend = 1e-10, maxfun = 1e5))
    two <- fit("nloptwrap", getME(one, "theta"), list(algorithm = "NLOPT_LN_BOBYQA", xtol_abs = 1e-12, ftol_abs = 1e-12, maxeval = 1e5))
    best <- if (getME(one, "devcomp")$cmp[[if (spec$reml) "REML" else "dev"]] <= getME(two, "devcomp")$cmp[[if (spec$reml) "REML" else "dev"]]) one else two
    list(level = l, beta = unname(fixef(best)), theta = unname(getME(best, "theta")), sigma = sigma(best))
  })
}

newdata <- list(
  "sleepstudy-rs-reml" = data.frame(Days = c(0, 4.5, 12, 3), Subject = c("308", "309", "372", "new subject")),
  "sleepstudy-weights-offset-reml" = data.frame(Days = c(0, 4.5, 12, 3), off = c(5, 10, 0, -3), Subject = c("308", "309", "372", "new subject")),
  "sleepstudy-formula-offset-reml" = data.frame(Days = c(0, 4.5, 12, 3), off = c(5, 10, 0, -3), Subject = c("308", "309", "372", "new subject")),
  "sleepstudy-poly2-reml" = data.frame(Days = c(0, 4.5, 12, 3), Subject = c("308", "309", "372", "new subject")),
  "sleepstudy-rankdef-ml" = data.frame(Days = c(0, 4.5), DaysC = c(0, 4.5) - 4.5, Subject = c("308", "309")),
  "penicillin-reml" = data.frame(plate = c("a", "b", "zz"), sample = c("A", "new", "F")),
  "pastes-nested-reml" = data.frame(batch = c("A", "B", "Z", "A"), cask = c("a", "b", "a", "d")),
  "machines-rs-reml" = data.frame(Machine = c("A", "B", "C", "B"), Worker = c("1", "6", "3", "99")),
  "dyestuff2-ml" = data.frame(Batch = c("A", "F", "Q")))

out <- list()
for (id in names(newdata)) {
  spec <- fromJSON(file.path("../cases", paste0(id, ".json")))
  spec$f <- as.formula(spec$formula)
  d <- read_data(spec$data)
  m <- model_at(spec, d, spec$results$theta)
  P <- parts(m); nd <- newdata[[id]]
  q <- nrow(P$Sigma); p <- length(P$beta)
  off <- if (!is.null(spec$offset)) nd[[spec$offset]] else 0  # predict() forgets the offset argument
  C <- solve(rbind(cbind(t(P$X) %*% (P$w * P$X), t(P$X) %*% (P$w * P$Z)), cbind(t(P$Z) %*% (P$w * P$X), t(P$Z) %*% (P$w * P$Z) + diag(1e-300, q) +
    (if (min(diag(P$Sigma)) > 0) solve(P$Sigma / P$s2) else diag(1e12, q)))) / P$s2)
  r <- list(data = spec$data,
    predict = list(newdata = as.list(nd), conditional = unname(predict(m, nd, allow.new.levels = TRUE)) + off, population = unname(predict(m, nd, re.form = NA)) + off,
      only = lapply(setNames(nm = names(ranef(m))), function(g) {
        bars <- Filter(function(t) deparse(t[[3]]) == g, findbars(spec$f)); if (!length(bars)) return(NULL)
        rf <- as.formula(paste("~", paste(vapply(bars, function(t) paste0("(", deparse(t), ")"), ""), collapse = "+")))
        unname(predict(m, nd, re.form = rf, allow.new.levels = TRUE)) + off })),
    residuals = list(response = unname(resid(m, "response")), pearson = unname(resid(m, "pearson")), scaled = unname(resid(m, "pearson", scaled = TRUE)), marginal = as.vector(P$y - P$X %*% P$beta)),
    cooks = unname(cooks.distance(m)),
    coef = lapply(coef(m), function(x) list(levels = rownames(x), names = colnames(x), values = unname(as.matrix(x)))),
    r2 = r2(m, P),
    pca = lapply(rePCA(m), function(x) list(sdev = x$sdev, rotation = unname(x$rotation))),
    predictionVariance = diag(C)[-seq_len(p)])
  for (k in names(r)) r[[k]] <- r[[k]]
  group <- names(ranef(m))[length(ranef(m))]
  r$influence <- list(group = group, levels = influence_of(spec, d, m, group))
  out[[id]] <- r
  cat(id, "\n")
}
out$software <- paste0("lme4 ", packageVersion("lme4"), ", Matrix ", packageVersion("Matrix"), ", ", R.version.string)
writeLines(toJSON(out, digits = NA, auto_unbox = FALSE, na = "null", null = "null"), "after-fit.json")
