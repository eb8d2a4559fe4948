# Parametric bootstrap intervals by lme4's bootMer and boot.ci, many replicates: what ours must meet within Monte Carlo error.
# Rscript bootstrap.R > bootstrap.json
suppressMessages({library(lme4); library(jsonlite)})
set.seed(20240607)
run <- function(formula, data, nsim) {
  fit <- lmer(formula, data)
  stat <- function(m) c({v <- as.data.frame(VarCorr(m)); v$sdcor}, fixef(m))
  b <- suppressMessages(suppressWarnings(bootMer(fit, stat, nsim = nsim)))
  v <- as.data.frame(VarCorr(fit))
  one <- function(type) t(sapply(seq_along(b$t0), function(k) {
    ci <- boot::boot.ci(b, index = k, type = type)
    tail(as.vector(switch(type, norm = ci$normal, basic = ci$basic, perc = ci$percent)), 2)
  }))
  list(formula = deparse(formula), nsim = nsim, var1 = v$var1, var2 = v$var2, grp = v$grp,
       estimate = unname(b$t0), se = unname(apply(b$t, 2, sd, na.rm = TRUE)),
       percentile = unname(one("perc")), basic = unname(one("basic")), normal = unname(one("norm")))
}
out <- list(
  sleepstudy = run(Reaction ~ Days + (Days | Subject), sleepstudy, 8000),
  dyestuff = run(Yield ~ 1 + (1 | Batch), Dyestuff, 8000))
out$versions <- list(R = as.character(getRversion()), lme4 = as.character(packageVersion("lme4")))
cat(toJSON(out, digits = 10, auto_unbox = TRUE, pretty = TRUE), "\n")
