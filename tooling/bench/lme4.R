# Rscript lme4.R DATA.csv ABOUT.json REPEATS: times lmer on one rung and prints one line of JSON.
suppressMessages({ library(lme4); library(jsonlite) })
a <- commandArgs(TRUE)
d <- read.csv(a[1])
about <- fromJSON(a[2])
for (v in about$factors) d[[v]] <- factor(d[[v]])
formula <- as.formula(about$formula)
repeats <- as.integer(a[3])
now <- function() as.numeric(Sys.time())
total <- numeric(0)
for (k in seq_len(repeats)) {
  start <- now(); m <- suppressWarnings(suppressMessages(lmer(formula, d))); total <- c(total, now() - start)
  if (sum(total) > 60) break
}
dev <- suppressWarnings(update(m, devFunOnly = TRUE))
theta <- getME(m, "theta"); ms <- numeric(0); begun <- now()
for (k in 1:25) { x <- theta * (1 + 1e-3 * sin(k)); s <- now(); dev(x); ms <- c(ms, 1000 * (now() - s)); if (now() - begun > 30) break }
# The criterion of lme4 at our theta: that the two programs minimise the same function, and who is lower.
ours <- setNames(as.numeric(about$theta), about$thetaNames)[names(theta)]
at <- if (anyNA(ours)) NA else dev(unname(ours))
peak <- as.numeric(sub("[^0-9]*([0-9]+).*", "\\1", grep("^VmHWM", readLines("/proc/self/status"), value = TRUE))) / 1024
cat(toJSON(list(totalMs = 1000 * median(total), evaluations = m@optinfo$feval, evaluateMs = median(ms), objective = REMLcrit(m),
  atOurTheta = at, peakMb = peak, version = as.character(packageVersion("lme4")),
  blas = sub(".*/([^/]+/[^/]+)$", "\\1", extSoftVersion()[["BLAS"]])), auto_unbox = TRUE, digits = 15, na = "null"), "\n")
