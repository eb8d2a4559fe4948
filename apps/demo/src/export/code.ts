import { contrastsOf, factorsOf, type ModelSettings } from '../model/settings.js';

/** Where the data are: an R object of a package, or a file. */
export interface DataPlace {
  readonly file: string;
  /** `lme4::sleepstudy` */
  readonly r: string | null;
}

/** A text as a string literal of R and of JavaScript alike. */
const literal = (text: string): string => JSON.stringify(text);

/** An R name, in backticks where it needs them. */
const rName = (name: string): string =>
  /^(?:[\p{L}]|\.(?!\d))[\p{L}\p{N}._]*$/u.test(name)
    ? name
    : `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;

const rContrast: Record<string, string> = {
  sum: 'contr.sum',
  helmert: 'contr.helmert',
  poly: 'contr.poly',
  sdif: 'MASS::contr.sdif',
  treatment: 'contr.treatment',
  SAS: 'contr.SAS',
};

/** The same analysis in R with lme4. */
export function rCode(settings: ModelSettings, place: DataPlace): string {
  const { formula, reml, weights, offset, subset, columns } = settings;
  const lines = ['library(lme4)', '', place.r ? `d <- ${place.r}` : `d <- read.csv(${literal(place.file)})`];
  const { factors, ordered } = factorsOf(columns);
  for (const name of factors) lines.push(`d[[${literal(name)}]] <- factor(d[[${literal(name)}]])`);
  for (const name of ordered) lines.push(`d[[${literal(name)}]] <- factor(d[[${literal(name)}]], ordered = TRUE)`);
  for (const [name, { role }] of columns) {
    if (role === 'number') lines.push(`d[[${literal(name)}]] <- as.numeric(as.character(d[[${literal(name)}]]))`);
  }
  const contrasts: string[] = [];
  for (const [name, contrast] of contrastsOf(columns)) {
    if (typeof contrast === 'string') contrasts.push(`${rName(name)} = ${rContrast[contrast] ?? contrast}`);
    else lines.push(`d[[${literal(name)}]] <- relevel(factor(d[[${literal(name)}]]), ref = ${literal(contrast.base)})`);
  }
  const random = /\|/.test(formula);
  const options = [
    ...(random ? [`REML = ${reml ? 'TRUE' : 'FALSE'}`] : []),
    ...(weights ? [`weights = ${rName(weights)}`] : []),
    ...(offset ? [`offset = ${rName(offset)}`] : []),
    ...(subset ? [`subset = ${subset}`] : []),
    ...(contrasts.length > 0 ? [`contrasts = list(${contrasts.join(', ')})`] : []),
  ];
  lines.push('', `fit <- ${random ? 'lmer' : 'lm'}(${[formula, 'data = d', ...options].join(', ')})`, 'summary(fit)');
  return `${lines.join('\n')}\n`;
}

/** The same analysis in JavaScript. */
export function blupCode(settings: ModelSettings, place: DataPlace): string {
  const { formula, reml, weights, offset, subset, columns } = settings;
  const { factors, ordered } = factorsOf(columns);
  const contrasts = [...contrastsOf(columns)];
  const options = [
    ...(reml ? [] : ['reml: false']),
    ...(weights ? [`weights: ${literal(weights)}`] : []),
    ...(offset ? [`offset: ${literal(offset)}`] : []),
    ...(subset ? [`subset: ${literal(subset)}`] : []),
    ...(factors.length > 0 ? [`factors: ${JSON.stringify(factors)}`] : []),
    ...(ordered.length > 0 ? [`ordered: ${JSON.stringify(ordered)}`] : []),
    ...(contrasts.length > 0 ? [`contrasts: new Map(${JSON.stringify(contrasts)})`] : []),
  ];
  const tail = options.length > 0 ? `, {\n  ${options.join(',\n  ')},\n}` : '';
  return [
    "import { readTable, modelTable } from 'blup';",
    "import { fitModel } from '@blup/lmm';",
    '',
    `const data = await readTable({ path: ${literal(place.file)}, name: ${literal(place.file)} });`,
    `const model = fitModel(${literal(formula)}, modelTable(data)${tail});`,
    'console.log(model.summary());',
    '',
  ].join('\n');
}
