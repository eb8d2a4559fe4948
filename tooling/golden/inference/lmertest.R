# lmerTest and pbkrtest on the models of models.R: analysis of variance, dropping terms, random-effects tests.
suppressPackageStartupMessages({ library(lmerTest); library(pbkrtest); library(jsonlite) })
source("models.R")
tab <- function(a) list(terms = rownames(a), sumSq = a[["Sum Sq"]], numDF = a[["NumDF"]], denDF = a[["DenDF"]], F = a[["F value"]], p = a[["Pr(>F)"]])
more <- list(
  "crossed-sum" = list("crossed", "y ~ a * b * x + (1 | g) + (1 | h)"),
  "crossed-noint" = list("crossed", "y ~ 0 + a + a:b + a:x + (1 | g)"),
  "empty-cell" = list("nested", "y ~ a * b + x + (1 | batch)"),
  "empty-cell-x" = list("nested", "y ~ a * b + a:x + (1 | batch/cask)")
)
fit <- function(s) { d <- own(s[[1]]); m <- do.call(lme4::lmer, list(as.formula(s[[2]]), data = d, control = tight)); do.call(lme4::lmer, list(as.formula(s[[2]]), data = d, control = tight, start = getME(m, "theta"))) }
all <- c(models, lapply(more, function(s) list(fit = fit(s), data = s[[1]], formula = s[[2]], weights = NULL)))
out <- list()
for (name in names(all)) {
  s <- all[[name]]; d <- if (file.exists(paste0(s$data, ".csv"))) own(s$data) else golden(s$data)
  args <- list(as.formula(s$formula), data = d, control = tight, start = getME(s$fit, "theta")); if (!is.null(s$weights)) args$weights <- d[[s$weights]]
  m <- do.call(lmerTest::lmer, args)
  # ranova and drop1 refit by update(), which needs the data by name
  assign(".d", d, envir = globalenv()); args$data <- quote(.d); if (!is.null(s$weights)) args$weights <- substitute(.d$w, list(w = as.name(s$weights))); mm <- eval(as.call(c(quote(lmerTest::lmer), args[names(args) != "start"])))
  r <- ranova(mm); ml <- refitML(as(mm, "lmerMod"))
  d1 <- tryCatch(drop1(as(mm, "lmerMod"), test = "Chisq"), error = function(e) NULL)
  out[[name]] <- list(data = unbox(s$data), formula = unbox(s$formula), weights = if (!is.null(s$weights)) unbox(s$weights),
    I = tab(anova(m, type = 1)), II = tab(anova(m, type = 2)), III = tab(anova(m, type = 3)),
    KR = if (is.null(s$weights)) tab(anova(m, type = 3, ddf = "Kenward-Roger")),
    ranova = list(terms = rownames(r), npar = r$npar, logLik = r$logLik, LRT = r$LRT, df = r$Df, p = r[["Pr(>Chisq)"]]),
    drop1 = if (!is.null(d1)) list(terms = rownames(d1), AIC = d1$AIC, LRT = d1$LRT, df = d1$npar, p = d1[["Pr(Chi)"]]))
  cat(name, isSingular(m), "\n")
}
write(toJSON(out, digits = NA, na = "null", null = "null"), "lmertest.json")
