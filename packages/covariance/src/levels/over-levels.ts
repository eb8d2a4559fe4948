import { hasNumericalDerivatives } from '../lambda.js';
import { naturalParameters } from '../natural.js';
import type { CovarianceStructure } from '../structure.js';
import type { LevelStructure } from './level-structure.js';

/**
 * Correlated levels: effects with covariance `sigma^2 K^-1 (x) lambda lambda'`, K by `levels` and lambda by `columns`. With scalar columns,
 * one series or field; with several, a Kronecker product (unstructured over traits, a pedigree over animals). `par` and `theta` are those
 * of the columns, then those of the levels. K is up to scale: the standard deviations are those of `columns`.
 */
export function overLevels(
  columns: CovarianceStructure,
  levels: LevelStructure,
  kind = levels.kind,
): CovarianceStructure {
  const { parLength: m, thetaLength: mt } = columns;
  const k = levels.parLength;
  const structure: CovarianceStructure = {
    kind,
    nc: columns.nc,
    parLength: m + k,
    thetaLength: mt + k,
    thetaIndex: columns.thetaIndex,
    levels,
    numericalDerivatives: hasNumericalDerivatives(columns),
    searchScale: [
      ...(columns.searchScale ?? Array.from({ length: m }, () => 'linear' as const)),
      ...levels.searchScale,
    ],
    startInto(scale, par) {
      columns.startInto(scale, par);
      par.set(levels.start, m);
    },
    stepScaleInto(scale, out) {
      columns.stepScaleInto(scale, out);
      out.set(levels.stepScale, m);
    },
    thetaInto(par, theta) {
      columns.thetaInto(par, theta);
      for (let i = 0; i < k; i++) theta[mt + i] = par[m + i];
    },
    canonicalizeInPlace: (par) => columns.canonicalizeInPlace(par.subarray(0, m)),
    isSingular: (par, scale, tolerance) =>
      columns.isSingular(par.subarray(0, m), scale, tolerance) || levels.isSingular(par.subarray(m, m + k), tolerance),
    parNames: (names) => [...columns.parNames(names), ...levels.parNames],
    thetaNames: (names) => [...columns.thetaNames(names), ...levels.parNames],
    natural: (par, names) => [
      ...naturalParameters(columns, par.subarray(0, m), names),
      ...levels.natural(par.subarray(m, m + k)),
    ],
    parBounds() {
      const { lower, upper } = columns.parBounds();
      return {
        lower: Float64Array.of(...lower, ...levels.lower),
        upper: Float64Array.of(...upper, ...levels.upper),
      };
    },
  };
  if (columns.parFromThetaInto) {
    structure.parFromThetaInto = (theta, par) => {
      columns.parFromThetaInto!(theta, par);
      for (let i = 0; i < k; i++) par[m + i] = theta[mt + i];
    };
  }
  if (columns.thetaDerivativeInto) {
    structure.thetaDerivativeInto = (par, i, out) => {
      out.fill(0, 0, mt + k);
      if (i < m) columns.thetaDerivativeInto!(par, i, out);
      else out[mt + i - m] = 1;
    };
  }
  if (columns.startFromCovarianceInto) {
    structure.startFromCovarianceInto = (S, par) => {
      par.set(levels.start, m);
      const size = levels.meanVariance(par.subarray(m, m + k));
      columns.startFromCovarianceInto!(
        S.map((v) => v / size),
        par,
      );
    };
  }
  return structure;
}
