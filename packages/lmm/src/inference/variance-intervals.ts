import { naturalParameters } from '@blup/covariance';
import type { FittedModel } from '../fitted-model.js';
import { checkedLevel } from './coefficient-table.js';
import { normalUpperQuantile } from './distributions/distributions.js';
import { satterthwaiteFacts } from './satterthwaite.js';

/** Standard errors and Wald intervals of the variance parameters, by columns. */
export interface VarianceIntervals {
  readonly level: number;
  /** `sd Subject.Days`, `cor Subject.Days,(Intercept)`, `sigma`, and what other structures call theirs. */
  readonly names: readonly string[];
  readonly estimate: readonly number[];
  /** NaN for parameters on the boundary, and held ones. */
  readonly se: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** Scale on which the interval is symmetric. */
  readonly scale: readonly ('log' | 'atanh' | 'identity')[];
}

/**
 * Standard errors from the inverse of the observed information about (par, log sigma) by the fit's own criterion,
 * carried to standard deviations and correlations by the delta method; intervals are symmetric for log sd and atanh correlation (Pinheiro
 * and Bates 2000, section 2.4.3). Small samples and estimates near a boundary ask for {@link profile}.
 */
export function varianceIntervals(model: FittedModel, options: { readonly level?: number } = {}): VarianceIntervals {
  const level = checkedLevel(options.level);
  const z = normalUpperQuantile((1 - level) / 2);
  const { optimum, data } = model;
  const { curvature, parCovariance } = satterthwaiteFacts(model);
  const { active, size, sigma: sigmaFree } = curvature;
  const here = parametersAt(model, optimum.par, Math.log(data.sigma));
  // d (transformed parameter) / d (par, log sigma) by extrapolated differences
  const gradients = here.map(() => new Float64Array(size));
  const { lower: least, upper: most } = optimum.composite.parBounds();
  active.forEach((k, a) => {
    const room = Math.min(most[k] - optimum.par[k], least[k] === 0 ? Infinity : optimum.par[k] - least[k]);
    const h = Math.min(1e-3 * Math.max(1e-2, Math.abs(optimum.par[k])), room / 4);
    const moved = (d: number) => {
      const par = optimum.par.slice();
      par[k] += d;
      return parametersAt(model, par, Math.log(data.sigma));
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
  const errors = here.map((parameter, i) => {
    let s = 0;
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++) s += gradients[i][a] * parCovariance[b * size + a] * gradients[i][b];
    return s > 0 && Number.isFinite(s) && Number.isFinite(parameter.transformed) ? Math.sqrt(s) : NaN;
  });
  return {
    level,
    names: here.map((v) => v.name),
    estimate: here.map((v) => v.value),
    se: here.map((v, i) => errors[i] * v.slope),
    lower: here.map((v, i) => v.back(v.transformed - z * errors[i])),
    upper: here.map((v, i) => v.back(v.transformed + z * errors[i])),
    scale: here.map((v) => v.scale),
  };
}

interface Transformed {
  readonly name: string;
  readonly value: number;
  readonly scale: 'log' | 'atanh' | 'identity';
  readonly transformed: number;
  /** d value / d transformed. */
  readonly slope: number;
  /** d transformed / d log sigma. */
  readonly byLogSigma: number;
  readonly back: (x: number) => number;
}

function parametersAt({ optimum }: FittedModel, par: Float64Array, logSigma: number): Transformed[] {
  const { composite, matrices, objective } = optimum;
  const out = composite.parts.flatMap((part, t) => {
    const { group, names } = matrices.terms[t];
    const own = par.subarray(composite.parOffset[t], composite.parOffset[t + 1]);
    const labels = part.natural ? null : namesOf(group, names);
    return naturalParameters(part, own, names).map(({ name, value, sigmaPower }, i) => {
      const correlation = sigmaPower === 0 && !(value > 1) && /^(cor|rho)/.test(name);
      return transformed(
        labels?.[i] ?? labelOf(name, group),
        value * Math.exp(sigmaPower * logSigma),
        correlation,
        sigmaPower,
      );
    });
  });
  if (objective.sigma === null) out.push(transformed('sigma', Math.exp(logSigma), false, 1));
  return out;
}

function transformed(name: string, value: number, correlation: boolean, sigmaPower: number): Transformed {
  if (correlation) {
    return {
      name,
      value,
      scale: 'atanh',
      transformed: Math.atanh(value),
      slope: 1 - value * value,
      byLogSigma: 0,
      back: Math.tanh,
    };
  }
  if (value >= 0) {
    return {
      name,
      value,
      scale: 'log',
      transformed: Math.log(value),
      slope: value,
      byLogSigma: sigmaPower,
      back: Math.exp,
    };
  }
  return {
    name,
    value,
    scale: 'identity',
    transformed: value,
    slope: 1,
    byLogSigma: sigmaPower * value,
    back: (x) => x,
  };
}

/** Standard deviations of the columns, then their correlations, in the order and under the names of profiles. */
function namesOf(group: string, columns: readonly string[]): string[] {
  const cor = columns.flatMap((a, j) => columns.slice(j + 1).map((b) => `cor ${group}.${b},${a}`));
  return [...columns.map((name) => `sd ${group}.${name}`), ...cor];
}

/** `sd Days` of Subject is `sd Subject.Days`; what has no column, `rho`, is `rho Subject`. */
function labelOf(name: string, group: string): string {
  return /^(sd|cor) /.test(name) ? name.replace(' ', ` ${group}.`) : `${name} ${group}`;
}
