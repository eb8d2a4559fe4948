import type { FittedModel } from '../fitted-model.js';
import type { Optimum } from '../optimum.js';
import { checkedLevel } from './coefficient-table.js';
import { normalUpperQuantile } from './distributions/distributions.js';
import { fromScale, naturalErrors, type IntervalScale, type NaturalEstimate } from './natural-errors.js';

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
  readonly scale: readonly IntervalScale[];
}

/**
 * Standard errors from the inverse of the observed information about (par, log sigma) by the fit's own criterion,
 * carried to standard deviations and correlations by the delta method; intervals are symmetric for log sd and atanh correlation (Pinheiro
 * and Bates 2000, section 2.4.3). Small samples and estimates near a boundary ask for {@link profile}.
 */
export function varianceIntervals(model: FittedModel, options: { readonly level?: number } = {}): VarianceIntervals {
  const level = checkedLevel(options.level);
  const here = naturalErrors(model.optimum);
  return {
    level,
    names: labelsOf(model.optimum, here),
    estimate: here.map((v) => v.value),
    ...boundsOf(here, level),
    scale: here.map((v) => v.scale),
  };
}

/** Standard errors and Wald limits of natural parameters. */
export function boundsOf(
  estimates: readonly NaturalEstimate[],
  level: number,
): Pick<VarianceIntervals, 'se' | 'lower' | 'upper'> {
  const z = normalUpperQuantile((1 - level) / 2);
  return {
    se: estimates.map((v) => v.error * v.slope),
    lower: estimates.map((v) => fromScale[v.scale](v.transformed - z * v.error, v.lowest)),
    upper: estimates.map((v) => fromScale[v.scale](v.transformed + z * v.error, v.lowest)),
  };
}

/** Names that tell the parameters of all terms apart, as profiles have them. */
export function labelsOf(
  { composite, matrices }: Optimum,
  estimates: readonly Pick<NaturalEstimate, 'term' | 'name'>[],
): string[] {
  const seen = new Map<number, number>();
  return estimates.map(({ term, name }) => {
    if (term < 0) return name;
    const { group, names } = matrices.terms[term];
    if (composite.parts[term].natural) return labelOf(name, group);
    const k = seen.get(term) ?? 0;
    seen.set(term, k + 1);
    return namesOf(group, names)[k];
  });
}

/** Standard deviations of the columns, then their correlations, in the order and under the names of profiles. */
function namesOf(group: string, columns: readonly string[]): string[] {
  const cor = columns.flatMap((a, j) => columns.slice(j + 1).map((b) => `cor ${group}.${b},${a}`));
  return [...columns.map((name) => `sd ${group}.${name}`), ...cor];
}

/** `sd Days` of Subject is `sd Subject.Days`; what has no column, `rho`, is `rho Subject`. */
export function labelOf(name: string, group: string): string {
  return /^(sd|cor) /.test(name) ? name.replace(' ', ` ${group}.`) : `${name} ${group}`;
}
