import { inverseEntriesInto } from '@blup/sparse';
import { inverseEntry } from './conditional-modes.js';
import { solveLowerInPlace } from './dense.js';
import { applyBasisInPlace } from './fixed-effects-columns.js';
import { membershipsOf } from './memberships.js';
import type { ModelMatrices } from './model-matrices.js';
import { fixedModesInto } from './objective-gradient.js';
import type { PenalizedLeastSquares } from './penalized-least-squares.js';
import { forEachRowBlock, ROW_BLOCK, weightedBlockInto } from './row-blocks.js';
import { termBlockInto } from './term-basis.js';

/** offset + X beta + Z b, length n. `beta` by the kept columns of X, `modes[t]` the effects of term t, nl by nc, level by level. */
export function fittedValues(
  m: ModelMatrices,
  kept: Int32Array,
  beta: Float64Array,
  modes: readonly Float64Array[],
): Float64Array {
  const n = m.y.length;
  const out = m.offset ? m.offset.slice() : new Float64Array(n);
  kept.forEach((column, k) => {
    const x = m.X.columns[column];
    for (let i = 0; i < n; i++) out[i] += beta[k] * x[i];
  });
  for (const { t, columns, levelIdx } of membershipsOf(m.terms)) {
    const nc = columns.length;
    const b = modes[t];
    columns.forEach((z, c) => {
      for (let i = 0; i < n; i++) out[i] += z[i] * b[levelIdx[i] * nc + c];
    });
  }
  return out;
}

/**
 * Diagonal of the map from W^1/2 y to its fitted values at fixed theta, length n: the leverages. Their sum is the effective number of
 * degrees of freedom. With z~ = Lambda'z for a row z of Z, h = z~'S^-1 z~ + |RX^-T (x - ...)|^2; all entries of S^-1 that occur lie on
 * the pattern of S, so a row costs O((sum nc)^2 + p sum nc + p^2).
 *
 * The solution must stand in `pls`.
 */
export function leverages(m: ModelMatrices, pls: PenalizedLeastSquares): Float64Array {
  const { cp, lambdas, RXt } = pls;
  const { p, q, fixed } = cp;
  const n = m.y.length;
  const sqrtWeights = m.weights && m.weights.map(Math.sqrt);
  const V = new Float64Array(q * p);
  fixedModesInto(pls, V);
  const inverse = new Float64Array(pls.values.length);
  inverseEntriesInto(pls.factor, inverse);
  const out = new Float64Array(n);
  const Q = Array.from({ length: p }, () => new Float64Array(ROW_BLOCK));
  const members = membershipsOf(m.terms);
  const Z = members.map(({ columns }) => columns.map(() => new Float64Array(ROW_BLOCK)));
  const width = members.reduce((s, { columns }) => s + columns.length, 0);
  const effect = new Int32Array(width);
  const z = new Float64Array(width);
  const x = new Float64Array(p);
  forEachRowBlock(n, (start, count) => {
    for (let k = 0; k < p; k++) weightedBlockInto(m.X.columns[fixed.kept[k]], sqrtWeights, start, count, Q[k]);
    applyBasisInPlace(fixed, Q, count);
    members.forEach((one, k) => termBlockInto(one, cp.terms[one.t].basis, sqrtWeights, start, count, Z[k]));
    for (let i = 0; i < count; i++) {
      let w = 0;
      members.forEach(({ t, levelIdx }, k) => {
        const { nc, start: first } = cp.terms[t];
        const at = first + levelIdx[start + i] * nc;
        for (let c = 0; c < nc; c++) {
          let s = 0;
          for (let r = 0; r < nc; r++) s += lambdas[t][c * nc + r] * Z[k][r][i];
          effect[w] = at + c;
          z[w++] = s;
        }
      });
      let h = 0;
      for (let a = 0; a < width; a++) {
        for (let b = 0; b <= a; b++) {
          const v = z[a] * z[b] * inverseEntry(pls, inverse, effect[a], effect[b]);
          h += a === b ? v : 2 * v;
        }
      }
      for (let k = 0; k < p; k++) x[k] = Q[k][i];
      solveLowerInPlace(RXt, p, x);
      for (let k = 0; k < p; k++) {
        let s = x[k];
        for (let a = 0; a < width; a++) s -= z[a] * V[k * q + effect[a]];
        h += s * s;
      }
      out[start + i] = h;
    }
  });
  return out;
}
