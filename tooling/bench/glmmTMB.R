# Rscript glmmTMB.R DATA.csv ABOUT.json REPEATS: times glmmTMB (structures that lme4 lacks) on one rung and prints one line of JSON.
suppressMessages({ library(glmmTMB); library(jsonlite) })
a <- commandArgs(TRUE)
d <- read.csv(a[1])
about <- fromJSON(a[2])
for (v in about$factors) d[[v]] <- factor(d[[v]])
formula <- as.formula(about$formula)
now <- function() as.numeric(Sys.time())
total <- numeric(0)
for (k in seq_len(as.integer(a[3]))) {
  start <- now(); m <- glmmTMB(formula, d, REML = TRUE); total <- c(total, now() - start)
  if (sum(total) > 60) break
}
x <- m$fit$par; ms <- numeric(0)
for (k in 1:15) { s <- now(); m$obj$fn(x * (1 + 1e-3 * sin(k))); ms <- c(ms, 1000 * (now() - s)) }
peak <- as.numeric(sub("[^0-9]*([0-9]+).*", "\\1", grep("^VmHWM", readLines("/proc/self/status"), value = TRUE))) / 1024
cat(toJSON(list(totalMs = 1000 * median(total), evaluations = unname(m$fit$evaluations[1]), evaluateMs = median(ms),
  objective = -2 * as.numeric(logLik(m)), peakMb = peak, version = as.character(packageVersion("glmmTMB")),
  blas = sub(".*/([^/]+/[^/]+)$", "\\1", extSoftVersion()[["BLAS"]])),
  auto_unbox = TRUE, digits = 15), "\n")
