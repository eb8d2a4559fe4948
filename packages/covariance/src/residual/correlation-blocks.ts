import {
  exponentialFunction,
  gaussianFunction,
  maternDistanceFunction,
  type DistanceFunction,
} from '../correlation/spatial.js';
import type { LevelStructure } from '../levels/level-structure.js';
import { CovarianceStructureError, type NaturalParameter } from '../structure.js';
import { armaAutocorrelation, armaCoefficients, type ArmaAutocorrelation } from './arma.js';
import { blockPattern, denseBlocks, requireModestBlocks } from './dense-blocks.js';

/** Lags beyond this are no counts of steps. */
const LARGEST_LAG = 1e6;

/**
 * ARMA(p, q) correlation of the points of each block by whole times, lags counted by time so that gaps are gaps. `par` are the partial
 * autocorrelations of the two polynomials, each in (-1, 1): phi and theta themselves for p = q = 1. Reported: phi and theta.
 *
 * @param times of the points, ascending within a block
 * @throws CovarianceStructureError for times that are not whole, orders that are not, or blocks that would not fit in memory
 */
export function armaBlocks(times: ArrayLike<number>, starts: ArrayLike<number>, p: number, q: number): LevelStructure {
  if (!Number.isInteger(p) || !Number.isInteger(q) || p < 0 || q < 0 || p + q < 1)
    throw new CovarianceStructureError(`arma needs whole orders p and q with p + q at least 1, not p = ${p}, q = ${q}`);
  let lags = 1;
  for (let s = 0; s + 1 < starts.length; s++) {
    for (let i = starts[s]; i < starts[s + 1]; i++) {
      if (!Number.isInteger(times[i]))
        throw new CovarianceStructureError(`the times of arma must be whole numbers, not ${times[i]}`);
      lags = Math.max(lags, times[i] - times[starts[s]]);
    }
  }
  if (lags > LARGEST_LAG)
    throw new CovarianceStructureError(
      `the times of arma span ${lags} steps within one group: they must count steps, not smaller units of time`,
    );
  const names = [
    ...Array.from({ length: p }, (_, k) => (p > 1 ? `phi${k + 1}` : 'phi')),
    ...Array.from({ length: q }, (_, k) => (q > 1 ? `theta${k + 1}` : 'theta')),
  ];
  let now: ArmaAutocorrelation | null = null;
  const lag = (i: number, j: number) => Math.abs(times[i] - times[j]);
  return denseBlocks(starts, (point, first) => times[point] - times[first], {
    kind: 'arma',
    parNames: names,
    searchScale: names.map(() => 'atanh'),
    lower: names.map(() => -1),
    upper: names.map(() => 1),
    // Off phi = -theta, where the process is white noise whatever phi is.
    start: names.map((_, k) => (k === 0 ? 0.4 : k === p ? 0.1 : 0)),
    stepScale: names.map(() => 0.3),
    prepare: (par) => void (now = armaAutocorrelation(par, p, lags)),
    covariance: (_par, _e, i, j) => now!.rho[lag(i, j)],
    covarianceDerivative: (_par, k, _e, i, j) => now!.byPar[k][lag(i, j)],
    natural(par) {
      const { phi, theta } = armaCoefficients(par, p);
      return [...phi, ...theta].map((value, k): NaturalParameter => ({
        name: names[k],
        value,
        sigmaPower: 0,
        interval: (k < p ? p : q) === 1 ? 'atanh' : 'identity',
      }));
    },
    isSingular: (par, tolerance) => par.some((r) => 1 - Math.abs(r) < tolerance * tolerance),
  });
}

const functions: Record<'exp' | 'gau' | 'mat', DistanceFunction> = {
  exp: exponentialFunction,
  gau: gaussianFunction,
  mat: maternDistanceFunction,
};

/**
 * Correlation by Euclidean distance between the points of each block: `exp` exp(-d / range), `gau` exp(-(d / range)^2), `mat` Matern with
 * range and shape; with a nugget c0 the correlation at distances above zero is (1 - c0) times that (Pinheiro and Bates 2000, section
 * 5.3.2).
 *
 * @param coordinates one array over the points for each dimension
 * @throws CovarianceStructureError for coordinates that are not finite, two points of a block at one place (without a nugget), or blocks
 * that would not fit in memory
 */
export function spatialBlocks(
  kind: 'exp' | 'gau' | 'mat',
  coordinates: readonly ArrayLike<number>[],
  starts: ArrayLike<number>,
  nugget = false,
): LevelStructure {
  const f = functions[kind];
  const m = f.names.length;
  const distance = (i: number, j: number): number => Math.hypot(...coordinates.map((x) => x[i] - x[j]));
  const typical = typicalDistance(kind, starts, distance, nugget, coordinates);
  const start = f.start(typical);
  const keep = (par: Float64Array) => (nugget ? 1 - par[m] : 1);
  requireModestBlocks(kind, starts);
  const { colPtr, rowIdx } = blockPattern(starts);
  const distances = new Float64Array(rowIdx.length);
  let largest = 0;
  for (let j = 0; j + 1 < colPtr.length; j++) {
    for (let e = colPtr[j]; e < colPtr[j + 1]; e++) {
      distances[e] = distance(rowIdx[e], j);
      largest = Math.max(largest, distances[e]);
    }
  }
  return denseBlocks(starts, (point) => coordinates.map((x) => x[point]).join(','), {
    kind,
    parNames: nugget ? [...f.names, 'nugget'] : f.names,
    searchScale: [...f.names.map(() => 'log' as const), ...(nugget ? (['atanh'] as const) : [])],
    lower: [...f.names.map(() => Number.MIN_VALUE), ...(nugget ? [0] : [])],
    upper: [...f.names.map(() => Infinity), ...(nugget ? [1] : [])],
    start: nugget ? [...start, 0.2] : start,
    stepScale: nugget ? [...start, 0.3] : start,
    covariance: (par, e, i, j) => (i === j ? 1 : keep(par) * f.value(distances[e], par)),
    covarianceDerivative(par, k, e, i, j) {
      if (i === j) return 0;
      const d = distances[e];
      return k === m ? -f.value(d, par) : keep(par) * f.derivative(d, par, k);
    },
    natural: (par) => [
      ...f.names.map((name, k): NaturalParameter => ({ name, value: par[k], sigmaPower: 0, interval: 'log' })),
      ...(nugget ? [{ name: 'nugget', value: par[m], sigmaPower: 0, interval: 'logit' } as const] : []),
    ],
    // The edge is where all points of a group move together.
    isSingular: (par, tolerance) => largest > 0 && f.value(largest, par) > 1 - tolerance * tolerance,
  });
}

/** Mean distance of neighbours in the order of the points, and checks on the way. */
function typicalDistance(
  kind: string,
  starts: ArrayLike<number>,
  distance: (i: number, j: number) => number,
  nugget: boolean,
  coordinates: readonly ArrayLike<number>[],
): number {
  let sum = 0;
  let count = 0;
  for (let s = 0; s + 1 < starts.length; s++) {
    const seen = new Set<string>();
    for (let i = starts[s]; i < starts[s + 1]; i++) {
      const place = coordinates.map((x) => x[i]);
      if (!place.every(Number.isFinite))
        throw new CovarianceStructureError(`the coordinates of ${kind} must be finite, not (${place.join(', ')})`);
      const key = place.join(' ');
      if (seen.has(key) && !nugget)
        throw new CovarianceStructureError(
          `(${place.join(', ')}) occurs twice within one group: residuals of ${kind} at one place cannot be told apart without a nugget`,
        );
      seen.add(key);
      if (i === starts[s]) continue;
      sum += distance(starts[s], i);
      count++;
    }
  }
  return count > 0 && sum > 0 ? sum / count : 1;
}
