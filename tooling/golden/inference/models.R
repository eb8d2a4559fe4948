# The models that the scripts of this folder share, fitted by REML to tight tolerances.
suppressPackageStartupMessages(library(lme4))
golden <- function(name) { s <- jsonlite::fromJSON(sprintf("../data/%s.schema.json", name), simplifyVector = FALSE); d <- read.csv(sprintf("../data/%s.csv", name))
  for (f in s$fields) if (!is.null(f$categories)) d[[f$name]] <- factor(as.character(d[[f$name]]), levels = unlist(f$categories), ordered = isTRUE(f$categoriesOrdered)); d }
own <- function(name) read.csv(paste0(name, ".csv"), stringsAsFactors = TRUE)
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-11, maxfun = 1e5), calc.derivs = FALSE)
specs <- list(
  "crossed" = list("crossed", "y ~ a * b + x + (x | g) + (1 | h)"),
  "crossed-weights" = list("crossed", "y ~ a * b + x + (x | g) + (1 | h)", "w"),
  "crossed-x" = list("crossed", "y ~ a * x + b + (1 | g) + (1 | h)"),
  "nested" = list("nested", "y ~ a + b + x + (1 | batch/cask)"),
  "sleepstudy-weights" = list("sleepstudy", "Reaction ~ Days + (Days | Subject)", "w"),
  "machines" = list("Machines", "score ~ Machine + (1 | Worker) + (1 | Worker:Machine)")
)
models <- lapply(specs, function(s) {
  d <- if (file.exists(paste0(s[[1]], ".csv"))) own(s[[1]]) else golden(s[[1]])
  args <- list(formula = as.formula(s[[2]]), data = quote(d), control = tight)
  if (length(s) > 2) args$weights <- as.name(s[[3]])
  m <- do.call(lmer, args); th <- getME(m, "theta")
  # polish: restart from the optimum until it does not move
  for (i in 1:3) { m <- do.call(lmer, c(args, list(start = getME(m, "theta")))) }
  list(fit = m, data = s[[1]], formula = s[[2]], weights = if (length(s) > 2) s[[3]])
})
