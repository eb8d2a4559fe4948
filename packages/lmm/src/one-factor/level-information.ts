import { dot, solveLowerInPlace } from '../dense.js';
import type { FactorDirection } from '../factor-directions.js';
import type { PenalizedLeastSquares } from '../penalized-least-squares.js';
import type { TermBasis } from '../term-basis.js';
import { pairAt } from '../moments/moment-equations.js';
import type { LevelSystem } from './level-system.js';

/**
 * The average information q_i'P q_j / scale - [4 a_i a_j / (nu scale^2)] from the sums over levels that the last gradient left behind. With
 * C_i = dLambda_i Lambda' + Lambda dLambda_i', q_i = Z C_i r level by level and a_i = r'C_i r / 2, so everything is a contraction of
 * sums of r r' (x) G and r (x) W: nothing depends on the number of levels.
 *
 * @param profiled 4 / (nu scale^2), or zero where sigma is fixed
 * @param H directions squared, column-major, both triangles
 */
export function levelInformationInto(
  { blocks, layout, machine, sums }: LevelSystem,
  { RXt }: PenalizedLeastSquares,
  bases: readonly TermBasis[],
  directions: readonly FactorDirection[],
  scale: number,
  profiled: number,
  H: Float64Array,
): void {
  const { nc, column } = blocks;
  const { p } = blocks.cp;
  const { memory } = machine;
  const { first, second } = sums;
  const Lambda = memory.subarray(layout.Lambda, layout.Lambda + nc * nc);
  const m = directions.length;
  const pair = (a: number, b: number) => (a <= b ? pairAt(a, b) : pairAt(b, a));
  const C = directions.map((d) => covarianceDirection(d, column[d.term], nc, bases[d.term], Lambda));
  const moment = C.map((Ci) => {
    let s = 0;
    for (let a = 0; a < nc; a++)
      for (let b = 0; b < nc; b++) s += Ci[b * nc + a] * first.at(memory, p * nc + a, p * nc + b);
    return s / 2;
  });
  // sum of (r' (x) G) C_j: contracted with C_i it gives r'C_i G C_j r
  const contracted = C.map((Cj) => {
    const out = new Float64Array(nc * nc);
    for (let c = 0; c < nc; c++) {
      for (let a = 0; a < nc; a++) {
        let s = 0;
        for (let d = 0; d < nc; d++) {
          for (let b = 0; b < nc; b++) {
            s += Cj[b * nc + d] * second.at(memory, pair(a, b), pair(c, d));
          }
        }
        out[a * nc + c] = s;
      }
    }
    return out;
  });
  const x = C.map((Ci) => {
    const out = new Float64Array(p);
    for (let k = 0; k < p; k++) {
      for (let a = 0; a < nc; a++) {
        for (let b = 0; b < nc; b++) out[k] += Ci[b * nc + a] * first.at(memory, k * nc + a, p * nc + b);
      }
    }
    solveLowerInPlace(RXt, p, out);
    return out;
  });
  for (let i = 0; i < m; i++) {
    for (let j = 0; j <= i; j++) {
      const qPq = dot(C[i], 0, contracted[j], 0, nc * nc) - dot(x[i], 0, x[j], 0, p);
      H[i * m + j] = H[j * m + i] = qPq / scale - profiled * moment[i] * moment[j];
    }
  }
}

/** C = dLambda Lambda' + Lambda dLambda' in changed columns, nc by nc. */
function covarianceDirection(
  { entries, values }: FactorDirection,
  at: number,
  nc: number,
  { nc: own, A }: TermBasis,
  Lambda: Float64Array,
): Float64Array {
  const D = new Float64Array(nc * nc);
  for (let k = 0; k < entries.length; k++) {
    const a = entries[k] % own;
    const b = (entries[k] - a) / own;
    for (let r = 0; r < own; r++) D[(at + b) * nc + at + r] += A[a * own + r] * values[k];
  }
  const out = new Float64Array(nc * nc);
  for (let j = 0; j < nc; j++) {
    for (let i = 0; i < nc; i++) {
      for (let k = 0; k < nc; k++)
        out[j * nc + i] += D[k * nc + i] * Lambda[k * nc + j] + Lambda[k * nc + i] * D[k * nc + j];
    }
  }
  return out;
}
