/** What several commands have in common. */

export const formulaAndFile = `FORMULA   as in R's lme4, in quotes: 'Reaction ~ Days + (Days | Subject)'
FILE      CSV or TSV with a header line; - reads standard input
`;

export const modelSection = `Model
  --ml                   maximum likelihood (the default is REML)
  --weights COLUMN       prior weights: Var(residual) = sigma^2 / weight
  --offset COLUMN        known part of the linear predictor
  --subset EXPRESSION    use only the rows where this holds: 'Days >= 2'
  --contrasts C=KIND     treatment, sum, helmert, poly, sdif or SAS (repeatable)
  --residual STRUCTURE   covariance of the residuals: ar1(1 | g), ar1(t | g), car1(t | g), arma(t | g),
                         cs(1 | g), us(visit | g), exp(x + y | g), gau, mat; strata(f), varpower(x),
                         varexp(x); products of them: 'strata(f) * ar1(t | g)'
  --max-memory SIZE      refuse models that need more than this beside their data: 8GB, 500MB; three quarters of the
                         machine's memory unless given
`;

export const dataSection = `Data
  --schema FILE          Frictionless Table Schema: types, missing values, categories in level order
  --factor COLUMN        treat a column of numbers as labels (repeatable)
`;

export const jsonLines = `  --format text|json     text for people, or one JSON object with all numbers at full precision
  --json                 the same as --format json
`;

export const helpLine = `  -h, --help             this text
`;
