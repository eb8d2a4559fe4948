import type { FittedModel, TTests } from '@blup/lmm';
import type { SmallSampleTests } from '../small-sample-tests.js';

/** Tables of the tests with denominator degrees of freedom, for people; empty when none were asked for. */
export function testsText({ data }: FittedModel, { satterthwaite, kenwardRoger }: SmallSampleTests): string {
  const table = (title: string, { estimate, se, df, t, p }: TTests) => {
    const rows = data.beta.names.map((name, i) => [
      name,
      estimate[i]!.toPrecision(6),
      se[i]!.toPrecision(5),
      df[i]!.toFixed(2),
      t[i]!.toFixed(3),
      probability(p[i]!),
    ]);
    return `\n${title}\n${aligned([['', 'Estimate', 'Std. Error', 'df', 't value', 'p value'], ...rows])}`;
  };
  const satterthwaiteTable = satterthwaite
    ? table("t tests with Satterthwaite's degrees of freedom:", satterthwaite)
    : '';
  return satterthwaiteTable + (kenwardRoger ? table('t tests by Kenward and Roger:', kenwardRoger) : '');
}

const probability = (p: number): string => (p < 1e-4 ? p.toExponential(2) : p.toFixed(4));

/** First column to the left, the others to the right. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, j) => Math.max(...rows.map((row) => row[j]!.length)));
  const line = (row: readonly string[]) =>
    row.map((cell, j) => (j === 0 ? cell.padEnd(widths[j]!) : cell.padStart(widths[j]!))).join(' ');
  return rows.map((row) => `${line(row)}\n`).join('');
}
