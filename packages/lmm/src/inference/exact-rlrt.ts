import { dot, choleskyInPlace, solveLowerInPlace } from '../dense.js';
import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import { labelOf } from '../identifiability.js';
import { heldPar, requireUntied } from '../par-constraints.js';
import { randomStream, type RandomStream } from '../simulation/random-stream.js';
import { refitWith } from './compare-models.js';
import { symmetricEigenvalues } from './symmetric-eigenvalues.js';

/** The exact restricted likelihood-ratio test of one variance. */
export interface ExactRlrt {
  /** Restricted likelihood-ratio statistic. */
  readonly statistic: number;
  /** Share of simulated statistics that are at least as large. */
  readonly p: number;
  /** Monte Carlo standard error of p. */
  readonly error: number;
  readonly simulations: number;
}

/** Largest number of effects whose eigenvalues are computed. */
const LIMIT = 3000;

export interface ExactRlrtOptions {
  /** The term that is tested, by its grouping factor, its label or its position; needed where the model has several. */
  readonly term?: string | number;
  /** Default 10 000. */
  readonly simulations?: number;
  /** Default 1; the same seed gives the same p. */
  readonly seed?: number;
}

/**
 * Tests that the variance of a scalar random effect is zero, with the finite-sample distribution of the statistic in place of an
 * asymptotic one (Crainiceanu and Ruppert 2004, J. R. Statist. Soc. B 66, 165-185): under the hypothesis it is
 *
 *     sup over lambda of (n - p) log(1 + N / D) - sum_s log(1 + lambda mu_s),
 *     N = sum lambda mu_s / (1 + lambda mu_s) w_s^2,    D = sum w_s^2 / (1 + lambda mu_s) + sum of the other n - p - K squares,
 *
 * with mu_s the eigenvalues of Z'P0 Z, so no model is refitted: a simulated statistic costs a search over lambda.
 *
 * One term among several is tested as if the others' effects were known and taken from the response (Greven, Crainiceanu, Kuechenhoff and
 * Peters 2008, J. Comput. Graph. Statist. 17, 870-891): the statistic is that of the whole model against the one without the term, its
 * distribution that of the model with this term alone. The name is then a courtesy: an approximation, better than any mixture of chi-squared.
 *
 * @throws ModelError `bad-option` unless the model is fitted by REML with an estimated sigma, and the term has one column, independent levels
 * and a variance that was estimated
 */
export function exactRLRT(model: FittedModel, options: ExactRlrtOptions = {}): ExactRlrt {
  const { optimum, data } = model;
  const { cp, matrices } = optimum;
  if (data.criterion !== 'REML' || data.sigmaFixed || cp.residual) {
    throw new ModelError(
      'bad-option',
      'the exact test is for REML fits with independent residuals whose standard deviation is estimated',
    );
  }
  requireUntied(optimum, 'the exact test of a variance');
  const t = testedTerm(model, options.term);
  const { nl } = cp.terms[t];
  if (nl > LIMIT) throw new ModelError('bad-option', `the exact test takes up to ${LIMIT} levels; there are ${nl}`);
  const simulations = options.simulations ?? 10_000;
  if (!(Number.isSafeInteger(simulations) && simulations > 0))
    throw new ModelError('bad-option', `simulations must be a positive whole number, not ${simulations}`);
  const others = matrices.terms.filter((_, s) => s !== t);
  const held = matrices.terms.flatMap((_, s) => (s === t ? [] : heldPar(optimum, s)));
  const statistic = Math.max(0, refitWith(model, { terms: others }, true, held).value - optimum.value);
  const mu = randomEigenvalues(model, t);
  const random = randomStream(options.seed ?? 1, 0);
  const nu = data.nobs - cp.p;
  const grid = gridTables(mu, lambdaGrid(mu));
  const w = new Float64Array(mu.length);
  let above = 0;
  for (let i = 0; i < simulations; i++) {
    for (let s = 0; s < w.length; s++) w[s] = random.normal() ** 2;
    const rest = chiSquaredVariate(nu - w.length, random);
    if (simulatedStatistic(mu, w, rest, nu, grid, statistic) >= statistic) above++;
  }
  const p = above / simulations;
  return { statistic, p, error: Math.sqrt((p * (1 - p)) / simulations), simulations };
}

/** @throws ModelError `bad-option` unless the wish names one term that can be tested */
function testedTerm({ optimum }: FittedModel, wanted: string | number | undefined): number {
  const { matrices, cp, composite } = optimum;
  const labels = matrices.terms.map(labelOf);
  const named = matrices.terms.flatMap((term, t) =>
    wanted === undefined || wanted === t || wanted === term.group || wanted === labels[t] ? [t] : [],
  );
  if (named.length !== 1) {
    const terms = labels.join(', ') || 'none';
    throw new ModelError(
      'bad-option',
      named.length
        ? `the exact test is for a single term: name one of ${named.map((t) => labels[t]).join(', ')} by the option term`
        : `the model has no random-effects term ${wanted}; it has: ${terms}`,
    );
  }
  const [t] = named;
  const correlated = composite.parts[t].levels || cp.pairs.some(({ i, j }) => i === t && j === t);
  if (cp.terms[t].nc !== 1 || correlated || heldPar(optimum, t).some((v) => v !== null)) {
    throw new ModelError(
      'bad-option',
      `the exact test is for a single random-effects column with independent levels and an estimated variance, which ${labels[t]} is not`,
    );
  }
  return t;
}

/** Positive eigenvalues of Z'P0 Z of one term (Z weighted), scaled to a largest of 1. */
function randomEigenvalues({ optimum }: FittedModel, t: number): Float64Array {
  const { cp } = optimum;
  const { q, p } = cp;
  const { nl, start, blocks } = cp.terms[t];
  // Z'Z - Z'Q1 (Q1'Q1)^-1 Q1'Z
  const L = cp.XtX.slice();
  choleskyInPlace(L, p);
  const half = new Float64Array(nl * p);
  const row = new Float64Array(p);
  for (let i = 0; i < nl; i++) {
    for (let k = 0; k < p; k++) row[k] = cp.ZtX[k * q + start + i];
    solveLowerInPlace(L, p, row);
    half.set(row, i * p);
  }
  const A = new Float64Array(nl * nl);
  for (let j = 0; j < nl; j++) {
    for (let i = j; i < nl; i++) A[j * nl + i] = (i === j ? blocks[j] : 0) - dot(half, i * p, half, j * p, p);
  }
  const values = symmetricEigenvalues(A, nl);
  const top = values[nl - 1];
  return values.filter((v) => v > 1e-10 * top).map((v) => v / top);
}

/** From where the statistic cannot leave zero to where every eigenvalue has been overtaken. */
function lambdaGrid(mu: Float64Array): Float64Array {
  const low = Math.log(1e-4);
  const high = Math.log(1e6 / mu[0]);
  return Float64Array.from({ length: 80 }, (_, i) => Math.exp(low + ((high - low) * i) / 79));
}

/** What every draw needs of the points of the grid. */
interface GridTables {
  readonly lambda: Float64Array;
  /** 1 / (1 + lambda mu_s), one row of mu.length numbers for each point. */
  readonly shrinkage: Float64Array;
  /** sum_s log(1 + lambda mu_s). */
  readonly logs: Float64Array;
}

function gridTables(mu: Float64Array, lambda: Float64Array): GridTables {
  const K = mu.length;
  const shrinkage = new Float64Array(lambda.length * K);
  const logs = new Float64Array(lambda.length);
  lambda.forEach((at, i) => {
    for (let s = 0; s < K; s++) {
      shrinkage[i * K + s] = 1 / (1 + at * mu[s]);
      logs[i] += Math.log1p(at * mu[s]);
    }
  });
  return { lambda, shrinkage, logs };
}

/** The statistic of one draw; the search is refined only where the grid leaves its relation to `target` open. */
function simulatedStatistic(
  mu: Float64Array,
  w: Float64Array,
  rest: number,
  nu: number,
  { lambda, shrinkage, logs }: GridTables,
  target: number,
): number {
  const K = mu.length;
  let total = 0;
  for (let s = 0; s < K; s++) total += w[s];
  let best = 0;
  let at = -1;
  for (let i = 0; i < lambda.length; i++) {
    let shrunk = 0;
    for (let s = 0, from = i * K; s < K; s++) shrunk += shrinkage[from + s] * w[s];
    const v = nu * Math.log1p((total - shrunk) / (rest + shrunk)) - logs[i];
    if (v > best) [best, at] = [v, i];
    else if (at >= 0 && v < best - 20) break;
  }
  if (best >= target || best < target - 1) return best;
  const value = (logLambda: number): number => {
    const l = Math.exp(logLambda);
    let shrunk = 0;
    let sum = 0;
    for (let s = 0; s < K; s++) {
      shrunk += w[s] / (1 + l * mu[s]);
      sum += Math.log1p(l * mu[s]);
    }
    return nu * Math.log1p((total - shrunk) / (rest + shrunk)) - sum;
  };
  // Golden-section search in log lambda around the best point.
  let a = Math.log(lambda[Math.max(0, at - 1)]);
  let b = Math.log(lambda[Math.min(lambda.length - 1, at + 1)]);
  for (let i = 0; i < 30; i++) {
    const c = b - 0.618 * (b - a);
    const d = a + 0.618 * (b - a);
    if (value(c) > value(d)) b = d;
    else a = c;
  }
  return Math.max(best, value((a + b) / 2));
}

/** A chi-squared variate (Marsaglia and Tsang 2000, ACM TOMS 26, 363-372), zero for no degrees of freedom. */
function chiSquaredVariate(df: number, random: RandomStream): number {
  if (df <= 0) return 0;
  if (df === 1) return random.normal() ** 2;
  const d = df / 2 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(random.uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return 2 * d * v;
  }
}
