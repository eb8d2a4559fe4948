import type { TermCovariance } from './term-covariance.js';
import { columnCovariance } from './term-covariance.js';
import { plainColumns } from './column-structure.js';

/**
 * A term whose effects are multiplied by a known weight, row by row or level by level: with weight w the effect of a row is w b, of variance
 * w^2 times that of b. Conditional modes and standard deviations are those of b, per unit of weight.
 *
 * @param weight column of the table
 * @param inner the structure of b; independent levels with an unstructured covariance of the columns when left out
 * @throws ModelError when there is no such numeric column, or a weight is missing
 */
export function scaledBy(weight: string, inner: TermCovariance = columnCovariance(plainColumns)): TermCovariance {
  return (term) => {
    const w = term.column(weight);
    const scale = (columns: readonly Float64Array[]) => columns.map((z) => z.map((v, i) => v * w[i]));
    const made = inner(term);
    return {
      ...made,
      names: made.names.map((name) => (name === '(Intercept)' ? weight : `${weight}:${name}`)),
      columns: scale(made.columns),
      ...(made.memberships && {
        memberships: made.memberships.map((more) => ({ ...more, columns: scale(more.columns) })),
      }),
    };
  };
}
