import type { CompositeStructure } from '@blup/covariance';
import type { Certificate } from './fitted-model-data.js';
import { tieInPlace } from './par-constraints.js';
import { searchCoordinates } from './search-coordinates.js';

/** Places between the bounds, -1 to 1. */
const PLACE = 0.85;

/** Standard error of a correlation, on the scale of atanh and with all else held, beyond which there may be other optima. */
const LOOSE = 0.1;

/** Relative standard deviation, in units of a step, beyond which noise has vanished beside the effects. */
const WITHOUT_NOISE = 100;

/** Of the usual start, for standard deviations beside another correlation. */
const SMALLER = 0.3;

/**
 * Starts for further searches where the criterion may have several optima: a series with noise, whose correlation may be of either sign (and
 * whose noise may vanish), ARMA, whose parts nearly cancel, and AR(1) residuals beside random effects. Only where the data leave the correlation
 * loose, or the noise has vanished: with many points there is one optimum that counts.
 *
 * @param start the usual start, with what is held; @param unit of a step; @param free what moves
 */
export function otherStarts(
  composite: CompositeStructure,
  start: Float64Array,
  unit: Float64Array,
  free: readonly number[],
  source: Int32Array,
  par: Float64Array,
  certificate: Certificate,
): Float64Array[] {
  const { lower, upper } = composite.parBounds();
  const coordinates = searchCoordinates(composite);
  const isLoose = (k: number): boolean => {
    const curvature = certificate.hessian[k][k] * coordinates.slope(k, par[k]) ** 2;
    return !(Math.sqrt(2 / curvature) < LOOSE);
  };
  const beside = composite.nc > 0;
  return composite.parts.flatMap((part, t) => {
    const from = composite.parOffset[t];
    const own = (k: number): boolean => k >= from && k < composite.parOffset[t + 1];
    const bounded = free.filter((k) => own(k) && composite.searchScale?.[k] === 'atanh');
    const arma = part.residual !== undefined && part.kind.includes('arma') && bounded.length > 1;
    const series = /ar1/.test(part.kind) && bounded.length === 1 && (part.residual === undefined || beside);
    const withoutNoise = free.some((k) => own(k) && !bounded.includes(k) && par[k] > WITHOUT_NOISE * unit[k]);
    if (!(arma || series) || !(bounded.some(isLoose) || withoutNoise)) return [];
    return [PLACE, -PLACE].map((first) => {
      const other = start.slice();
      bounded.forEach((k, i) => {
        const place = i === 0 ? first : -first;
        other[k] = (lower[k] + upper[k] + place * (upper[k] - lower[k])) / 2;
      });
      for (const k of free) if (own(k) && !bounded.includes(k)) other[k] *= SMALLER;
      tieInPlace(other, source);
      return other;
    });
  });
}
