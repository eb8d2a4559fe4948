import { lambdaOf, relativeCovariance } from '@blup/covariance';
import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import { requireUntied } from '../par-constraints.js';
import { checkedLevel } from './coefficient-table.js';
import { refitML } from './compare-models.js';
import { directParameters } from './direct-parameters.js';
import { labelOf } from './variance-intervals.js';
import { constrainedDeviance, type ConstrainedDeviance, type ProfiledParameter } from './constrained-deviance.js';
import { normalUpperQuantile } from './distributions/distributions.js';
import { findRoot } from './distributions/find-root.js';

/** The profile of one parameter and its interval. */
export interface ParameterProfile {
  /** `sd Subject.Days`, `cor Subject.Days,(Intercept)`, `rho Residual`, `sigma`, or the name of a fixed effect. */
  readonly name: string;
  readonly kind: ProfiledParameter['kind'];
  /** Maximum-likelihood estimate. */
  readonly estimate: number;
  /** Ascending values of the parameter, and at each zeta = sign(value - estimate) sqrt(rise of the deviance). */
  readonly values: readonly number[];
  readonly zeta: readonly number[];
  /** Ends of the interval: where zeta is minus and plus the normal quantile, or the parameter's bound (0, -1, 1) where it is not reached. */
  readonly lower: number;
  readonly upper: number;
}

/** Profiles on the ML deviance. */
export interface Profile {
  readonly level: number;
  readonly parameters: readonly ParameterProfile[];
  /**
   * Variance parameters without a profile: functions of several parameters of their structure (correlations by lag of Toeplitz, those of
   * unstructured residuals). Wald and bootstrap intervals have them.
   */
  readonly omitted: readonly string[];
}

/**
 * Profile likelihoods of standard deviations, correlations, sigma and fixed effects, on the ML deviance whatever the fit's criterion (Bates
 * et al. 2015, J. Stat. Software 67(1), section 5.1). Every point is a minimisation over all other parameters, started at its
 * neighbour. Ends of intervals are roots of zeta, not interpolations; a variance or correlation at its bound is no exception.
 *
 * @param options.which names of parameters, or kinds (`sd`, `cor`, `natural`, `sigma`, `beta`); all when left out
 * @throws ModelError `bad-option` for a name that there is not
 */
export function profile(
  model: FittedModel,
  options: { readonly level?: number; readonly which?: readonly string[] } = {},
): Profile {
  requireUntied(model.optimum, 'profiles');
  const level = checkedLevel(options.level);
  const ml = model.data.criterion === 'ML' ? model.optimum : refitML(model);
  const sigma = Math.sqrt(ml.objective.scale());
  ml.objective.evaluate(ml.theta);
  const beta = mlBeta(model, ml);
  const { list, omitted } = parametersOf(model);
  const known = list.map(({ name }) => name);
  const which = options.which;
  which?.forEach((name) => {
    if (!known.includes(name) && !['sd', 'cor', 'natural', 'sigma', 'beta'].includes(name))
      throw new ModelError('bad-option', `there is no parameter ${name}; there are: ${known.join(', ')}`);
  });
  const wanted = list.filter(({ name, parameter }) => !which || which.includes(name) || which.includes(parameter.kind));
  const z = normalUpperQuantile((1 - level) / 2);
  return {
    level,
    omitted,
    parameters: wanted.map(({ name, parameter }) => {
      const estimate = estimateOf(parameter, model, ml, sigma, beta);
      if (Number.isNaN(estimate)) {
        return { name, kind: parameter.kind, estimate, values: [], zeta: [], lower: NaN, upper: NaN };
      }
      const deviance = constrainedDeviance(model, parameter, ml.par.slice(), sigma);
      const step = firstStep(parameter, estimate, model);
      return {
        name,
        kind: parameter.kind,
        estimate,
        ...trace(
          deviance,
          () => constrainedDeviance(model, parameter, ml.par.slice(), sigma),
          boundsOf(parameter, model.optimum),
          estimate,
          ml.value,
          step,
          z,
        ),
      };
    }),
  };
}

/** All parameters in order: standard deviations and correlations term by term, sigma, fixed effects. */
export function parametersOf(model: FittedModel): {
  list: { name: string; parameter: ProfiledParameter }[];
  omitted: string[];
} {
  const { optimum, data } = model;
  const { composite, matrices, fixedPar } = optimum;
  const list: { name: string; parameter: ProfiledParameter }[] = [];
  const omitted: string[] = [];
  composite.parts.forEach((part, term) => {
    const { group, names } = matrices.terms[term];
    const held = fixedPar.slice(composite.parOffset[term], composite.parOffset[term + 1]);
    const diagonal =
      part.parLength === part.nc &&
      part.thetaLength === part.nc &&
      part.thetaIndex.every((k, i) => k < 0 || i % (part.nc + 1) === 0);
    if (part.residual || part.levels || (!part.anyColumns && !diagonal)) {
      const own = optimum.par.slice(composite.parOffset[term], composite.parOffset[term + 1]);
      const { direct, composed } = directParameters(part, own, names);
      for (const { name, k, sigmaPower } of direct)
        if (!held[k])
          list.push({ name: labelOf(name, group), parameter: { kind: 'natural', term, par: k, sigmaPower } });
      omitted.push(...composed.map((name) => labelOf(name, group)));
      return;
    }
    if (part.anyColumns && held.some(Boolean)) return;
    names.forEach((name, column) => {
      if (!held[part.anyColumns ? 0 : column])
        list.push({ name: `sd ${group}.${name}`, parameter: { kind: 'sd', term, column } });
    });
    if (!part.anyColumns) return;
    for (let j = 0; j < part.nc; j++) {
      for (let i = j + 1; i < part.nc; i++) {
        list.push({ name: `cor ${group}.${names[i]},${names[j]}`, parameter: { kind: 'cor', term, columns: [j, i] } });
      }
    }
  });
  if (!data.sigmaFixed) list.push({ name: 'sigma', parameter: { kind: 'sigma' } });
  data.beta.names.forEach((name, index) => list.push({ name, parameter: { kind: 'beta', index } }));
  return { list, omitted };
}

function mlBeta(model: FittedModel, ml: FittedModel['optimum']): number[] {
  const { cp, objective } = ml;
  const beta = objective.pls.beta.map((b, k) => b + cp.fixed.c[k]);
  const { R } = cp.fixed;
  for (let j = cp.p - 1; j >= 0; j--) {
    beta[j] /= R[j * cp.p + j];
    for (let i = 0; i < j; i++) beta[i] -= R[j * cp.p + i] * beta[j];
  }
  return model.data.beta.values.map((_, k) => beta[k]);
}

function estimateOf(
  parameter: ProfiledParameter,
  { optimum }: FittedModel,
  ml: FittedModel['optimum'],
  sigma: number,
  beta: readonly number[],
): number {
  if (parameter.kind === 'sigma') return sigma;
  if (parameter.kind === 'beta') return beta[parameter.index];
  const { composite } = optimum;
  if (parameter.kind === 'natural')
    return ml.par[composite.parOffset[parameter.term] + parameter.par] * sigma ** parameter.sigmaPower;
  const part = composite.parts[parameter.term];
  const S = relativeCovariance(
    lambdaOf(part, ml.par.subarray(composite.parOffset[parameter.term], composite.parOffset[parameter.term + 1])),
    part.nc,
  );
  const at = (i: number, j: number) => S[j * part.nc + i];
  if (parameter.kind === 'sd') return sigma * Math.sqrt(at(parameter.column, parameter.column));
  const [i, j] = parameter.columns;
  return Math.max(-1, Math.min(1, at(i, j) / Math.sqrt(at(i, i) * at(j, j))));
}

interface Bounds {
  readonly range: readonly [number, number];
  /** Whether the deviance exists at the bounds themselves. */
  readonly closed: boolean;
}

function boundsOf(parameter: ProfiledParameter, { composite }: FittedModel['optimum']): Bounds {
  if (parameter.kind === 'beta') return { range: [-Infinity, Infinity], closed: false };
  if (parameter.kind === 'cor') return { range: [-1, 1], closed: true };
  // Sigma has no deviance at zero.
  if (parameter.kind !== 'natural') return { range: [0, Infinity], closed: parameter.kind === 'sd' };
  const k = composite.parOffset[parameter.term] + parameter.par;
  const { lower, upper } = composite.parBounds();
  const closed = (composite.searchScale?.[k] ?? 'linear') === 'linear';
  return { range: [lower[k] > 0 && lower[k] < 1e-300 ? 0 : lower[k], upper[k]], closed };
}

function firstStep(parameter: ProfiledParameter, estimate: number, { data, optimum }: FittedModel): number {
  if (parameter.kind === 'beta') return data.se[parameter.index] / 2;
  if (parameter.kind === 'sigma') return (0.5 * estimate) / Math.sqrt(2 * data.nobs);
  if (parameter.kind === 'cor') return 0.1;
  if (parameter.kind === 'natural') {
    const [least, most] = boundsOf(parameter, optimum).range;
    return Number.isFinite(most - least) ? 0.02 * (most - least) : Math.max(0.05 * Math.abs(estimate), 1e-3);
  }
  const { rms } = optimum.cp.terms[parameter.term].basis;
  return Math.max(0.1 * estimate, (0.05 * data.sigma) / rms[parameter.column]);
}

/** Walks outward from the estimate on both sides until zeta is past the quantile or the bound is reached, then finds the roots. */
function trace(
  up: ConstrainedDeviance,
  again: () => ConstrainedDeviance,
  bounds: Bounds,
  estimate: number,
  minimum: number,
  step: number,
  z: number,
): Pick<ParameterProfile, 'values' | 'zeta' | 'lower' | 'upper'> {
  const {
    range: [least, most],
    closed,
  } = bounds;
  const above = walk(up, 1, estimate, most, minimum, step, z, closed);
  const below = walk(again(), -1, estimate, least, minimum, step, z, closed);
  return {
    values: [...below.values.reverse(), estimate, ...above.values],
    zeta: [...below.zeta.reverse(), 0, ...above.zeta],
    lower: below.end,
    upper: above.end,
  };
}

function walk(
  deviance: ConstrainedDeviance,
  sign: 1 | -1,
  estimate: number,
  bound: number,
  minimum: number,
  step: number,
  z: number,
  closed: boolean,
): { values: number[]; zeta: number[]; end: number } {
  const values: number[] = [];
  const zeta: number[] = [];
  const rise = (v: number): number => Math.sqrt(Math.max(0, deviance.at(v) - minimum));
  if (estimate === bound) return { values, zeta, end: bound };
  const towards = (from: number, d: number): number => {
    const to = from + sign * d;
    if (sign * (to - bound) < 0) return to;
    return closed || Math.abs(bound - from) < 1e-6 * (Math.abs(bound) + Math.abs(from)) ? bound : (from + bound) / 2;
  };
  let value = estimate;
  let height = 0;
  let d = step;
  for (let i = 0; i < 100; i++) {
    let next = towards(value, d);
    if (next === bound && !closed) return { values, zeta, end: bound };
    let h = rise(next);
    // A long step would leave the profile without points between.
    for (let shrink = 0; shrink < 8 && h > height + 1.2; shrink++) {
      d /= 2;
      next = towards(value, d);
      h = rise(next);
    }
    values.push(next);
    zeta.push(sign * h);
    if (h >= z) {
      const end = findRoot(
        (v) => rise(v) - z,
        value,
        next,
        1e-9 * Math.max(Math.abs(next), Math.abs(next - estimate)),
        height - z,
        h - z,
      );
      const at = values.length - 1;
      values.splice(at, 0, end);
      zeta.splice(at, 0, sign * z);
      return { values, zeta, end };
    }
    if (next === bound) return { values, zeta, end: bound };
    const gain = h - height;
    d = gain > 0 ? Math.min(4 * d, Math.max(d / 4, (0.4 * Math.abs(next - value)) / gain)) : 2 * d;
    value = next;
    height = h;
  }
  return { values, zeta, end: Number.isFinite(bound) ? bound : sign * Infinity };
}
