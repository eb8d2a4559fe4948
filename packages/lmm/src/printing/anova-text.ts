import type { AnovaTable } from '../inference/anova.js';
import type { DdfMethod } from '../inference/contrast-test.js';
import type { RandomEffectsTable } from '../inference/ranova.js';
import { formatColumn, textTable, type TextColumn } from '../text-table.js';
import { legend } from './coefficients-text.js';
import { formatDf, formatP, significanceMarks } from './p-value.js';

const how: Readonly<Record<DdfMethod, string>> = {
  satterthwaite: "F tests with Satterthwaite's degrees of freedom",
  'kenward-roger': "F tests with Kenward and Roger's degrees of freedom",
  none: 'F tests without denominator degrees of freedom',
};

/** An analysis of variance table for people. */
export function anovaText({ type, ddf, terms, sumSq, meanSq, numDF, denDF, F, p }: AnovaTable): string {
  const title = `Analysis of variance of type ${type} (${how[ddf]}):`;
  if (terms.length === 0) return `${title}\nThe model has no fixed-effects terms.\n`;
  return `${title}\n${textTable([
    { title: '', align: 'left', cells: terms },
    right('Sum Sq', formatColumn(sumSq, 4)),
    right('Mean Sq', formatColumn(meanSq, 4)),
    right('NumDF', numDF.map(String)),
    right('DenDF', denDF.map(formatDf)),
    right(
      'F value',
      F.map((v) => v.toFixed(4)),
    ),
    right('p value', p.map(formatP)),
    { title: '', align: 'left', cells: p.map(significanceMarks) },
  ])}${legend(p)}\n`;
}

/** Likelihood-ratio tests of the random-effects terms for people. */
export function ranovaText({ terms, npar, logLik, AIC, LRT, df, p, method }: RandomEffectsTable): string {
  const notes = [
    ...(method.includes('mixture')
      ? ['p values of one variance: the mixture of chi-squared distributions of a parameter on its boundary.']
      : []),
    ...(method.includes('bound')
      ? ['p values of several variances at once: an upper bound over the mixtures that can occur.']
      : []),
  ];
  return `${[
    'Likelihood-ratio tests of the random-effects terms:',
    textTable([
      { title: '', align: 'left', cells: terms },
      right('npar', npar.map(String)),
      right('logLik', formatColumn(logLik, 7)),
      right('AIC', formatColumn(AIC, 7)),
      right(
        'LRT',
        LRT.map((v) => (Number.isNaN(v) ? '' : v.toFixed(4))),
      ),
      right('Df', df.map(formatDf)),
      right('p value', p.map(formatP)),
      { title: '', align: 'left', cells: p.map(significanceMarks) },
    ]) + legend(p),
    ...notes,
  ].join('\n')}\n`;
}

const right = (title: string, cells: readonly string[]): TextColumn => ({ title, align: 'right', cells });
