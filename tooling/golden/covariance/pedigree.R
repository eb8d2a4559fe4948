# Animal models fitted by lme4: Rscript pedigree.R > pedigree.json
# The relationship matrix A is built by the tabular method (Mrode 2014, section 2.2), inbreeding included; with A = L L', effects L u of
# independent u have covariance A (Vazquez et al. 2010, J. Anim. Sci. 88, 497-504), so lme4's own steps fit the model once Z is replaced by Z L.
# `logDetA`, `inbreeding` and `Ainv` (dense solve) check the sparse inverse itself.
suppressMessages({library(lme4); library(Matrix); library(numDeriv)})
set.seed(715)

num <- function(v) paste0("[", paste(ifelse(is.finite(v), sprintf("%.15g", v), "null"), collapse = ", "), "]")
strings <- function(v) paste0("[", paste(ifelse(is.na(v), "null", sprintf('"%s"', v)), collapse = ", "), "]")

# Ten founders, five generations of fourteen, mates drawn at random among the last two generations; some parents unknown.
n <- 80
sire <- dam <- rep(NA_integer_, n)
for (i in 11:n) {
  from <- max(1, i - 24):(i - 1)
  if (runif(1) > 0.05) sire[i] <- sample(from, 1)
  if (runif(1) > 0.1) dam[i] <- sample(from, 1)
}
A <- matrix(0, n, n)
for (i in 1:n) {
  s <- sire[i]; d <- dam[i]
  for (j in seq_len(i - 1)) {
    A[i, j] <- A[j, i] <- ((if (is.na(s)) 0 else A[j, s]) + (if (is.na(d)) 0 else A[j, d])) / 2
  }
  A[i, i] <- 1 + (if (is.na(s) || is.na(d)) 0 else A[s, d]) / 2
}
id <- sprintf("animal %d", 1:n)
dimnames(A) <- list(id, id)
L <- t(chol(A))
bv <- 1.6 * as.vector(L %*% rnorm(n))
bv2 <- 0.9 * as.vector(L %*% rnorm(n))
pe <- rnorm(n, sd = 0.8)
# The first animals have no records; the others between none and six.
rows <- rep(9:n, sample(0:6, n - 8, TRUE))
herd <- sample(c("Alm", "Bach", "Cara", "Dorf", "Eck", "Fels", "Grat"), length(rows), TRUE)
h <- c(Alm = 1, Bach = -1.2, Cara = 0.4, Dorf = 0, Eck = -0.5, Fels = 1.5, Grat = -0.7)
age <- round(runif(length(rows), 1, 9), 2)
d <- data.frame(animal = factor(id[rows], levels = id), herd = factor(herd), age = age)
d$y <- round(20 + 0.3 * age + bv[rows] + 0.2 * age * bv2[rows] + pe[rows] + h[herd] + rnorm(length(rows), sd = 1.1), 4)
d$pe <- factor(d$animal)
d$sex <- factor(ifelse(rows %% 3 == 0, "m", "f"))

fits <- list()
run <- function(id, formula, text, reml, relationship = "animal") {
  p <- lFormula(formula, d, REML = reml, control = lmerControl(check.nobs.vs.nRE = "ignore", check.nobs.vs.nlev = "ignore"))
  re <- p$reTrms
  # Rows of Zt by term: levels in order, columns of a level together
  for (k in which(names(re$cnms) == relationship)) {
    at <- (re$Gp[k] + 1):re$Gp[k + 1]
    nc <- length(re$cnms[[k]])
    present <- levels(re$flist[[attr(re$flist, "assign")[k]]])
    # animals without records matter to nothing but their own prediction
    Lk <- t(chol(A[present, present]))
    p$reTrms$Zt[at, ] <- kronecker(t(Lk), Diagonal(nc)) %*% re$Zt[at, ]
  }
  p$reTrms$Zt <- drop0(p$reTrms$Zt)
  devfun <- do.call(mkLmerDevfun, p)
  opt <- optimizeLmer(devfun, optimizer = "bobyqa", control = list(rhoend = 1e-10))
  theta <- opt$par
  for (k in 1:5) {
    g <- grad(devfun, theta); H <- hessian(devfun, theta)
    theta <- theta - solve(H, g)
  }
  slope <- max(abs(grad(devfun, theta)))
  # The last evaluation is at theta: the fitted object shares its state
  value <- devfun(theta)
  m <- mkMerMod(environment(devfun), list(par = theta, fval = value, conv = 0), p$reTrms, fr = p$fr)
  S <- lapply(VarCorr(m), function(v) as.vector(v))
  message(sprintf("%-20s %.9f  gradient %.1e theta %s", id, value, slope, paste(signif(theta, 4), collapse = " ")))
  fits[[length(fits) + 1]] <<- sprintf(
    '{"id": "%s", "formula": "%s", "reml": %s, "objective": %.14g, "sigma": %.12g, "beta": %s, "se": %s, "groups": %s, "Sigma": [%s]}',
    id, text, tolower(reml), value, sigma(m), num(fixef(m)), num(sqrt(diag(as.matrix(vcov(m))))), strings(names(S)), paste(vapply(S, num, ""), collapse = ", "))
}
for (reml in c(TRUE, FALSE)) {
  tag <- if (reml) "reml" else "ml"
  run(paste0("animal-", tag), y ~ age + sex + (1 | animal), "y ~ age + sex + (1 | animal)", reml)
  run(paste0("permanent-", tag), y ~ age + sex + (1 | animal) + (1 | pe) + (1 | herd), "y ~ age + sex + (1 | animal) + (1 | pe) + (1 | herd)", reml)
  run(paste0("slopes-", tag), y ~ age + (age | animal) + (1 | herd), "y ~ age + (1 + age | animal) + (1 | herd)", reml)
}
K <- solve(A)
lower <- which(lower.tri(K, TRUE), arr.ind = TRUE)
lower <- lower[abs(K[lower]) > 1e-12, , drop = FALSE]
order <- sample(n)
cat('{"software": "', R.version.string, ', lme4 ', as.character(packageVersion("lme4")), '",\n"pedigree": {"animal": ', strings(id[order]), ', "sire": ', strings(id[sire[order]]), ', "dam": ', strings(id[dam[order]]), '},\n',
  '"names": ', strings(id), ', "inbreeding": ', num(diag(A) - 1), ', "logDetA": ', sprintf("%.15g", as.numeric(determinant(A)$modulus)), ',\n"Ainv": {"row": ', num(lower[, 1] - 1), ', "col": ', num(lower[, 2] - 1), ', "value": ', num(K[lower]), '},\n"data": {"y": ', num(d$y), ', "age": ', num(d$age),
  ', "animal": ', strings(as.character(d$animal)), ', "pe": ', strings(as.character(d$pe)), ', "herd": ', strings(as.character(d$herd)), ', "sex": ', strings(as.character(d$sex)), '},\n"fits": [\n', paste(unlist(fits), collapse = ",\n"), '\n]}\n', sep = "")
