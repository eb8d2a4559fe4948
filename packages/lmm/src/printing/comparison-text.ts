import type { ModelComparison } from '../inference/compare-models.js';
import { formatColumn, textTable, type TextColumn } from '../text-table.js';
import { formatDf, formatP, significanceMarks } from './p-value.js';
import { legend } from './coefficients-text.js';

/** A likelihood-ratio comparison for people: the models by their place among the arguments, then one row for each by size. */
export function comparisonText(comparison: ModelComparison): string {
  const { order, formulas, criterion, npar, AIC, BIC, logLik, deviance, chisq, df, p, remarks } = comparison;
  const right = (title: string, cells: readonly string[]): TextColumn => ({ title, align: 'right', cells });
  const blank = (values: readonly number[]) => values.map((v) => (Number.isNaN(v) ? '' : v.toFixed(4)));
  return `${[
    'Models:',
    ...order.map((i, row) => `  ${i + 1}: ${formulas[row] ?? '(ready-made matrices)'}`),
    '',
    `Likelihood-ratio tests (${criterion === 'ML' ? 'maximum likelihood' : 'REML'}):`,
    textTable([
      { title: '', align: 'left', cells: order.map((i) => `model ${i + 1}`) },
      right('npar', npar.map(String)),
      right('AIC', formatColumn(AIC, 7)),
      right('BIC', formatColumn(BIC, 7)),
      right('logLik', formatColumn(logLik, 7)),
      right('deviance', formatColumn(deviance, 7)),
      right('Chisq', blank(chisq)),
      right('Df', df.map(formatDf)),
      right('p value', p.map(formatP)),
      { title: '', align: 'left', cells: p.map(significanceMarks) },
    ]) + legend(p),
    ...remarks.map((text) => `Note: ${text}`),
  ].join('\n')}\n`;
}
