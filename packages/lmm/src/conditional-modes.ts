import { inverseEntriesInto } from '@blup/sparse';
import type { CrossProducts } from './cross-products.js';
import type { ConditionalModes } from './fitted-model-data.js';
import type { DerivedLevels, RandomEffectsTerm } from './model-matrices.js';
import type { PenalizedLeastSquares } from './penalized-least-squares.js';

/** Terms that share a grouping factor, in order of first appearance. */
export function termsByGroup(terms: readonly { readonly group: string }[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  terms.forEach((term, t) => {
    const list = groups.get(term.group);
    if (list) list.push(t);
    else groups.set(term.group, [t]);
  });
  return groups;
}

/** b = Lambda u of every group, level and column, in the columns as given. `lambdas[t]` are the plain (unchanged) factors. */
export function conditionalModes(
  cp: CrossProducts,
  terms: readonly RandomEffectsTerm[],
  lambdas: readonly Float64Array[],
  u: Float64Array,
): Map<string, ConditionalModes> {
  const out = new Map<string, ConditionalModes>();
  for (const [group, members] of termsByGroup(terms)) {
    const { levels } = terms[members[0]];
    const values = levels.map((_, l) => {
      const row: number[] = [];
      for (const t of members) {
        const { nc, start } = cp.terms[t];
        for (let r = 0; r < nc; r++) {
          let s = 0;
          for (let c = 0; c <= r; c++) s += lambdas[t][c * nc + r] * u[start + l * nc + c];
          row.push(s);
        }
      }
      return row;
    });
    const { derived } = terms[members[0]];
    out.set(group, {
      levels: derived ? [...levels, ...derived.levels] : levels,
      names: members.flatMap((t) => terms[t].names),
      values: derived ? [...values, ...derivedModes(derived, values)] : values,
    });
  }
  return out;
}

/** Such a term is alone on its grouping factor. */
function derivedModes({ levels, starts, levelIdx, weights }: DerivedLevels, values: readonly number[][]): number[][] {
  return levels.map((_, d) => {
    const row = values[0].map(() => 0);
    for (let k = starts[d]; k < starts[d + 1]; k++) values[levelIdx[k]].forEach((v, c) => (row[c] += weights[k] * v));
    return row;
  });
}

/**
 * Conditional variances sigma^2 Lambda S^-1 Lambda' of the effects of each level of `group` given beta and theta, one symmetric k by k
 * matrix (by rows) for each level, the columns in the order of {@link conditionalModes}. All entries of S^-1 that are needed lie on the
 * pattern of S.
 */
export function conditionalVariances(
  pls: PenalizedLeastSquares,
  terms: readonly RandomEffectsTerm[],
  lambdas: readonly Float64Array[],
  sigma: number,
  group: string,
): number[][][] {
  const { cp } = pls;
  const members = termsByGroup(terms).get(group) ?? [];
  const inverse = new Float64Array(pls.values.length);
  inverseEntriesInto(pls.factor, inverse);
  const offsets = members.map((_, i) => members.slice(0, i).reduce((s, t) => s + cp.terms[t].nc, 0));
  const k = members.reduce((s, t) => s + cp.terms[t].nc, 0);
  const nl = members.length ? cp.terms[members[0]].nl : 0;
  const out: number[][][] = [];
  for (let l = 0; l < nl; l++) {
    const V = Array.from({ length: k }, () => Array.from({ length: k }, () => 0));
    members.forEach((ti, i) => {
      members.slice(0, i + 1).forEach((tj, j) => {
        const ni = cp.terms[ti].nc;
        const nj = cp.terms[tj].nc;
        for (let r = 0; r < ni; r++) {
          for (let c = 0; c < nj; c++) {
            let s = 0;
            for (let a = 0; a <= r; a++) {
              for (let b = 0; b <= c; b++) {
                const entry = inverseEntry(
                  pls,
                  inverse,
                  cp.terms[ti].start + l * ni + a,
                  cp.terms[tj].start + l * nj + b,
                );
                s += lambdas[ti][a * ni + r] * entry * lambdas[tj][b * nj + c];
              }
            }
            V[offsets[i] + r][offsets[j] + c] = V[offsets[j] + c][offsets[i] + r] = sigma * sigma * s;
          }
        }
      });
    });
    out.push(V);
  }
  return out;
}

/** Entry (row, col) of S^-1 from its values on the pattern of S; the entry must lie on the pattern. */
export function inverseEntry(pls: PenalizedLeastSquares, inverse: Float64Array, row: number, col: number): number {
  const { colPtr, rowIdx } = pls.placed.pattern;
  const j = Math.min(row, col);
  const i = Math.max(row, col);
  let low = colPtr[j];
  let high = colPtr[j + 1] - 1;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (rowIdx[mid] < i) low = mid + 1;
    else high = mid;
  }
  return inverse[low];
}
