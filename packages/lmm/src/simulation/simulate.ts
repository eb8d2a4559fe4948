import { composite, lambdaOf } from '@blup/covariance';
import { residualFactor } from '../residual-factor.js';
import { levelCorrelation, type LevelCorrelation } from './level-correlation.js';
import { FittedModel } from '../fitted-model.js';
import { membershipsOf } from '../memberships.js';
import { problemOf, type SimulationProblem } from './problem.js';
import { randomStream } from './random-stream.js';

export interface SimulateOptions {
  /** How many responses; default 1. */
  readonly nsim?: number;
  /** A whole number: the same seed gives the same bits everywhere. */
  readonly seed: number;
  /** Draw new random effects (default), or keep the conditional modes and draw residuals alone. */
  readonly randomEffects?: 'new' | 'kept';
}

/**
 * Responses simulated from a fitted model, each of length nobs in the order of the rows that took part:
 * y* = offset + X beta + Z b* + e*, with b* ~ N(0, Sigma) (or kept) and e* ~ N(0, sigma^2 / w), correlated as a residual structure says. Replicate r is a pure function of
 * (model, seed, r).
 */
export function simulate(model: FittedModel | SimulationProblem, options: SimulateOptions): Float64Array[] {
  const problem = model instanceof FittedModel ? problemOf(model) : model;
  const draw = simulator(problem, options.seed, options.randomEffects);
  return Array.from({ length: options.nsim ?? 1 }, (_, r) => draw(r, new Float64Array(problem.matrices.y.length)));
}

/** A function that overwrites `y` with replicate r and returns it. Everything that replicates share is computed once. */
export function simulator(
  problem: SimulationProblem,
  seed: number,
  randomEffects: 'new' | 'kept' = 'new',
): (replicate: number, y: Float64Array) => Float64Array {
  const { matrices: m, par, sigma } = problem;
  const n = m.y.length;
  const structure = composite(m.terms.map((t) => t.structure));
  const factors = structure.parts.map((part, t) =>
    lambdaOf(part, par.subarray(structure.parOffset[t], structure.parOffset[t + 1])),
  );
  const mean = m.offset ? m.offset.slice() : new Float64Array(n);
  problem.kept.forEach((column, k) => {
    const x = m.X.columns[column];
    for (let i = 0; i < n; i++) mean[i] += problem.beta[k] * x[i];
  });
  if (randomEffects === 'kept') m.terms.forEach((_, t) => addEffects(problem, t, problem.modes[t], mean));
  const residualSd = m.weights && m.weights.map((w) => sigma / Math.sqrt(w));
  const theta = new Float64Array(structure.thetaLength);
  structure.thetaInto(par, theta);
  const correlate = structure.parts.map((part, t) =>
    levelCorrelation(part, theta.subarray(0, structure.thetaOffset[t + 1])),
  );
  const last = m.terms.length - 1;
  const residual = m.terms[last]?.structure.residual;
  const coloured = residual ? residualFactor(residual, par.slice(structure.parOffset[last])) : null;
  const e = new Float64Array(n);
  const effects = m.terms.map((t) => new Float64Array(t.levels.length * t.names.length));
  return (replicate, y) => {
    const { normal } = randomStream(seed, replicate);
    y.set(mean);
    if (randomEffects === 'new') {
      m.terms.forEach((term, t) => {
        drawEffectsInto(factors[t], term.names.length, sigma, normal, correlate[t], effects[t]);
        addEffects(problem, t, effects[t], y);
      });
    }
    for (let i = 0; i < n; i++) e[i] = normal();
    coloured?.colourInPlace(e);
    for (let i = 0; i < n; i++) y[i] += (residualSd ? residualSd[i] : sigma) * e[i];
    return y;
  };
}

/** b = sigma lambda u for every level, u standard normal, correlated over levels if need be; lambda is nc by nc, column-major. */
function drawEffectsInto(
  lambda: Float64Array,
  nc: number,
  sigma: number,
  normal: () => number,
  correlate: LevelCorrelation | null,
  b: Float64Array,
): void {
  for (let k = 0; k < b.length; k++) b[k] = sigma * normal();
  if (correlate) correlate(b, nc);
  // lambda is lower triangular: from the last row up, u is read before it is overwritten.
  for (let at = 0; at < b.length; at += nc) {
    for (let r = nc - 1; r >= 0; r--) {
      let s = 0;
      for (let c = 0; c <= r; c++) s += lambda[c * nc + r] * b[at + c];
      b[at + r] = s;
    }
  }
}

/** y += Z b for one term. */
function addEffects({ matrices }: SimulationProblem, t: number, b: Float64Array, y: Float64Array): void {
  for (const { columns, levelIdx } of membershipsOf([matrices.terms[t]])) {
    const nc = columns.length;
    columns.forEach((z, c) => {
      for (let i = 0; i < y.length; i++) y[i] += z[i] * b[levelIdx[i] * nc + c];
    });
  }
}
