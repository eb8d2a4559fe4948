# Two unbalanced data sets of our own: crossed factors with interactions and an empty-ish layout, and weights. Rounded, so that the CSV is exact.
set.seed(20)
n <- 240
crossed <- data.frame(
  a = factor(sample(c("low", "mid", "top"), n, TRUE, c(.5, .3, .2))),
  b = factor(sample(c("no", "yes"), n, TRUE, c(.35, .65))),
  x = round(rnorm(n, 5, 2), 3),
  g = factor(sprintf("g%02d", sample(13, n, TRUE, (1:13)^.7))),
  h = factor(sprintf("h%d", sample(9, n, TRUE))),
  w = round(runif(n, .3, 2.5), 2)
)
ug <- rnorm(13, 0, 1.2); sg <- rnorm(13, 0, .6); uh <- rnorm(9, 0, .8)
crossed$y <- round(2 + c(0, .7, 1.3)[crossed$a] + c(0, -.5)[crossed$b] + .4 * crossed$x + .3 * (crossed$a == "top") * (crossed$b == "yes") +
  ug[crossed$g] + sg[crossed$g] * crossed$x + uh[crossed$h] + rnorm(n, 0, 1.1 / sqrt(crossed$w)), 4)
write.csv(crossed[c("y", "a", "b", "x", "g", "h", "w")], "crossed.csv", row.names = FALSE, quote = FALSE)

# A cell of a x b that no row has (rank-deficient interaction), nested random effects
n <- 120
nested <- data.frame(
  a = factor(sample(c("p", "q", "r"), n, TRUE)), b = factor(sample(c("u", "v"), n, TRUE)),
  batch = factor(sprintf("B%d", sample(8, n, TRUE))), cask = factor(sample(c("c1", "c2", "c3"), n, TRUE)), x = round(runif(n, 0, 10), 2)
)
nested <- nested[!(nested$a == "r" & nested$b == "v"), ]
n <- nrow(nested)
ub <- rnorm(8, 0, 1.5); uc <- rnorm(24, 0, .7)
nested$y <- round(10 + c(0, 1, 2)[nested$a] + c(0, .5)[nested$b] - .2 * nested$x + ub[nested$batch] + uc[as.integer(interaction(nested$batch, nested$cask))] + rnorm(n, 0, .9), 4)
write.csv(nested[c("y", "a", "b", "x", "batch", "cask")], "nested.csv", row.names = FALSE, quote = FALSE)
