# Reference numbers for packages/sparse/test/matrix-market from CHOLMOD and dense R: writes reference.json beside the files.
#   Rscript sparse-reference.R FOLDER
suppressMessages(library(Matrix))
folder <- commandArgs(TRUE)[1]
arr <- function(v) paste0("[", paste(sprintf("%.17g", v), collapse = ","), "]")
one <- function(f) {
  A <- readMM(file.path(folder, f)); A <- forceSymmetric(as(A, "CsparseMatrix"), "L"); n <- nrow(A)
  L <- Cholesky(A, perm = TRUE, LDL = FALSE, super = FALSE); b <- sin(seq_len(n)); s <- as(L, "sparseMatrix")
  sprintf("  \"%s\": {\"n\": %d, \"nnzAMD\": %d, \"logdet\": %.17g, \"condition1\": %.17g, \"solution\": %s, \"inverseDiagonal\": %s}",
    sub(".mtx", "", f), n, length(s@x), 2 * sum(log(diag(s))), norm(as.matrix(A), "1") * norm(solve(as.matrix(A)), "1"),
    arr(as.numeric(solve(L, b, system = "A"))), arr(diag(solve(as.matrix(A)))))
}
files <- sort(list.files(folder, "[.]mtx$"))
writeLines(c("{", paste0("  \"software\": \"R ", getRversion(), ", Matrix ", packageVersion("Matrix"), " (CHOLMOD); b = sin(1), sin(2), ...\","),
  paste(vapply(files, one, ""), collapse = ",\n"), "}"), file.path(folder, "reference.json"))
