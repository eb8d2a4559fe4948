import { naturalParameters } from '@blup/covariance';
import type { NaturalParameters } from './fitted-model-data.js';
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
