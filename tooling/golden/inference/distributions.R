# Tails and quantiles of R's own distribution functions. Cases where R itself loses digits are left out on purpose:
# quantiles of F near zero, pt for df > 4e5 (it switches to a normal approximation), qnorm near 1/2 in the upper tail, qt far out for large df.
suppressPackageStartupMessages(library(jsonlite))
rows <- list()
add <- function(f, args, value) rows[[length(rows) + 1]] <<- list(f = unbox(f), args = args, value = unbox(value))
for (z in c(-8, -3, -1, -1e-3, 0, 1e-8, .1, .7, 1, 1.4, 1.75, 2.5, 3, 5, 10, 20, 30, 37)) add("normalUpper", z, pnorm(z, lower.tail = FALSE))
for (p in c(1e-300, 1e-100, 1e-20, 1e-5, .025, .2, .3, .6, .975, .9999)) add("normalUpperQuantile", p, qnorm(p, lower.tail = FALSE))
for (df in c(.3, 1, 2, 3.3, 10, 57.7, 1000, 2e5)) for (t in c(-4, 1e-5, .1, 1, 2, 5, 36)) add("tUpper", c(t, df), pt(t, df, lower.tail = FALSE))
for (df in c(1, 2, 4.4, 10)) { t <- (1e-298)^(-1 / df); add("tUpper", c(t, df), pt(t, df, lower.tail = FALSE)) }
for (df in c(1, 2, 3.3, 10, 57.7)) for (p in c(1e-10, 1e-5, .025, .3, .9)) add("tUpperQuantile", c(p, df), qt(p, df, lower.tail = FALSE))
for (df in c(.5, 1, 2, 5, 30, 1000, 1e5)) for (x in df * c(1e-3, .3, .99, 1, 1.01, 1.5, 4)) add("chiSquaredUpper", c(x, df), pchisq(x, df, lower.tail = FALSE))
for (df in c(1, 5, 30)) add("chiSquaredUpper", c(1370, df), pchisq(1370, df, lower.tail = FALSE))
for (df in c(1, 2.2, 50)) for (p in c(1e-300, 1e-10, .05, .5, .999)) add("chiSquaredUpperQuantile", c(p, df), qchisq(p, df, lower.tail = FALSE))
for (d1 in c(1, 2, 3, 8, 200)) for (d2 in c(1, 3.5, 10, 57.3, 1e5)) for (f in c(.01, .5, 1, 3, 10, 340, 1e8)) add("fUpper", c(f, d1, d2), pf(f, d1, d2, lower.tail = FALSE))
for (d1 in c(1, 3)) for (d2 in c(4, 50)) for (p in c(1e-200, .05, .9)) add("fUpperQuantile", c(p, d1, d2), qf(p, d1, d2, lower.tail = FALSE))
rows <- Filter(function(r) r$value > 1e-305 || r$value < 0, rows)
write(toJSON(rows, digits = NA), "distributions.json")
