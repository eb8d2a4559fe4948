# Rscript after-fit.R FOLDER: what R's packages give after a fit, on the data that after-fit.mjs wrote to FOLDER, with times; writes FOLDER/peers.json.
# One function for each row of the table; a package that is missing leaves its rows out.
suppressPackageStartupMessages({ library(lme4); library(jsonlite) })
folder <- commandArgs(TRUE)[1]
has <- function(...) all(vapply(c(...), requireNamespace, NA, quietly = TRUE))
quiet <- function(x) suppressWarnings(suppressMessages(x))
spec <- fromJSON(file.path(folder, "models.json"), simplifyVector = FALSE)
read <- function(name) {
  d <- read.csv(file.path(folder, paste0(name, ".csv")), stringsAsFactors = FALSE)
  for (f in spec$data[[name]]) d[[f$name]] <- factor(as.character(d[[f$name]]), levels = as.character(unlist(f$levels)), ordered = isTRUE(f$ordered))
  d
}
tables <- sapply(names(spec$data), read, simplify = FALSE)
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5), calc.derivs = FALSE, check.conv.singular = "ignore")
fit <- function(id) {
  s <- spec$models[[id]]
  args <- list(formula = as.formula(s$formula), data = as.name(s$data), control = quote(tight))
  if (!is.null(s$weights)) args$weights <- as.name(s$weights)
  quiet(eval(as.call(c(quote(lmer), args)), c(tables, list(tight = tight))))
}
list2env(tables, globalenv())
m <- sapply(names(spec$models), fit, simplify = FALSE)
out <- list()
row <- function(id, value, repeats = 3) {
  if (isTRUE(spec$only != "") && !grepl(spec$only, id)) return(invisible())
  result <- NULL; ms <- numeric(0)
  ok <- tryCatch({
    for (k in seq_len(repeats + 1)) {
      s <- proc.time()[["elapsed"]]; result <- quiet(value()); ms <- c(ms, 1000 * (proc.time()[["elapsed"]] - s))
      if (sum(ms) > 4000) break
    }
    TRUE
  }, error = function(e) { message(id, ": ", conditionMessage(e)); FALSE })
  if (!ok) return(invisible())
  # The first run of several warms up.
  if (length(ms) > 1) ms <- ms[-1]
  # Too short for the clock: as many runs as take a fifth of a second.
  if (median(ms) < 20) {
    n <- max(5, ceiling(200 / max(median(ms), 0.5)))
    s <- proc.time()[["elapsed"]]; for (k in seq_len(n)) quiet(value()); ms <- 1000 * (proc.time()[["elapsed"]] - s) / n
  }
  out[[id]] <<- list(values = as.vector(unlist(result)), ms = median(ms))
}
columns <- function(a, ...) unlist(lapply(c(...), function(k) a[, k]))

if (has("lmerTest")) {
  tests <- function(id, ddf) columns(coef(summary(lmerTest::as_lmerModLmerTest(m[[id]]), ddf = ddf)), "Std. Error", "df", "t value", "Pr(>|t|)")
  for (id in c("sleep", "weighted", "penicillin", "cake", "insteval")) local({ id <- id; row(paste0("satterthwaite.", id), function() tests(id, "Satterthwaite")) })
  if (has("pbkrtest")) for (id in c("sleep", "penicillin", "cake", "insteval-small")) local({ id <- id; row(paste0("kenward-roger.", id), function() tests(id, "Kenward-Roger")) })
  lt <- lmerTest::as_lmerModLmerTest(m$cake)
  for (type in c("I", "II", "III")) local({ type <- type; row(paste0("anova.", type), function() columns(anova(lt, type = type), "Sum Sq", "DenDF", "F value", "Pr(>F)")) })
  if (has("pbkrtest")) row("anova.kr", function() columns(anova(lt, type = "III", ddf = "Kenward-Roger"), "DenDF", "F value", "Pr(>F)"))
  L <- matrix(0, 2, 18); L[1, 2] <- 1; L[2, 3] <- 1; L[2, 5] <- 0.5
  row("contrast", function() { x <- lmerTest::contestMD(lt, L); c(x$`F value`, x$DenDF, x$`Pr(>F)`) })
  row("ranova", function() { x <- lmerTest::ranova(lmerTest::as_lmerModLmerTest(m$machines)); c(x$LRT[-1], x$`Pr(>Chisq)`[-1]) })
}
row("compare", function() { x <- anova(m$sleep, m$`sleep-intercepts`); c(x$Chisq[2], x$`Pr(>Chisq)`[2], x$AIC, x$logLik) })
row("drop1", function() { x <- drop1(m$`cake-temp`, test = "Chisq"); c(x$LRT[-1], x$`Pr(Chi)`[-1]) })
if (has("RLRsim")) row("rlrt", function() { x <- RLRsim::exactRLRT(m$dyestuff, nsim = 10000, seed = 1); c(x$statistic, x$p.value) })
if (has("RLRsim")) {
  alone <- quiet(lmer(Reaction ~ Days + (0 + Days | Subject), SleepFirst, control = tight)); without <- quiet(lmer(Reaction ~ Days + (1 | Subject), SleepFirst, control = tight))
  row("rlrt-of-one", function() { x <- RLRsim::exactRLRT(alone, m$`sleep-first`, without, nsim = 10000, seed = 1); c(x$statistic, x$p.value) })
}
profiled <- function(id) { x <- confint(m[[id]], method = "profile"); c(x[, 1], x[, 2]) }
for (id in c("sleep", "penicillin", "cake-temp")) local({ id <- id; row(paste0("profile.", id), function() profiled(id), 1) })
row("bootstrap", function() apply(bootMer(m$sleep, function(x) c(sigma(x), fixef(x), getME(x, "theta")), nsim = 500, seed = 1)$t, 2, sd), 0)
y <- as.matrix(read.csv(file.path(folder, "responses.csv")))
row("refit", function() apply(y, 2, function(r) { x <- refit(m$sleep, r); c(sigma(x), fixef(x), getME(x, "theta")) }), 1)
row("simulate", function() { x <- as.matrix(simulate(m$sleep, 1000, seed = 1)); c(mean(x), mean(apply(x, 1, var))) })
if (has("emmeans")) {
  suppressPackageStartupMessages(library(emmeans))
  emm_options(pbkrtest.limit = 1e5, lmerTest.limit = 1e5)
  means <- function(mode) { e <- emmeans(m$cake, ~recipe, lmer.df = mode); s <- summary(e); p <- summary(pairs(e)); c(s$emmean, s$SE, s$df, s$lower.CL, p$estimate, p$SE, p$p.value) }
  row("emmeans.kr", function() means("kenward-roger")); row("emmeans.satterthwaite", function() means("satterthwaite"))
  row("emtrends", function() { s <- summary(emtrends(m$`cake-slopes`, ~recipe, var = "temp", lmer.df = "satterthwaite")); c(s$temp.trend, s$SE, s$df) })
}
if (has("emmeans")) for (w in c("outer", "cells")) local({
  w <- w
  row(paste0("emmeans.", w), function() { e <- emmeans(m$`cake-unbalanced`, ~recipe, weights = w, lmer.df = "satterthwaite"); s <- summary(e); p <- summary(pairs(e, adjust = "holm")); c(s$emmean, s$SE, s$df, p$estimate, p$SE, p$p.value) })
})
row("coef", function() unlist(coef(m$sleep)$Subject))
for (id in c("sleep", "insteval")) local({
  id <- id
  row(paste0("residuals.", id), function() residuals(m[[id]], "pearson", scaled = TRUE))
  row(paste0("leverage.", id), function() hatvalues(m[[id]]))
  row(paste0("cooks.", id), function() cooks.distance(m[[id]]))
  row(paste0("modes.", id), function() { r <- ranef(m[[id]], condVar = TRUE); lapply(r, function(b) c(as.matrix(b), sqrt(apply(attr(b, "postVar"), 3, diag)))) })
})
# lme4 has the factor (groups - p) / groups in it.
row("influence", function() { d <- cooks.distance(influence(m$sleep, "Subject")); d * 18 / (18 - 2) }, 1)
row("components", function() unlist(lapply(rePCA(m$sleep), function(x) x$sdev)))
if (has("performance")) row("r2", function() { r <- performance::r2_nakagawa(m$sleep); i <- performance::icc(m$sleep); c(r$R2_marginal, r$R2_conditional, i$ICC_adjusted) })
newdata <- data.frame(Days = rep(c(0, 4.5, 12), 18), Subject = rep(levels(sleepstudy$Subject), each = 3))
row("predict", function() predict(m$sleep, newdata)); row("predict.population", function() predict(m$sleep, newdata, re.form = NA))
if (has("merTools")) row("predict.interval", function() { x <- merTools::predictInterval(m$sleep, newdata, level = 0.95, n.sims = 2000, seed = 1); x$upr - x$lwr }, 1)
if (has("broom.mixed")) row("tidy", function() { x <- broom.mixed::tidy(m$sleep, conf.int = TRUE, effects = "fixed"); c(x$estimate, x$std.error, x$statistic, x$conf.low, x$conf.high) })
write(toJSON(list(rows = out, versions = sapply(Filter(has, c("lme4", "lmerTest", "pbkrtest", "emmeans", "RLRsim", "merTools", "performance", "broom.mixed")), function(p) as.character(packageVersion(p)), simplify = FALSE)),
  auto_unbox = TRUE, digits = NA, na = "null"), file.path(folder, "peers.json"))
