import type { Intervals } from '@blup/lmm';
import { aligned } from './tests-text.js';

/** The intervals of all parameters, for people; empty when none were asked for. */
export function intervalsText(intervals: Intervals | undefined): string {
  if (intervals === undefined) return '';
  const { method, level, names, estimate, lower, upper } = intervals;
  const rows = names.map((name, i) => [name, ...[estimate, lower, upper].map((x) => x[i]!.toPrecision(6))]);
  const title = `${100 * level} % intervals (${method === 'wald' ? 'Wald' : 'profile likelihood, ML'}):`;
  return `\n${title}\n${aligned([['', 'Estimate', 'Lower', 'Upper'], ...rows])}`;
}
