import type { CovarianceStructure } from '../structure.js';
import { correlated, type CorrelatedOptions } from './correlated.js';
import { distancesBetween } from './coordinates.js';
import { byCholesky, type CorrelationFamily } from './family.js';
import { matern as maternFunction } from './matern.js';

/** A correlation as a function of distance, with derivatives by its parameters. */
export interface DistanceFunction {
  readonly kind: string;
  readonly names: readonly string[];
  /** Start values, given a typical distance. */
  start(distance: number): number[];
  value(d: number, phi: Float64Array): number;
  derivative(d: number, phi: Float64Array, k: number): number;
}

/** exp(-d / range). */
export const exponentialFunction: DistanceFunction = {
  kind: 'exp',
  names: ['range'],
  start: (distance) => [distance / 2],
  value: (d, phi) => Math.exp(-d / phi[0]),
  derivative: (d, phi) => (Math.exp(-d / phi[0]) * d) / phi[0] ** 2,
};

/** exp(-(d / range)^2). */
export const gaussianFunction: DistanceFunction = {
  kind: 'gau',
  names: ['range'],
  start: (distance) => [distance / 2],
  value: (d, phi) => Math.exp(-((d / phi[0]) ** 2)),
  derivative: (d, phi) => (Math.exp(-((d / phi[0]) ** 2)) * 2 * d * d) / phi[0] ** 3,
};

/** exp(-rate d): the Ornstein-Uhlenbeck process. */
export const ornsteinUhlenbeckFunction: DistanceFunction = {
  kind: 'ou',
  names: ['rate'],
  start: (distance) => [2 / distance],
  value: (d, phi) => Math.exp(-phi[0] * d),
  derivative: (d, phi) => -d * Math.exp(-phi[0] * d),
};

/** Matern with range and smoothness: see {@link maternFunction}. */
export const maternDistanceFunction: DistanceFunction = {
  kind: 'mat',
  names: ['range', 'shape'],
  start: (distance) => [distance / 3, 1],
  value: (d, phi) => maternFunction(d / phi[0], phi[1]).value,
  derivative(d, phi, k) {
    const m = maternFunction(d / phi[0], phi[1]);
    return k === 0 ? (-m.byX * d) / phi[0] ** 2 : m.byShape;
  },
};

function distanceFamily(f: DistanceFunction, distances: Float64Array, nc: number): CorrelationFamily {
  let typical = 0;
  for (const d of distances) typical += d / Math.max(1, nc * (nc - 1));
  const few = nc === 1;
  return byCholesky({
    nc,
    names: few ? [] : f.names,
    lower: few ? [] : f.names.map(() => Number.MIN_VALUE),
    upper: few ? [] : f.names.map(() => Infinity),
    start: few ? [] : f.start(typical),
    stepScale: few ? [] : f.start(typical),
    searchScale: few ? [] : f.names.map(() => 'log'),
    matrixInto(phi, R) {
      for (let j = 0; j < nc; j++) {
        R[j * nc + j] = 1;
        for (let i = j + 1; i < nc; i++) R[j * nc + i] = f.value(distances[j * nc + i], phi);
      }
    },
    matrixDerivativeInto(phi, k, dR) {
      for (let j = 0; j < nc; j++) {
        dR[j * nc + j] = 0;
        for (let i = j + 1; i < nc; i++) dR[j * nc + i] = f.derivative(distances[j * nc + i], phi, k);
      }
    },
    // Smooth fields have factors that are nearly singular by nature; the edge is where all places move together.
    isSingular(phi, tolerance) {
      for (let k = 0; k < distances.length; k++)
        if (distances[k] > 0 && f.value(distances[k], phi) < 1 - tolerance * tolerance) return false;
      return nc > 1;
    },
  });
}

/** Places of the columns: numbers, or one row of coordinates for each column. */
export type Places = readonly number[] | readonly (readonly number[])[];

function spatial(f: DistanceFunction, places: Places, hom: boolean): CovarianceStructure {
  const rows = places.map((place) => (typeof place === 'number' ? [place] : [...place]));
  return correlated(f.kind, distanceFamily(f, distancesBetween(f.kind, rows), rows.length), { hom });
}

/**
 * Correlation exp(-d / range) by Euclidean distance between the places of the columns; `par` = (sd, range).
 * @throws CovarianceStructureError when two places are the same or a coordinate is not finite
 */
export function exponential(places: Places, { hom = true }: Partial<CorrelatedOptions> = {}): CovarianceStructure {
  return spatial(exponentialFunction, places, hom);
}

/** Correlation exp(-(d / range)^2); `par` = (sd, range). Throws as {@link exponential}. */
export function gaussian(places: Places, { hom = true }: Partial<CorrelatedOptions> = {}): CovarianceStructure {
  return spatial(gaussianFunction, places, hom);
}

/** Correlation exp(-rate d); `par` = (sd, rate). Throws as {@link exponential}. */
export function ornsteinUhlenbeck(
  places: Places,
  { hom = true }: Partial<CorrelatedOptions> = {},
): CovarianceStructure {
  return spatial(ornsteinUhlenbeckFunction, places, hom);
}

/** Matern correlation with range and smoothness; `par` = (sd, range, shape). Throws as {@link exponential}. */
export function matern(places: Places, { hom = true }: Partial<CorrelatedOptions> = {}): CovarianceStructure {
  return spatial(maternDistanceFunction, places, hom);
}
