import { inverseOfProduct } from '../dense.js';
import type { FactorGradient } from '../objective-gradient.js';
import type { PenalizedLeastSquares } from '../penalized-least-squares.js';
import { levelSumsInto } from './level-sums.js';
import type { LevelSystem } from './level-system.js';

/** The results of {@link levelGradientInto}; the workspace of the sparse gradient stays empty. */
export function levelGradient({ cp, precisions }: PenalizedLeastSquares): FactorGradient {
  const none = new Float64Array(0);
  return {
    inverse: none,
    V: none,
    W: none,
    byFactor: cp.terms.map((t) => new Float64Array(t.nc * t.nc)),
    byLevels: precisions.map(() => none),
    work: none,
    pairs: [],
  };
}

/**
 * The derivative of the objective by every entry of every changed factor, at the solution that stands in `pls`:
 *
 *     2 A Lambda S^-1  - 2 (W (RX'RX)^-1 W' [by REML] + r r' / scale) Lambda       summed over levels,
 *
 * which is that of {@link factorGradientInto} since V = S^-1 Lambda'B RX^-1 = Lambda'W RX^-1 and u = Lambda'r. Fills the sums that the average
 * information needs too.
 *
 * @param byFactor nc by nc for each term, column-major
 */
export function levelGradientInto(
  system: LevelSystem,
  pls: PenalizedLeastSquares,
  reml: boolean,
  scale: number,
  byFactor: readonly Float64Array[],
): void {
  levelSumsInto(system, pls);
  const { blocks, layout, machine, sums } = system;
  const { memory } = machine;
  const { nc, column, cp } = blocks;
  const { p } = cp;
  const { first, inverse } = sums;
  const inner = new Float64Array(nc * nc);
  if (reml && p > 0) addFixedInto((i, j) => first.at(memory, i, j), nc, p, inverseOfProduct(pls.RXt, p), inner);
  for (let b = 0; b < nc; b++) {
    for (let a = 0; a < nc; a++) {
      inner[b * nc + a] += first.at(memory, p * nc + a, p * nc + b) / scale;
    }
  }
  cp.terms.forEach((t, k) => {
    const D = byFactor[k];
    const at = column[k];
    for (let b = 0; b < t.nc; b++) {
      for (let a = 0; a < t.nc; a++) {
        let s = memory[inverse + (at + b) * nc + at + a];
        for (let c = 0; c < nc; c++) s -= inner[c * nc + at + a] * memory[layout.Lambda + (at + b) * nc + c];
        D[b * t.nc + a] = 2 * s;
      }
    }
  });
}

/** inner[a, b] += tr(Minv W_a'W_b), from the Gram matrix of the columns (k, a). */
function addFixedInto(
  gram: (i: number, j: number) => number,
  nc: number,
  p: number,
  Minv: Float64Array,
  inner: Float64Array,
): void {
  for (let b = 0; b < nc; b++) {
    for (let a = 0; a <= b; a++) {
      let s = 0;
      for (let k = 0; k < p; k++) {
        for (let m = 0; m < p; m++) {
          s += Minv[k * p + m] * gram(k * nc + a, m * nc + b);
        }
      }
      inner[b * nc + a] += s;
      if (a !== b) inner[a * nc + b] += s;
    }
  }
}
