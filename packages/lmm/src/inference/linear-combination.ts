import { lambdaInto } from '@blup/covariance';
import { dot, solveLowerInPlace } from '../dense.js';
import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import { solveNormalInPlace } from '../penalized-least-squares.js';

/** One random effect in a linear combination. */
export interface EffectWeight {
  readonly group: string;
  readonly level: string;
  /** Name of the column, `(Intercept)` for example. */
  readonly name: string;
  readonly weight: number;
}

export interface LinearCombination {
  /** l1'beta + l2'b at the estimates: the best linear unbiased predictor. */
  readonly estimate: number;
  /** Mean squared error of prediction, with the uncertainty of beta and of b; theta and sigma taken as known. */
  readonly mse: number;
  /** sqrt(mse). */
  readonly se: number;
}

/**
 * l1'beta + l2'b and its mean squared error [l1; l2]'C[l1; l2], where C is the inverse of Henderson's mixed model equations (Henderson 1975,
 * Biometrics 31, 423-447). Computed through u, so that singular covariances are no exception. One solve with the factor.
 *
 * @param l1 weights of the fixed effects, by the columns that were kept; length p
 * @param l2 weights of random effects
 * @throws ModelError `bad-option` for a wrong length or an effect that the model does not have
 */
export function linearCombination(
  model: FittedModel,
  l1: ArrayLike<number>,
  l2: readonly EffectWeight[] = [],
): LinearCombination {
  const { optimum, data } = model;
  const { cp, composite, objective, theta } = optimum;
  const { p, q } = cp;
  if (l1.length !== p)
    throw new ModelError('bad-option', `the model has ${p} fixed effects; ${l1.length} weights were given`);
  objective.evaluate(theta);
  const f = new Float64Array(q);
  const g = Float64Array.from(l1);
  let estimate = 0;
  for (let k = 0; k < p; k++) estimate += g[k] * data.beta.values[k];
  for (const effect of l2) {
    const { term, column, level } = locate(model, effect);
    const { nc, start } = cp.terms[term];
    const lambda = new Float64Array(nc * nc);
    lambdaInto(
      composite.parts[term],
      theta.subarray(composite.thetaOffset[term], composite.thetaOffset[term + 1]),
      lambda,
    );
    const at = start + level * nc;
    for (let c = 0; c < nc; c++) {
      f[at + c] += effect.weight * lambda[c * nc + column];
      estimate += effect.weight * lambda[c * nc + column] * objective.pls.u[at + c];
    }
  }
  // beta = R^-1 (...): in the basis Q1 the weights are R^-T l1, a forward substitution with R' (whose column-major form is that of R by rows).
  const Rt = new Float64Array(p * p);
  for (let i = 0; i < p; i++) for (let j = i; j < p; j++) Rt[i * p + j] = cp.fixed.R[j * p + i];
  solveLowerInPlace(Rt, p, g);
  const u = f.slice();
  const beta = g.slice();
  solveNormalInPlace(objective.pls, u, beta);
  const mse = objective.scale() * (dot(f, 0, u, 0, q) + dot(g, 0, beta, 0, p));
  return { estimate, mse, se: Math.sqrt(mse) };
}

function locate(model: FittedModel, effect: EffectWeight): { term: number; column: number; level: number } {
  const { terms } = model.optimum.matrices;
  for (let term = 0; term < terms.length; term++) {
    if (terms[term].group !== effect.group) continue;
    const column = terms[term].names.indexOf(effect.name);
    if (column < 0) continue;
    const level = terms[term].levels.indexOf(effect.level);
    if (level < 0) throw new ModelError('bad-option', `${effect.group} has no level ${effect.level}`);
    return { term, column, level };
  }
  throw new ModelError('bad-option', `the model has no random effect ${effect.name} by ${effect.group}`);
}
