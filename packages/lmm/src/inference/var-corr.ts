import type { FittedModel } from '../fitted-model.js';
import { checkedLevel } from './coefficient-table.js';
import { naturalErrors } from './natural-errors.js';
import { boundsOf } from './variance-intervals.js';

/** The parameters of one covariance structure as people read them, on the scale of the response; arrays have one entry for each. */
export interface StructureParameters {
  /** Grouping factor, or `Residual`. */
  readonly group: string;
  /** `us`, `ar1`, `strata * ar1`, ...; `independent` for residuals without a structure. */
  readonly structure: string;
  /** `sd (Intercept)`, `cor Days.(Intercept)`, `rho`, `range`; `sigma` comes last among those of the residuals. */
  readonly names: readonly string[];
  readonly estimate: readonly number[];
  /** By the delta method; NaN for parameters on the boundary, and held ones. */
  readonly se: readonly number[];
  /** Wald limits, symmetric for log sd, atanh correlation and the like. */
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/**
 * The variance parameters by structure: one entry for each random-effects term and one for the residuals. Standard errors and limits are
 * those of {@link varianceIntervals}; `model.data.varcorr` has standard deviations and correlation matrices of all terms without them.
 *
 * @throws ModelError `bad-option` for a level outside (0, 1)
 */
export function varCorr(model: FittedModel, options: { readonly level?: number } = {}): StructureParameters[] {
  const level = checkedLevel(options.level);
  const { composite, matrices } = model.optimum;
  const all = naturalErrors(model.optimum);
  const residual = matrices.terms.findIndex((term) => term.structure.residual);
  const entry = (group: string, structure: string, belongs: (term: number) => boolean): StructureParameters => {
    const own = all.filter(({ term }) => belongs(term));
    return {
      group,
      structure,
      names: own.map(({ name }) => name),
      estimate: own.map(({ value }) => value),
      ...boundsOf(own, level),
    };
  };
  return [
    ...matrices.terms.flatMap(({ group }, t) =>
      t === residual ? [] : [entry(group, composite.parts[t].kind, (term) => term === t)],
    ),
    entry('Residual', residual < 0 ? 'independent' : composite.parts[residual].kind, (t) => t < 0 || t === residual),
  ];
}
