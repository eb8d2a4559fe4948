import type { CompositeStructure, SearchScale } from '@blup/covariance';

/**
 * The coordinates in which par moves: itself, its logarithm, or the inverse hyperbolic tangent of its place between its bounds, entry by
 * entry. Bounded parameters so become free ones, and derivatives follow by the chain rule.
 */
export interface SearchCoordinates {
  /** The coordinate of par[k] = value. */
  into(k: number, value: number): number;
  /** par[k] at coordinate x. */
  outOf(k: number, x: number): number;
  /** d par[k] / dx, given par[k]. */
  slope(k: number, value: number): number;
  /** d^2 par[k] / dx^2, given par[k]. */
  curvature(k: number, value: number): number;
  /** Unit of a step, given that of par[k]. */
  unit(k: number, unit: number): number;
}

/** Keeps a start at the very edge inside, where derivatives still say something. */
const EDGE = 1e-9;

export function searchCoordinates(composite: CompositeStructure): SearchCoordinates {
  const { lower, upper } = composite.parBounds();
  const scale = (k: number): SearchScale => composite.searchScale?.[k] ?? 'linear';
  /** Place between the bounds, -1 to 1. */
  const place = (k: number, value: number) => (2 * value - lower[k] - upper[k]) / (upper[k] - lower[k]);
  return {
    into(k, value) {
      if (scale(k) === 'linear') return value;
      if (scale(k) === 'log') return Math.log(Math.max(value, EDGE));
      return Math.atanh(Math.min(1 - EDGE, Math.max(EDGE - 1, place(k, value))));
    },
    outOf(k, x) {
      if (scale(k) === 'linear') return x;
      if (scale(k) === 'log') return Math.exp(x);
      return (lower[k] + upper[k] + (upper[k] - lower[k]) * Math.tanh(x)) / 2;
    },
    slope(k, value) {
      if (scale(k) === 'linear') return 1;
      if (scale(k) === 'log') return value;
      return (2 * (upper[k] - value) * (value - lower[k])) / (upper[k] - lower[k]);
    },
    curvature(k, value) {
      if (scale(k) === 'linear') return 0;
      if (scale(k) === 'log') return value;
      return (-4 * place(k, value) * (upper[k] - value) * (value - lower[k])) / (upper[k] - lower[k]);
    },
    unit(k, unit) {
      if (scale(k) === 'linear') return unit;
      return scale(k) === 'log' ? 1 : 0.5;
    },
  };
}
