import type { LevelStructure } from '@blup/covariance';
import type { CrossProducts } from './cross-products.js';
import type { ResidualEntries } from './residual-products.js';
import type { RowValues } from './residual-rows.js';

/** Sums over the entries of P by kind ({@link LevelStructure.entryKinds}), so that products for another par cost nothing by rows. */
export interface KindSums {
  readonly kindOf: Int32Array;
  /** An entry of each kind. */
  readonly entry: Int32Array;
  /**
   * For columns k >= l of [Q1 y~] the sum over entries (a, b) of a kind of k_a l_b + [a != b] k_b l_a: `count` numbers from
   * (k (k + 1) / 2 + l) count on.
   */
  readonly sums: Float64Array;
}

/** Entries for each kind at the least, for sums by kind to pay. */
const ENTRIES_PER_KIND = 8;

/** Sums to be filled by {@link sumKinds}; null where entries are of too many kinds. */
export function kindSums(precision: LevelStructure, p: number): KindSums | null {
  const kinds = precision.entryKinds?.() ?? null;
  if (!kinds || kinds.count * ENTRIES_PER_KIND > kinds.kindOf.length) return null;
  const entry = new Int32Array(kinds.count);
  kinds.kindOf.forEach((c, e) => (entry[c] = e));
  return { kindOf: kinds.kindOf, entry, sums: new Float64Array((kinds.count * (p + 1) * (p + 2)) / 2) };
}

/** O(entries p^2). @param work n by p + 1 */
export function sumKinds(
  { kindOf, entry, sums }: KindSums,
  { Q, y }: RowValues,
  { first, second }: ResidualEntries,
  p: number,
  work: Float64Array,
): void {
  const n = y.length;
  for (let k = 0; k < p; k++) for (let i = 0; i < n; i++) work[k * n + i] = Q[i * p + k];
  work.set(y, p * n);
  sums.fill(0);
  for (let k = 0, at = 0; k <= p; k++) {
    for (let l = 0; l <= k; l++, at += entry.length) {
      const u = k * n;
      const v = l * n;
      for (let e = 0; e < kindOf.length; e++) {
        const a = first[e];
        const b = second[e];
        let s = work[u + a] * work[v + b];
        if (a !== b) s += work[u + b] * work[v + a];
        sums[at + kindOf[e]] += s;
      }
    }
  }
}

/** Q1'PQ1, Q1'Py~ and y~'Py~ for the entries `values` of P, or of a derivative of P. */
export function kindProductsInto({ entry, sums }: KindSums, values: Float64Array, out: CrossProducts): void {
  const { p, XtX, Xty } = out;
  for (let k = 0, at = 0; k <= p; k++) {
    for (let l = 0; l <= k; l++) {
      let s = 0;
      for (let c = 0; c < entry.length; c++, at++) s += values[entry[c]] * sums[at];
      if (k < p) XtX[k * p + l] = XtX[l * p + k] = s;
      else if (l < p) Xty[l] = s;
      else out.yty = s;
    }
  }
}
