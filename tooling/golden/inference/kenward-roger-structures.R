# Kenward-Roger (1997) from its definition with dense V for structures that pbkrtest refuses: nlme's REML estimates, V as a function of the
# parameters that SAS reports (variances, covariances, correlations, powers), first derivatives by complex steps, second ones by central
# differences of these. Two cases are equal to models that pbkrtest takes, and are checked against it.
suppressPackageStartupMessages({ library(nlme); library(lme4); library(pbkrtest); library(jsonlite) })
kr <- function(X, b, phi, Vof, Ls) {
  n <- nrow(X); p <- ncol(X); m <- length(phi); h <- 1e-4
  first <- function(at, i) { at <- as.complex(at); at[i] <- at[i] + 1i * 1e-20; Im(Vof(at)) / 1e-20 }
  G <- lapply(seq_len(m), function(i) first(phi, i))
  G2 <- function(i, j) { d <- h * max(abs(phi[j]), 1e-2); f <- function(s) { a <- phi; a[j] <- a[j] + s; first(a, i) }
    (8 * (f(d / 2) - f(-d / 2)) - (f(d) - f(-d))) / (6 * d) }
  Vi <- solve(Re(Vof(as.complex(phi)))); Phi <- solve(t(X) %*% Vi %*% X); VG <- lapply(G, function(g) Vi %*% g)
  P <- lapply(VG, function(a) -t(X) %*% a %*% Vi %*% X); Q <- function(i, j) t(X) %*% VG[[i]] %*% VG[[j]] %*% Vi %*% X
  R <- function(i, j) t(X) %*% Vi %*% G2(i, j) %*% Vi %*% X
  I <- matrix(0, m, m)
  for (i in 1:m) for (j in 1:m) I[i, j] <- sum(VG[[i]] * t(VG[[j]])) - 2 * sum(diag(Phi %*% Q(i, j))) + sum(diag(Phi %*% P[[i]] %*% Phi %*% P[[j]]))
  W <- 2 * solve(I); U <- matrix(0, p, p)
  for (i in 1:m) for (j in 1:m) U <- U + W[i, j] * (Q(i, j) - P[[i]] %*% Phi %*% P[[j]] - R(i, j) / 4)
  A <- Phi + 2 * Phi %*% U %*% Phi; A <- (A + t(A)) / 2
  ftest <- function(L) {
    q <- nrow(L); Th <- t(L) %*% solve(L %*% Phi %*% t(L)) %*% L; A1 <- A2 <- 0
    for (i in 1:m) for (j in 1:m) { a <- Th %*% Phi %*% P[[i]] %*% Phi; b2 <- Th %*% Phi %*% P[[j]] %*% Phi; A1 <- A1 + W[i, j] * sum(diag(a)) * sum(diag(b2)); A2 <- A2 + W[i, j] * sum(a * t(b2)) }
    B <- (A1 + 6 * A2) / (2 * q); g <- ((q + 1) * A1 - (q + 4) * A2) / ((q + 2) * A2); d <- 3 * q + 2 * (1 - g)
    E <- 1 / (1 - A2 / q); Vs <- 2 / q * (1 + g / d * B) / ((1 - (q - g) / d * B)^2 * (1 - (q + 2 - g) / d * B)); rho <- Vs / (2 * E^2)
    df <- 4 + (q + 2) / (q * rho - 1); lam <- if (q == 1) 1 else df / (E * (df - 2))
    list(F = unbox(as.numeric(lam / q * t(L %*% b) %*% solve(L %*% A %*% t(L)) %*% (L %*% b))), df = unbox(df))
  }
  list(phi = phi, se = sqrt(diag(A)), naive = sqrt(diag(Phi)), vcov = A,
       df = sapply(seq_len(p), function(k) as.numeric(ftest(diag(p)[k, , drop = FALSE])$df)), tests = lapply(Ls, function(L) c(list(L = L), ftest(L))))
}
ctl <- list(msMaxIter = 500, msTol = 1e-13, tolerance = 1e-13, returnObject = FALSE, opt = "nlminb", maxIter = 500)
glsc <- do.call(glsControl, ctl); lmec <- do.call(lmeControl, c(ctl, niterEM = 100))
rows <- function(g) outer(as.character(g), as.character(g), "==") * 1
O <- as.data.frame(nlme::Orthodont); O$Subject <- factor(as.character(O$Subject)); same <- rows(O$Subject); lag <- abs(outer(O$age, O$age, "-")) / 2
XO <- model.matrix(~ age * Sex, O); male <- O$Sex == "Male"; LO <- list(rbind(c(0, 1, 0, 0), c(0, 0, 0, 1)), rbind(c(0, 0, 1, 0), c(0, 0, 0, 1)))
out <- list()
add <- function(name, data, formula, residual, fit, X, phi, Vof, Ls) {
  b <- if (inherits(fit, "lme")) fixef(fit) else coef(fit)
  k <- kr(X, unname(b), phi, Vof, Ls); cat(name, "se", k$se, "df", k$df, "\n")
  out[[name]] <<- c(list(data = unbox(data), formula = unbox(formula), residual = unbox(residual), logLik = unbox(as.numeric(logLik(fit)))), k)
}
f <- "distance ~ age * Sex"
g <- gls(distance ~ age * Sex, O, correlation = corAR1(form = ~ 1 | Subject), control = glsc)
add("orthodont-ar1", "Orthodont", f, "ar1(1 | Subject)", g, XO, c(sigma(g)^2, coef(g$modelStruct, unconstrained = FALSE)),
    function(q) q[1] * q[2]^lag * same, LO)
g <- gls(distance ~ age * Sex, O, correlation = corCompSymm(form = ~ 1 | Subject), control = glsc); r <- coef(g$modelStruct, unconstrained = FALSE)
add("orthodont-cs", "Orthodont", f, "cs(1 | Subject)", g, XO, c(sigma(g)^2 * (1 - r), sigma(g)^2 * r), function(q) q[1] * diag(nrow(O)) + q[2] * same, LO)
m <- lmer(distance ~ age * Sex + (1 | Subject), O, control = lmerControl(optCtrl = list(xtol_abs = 1e-12, ftol_abs = 1e-14)))
stopifnot(max(abs(as.matrix(vcovAdj(m)) / out[["orthodont-cs"]]$vcov - 1)) < 1e-4)
g <- lme(distance ~ age * Sex, random = ~ 1 | Subject, O, weights = varIdent(form = ~ 1 | Sex), control = lmec)
d <- coef(g$modelStruct$varStruct, unconstrained = FALSE, allCoef = TRUE)
add("orthodont-strata", "Orthodont", paste(f, "+ (1 | Subject)"), "strata(Sex)", g, XO,
    c(as.numeric(VarCorr(g)[1, 1]), (sigma(g) * d[c("Male", "Female")])^2), function(q) q[1] * same + diag(ifelse(male, q[2], q[3])), LO)
g <- lme(distance ~ age * Sex, random = ~ 1 | Subject, O, correlation = corAR1(form = ~ 1 | Subject), control = lmec)
add("orthodont-lme-ar1", "Orthodont", paste(f, "+ (1 | Subject)"), "ar1(1 | Subject)", g, XO,
    c(as.numeric(VarCorr(g)[1, 1]), sigma(g)^2, coef(g$modelStruct$corStruct, unconstrained = FALSE)), function(q) q[1] * same + q[2] * q[3]^lag * same, LO)
g <- gls(distance ~ age * Sex, O, correlation = corAR1(form = ~ 1 | Subject), weights = varIdent(form = ~ 1 | Sex), control = glsc)
d <- coef(g$modelStruct$varStruct, unconstrained = FALSE, allCoef = TRUE)
add("orthodont-strata-ar1", "Orthodont", f, "strata(Sex) * ar1(1 | Subject)", g, XO,
    c((sigma(g) * d[c("Male", "Female")])^2, coef(g$modelStruct$corStruct, unconstrained = FALSE)),
    function(q) { s <- ifelse(male, sqrt(q[1]), sqrt(q[2])); outer(s, s) * q[3]^lag * same }, LO)
g <- gls(distance ~ age * Sex, O, correlation = corSymm(form = ~ 1 | Subject), weights = varIdent(form = ~ 1 | age), control = glsc)
S <- unclass(getVarCov(g)); v <- factor(O$age); ij <- which(lower.tri(S, TRUE), arr.ind = TRUE)
add("orthodont-us", "Orthodont", f, "us(age | Subject)", g, XO, S[lower.tri(S, TRUE)], function(q) { M <- matrix(0i, 4, 4); M[ij] <- q; M[ij[, 2:1]] <- q; M[v, v] * same }, LO)
W <- as.data.frame(nlme::BodyWeight); W$Rat <- factor(as.character(W$Rat)); XW <- model.matrix(~ Time * Diet, W); same2 <- rows(W$Rat); dt <- abs(outer(W$Time, W$Time, "-"))
LW <- list(rbind(c(0, 0, 0, 0, 1, 0), c(0, 0, 0, 0, 0, 1)))
g <- lme(weight ~ Time * Diet, random = ~ 1 | Rat, W, correlation = corCAR1(form = ~ Time | Rat), control = lmec)
add("bodyweight-car1", "BodyWeight", "weight ~ Time * Diet + (1 | Rat)", "car1(Time | Rat)", g, XW,
    c(as.numeric(VarCorr(g)[1, 1]), sigma(g)^2, coef(g$modelStruct$corStruct, unconstrained = FALSE)), function(q) q[1] * same2 + q[2] * q[3]^dt * same2, LW)
g <- lme(weight ~ Time * Diet, random = ~ 1 | Rat, W, weights = varPower(form = ~ Time), control = lmec)
t0 <- exp(mean(log(W$Time)))
pw <- coef(g$modelStruct$varStruct, unconstrained = FALSE)
add("bodyweight-power", "BodyWeight", "weight ~ Time * Diet + (1 | Rat)", "varpower(Time)", g, XW,
    c(as.numeric(VarCorr(g)[1, 1]), sigma(g)^2 * t0^(2 * pw), pw), function(q) q[1] * same2 + diag(q[2] * (W$Time / t0)^(2 * q[3])), LW)
write.csv(transform(W, Rat = paste0("r", Rat), Diet = paste0("d", Diet))[c("weight", "Time", "Rat", "Diet")], "bodyweight.csv", row.names = FALSE, quote = FALSE)
write(toJSON(out, digits = NA, null = "null"), "kenward-roger-structures.json")
