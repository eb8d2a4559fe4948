# emmeans on unbalanced models: grids with interactions, by groups, proportional weights, trends, every adjustment.
suppressPackageStartupMessages({ library(lmerTest); library(emmeans); library(jsonlite) })
source("models.R")
`%||%` <- function(a, b) if (is.null(a)) b else a
emm_options(pbkrtest.limit = 5000, lmerTest.limit = 5000)
crossed <- own("crossed"); nested <- own("nested")
fit <- function(f, d) eval(substitute(lmerTest::lmer(f, data = d, control = tight), list(f = substitute(f), d = substitute(d))))
means <- function(e, trend = NULL) { s <- as.data.frame(e); v <- if (is.null(trend)) "emmean" else trend
  list(levels = lapply(seq_len(nrow(s)), function(i) unname(lapply(s[i, setdiff(names(s), c(v, "SE", "df", "lower.CL", "upper.CL", "asymp.LCL", "asymp.UCL"))], as.character))), estimate = s[[v]], se = s$SE, df = ifelse(is.finite(s$df), s$df, NA), lower = s$lower.CL %||% s$asymp.LCL, upper = s$upper.CL %||% s$asymp.UCL) }
con <- function(x, ...) { s <- as.data.frame(summary(x, infer = c(TRUE, TRUE), ...)); list(contrast = as.character(s$contrast), estimate = s$estimate, se = s$SE, df = ifelse(is.finite(s$df), s$df, NA), t = s$t.ratio %||% s$z.ratio, p = s$p.value, lower = s$lower.CL %||% s$asymp.LCL, upper = s$upper.CL %||% s$asymp.UCL) }
m1 <- fit(y ~ a * b + x + (x | g) + (1 | h), crossed)
m2 <- fit(y ~ a * x + b + (1 | g) + (1 | h), crossed)
m3 <- fit(y ~ a + poly(x, 2) + b + (1 | g), crossed)
m4 <- fit(y ~ a * b + x + (1 | batch), nested)
out <- list()
add <- function(name, formula, data, call, e, trend = NULL, contrasts = list()) out[[name]] <<- list(formula = unbox(formula), data = unbox(data), call = call, means = means(e, trend), contrasts = contrasts)
f1 <- "y ~ a * b + x + (x | g) + (1 | h)"; f2 <- "y ~ a * x + b + (1 | g) + (1 | h)"; f3 <- "y ~ a + poly(x, 2) + b + (1 | g)"; f4 <- "y ~ a * b + x + (1 | batch)"
e <- emmeans(m1, ~ a, lmer.df = "satterthwaite")
add("a", f1, "crossed", list(specs = "a"), e, contrasts = list(tukey = con(pairs(e)), bonferroni = con(pairs(e), adjust = "bonferroni"), holm = con(pairs(e), adjust = "holm"), sidak = con(pairs(e), adjust = "sidak"), none = con(pairs(e), adjust = "none")))
e <- emmeans(m1, ~ a, lmer.df = "kenward-roger"); add("a-kr", f1, "crossed", list(specs = "a", ddf = unbox("kenward-roger")), e, contrasts = list(tukey = con(pairs(e))))
e <- emmeans(m1, ~ a, lmer.df = "satterthwaite", weights = "proportional"); add("a-proportional", f1, "crossed", list(specs = "a", weights = unbox("proportional")), e, contrasts = list(tukey = con(pairs(e))))
e <- emmeans(m1, ~ a | b, lmer.df = "satterthwaite"); add("a-by-b", f1, "crossed", list(specs = "a", by = "b"), e, contrasts = list(tukey = con(pairs(e))))
e <- emmeans(m1, ~ a * b, lmer.df = "asymptotic"); add("ab", f1, "crossed", list(specs = c("a", "b"), ddf = unbox("none")), e, contrasts = list(tukey = con(pairs(e))))
e <- emmeans(m2, ~ a, at = list(x = c(4)), lmer.df = "satterthwaite"); add("a-at", f2, "crossed", list(specs = "a", at = list(x = 4)), e, contrasts = list(tukey = con(pairs(e))))
e <- emtrends(m2, ~ a, var = "x", lmer.df = "satterthwaite"); add("trend", f2, "crossed", list(specs = "a", trend = unbox("x")), e, trend = "x.trend", contrasts = list(tukey = con(pairs(e))))
e <- emmeans(m3, ~ a, lmer.df = "satterthwaite"); add("poly", f3, "crossed", list(specs = "a"), e, contrasts = list(tukey = con(pairs(e))))
e <- emmeans(m4, ~ a * b, lmer.df = "satterthwaite"); add("empty-cell", f4, "nested", list(specs = c("a", "b")), e)
# Weights of the cells, and values that are determined though their parts are not (an empty cell, a column that depends on others).
for (w in c("outer", "cells", "flat")) { e <- emmeans(m4, ~ a, lmer.df = "satterthwaite", weights = w); add(paste0("a-", w), f4, "nested", list(specs = "a", weights = unbox(w)), e, contrasts = list(holm = con(pairs(e), adjust = "holm"))) }
e <- emmeans(m4, ~ b, lmer.df = "satterthwaite", weights = "outer"); add("b-outer", f4, "nested", list(specs = "b", weights = unbox("outer")), e, contrasts = list(tukey = con(pairs(e)), holm = con(pairs(e), adjust = "holm"), bonferroni = con(pairs(e), adjust = "bonferroni")))
e <- emmeans(m4, ~ a | b, lmer.df = "kenward-roger", weights = "cells"); add("a-by-b-cells", f4, "nested", list(specs = "a", by = "b", weights = unbox("cells"), ddf = unbox("kenward-roger")), e)
e <- emtrends(m4, ~ a, var = "x", lmer.df = "satterthwaite"); add("trend-empty-cell", f4, "nested", list(specs = "a", trend = unbox("x")), e, trend = "x.trend")
e <- emmeans(m4, ~ x, at = list(x = c(4, 6, 9)), lmer.df = "satterthwaite"); add("differences-empty-cell", f4, "nested", list(specs = "x", at = list(x = c(4, 6, 9))), e, contrasts = list(tukey = con(pairs(e)), none = con(pairs(e), adjust = "none")))
write(toJSON(out, digits = NA, na = "null", auto_unbox = FALSE), "emmeans.json")
