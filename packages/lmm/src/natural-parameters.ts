import { naturalParameters } from '@blup/covariance';
import type { NaturalParameters } from './fitted-model-data.js';
import { naturalErrors } from './inference/natural-errors.js';
import type { Optimum } from './optimum.js';

/** The parameters of every structure as people read them: standard deviations times sigma, correlations and ranges as they are. */
export function naturalOf(
  { composite, matrices, par }: Pick<Optimum, 'composite' | 'matrices' | 'par'>,
  sigma: number,
): NaturalParameters[] {
  return composite.parts.map((part, t) => {
    const { group, names } = matrices.terms[t];
    const own = par.subarray(composite.parOffset[t], composite.parOffset[t + 1]);
    const natural = naturalParameters(part, own, names);
    return {
      group,
      structure: part.kind,
      names: natural.map(({ name }) => name),
      values: natural.map(({ value, sigmaPower }) => value * sigma ** sigmaPower),
    };
  });
}

/**
 * Standard errors of {@link naturalOf}, null for what has none (JSON knows no NaN); null altogether where all structures are told by standard
 * deviations and correlations of their columns. Costs a Hessian.
 */
export function naturalErrorsOf(optimum: Optimum): (number | null)[][] | null {
  const { composite } = optimum;
  if (!composite.parts.some((part) => part.natural)) return null;
  const errors = naturalErrors(optimum);
  return composite.parts.map((_, t) =>
    errors
      .filter(({ term }) => term === t)
      .map(({ error, slope }) => (Number.isFinite(error * slope) ? error * slope : null)),
  );
}
