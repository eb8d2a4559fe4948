import { innovationVariance, innovationVarianceSlope } from '../correlation/innovation-variance.js';
import type { CovarianceStructure } from '../structure.js';
import type { LevelStructure } from './level-structure.js';
import { overLevels } from './over-levels.js';
import { chainPattern, distinctGaps, gapsInto, gapsOf, type SeriesPoints } from './series.js';

/**
 * AR(1) along series of points at whole times whose first points have a variance of their own: with innovations of variance 1 and an initial
 * variance `ratio^2`, `par` = (rho, ratio). With a_i = rho^gap and v_i = 1 + rho^2 + ... + rho^(2(gap-1)), v = ratio^2 at the first point,
 *
 *     K[i, i] = 1 / v_i + a_{i+1}^2 / v_{i+1},   K[i+1, i] = -a_{i+1} / v_{i+1},   log|K| = -sum log v_i
 *
 * O(points). Source: Rue and Held (2005), Gaussian Markov Random Fields, section 1.1.
 * @throws CovarianceStructureError for times that do not ascend, or are not whole numbers
 */
export function ar1LevelsWithInitialVariance(points: SeriesPoints): LevelStructure {
  const gaps = gapsOf('ar1', points, true);
  const nl = gaps.length;
  const pattern = chainPattern(gaps);
  const { colPtr } = pattern;
  const { sizes, counts, kindOf } = distinctGaps(gaps);
  const added = new Float64Array(sizes.length);
  const carried = new Float64Array(sizes.length);
  const between = new Float64Array(sizes.length);
  return {
    kind: 'ar1',
    nl,
    pattern,
    parLength: 2,
    parNames: ['rho', 'initial'],
    searchScale: ['atanh', 'log'],
    lower: [-1, Number.MIN_VALUE],
    upper: [1, Infinity],
    start: [0.3, 1],
    stepScale: [0.3, 1],
    precisionInto([rho, ratio], K) {
      for (let g = 0; g < sizes.length; g++) {
        const gap = sizes[g];
        const v = gap === 0 ? ratio * ratio : innovationVariance(rho, gap);
        const a = rho ** gap;
        added[g] = 1 / v;
        carried[g] = (a * a) / v;
        between[g] = -a / v;
      }
      gapsInto(colPtr, kindOf, added, carried, between, K);
    },
    precisionDerivativeInto([rho, ratio], k, dK) {
      for (let g = 0; g < sizes.length; g++) {
        const gap = sizes[g];
        added[g] = carried[g] = between[g] = 0;
        if (gap === 0) {
          if (k === 1) added[g] = -2 / ratio ** 3;
          continue;
        }
        if (k === 1) continue;
        const v = innovationVariance(rho, gap);
        const dv = innovationVarianceSlope(rho, gap);
        const a = rho ** gap;
        const da = gap * (gap === 1 ? 1 : rho ** (gap - 1));
        added[g] = -dv / (v * v);
        carried[g] = (2 * a * da) / v - (a * a * dv) / (v * v);
        between[g] = -da / v + (a * dv) / (v * v);
      }
      gapsInto(colPtr, kindOf, added, carried, between, dK);
    },
    logDeterminant([rho, ratio]) {
      let s = 0;
      for (let g = 0; g < sizes.length; g++) {
        const gap = sizes[g];
        s -= counts[g] * (gap === 0 ? 2 * Math.log(ratio) : Math.log(innovationVariance(rho, gap)));
      }
      return s;
    },
    logDeterminantDerivative([rho, ratio], k) {
      let s = 0;
      for (let g = 0; g < sizes.length; g++) {
        const gap = sizes[g];
        if (gap === 0) s -= k === 1 ? (counts[g] * 2) / ratio : 0;
        else if (k === 0) s -= (counts[g] * innovationVarianceSlope(rho, gap)) / innovationVariance(rho, gap);
      }
      return s;
    },
    meanVariance([rho, ratio]) {
      let total = 0;
      let variance = 0;
      for (const gap of gaps) {
        variance = gap === 0 ? ratio * ratio : rho ** (2 * gap) * variance + innovationVariance(rho, gap);
        total += variance;
      }
      return total / nl;
    },
    natural: ([rho, ratio]) => [
      { name: 'rho', value: rho, sigmaPower: 0 },
      { name: 'initial ratio', value: ratio, sigmaPower: 0 },
    ],
    isSingular: ([rho, ratio], tolerance) => 1 - Math.abs(rho) < tolerance * tolerance || ratio < tolerance,
  };
}

/** Points of one effect each: `par` = (sd of an innovation, rho, ratio of the initial sd to it). */
export function ar1SeriesWithInitialVariance(columns: CovarianceStructure, points: SeriesPoints): CovarianceStructure {
  const series = overLevels(columns, ar1LevelsWithInitialVariance(points));
  if (columns.nc > 1) return series;
  return {
    ...series,
    natural: (par) => [
      { name: 'innovation sd', value: Math.abs(par[0]), sigmaPower: 1 },
      { name: 'rho', value: par[1], sigmaPower: 0 },
      { name: 'initial sd', value: Math.abs(par[0] * par[2]), sigmaPower: 1 },
    ],
  };
}
