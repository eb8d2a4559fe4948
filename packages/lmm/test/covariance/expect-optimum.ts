import { expect } from 'vitest';
import type { FittedModel } from '../../src/index.js';
import { differences } from '../dense.js';
import { marginalObjective } from './marginal.js';

/** V / sigma^2 of the rows at par, from its definition; the residual part included. */
export type RowCovariance = (par: Float64Array) => (i: number, j: number) => number;

/**
 * The model's criterion is that of the marginal Gaussian with this covariance of the rows, and par is a stationary point of it (parameters on
 * their boundary excepted), tied ones moving together.
 */
export function expectOptimum({ data, optimum }: FittedModel, V: RowCovariance, digits = 9): void {
  const { matrices, source } = optimum;
  const rows = { y: matrices.y, X: matrices.X, terms: [], offset: matrices.offset };
  const dense = (par: Float64Array) => {
    const at = par.map((_, k) => par[source[k]]);
    return marginalObjective(rows, [], data.criterion === 'REML', V(at)).objective;
  };
  expect(data.certificate.message).toMatch(/^converged/);
  expect(data.objective).toBeCloseTo(dense(Float64Array.from(data.par)), digits);
  // Zero for what is held or at its edge
  const inside = data.certificate.scaledGradient.map((g) => g !== 0);
  expect(inside).toContain(true);
  differences(dense, data.par, 1e-3).forEach((slope, k) => {
    if (inside[k]) expect(Math.abs(slope)).toBeLessThan(2e-4);
  });
}
