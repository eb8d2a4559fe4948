import type { LevelStructure } from '../levels/level-structure.js';
import { blockPattern, requireModestBlocks } from './dense-blocks.js';

/**
 * Compound symmetry within blocks of consecutive points: C = (1 - rho) I + rho J, so for a block of m points
 * K = (I - w J) / (1 - rho) with w = rho / (1 + (m - 1) rho), and log|K| = -(m - 1) log(1 - rho) - log(1 + (m - 1) rho).
 * rho > -1 / (largest m - 1).
 * @param starts first point of each block, and the number of points at the end
 * @throws CovarianceStructureError where the blocks would not fit in memory
 */
export function compoundSymmetryLevels(starts: ArrayLike<number>): LevelStructure {
  requireModestBlocks('cs', starts);
  const pattern = blockPattern(starts);
  const { colPtr } = pattern;
  let largest = 2;
  for (let s = 0; s + 1 < starts.length; s++) largest = Math.max(largest, starts[s + 1] - starts[s]);
  const forEachBlock = (visit: (m: number, from: number, to: number) => void) => {
    for (let s = 0; s + 1 < starts.length; s++) {
      if (starts[s + 1] > starts[s]) visit(starts[s + 1] - starts[s], starts[s], starts[s + 1]);
    }
  };
  const fill = (values: Float64Array, from: number, to: number, diagonal: number, below: number) => {
    for (let j = from; j < to; j++) {
      values[colPtr[j]] = diagonal;
      for (let e = colPtr[j] + 1; e < colPtr[j + 1]; e++) values[e] = below;
    }
  };
  return {
    kind: 'cs',
    nl: starts[starts.length - 1],
    pattern,
    parLength: 1,
    parNames: ['rho'],
    searchScale: ['atanh'],
    lower: [-1 / (largest - 1)],
    upper: [1],
    start: [0.1],
    stepScale: [0.3],
    precisionInto([rho], values) {
      forEachBlock((m, from, to) => {
        const w = m > 1 ? rho / (1 + (m - 1) * rho) : 0;
        const f = m > 1 ? 1 / (1 - rho) : 1;
        fill(values, from, to, f * (1 - w), -f * w);
      });
    },
    precisionDerivativeInto([rho], _k, values) {
      forEachBlock((m, from, to) => {
        if (m === 1) return fill(values, from, to, 0, 0);
        const v = 1 + (m - 1) * rho;
        const f = 1 / (1 - rho);
        const dBelow = -f * f * (rho / v) - f / (v * v);
        fill(values, from, to, f * f + dBelow, dBelow);
      });
    },
    logDeterminant([rho]) {
      let s = 0;
      forEachBlock((m) => (s -= m > 1 ? (m - 1) * Math.log(1 - rho) + Math.log(1 + (m - 1) * rho) : 0));
      return s;
    },
    logDeterminantDerivative([rho]) {
      let s = 0;
      forEachBlock((m) => (s -= m > 1 ? -(m - 1) / (1 - rho) + (m - 1) / (1 + (m - 1) * rho) : 0));
      return s;
    },
    meanVariance: () => 1,
    natural: ([rho]) => [{ name: 'rho', value: rho, sigmaPower: 0, lower: -1 / (largest - 1) }],
    isSingular: ([rho], tolerance) =>
      1 - rho < tolerance * tolerance || 1 + (largest - 1) * rho < tolerance * tolerance,
  };
}
