export const help = `blup - linear mixed-effects models

  blup fit FORMULA FILE [options]

FORMULA   as in R's lme4, in quotes: 'Reaction ~ Days + (Days | Subject)'
FILE      CSV or TSV with a header line; - reads standard input

Model
  --ml                   maximum likelihood (the default is REML)
  --weights COLUMN       prior weights: Var(residual) = sigma^2 / weight
  --offset COLUMN        known part of the linear predictor
  --subset EXPRESSION    use only the rows where this holds: 'Days >= 2'
  --contrasts C=KIND     treatment, sum, helmert, poly, sdif or SAS (repeatable)
  --residual STRUCTURE   covariance of the residuals: ar1(1 | g), ar1(t | g), car1(t | g), arma(t | g),
                         cs(1 | g), us(visit | g), exp(x + y | g), gau, mat; strata(f), varpower(x),
                         varexp(x); products of them: 'strata(f) * ar1(t | g)'
  --ddf METHOD           t tests with degrees of freedom: satterthwaite, kenward-roger (REML only), all or none
  --confint METHOD       95 % intervals of all parameters: wald, profile (likelihood, on the ML deviance) or none

Data
  --schema FILE          Frictionless Table Schema: types, missing values, categories in level order
  --factor COLUMN        treat a column of numbers as labels (repeatable)

Output
  --format text|json     a summary for people, or one JSON object with all numbers at full precision
  --at 'T;T'             also evaluate objective and gradient at these theta: '1,0,1;0.5,0,1'
  -h, --help             this text
  -V, --version          the version

Results go to standard output, messages to standard error.
Exit status: 0 fitted, 1 could not fit, 2 the command line is wrong.

Examples
  blup fit 'Reaction ~ 1 + Days + (1 + Days | Subject)' sleepstudy.csv
  blup fit 'diameter ~ 1 + (1 | plate) + (1 | sample)' penicillin.csv --ml --format json
`;
