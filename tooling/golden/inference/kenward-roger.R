# Kenward-Roger from its definition with dense V, weights included (V = Z D Z' + sigma^2 W^-1). pbkrtest 0.5.2 agrees where there are no weights;
# with weights it leaves them out of V (but not out of vcov), so this script is the reference there.
suppressPackageStartupMessages({ library(lme4); library(pbkrtest); library(jsonlite) })
source("models.R")
kr_dense <- function(m, Ls = list()) {
  X <- getME(m, "X"); n <- nrow(X); p <- ncol(X); s2 <- sigma(m)^2; w <- weights(m)
  Zt <- as.matrix(getME(m, "Zt")); Gp <- getME(m, "Gp"); nc <- lengths(getME(m, "cnms"))
  V <- t(Zt) %*% (s2 * as.matrix(tcrossprod(getME(m, "Lambda")))) %*% Zt + diag(s2 / w, n); Vi <- solve(V)
  G <- list(diag(1 / w, n))
  for (k in seq_along(nc)) { z <- Zt[(Gp[k] + 1):Gp[k + 1], , drop = FALSE]; for (a in seq_len(nc[k])) for (b in seq_len(a)) {
    q <- crossprod(z[seq(a, nrow(z), nc[k]), , drop = FALSE], z[seq(b, nrow(z), nc[k]), , drop = FALSE]); G <- c(G, list(if (a == b) q else q + t(q))) } }
  m0 <- length(G); Phi <- solve(t(X) %*% Vi %*% X); VG <- lapply(G, function(g) Vi %*% g)
  P <- lapply(VG, function(a) -t(X) %*% a %*% Vi %*% X); Q <- function(i, j) t(X) %*% VG[[i]] %*% VG[[j]] %*% Vi %*% X
  I <- matrix(0, m0, m0)
  for (i in 1:m0) for (j in 1:m0) I[i, j] <- sum(VG[[i]] * t(VG[[j]])) - 2 * sum(diag(Phi %*% Q(i, j))) + sum(diag(Phi %*% P[[i]] %*% Phi %*% P[[j]]))
  W <- 2 * solve(I); U <- matrix(0, p, p)
  for (i in 1:m0) for (j in 1:m0) U <- U + W[i, j] * (Q(i, j) - P[[i]] %*% Phi %*% P[[j]])
  PhiA <- Phi + 2 * Phi %*% U %*% Phi; PhiA <- (PhiA + t(PhiA)) / 2
  ftest <- function(L) {
    q <- nrow(L); Th <- t(L) %*% solve(L %*% Phi %*% t(L)) %*% L; A1 <- A2 <- 0
    for (i in 1:m0) for (j in 1:m0) { a <- Th %*% Phi %*% P[[i]] %*% Phi; b <- Th %*% Phi %*% P[[j]] %*% Phi; A1 <- A1 + W[i, j] * sum(diag(a)) * sum(diag(b)); A2 <- A2 + W[i, j] * sum(a * t(b)) }
    B <- (A1 + 6 * A2) / (2 * q); g <- ((q + 1) * A1 - (q + 4) * A2) / ((q + 2) * A2); d <- 3 * q + 2 * (1 - g)
    E <- 1 / (1 - A2 / q); Vs <- 2 / q * (1 + g / d * B) / ((1 - (q - g) / d * B)^2 * (1 - (q + 2 - g) / d * B)); rho <- Vs / (2 * E^2)
    df <- 4 + (q + 2) / (q * rho - 1); lam <- if (q == 1) 1 else df / (E * (df - 2)); b <- fixef(m)
    Fs <- as.numeric(lam / q * t(L %*% b) %*% solve(L %*% PhiA %*% t(L)) %*% (L %*% b))
    list(F = unbox(Fs), df = unbox(df), p = unbox(pf(Fs, q, df, lower.tail = FALSE)))
  }
  one <- lapply(seq_len(p), function(k) ftest(diag(p)[k, , drop = FALSE]))
  list(se = sqrt(diag(PhiA)), vcov = PhiA, df = sapply(one, function(o) as.numeric(o$df)), tests = lapply(Ls, function(L) c(list(L = L), ftest(L))))
}
out <- list()
for (name in names(models)) {
  m <- models[[name]]$fit; p <- length(fixef(m))
  Ls <- if (p > 2) list(cbind(0, diag(p - 1)), rbind(c(0, 1, -1, rep(0, p - 3)), c(1, .5, rep(0, p - 2)))) else list(diag(2))
  k <- kr_dense(m, Ls)
  plain <- is.null(models[[name]]$weights)
  if (plain) {
    stopifnot(max(abs(k$vcov - as.matrix(vcovAdj(m)))) < 1e-8 * max(abs(k$vcov)))
    for (t in k$tests) { s <- KRmodcomp(m, t$L)$stats; stopifnot(abs(s$ddf / as.numeric(t$df) - 1) < 1e-6, abs(s$Fstat / as.numeric(t$F) - 1) < 1e-6) }
  }
  cat(name, "n", nobs(m), "pbkrtest agrees:", plain, "\n")
  out[[name]] <- c(list(data = unbox(models[[name]]$data), formula = unbox(models[[name]]$formula), weights = if (!plain) unbox(models[[name]]$weights), names = names(fixef(m))), k)
}
write(toJSON(out, digits = NA, null = "null"), "kenward-roger.json")
