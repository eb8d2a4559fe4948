# Times CHOLMOD (through R's Matrix) on a matrix written by bench/sparse.mjs and prints one JSON object.
#   OPENBLAS_NUM_THREADS=1 Rscript cholmod.R FOLDER BETA
# FOLDER holds p, i (int32), x, b (float64), little-endian: the lower triangle by columns and a right-hand side.
suppressMessages(library(Matrix))
args <- commandArgs(TRUE); folder <- args[1]; beta <- as.numeric(args[2])
bytes <- function(f, what, size) readBin(file.path(folder, f), what, file.size(file.path(folder, f)) / size, size = size)
p <- bytes("p", "integer", 4); n <- length(p) - 1L
A <- new("dsCMatrix", uplo = "L", p = p, i = bytes("i", "integer", 4), x = bytes("x", "double", 8), Dim = c(n, n))
b <- bytes("b", "double", 8)
now <- function() as.numeric(Sys.time())
times <- function(f) { first <- system.time(f())[[3]]; k <- if (first > 5) 1 else if (first > 0.5) 3 else 15
  t <- vapply(seq_len(k), function(r) { t0 <- now(); f(); now() - t0 }, 0); 1e3 * median(t) }
one <- function(super) {
  fresh <- function() { A@factors <- list(); Cholesky(A, perm = TRUE, LDL = FALSE, super = super, Imult = beta) }
  L <- fresh(); whole <- times(fresh); numeric <- times(function() update(L, A, mult = beta))
  x <- solve(L, b, system = "A")
  s <- as(L, "sparseMatrix")
  list(numeric = numeric, analyze = max(0, whole - numeric), solve = times(function() solve(L, b, system = "A")),
       nnz = length(s@x), logdet = 2 * sum(log(diag(s))), sumx = sum(as.numeric(x)), normx = sqrt(sum(as.numeric(x)^2)))
}
r <- list(simplicial = one(FALSE), supernodal = one(TRUE))
num <- function(l) paste0("{", paste(sprintf("\"%s\":%.17g", names(l), unlist(l)), collapse = ","), "}")
cat(sprintf("{\"matrix\":\"%s\",\"blas\":\"%s\",\"simplicial\":%s,\"supernodal\":%s}\n", packageVersion("Matrix"), basename(extSoftVersion()["BLAS"]), num(r$simplicial), num(r$supernodal)))
