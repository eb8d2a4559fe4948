import { inverseEntriesInto } from '@blup/sparse';
import { inverseEntry } from './conditional-modes.js';
import { solveLowerInPlace } from './dense.js';
import { fixedModesInto } from './objective-gradient.js';
import type { ModelMatrices } from './model-matrices.js';
import type { PenalizedLeastSquares } from './penalized-least-squares.js';
import { applyRowBasis } from './residual-rows.js';

/**
 * Diagonal of the map from y to its fitted values, [Z Lambda, X] M^-1 [Z Lambda, X]'P, under a residual structure: row i is the sum over the
 * entries (i, j) of P of P_ij times the (i, j) entry of [Z Lambda, X] M^-1 [Z Lambda, X]'. All entries of S^-1 that occur lie on the
 * pattern of S, since P joins their levels. The solution must stand in `pls`.
 */
export function residualLeverages(m: ModelMatrices, pls: PenalizedLeastSquares): Float64Array {
  const { cp, lambdas, RXt } = pls;
  const { p, q } = cp;
  const n = m.y.length;
  const { precision, entries } = cp.residual!;
  const rows = applyRowBasis(m, { fixed: cp.fixed, terms: cp.terms.map((t) => t.basis) });
  const V = new Float64Array(q * p);
  fixedModesInto(pls, V);
  const inverse = new Float64Array(pls.values.length);
  inverseEntriesInto(pls.factor, inverse);
  const width = cp.terms.reduce((s, t) => s + t.nc, 0);
  const effect = new Int32Array(n * width);
  const z = new Float64Array(n * width);
  const x = new Float64Array(n * p);
  for (let i = 0; i < n; i++) {
    let w = i * width;
    cp.terms.forEach(({ nc, start }, t) => {
      const at = start + m.terms[t].levelIdx[i] * nc;
      for (let c = 0; c < nc; c++, w++) {
        effect[w] = at + c;
        for (let r = 0; r < nc; r++) z[w] += lambdas[t][c * nc + r] * rows.Z[t][i * nc + r];
      }
    });
    const own = x.subarray(i * p, (i + 1) * p);
    own.set(rows.Q.subarray(i * p, (i + 1) * p));
    solveLowerInPlace(RXt, p, own);
    for (let k = 0; k < p; k++) for (let a = i * width; a < (i + 1) * width; a++) own[k] -= z[a] * V[k * q + effect[a]];
  }
  const values = new Float64Array(precision.pattern.rowIdx.length);
  precision.precisionInto(cp.residual!.par, values);
  const out = new Float64Array(n);
  for (let e = 0; e < values.length; e++) {
    const i = entries.first[e];
    const j = entries.second[e];
    let h = 0;
    for (let a = i * width; a < (i + 1) * width; a++)
      for (let b = j * width; b < (j + 1) * width; b++)
        h += z[a] * z[b] * inverseEntry(pls, inverse, effect[a], effect[b]);
    for (let k = 0; k < p; k++) h += x[i * p + k] * x[j * p + k];
    out[i] += values[e] * h;
    if (i !== j) out[j] += values[e] * h;
  }
  return out;
}
