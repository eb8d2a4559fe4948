import type { CoefficientTable } from '../inference/coefficient-table.js';
import type { DdfMethod } from '../inference/contrast-test.js';
import { formatColumn, textTable, type TextColumn } from '../text-table.js';
import { formatP, significanceLegend, significanceMarks } from './p-value.js';

/** How degrees of freedom were found, for the heading of a table. */
export const ddfInWords: Readonly<Record<DdfMethod, string>> = {
  satterthwaite: "t tests with Satterthwaite's degrees of freedom",
  'kenward-roger': "t tests with Kenward and Roger's degrees of freedom and standard errors",
  none: 'z tests by the normal distribution',
};

/** The table of fixed effects for people, in the manner of lmerTest: estimates to the decimals that their standard errors support. */
export function coefficientsText(
  table: Pick<CoefficientTable, 'method' | 'names' | 'estimate' | 'se' | 'df' | 'statistic' | 'p'>,
): string {
  const { names, estimate, se, df, statistic, p, method } = table;
  const right = (title: string, cells: readonly string[]): TextColumn => ({ title, align: 'right', cells });
  const columns: TextColumn[] = [
    { title: '', align: 'left', cells: names },
    right('Estimate', formatColumn(estimate, 4, se)),
    right('Std. Error', formatColumn(se, 4)),
    ...(method === 'none'
      ? []
      : [
          right(
            'df',
            df.map((v) => v.toFixed(2)),
          ),
        ]),
    right(
      method === 'none' ? 'z value' : 't value',
      statistic.map((v) => v.toFixed(3)),
    ),
    right('p value', p.map(formatP)),
    { title: '', align: 'left', cells: p.map(significanceMarks) },
  ];
  return `Fixed effects (${ddfInWords[method]}):\n${textTable(columns)}${legend(p)}`;
}

/** The legend of the marks, where there are any; a line of its own. */
export const legend = (p: readonly number[]): string => (p.some((v) => v < 0.1) ? `\n${significanceLegend}` : '');
