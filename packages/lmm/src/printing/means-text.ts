import type { Adjustment } from '../inference/emmeans/adjust.js';
import type { MeanContrasts } from '../inference/emmeans/contrasts.js';
import type { MarginalMeans } from '../inference/emmeans/emmeans.js';
import type { GridValue } from '../inference/emmeans/reference-grid.js';
import { formatColumn, textTable, type TextColumn } from '../text-table.js';
import { formatDf, formatP, significanceMarks } from './p-value.js';
import { legend } from './coefficients-text.js';

const methods = {
  satterthwaite: "Satterthwaite's degrees of freedom",
  'kenward-roger': "Kenward and Roger's degrees of freedom",
  none: 'normal distribution',
} as const;

/** Marginal means or trends for people. */
export function meansText(means: MarginalMeans): string {
  const { factors, by, levels, estimate, se, df, lower, upper, estimable } = means;
  const trend = means.quantity !== 'mean';
  const columns: TextColumn[] = [
    ...[...factors, ...by].map((title, k) =>
      left(
        title,
        levels.map((row) => valueText(row[k])),
      ),
    ),
    right(trend ? means.quantity : 'mean', numbers(estimate, se)),
    right('SE', numbers(se)),
    right('df', df.map(formatDf)),
    right('lower', numbers(lower, se)),
    right('upper', numbers(upper, se)),
  ];
  const title = `${trend ? 'Trends' : 'Marginal means'} (${100 * means.level} % intervals, ${methods[means.ddf]}):`;
  const note = estimable.every(Boolean) ? [] : ['Rows without numbers are not determined by the data.'];
  return `${[title, textTable(columns), ...note].join('\n')}\n`;
}

/** Contrasts of marginal means for people; `by` names the factors within whose levels they are taken. */
export function contrastsText(contrasts: MeanContrasts, by: readonly string[] = []): string {
  const { contrast, estimate, se, df, t, p, lower, upper } = contrasts;
  const columns: TextColumn[] = [
    left('contrast', contrast),
    ...by.map((title, k) =>
      left(
        title,
        contrasts.by.map((row) => valueText(row[k])),
      ),
    ),
    right('estimate', numbers(estimate, se)),
    right('SE', numbers(se)),
    right('df', df.map(formatDf)),
    right('lower', numbers(lower, se)),
    right('upper', numbers(upper, se)),
    right(
      df.every((v) => v === Infinity) ? 'z ratio' : 't ratio',
      t.map((v) => (Number.isNaN(v) ? '' : v.toFixed(3))),
    ),
    right('p value', p.map(formatP)),
    left('', p.map(significanceMarks)),
  ];
  return `Contrasts (${adjustmentText(contrasts.adjust)}):\n${textTable(columns)}${legend(p)}\n`;
}

const adjustmentText = (adjust: Adjustment): string =>
  adjust === 'none'
    ? 'p values and intervals not adjusted'
    : `adjusted by ${{ tukey: 'Tukey', bonferroni: 'Bonferroni', holm: 'Holm', sidak: 'Sidak' }[adjust]}${adjust === 'holm' ? ', intervals by Bonferroni' : ''}`;

const valueText = (value: GridValue): string =>
  typeof value === 'number' ? String(Number(value.toPrecision(7))) : String(value);
const numbers = (values: readonly number[], guide: readonly number[] = values): string[] =>
  formatColumn(values, 4, guide).map((text) => (text === 'NaN' ? '' : text));
const left = (title: string, cells: readonly string[]): TextColumn => ({ title, align: 'left', cells });
const right = (title: string, cells: readonly string[]): TextColumn => ({ title, align: 'right', cells });
