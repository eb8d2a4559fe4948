# Wald intervals of correlations by nlme's intervals(): symmetric on the logit of the place between the bounds, -1 / (k - 1) for compound symmetry.
suppressPackageStartupMessages({ library(nlme); library(jsonlite) })
O <- as.data.frame(nlme::Orthodont); O$Subject <- factor(as.character(O$Subject))
ctl <- glsControl(msMaxIter = 500, msTol = 1e-13, tolerance = 1e-13)
f <- function(correlation) { g <- gls(distance ~ age * Sex, O, correlation = correlation, control = ctl); i <- intervals(g)
  list(rho = as.numeric(i$corStruct), sigma = as.numeric(i$sigma)) }
out <- list("cs(1 | Subject)" = f(corCompSymm(form = ~ 1 | Subject)), "car1(age | Subject)" = f(corCAR1(form = ~ age | Subject)),
            "ar1(1 | Subject)" = f(corAR1(form = ~ 1 | Subject)))
print(out)
write(toJSON(out, digits = NA), "nlme-intervals.json")
