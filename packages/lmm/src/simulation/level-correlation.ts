import type { CovarianceStructure } from '@blup/covariance';
import { analyze, createFactor, factorize, solveLtInPlace, unpermuteInto } from '@blup/sparse';
import { ModelError } from '../errors.js';

/** Turns independent standard effects (level by level, nc each) into ones of covariance K^-1 over levels, in place. */
export type LevelCorrelation = (u: Float64Array, nc: number) => void;

/**
 * u -> P'L^-T u with P K P' = L L', for a term whose levels have the precision K; null for independent levels.
 * @param theta numbers of the composite up to the end of this term: those of K come last
 * @throws ModelError `not-identified` when K is not positive definite
 */
export function levelCorrelation({ levels }: CovarianceStructure, theta: Float64Array): LevelCorrelation | null {
  if (!levels) return null;
  const { pattern, nl, parLength } = levels;
  const K = new Float64Array(pattern.rowIdx.length);
  levels.precisionInto(theta.slice(theta.length - parLength), K);
  const factor = createFactor(analyze({ nrow: nl, ncol: nl, ...pattern }, { ordering: 'amd' }));
  if (factorize(factor, K, 0) >= 0) {
    throw new ModelError('not-identified', 'the precision over levels is singular: there is nothing to simulate from');
  }
  const z = new Float64Array(nl);
  const x = new Float64Array(nl);
  return (u, nc) => {
    for (let c = 0; c < nc; c++) {
      for (let l = 0; l < nl; l++) z[l] = u[l * nc + c];
      solveLtInPlace(factor, z);
      unpermuteInto(factor, z, x);
      for (let l = 0; l < nl; l++) u[l * nc + c] = x[l];
    }
  };
}
