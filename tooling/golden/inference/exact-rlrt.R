# Exact restricted likelihood-ratio tests of one variance among several by RLRsim (m: the tested term alone; mA, m0: with and without it), 100 000 draws.
suppressPackageStartupMessages({ library(lme4); library(RLRsim); library(jsonlite) })
source("models.R")
fit <- function(f, d) { assign("d", d, globalenv()); eval(bquote(lmer(.(as.formula(f)), data = d, control = tight))) }
nested <- own("nested"); crossed <- own("crossed"); sleep <- golden("sleepstudy")
tests <- list(
  list("nested", nested, "y ~ a + b + x + (1 | batch) + (1 | batch:cask)", "batch", "y ~ a + b + x + (1 | batch)", "y ~ a + b + x + (1 | batch:cask)"),
  list("nested", nested, "y ~ a + b + x + (1 | batch) + (1 | batch:cask)", "batch:cask", "y ~ a + b + x + (1 | batch:cask)", "y ~ a + b + x + (1 | batch)"),
  list("nested", nested, "y ~ a * x + (1 | batch) + (0 + x | batch)", "(0 + x | batch)", "y ~ a * x + (0 + x | batch)", "y ~ a * x + (1 | batch)"),
  list("crossed", crossed, "y ~ b + x + (1 | g) + (1 | h) + (1 | a)", "h", "y ~ b + x + (1 | h)", "y ~ b + x + (1 | g) + (1 | a)"),
  list("sleepstudy", subset(sleep, Days < 3), "Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)", "(0 + Days | Subject)", "Reaction ~ Days + (0 + Days | Subject)", "Reaction ~ Days + (1 | Subject)")
)
out <- lapply(tests, function(t) {
  whole <- fit(t[[3]], t[[2]]); alone <- fit(t[[5]], t[[2]]); without <- fit(t[[6]], t[[2]])
  x <- suppressMessages(exactRLRT(alone, mA = whole, m0 = without, nsim = 1e5, seed = 1))
  list(data = t[[1]], formula = t[[3]], term = t[[4]], statistic = unname(x$statistic), p = x$p.value, draws = 1e5)
})
write(toJSON(out, digits = NA, auto_unbox = TRUE), "exact-rlrt.json")
