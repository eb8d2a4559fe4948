# Rscript lme4-models.R FOLDER: fits models on data sets of R packages with lme4 and writes FOLDER/NAME.csv and FOLDER/models.json.
suppressMessages({ library(lme4); library(nlme); library(jsonlite); library(MASS) })
folder <- commandArgs(TRUE)[1]
out <- list()
add <- function(id, data, formula, reml = TRUE, weights = NULL, offset = NULL, subset = NULL) {
  d <- as.data.frame(data)
  factors <- names(d)[sapply(d, is.factor)]
  for (v in factors) d[[v]] <- factor(as.character(d[[v]]), levels = levels(d[[v]]), ordered = is.ordered(d[[v]]) && FALSE)
  write.csv(d, file.path(folder, paste0(id, ".csv")), row.names = FALSE, na = "")
  fields <- lapply(names(d), function(v) if (is.factor(d[[v]])) list(name = v, type = "string", categories = levels(d[[v]])) else list(name = v, type = if (is.numeric(d[[v]])) "number" else "string"))
  writeLines(toJSON(list(fields = fields, missingValues = list("")), auto_unbox = TRUE), file.path(folder, paste0(id, ".schema.json")))
  fit <- function(opt) tryCatch(suppressWarnings(suppressMessages(do.call(lmer, c(list(formula = as.formula(formula), data = d, REML = reml,
      control = lmerControl(optimizer = opt, calc.derivs = FALSE, check.nobs.vs.nRE = "ignore", check.nobs.vs.nlev = "ignore", optCtrl = list(maxfun = 1e5, maxeval = 1e5))),
      if (!is.null(weights)) list(weights = d[[weights]]), if (!is.null(offset)) list(offset = d[[offset]]))))), error = function(e) NULL)
  fits <- Filter(Negate(is.null), lapply(c("bobyqa", "nloptwrap", "Nelder_Mead"), fit))
  if (!length(fits)) { message(id, ": lme4 could not fit"); return(invisible()) }
  objective <- sapply(fits, function(m) if (reml) REMLcrit(m) else deviance(m))
  m <- fits[[which.min(objective)]]
  vc <- as.data.frame(VarCorr(m))
  out[[length(out) + 1]] <<- list(id = id, formula = formula, reml = reml, weights = weights, offset = offset, nobs = nobs(m), objective = min(objective),
    sigma = sigma(m), beta = list(names = names(fixef(m)), values = unname(fixef(m))), se = unname(sqrt(diag(as.matrix(vcov(m))))), singular = isSingular(m),
    sd = vc$sdcor[is.na(vc$var2) & vc$grp != "Residual"])
}
data(list = c("Oats", "BodyWeight", "Assay", "Gasoline", "Pixel", "Cefamandole", "Alfalfa", "ChickWeight", "Loblolly", "Milk", "RatPupWeight", "Earthquake", "MathAchieve", "Spruce", "Wafer", "bdf", "Soybean", "Muscle", "IGF", "Fatigue"), package = "nlme")
data(list = c("oats", "npk", "coop", "petrol"), package = "MASS")
add("oats1", Oats, "yield ~ nitro + (1 | Block/Variety)")
add("oats2", Oats, "yield ~ factor(nitro) * Variety + (1 | Block) + (1 | Block:Variety)", FALSE)
add("oats3", Oats, "yield ~ nitro + Variety + (nitro | Block)")
add("body1", BodyWeight, "weight ~ Time * Diet + (Time | Rat)")
add("body2", BodyWeight, "weight ~ Time * Diet + (Time || Rat)", FALSE)
add("body3", BodyWeight, "log(weight) ~ poly(Time, 3) * Diet + (poly(Time, 2) | Rat)")
add("assay", Assay, "logDens ~ sample * dilut + (1 | Block) + (1 | Block:sample) + (1 | Block:dilut)")
add("pixel1", Pixel, "pixel ~ day + I(day^2) + (day | Dog) + (1 | Side:Dog)")
add("pixel2", Pixel, "pixel ~ day + I(day^2) + (1 | Dog/Side)", FALSE)
add("alfalfa", Alfalfa, "Yield ~ Date * Variety + (1 | Block/Variety)")
add("chick1", ChickWeight, "weight ~ Diet * Time + (Time | Chick)")
add("chick2", ChickWeight, "weight ~ Diet * poly(Time, 2) + (poly(Time, 2) | Chick)", FALSE)
add("loblolly", Loblolly, "height ~ poly(age, 4) + (poly(age, 2) | Seed)")
add("milk", Milk, "protein ~ Diet * Time + (Time | Cow)")
add("rats", RatPupWeight, "weight ~ Treatment * sex + Lsize + (1 | Litter)")
add("rats2", RatPupWeight, "weight ~ Treatment + sex + (sex | Litter)")
add("rats3", RatPupWeight, "weight ~ Treatment + sex + (0 + sex | Litter)", FALSE)
add("quake", Earthquake, "log(accel) ~ log(distance) + Richter + (1 | Quake)")
add("math1", MathAchieve, "MathAch ~ SES * Sex + Minority + MEANSES + (SES | School)")
add("math2", MathAchieve, "MathAch ~ SES + Minority + (SES + Minority | School)")
add("bdf1", bdf, "langPOST ~ IQ.ver.cen + avg.IQ.ver.cen + (IQ.ver.cen | schoolNR)")
add("bdf2", bdf, "langPOST ~ IQ.ver.cen * sex + Minority + ses + (1 + IQ.ver.cen | schoolNR) + (1 | denomina)")
add("spruce", Spruce, "logSize ~ days * plot + (days | Tree)")
add("wafer", Wafer, "current ~ voltage + I(voltage^2) + (voltage + I(voltage^2) | Wafer) + (1 | Wafer:Site)")
add("soy", Soybean, "log(weight) ~ Time * Variety + Year + (Time | Plot)")
add("igf", IGF, "conc ~ age + (age | Lot)")
add("fatigue", Fatigue, "relLength ~ cycles + I(cycles^2) + (cycles | Path)")
add("npk", npk, "yield ~ N * P * K + (1 | block)")
add("coop", coop, "Conc ~ Spc + (1 | Lab) + (1 | Lab:Bat)")
add("petrol", petrol, "Y ~ SG + VP + V10 + EP + (1 | No)")
add("penicillin-w", within(Penicillin, w <- 1 + (seq_along(diameter) %% 5)), "diameter ~ 1 + (1 | plate) + (1 | sample)", TRUE, "w")
add("cake-int", cake, "angle ~ recipe + temp + (temp | recipe:replicate)")
add("cake2", cake, "angle ~ recipe * temp + (1 | replicate) + (1 | recipe:replicate) + (0 + temp | recipe:replicate)")
add("sleep-off", within(sleepstudy, o <- 10 * sin(seq_along(Days))), "Reaction ~ Days + I(Days^2) + (Days + I(Days^2) | Subject)", TRUE, NULL, "o")
set.seed(1)
for (k in 1:12) {
  n <- 80 + 30 * k; d <- data.frame(a = factor(sample(letters[1:(4 + k %% 5)], n, TRUE)), b = factor(sample(1:(6 + k), n, TRUE)), c = factor(sample(1:15, n, TRUE)), x = rnorm(n, 3 * k), z = runif(n), w = runif(n, 0.2, 3))
  d$y <- rnorm(nlevels(d$b))[d$b] * (k %% 3) + rnorm(15)[d$c] * 0.5 + d$x * rnorm(nlevels(d$b), 1, 0.4 * (k %% 2))[d$b] + rnorm(n) + as.integer(d$a)
  add(paste0("random", k), d, c("y ~ a * x + (x | b) + (1 | c)", "y ~ a + x + z + (x + z | b) + (1 | c)", "y ~ 0 + a + x + (1 | b) + (1 | b:a)", "y ~ a * z + (0 + x | b) + (z | c)")[1 + k %% 4], k %% 2 == 0, if (k %% 3 == 0) "w")
}
writeLines(toJSON(out, auto_unbox = TRUE, digits = 15, null = "null"), file.path(folder, "models.json"))
