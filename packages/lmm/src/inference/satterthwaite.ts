import type { FittedModel } from '../fitted-model.js';
import { dot, solveLowerInPlace } from '../dense.js';
import { fixedModesInto, residualFixedInto } from '../objective-gradient.js';
import { contrastToBasisInPlace, requireContrast, unitContrasts, type ContrastRows } from './fixed-effects-space.js';
import { estimateOf } from './fixed-effects-space.js';
import { tTwoSided } from './distributions/distributions.js';
import { addByTheta, chain } from './variance-curvature.js';
import { varianceInformation, type VarianceInformation } from './variance-information.js';

/** Satterthwaite's approximation for one linear combination l'beta. */
export interface SatterthwaiteDf {
  /** l'Var(beta)l. */
  readonly variance: number;
  /** 2 (l'Vl)^2 / Var(l'Vl); Infinity when no variance parameter moves l'Vl. */
  readonly df: number;
}

/** What one model needs once for the degrees of freedom of any number of contrasts. */
export interface SatterthwaiteFacts extends VarianceInformation {
  /** Z'V^-1X M, up to sign, where M'M = (X'V^-1X)^-1: q by p, column-major, relative to sigma. */
  readonly W: Float64Array;
  /** Lower Cholesky factor of X'V^-1X, relative to sigma, p by p. */
  readonly RXt: Float64Array;
  /** Changed factors of the terms. */
  readonly lambdas: readonly Float64Array[];
}

const known = new WeakMap<FittedModel, SatterthwaiteFacts>();

/** The facts of a model, computed when first asked for. O(nnz(L)) times 6 evaluations for each variance parameter. */
export function satterthwaiteFacts(model: FittedModel): SatterthwaiteFacts {
  const done = known.get(model);
  if (done) return done;
  const { optimum } = model;
  const information = varianceInformation(optimum);
  const { curvature } = information;
  const { pls } = optimum.objective;
  optimum.objective.evaluate(optimum.theta);
  const W = new Float64Array(pls.cp.q * pls.cp.p);
  if (!curvature.covariance) {
    const V = new Float64Array(W.length);
    fixedModesInto(pls, V);
    residualFixedInto(pls, V, W);
  }
  const facts: SatterthwaiteFacts = {
    ...information,
    W,
    RXt: pls.RXt.slice(),
    lambdas: pls.lambdas.map((l) => l.slice()),
  };
  known.set(model, facts);
  return facts;
}

/**
 * Degrees of freedom of l'beta by the method of moments (Satterthwaite 1946; Giesbrecht and Burns 1985, Biometrics 41, 477-486): the
 * gradient of l'Vl by the variance parameters is exact, their covariance is twice the inverse of the observed Hessian. O(q p) for each l.
 *
 * Singular fits: parameters on the boundary are held there, as if the model had been fitted without them.
 *
 * @param l weights of the fixed effects that were kept
 */
export function satterthwaiteDf(model: FittedModel, l: ArrayLike<number>): SatterthwaiteDf {
  const facts = satterthwaiteFacts(model);
  const { variance, gradient } = varianceGradient(model, facts, l);
  const { size } = facts.curvature;
  let spread = 0;
  for (let j = 0; j < size; j++) spread += gradient[j] * dot(facts.parCovariance, j * size, gradient, 0, size);
  // Less is rounding of a variance that no parameter moves.
  return { variance, df: spread > 1e-28 * variance ** 2 ? (2 * variance ** 2) / spread : Infinity };
}

/** l'Vl and its derivatives by (par, log sigma). */
export function varianceGradient(
  { optimum }: FittedModel,
  { W, RXt, lambdas, curvature }: SatterthwaiteFacts,
  l: ArrayLike<number>,
): { variance: number; gradient: Float64Array } {
  const { cp, composite, objective } = optimum;
  const { p, q } = cp;
  const s2 = objective.scale();
  const v = Float64Array.from(l);
  contrastToBasisInPlace(cp, v);
  solveLowerInPlace(RXt, p, v);
  const variance = s2 * dot(v, 0, v, 0, p);
  const gradient = new Float64Array(curvature.size);
  if (curvature.sigma) gradient[curvature.size - 1] = 2 * variance;
  if (curvature.covariance) {
    const inBasis = Float64Array.from(l);
    contrastToBasisInPlace(cp, inBasis);
    curvature.covariance.forEach((D, a) => {
      for (let k = 0; k < p; k++) gradient[a] += s2 * inBasis[k] * dot(D, k * p, inBasis, 0, p);
    });
    return { variance, gradient };
  }
  const w = new Float64Array(q);
  for (let k = 0; k < p; k++) for (let i = 0; i < q; i++) w[i] += W[k * q + i] * v[k];
  const byTheta = new Float64Array(composite.thetaLength);
  cp.terms.forEach(({ nc, nl, start, basis }, t) => {
    // sum over levels of 2 sigma^2 w w'lambda
    const ww = new Float64Array(nc * nc);
    for (let b = 0; b < nc; b++) {
      for (let a = 0; a < nc; a++) {
        let s = 0;
        for (let k = 0; k < nl; k++) s += w[start + k * nc + a] * w[start + k * nc + b];
        ww[b * nc + a] = 2 * s2 * s;
      }
    }
    const D = new Float64Array(nc * nc);
    for (let b = 0; b < nc; b++) {
      for (let a = 0; a < nc; a++) {
        for (let c = 0; c < nc; c++) D[b * nc + a] += ww[c * nc + a] * lambdas[t][b * nc + c];
      }
    }
    addByTheta(composite.parts[t].thetaIndex, composite.thetaOffset[t], basis, D, byTheta);
  });
  gradient.set(chain(curvature.jacobian, byTheta));
  return { variance, gradient };
}

/** Degrees of freedom, t and two-sided p values of single linear combinations. */
export interface TTests {
  readonly estimate: readonly number[];
  readonly se: readonly number[];
  readonly df: readonly number[];
  readonly t: readonly number[];
  readonly p: readonly number[];
}

/**
 * t tests of l'beta = 0 with Satterthwaite's degrees of freedom.
 *
 * @param L rows of weights; the single fixed effects when left out
 * @throws ModelError `bad-option` for rows of a wrong length
 */
export function satterthwaite(model: FittedModel, L?: ContrastRows): TTests {
  const rows = L ?? unitContrasts(model.data.beta.values.length);
  requireContrast(model, rows);
  const parts = rows.map((l) => ({ estimate: estimateOf(model, l), ...satterthwaiteDf(model, l) }));
  return tTests(
    parts.map((r) => r.estimate),
    parts.map((r) => Math.sqrt(r.variance)),
    parts.map((r) => r.df),
  );
}

export function tTests(estimate: readonly number[], se: readonly number[], df: readonly number[]): TTests {
  const t = estimate.map((e, i) => e / se[i]);
  return { estimate, se, df, t, p: t.map((v, i) => tTwoSided(v, df[i])) };
}
