export {
  CovarianceStructureError,
  type CovarianceStructure,
  type NaturalParameter,
  type SearchScale,
} from './structure.js';
export type { LevelStructure } from './levels/level-structure.js';
export { diagonal, homogeneousDiagonal, scalar } from './diagonal.js';
export { unstructured } from './unstructured.js';
export { compoundSymmetry } from './correlation/compound-symmetry.js';
export { ar1, car1, type Ar1Options } from './correlation/autoregressive.js';
export { toeplitz, type ToeplitzOptions } from './correlation/toeplitz.js';
export { exponential, gaussian, matern, ornsteinUhlenbeck, type Places } from './correlation/spatial.js';
export { correlated, type CorrelatedOptions } from './correlation/correlated.js';
export { byCholesky, type CorrelationFamily, type MatrixFamily } from './correlation/family.js';
export { factorAnalytic, reducedRank } from './reduced-rank.js';
export { fixed, knownCovariance, type MatrixRows } from './fixed.js';
export { composite, type CompositeStructure } from './composite.js';
export { hasNumericalDerivatives, lambdaInto, lambdaOf, relativeCovariance, thetaDerivativeInto } from './lambda.js';
export { naturalParameters } from './natural.js';
export { canonicalFactorInPlace, lowerFactorInPlace, smallestSingularValue } from './triangular.js';
export { nearestTag } from './nearest-tag.js';
export { structureFor, structureTags, type StructureFactory, type StructureRequest } from './registry.js';
export { overLevels } from './levels/over-levels.js';
export { ar1Levels, knownPrecision, randomWalkLevels, type SeriesPoints, type SparseLower } from './levels/series.js';
export {
  readPedigree,
  relationshipInverse,
  relationshipLevels,
  type Pedigree,
  type PedigreeTable,
} from './levels/pedigree.js';
export { residualCovariance } from './residual/residual-covariance.js';
export { covariateCentre, type Covariate } from './residual/variance-function.js';
export { residualStructure, type ResidualStructure } from './residual/residual-structure.js';
export {
  restrictSpec,
  type CodedRows,
  type CorrelationKind,
  type CorrelationSpec,
  type ResidualSpec,
  type VarianceKind,
  type VarianceSpec,
} from './residual/residual-spec.js';
export { constrain, type Constraints } from './constrain.js';
export { kronecker } from './kronecker.js';
export { sum } from './sum.js';
export { independentLevels, kroneckerLevels } from './levels/kronecker-levels.js';
export { ar1WithInitialVariance } from './correlation/initial-variance.js';
export { ar1LevelsWithInitialVariance, ar1SeriesWithInitialVariance } from './levels/initial-variance.js';
export { semidefiniteCholeskyInPlace } from './semidefinite.js';
