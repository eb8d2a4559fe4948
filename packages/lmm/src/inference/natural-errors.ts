import { naturalParameters } from '@blup/covariance';
import { tieInPlace } from '../par-constraints.js';
import type { Optimum } from '../optimum.js';
import { varianceInformation } from './variance-information.js';

export type IntervalScale = 'log' | 'atanh' | 'logit' | 'identity';

/** A variance parameter as people read it, with its error on the scale on which intervals are symmetric. */
export interface NaturalEstimate {
  /** Position of its term; -1 for sigma. */
  readonly term: number;
  /** `sd (Intercept)`, `rho`, `sigma`. */
  readonly name: string;
  readonly value: number;
  readonly scale: IntervalScale;
  /** The lowest value on the scale of `atanh`; -1 but for structures that allow less. */
  readonly lowest: number;
  readonly transformed: number;
  /** Standard error of `transformed`; NaN where there is none. */
  readonly error: number;
  /** d value / d transformed. */
  readonly slope: number;
}

/** The way from an interval's scale back to the parameter. */
export const fromScale: Record<IntervalScale, (x: number, lowest: number) => number> = {
  log: Math.exp,
  atanh: (x, lowest) => (1 + lowest + (1 - lowest) * Math.tanh(x)) / 2,
  logit: (x) => 1 / (1 + Math.exp(-x)),
  identity: (x) => x,
};

/**
 * The natural parameters of every structure, and sigma unless it was held, with standard errors from the inverse of the observed information
 * about (par, log sigma) by the delta method; derivatives by extrapolated differences. A parameter on the boundary, a held one, and one
 * that the information says nothing about have the error NaN.
 */
export function naturalErrors(optimum: Optimum): NaturalEstimate[] {
  const { curvature, parCovariance } = varianceInformation(optimum);
  const { active, size, sigma: sigmaFree } = curvature;
  const logSigma = Math.log(optimum.objective.scale()) / 2;
  const here = parametersAt(optimum, optimum.par, logSigma);
  // d (transformed parameter) / d (par, log sigma)
  const gradients = here.map(() => new Float64Array(size));
  const { lower: least, upper: most } = optimum.composite.parBounds();
  active.forEach((k, a) => {
    const room = Math.min(most[k] - optimum.par[k], least[k] === 0 ? Infinity : optimum.par[k] - least[k]);
    const h = Math.min(1e-3 * Math.max(1e-2, Math.abs(optimum.par[k])), room / 4);
    const moved = (d: number) => {
      const par = optimum.par.slice();
      par[k] += d;
      tieInPlace(par, optimum.source);
      return parametersAt(optimum, par, logSigma);
    };
    const wide = [moved(h), moved(-h)];
    const close = [moved(h / 2), moved(-h / 2)];
    here.forEach((_, i) => {
      const difference = ([up, down]: typeof wide, step: number) =>
        (up[i].transformed - down[i].transformed) / (2 * step);
      gradients[i][a] = (4 * difference(close, h / 2) - difference(wide, h)) / 3;
    });
  });
  if (sigmaFree) here.forEach((parameter, i) => (gradients[i][size - 1] = parameter.byLogSigma));
  return here.map((parameter, i) => {
    let s = 0;
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++) s += gradients[i][a] * parCovariance[b * size + a] * gradients[i][b];
    const error = s > 0 && Number.isFinite(s) && Number.isFinite(parameter.transformed) ? Math.sqrt(s) : Number.NaN;
    const { term, name, value, scale, lowest, transformed, slope } = parameter;
    return { term, name, value, scale, lowest, transformed, slope, error };
  });
}

export interface Parameter extends Omit<NaturalEstimate, 'error'> {
  /** d transformed / d log sigma. */
  readonly byLogSigma: number;
}

/** The natural parameters at any par and sigma, without errors. */
export function parametersAt(
  { composite, matrices, objective }: Optimum,
  par: Float64Array,
  logSigma: number,
): Parameter[] {
  const out = composite.parts.flatMap((part, term) => {
    const own = par.subarray(composite.parOffset[term], composite.parOffset[term + 1]);
    return naturalParameters(part, own, matrices.terms[term].names).map(
      ({ name, value, sigmaPower, interval, lower }) => {
        const correlation = sigmaPower === 0 && !(value > 1) && /^(cor|rho)/.test(name);
        const scale = interval ?? (correlation ? 'atanh' : value >= 0 ? 'log' : 'identity');
        return onScale(term, name, value * Math.exp(sigmaPower * logSigma), scale, sigmaPower, lower);
      },
    );
  });
  if (objective.sigma === null) out.push(onScale(-1, 'sigma', Math.exp(logSigma), 'log', 1));
  return out;
}

function onScale(
  term: number,
  name: string,
  value: number,
  scale: IntervalScale,
  sigmaPower: number,
  lowest = -1,
): Parameter {
  const own = { term, name, value, scale, lowest };
  switch (scale) {
    case 'atanh':
      return {
        ...own,
        transformed: Math.atanh((2 * value - lowest - 1) / (1 - lowest)),
        slope: (2 * (1 - value) * (value - lowest)) / (1 - lowest),
        byLogSigma: 0,
      };
    case 'logit':
      return { ...own, transformed: Math.log(value / (1 - value)), slope: value * (1 - value), byLogSigma: 0 };
    case 'log':
      return { ...own, transformed: Math.log(value), slope: value, byLogSigma: sigmaPower };
    case 'identity':
      return { ...own, transformed: value, slope: 1, byLogSigma: sigmaPower * value };
  }
}
