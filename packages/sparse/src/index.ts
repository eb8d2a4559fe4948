export { SparseError, type SparseErrorKind } from './errors.js';
export { checkLower, checkMatrix, checkPattern, type CscMatrix, type CscPattern } from './csc.js';
export { tripletsToCsc, type Triplets } from './triplets.js';
export { transpose, transposePattern, type TransposedPattern } from './transpose.js';
export { invertPermutation, permuteSymmetric, permuteSymmetricLower } from './permute.js';
export { crossProductLower, multiply, multiplyInto, multiplySymmetricInto, multiplyTransposeInto } from './multiply.js';
export { eliminationTree, postorder } from './elimination-tree.js';
export { columnCounts } from './column-counts.js';
export { amdOrdering, type AmdOptions } from './ordering/amd.js';
export { nestedDissectionOrdering, type NestedDissectionOptions } from './ordering/nested-dissection.js';
export { rcmOrdering } from './ordering/rcm.js';
export type { Ordering } from './ordering/ordering.js';
export type { SymbolicCholesky } from './analysis.js';
export { analyze, type AnalyzeOptions } from './analyze.js';
export type { FactorSize } from './factor-size.js';
export { createFactor, type FactorOptions } from './create-factor.js';
export { type CholeskyFactor, factorDiagonal, factorize, factorToCsc, logDeterminant } from './factor.js';
export { permuteInto, solveDInPlace, solveInPlace, solveLInPlace, solveLtInPlace, unpermuteInto } from './solve.js';
export { inverseDiagonalInto, inverseEntriesInto } from './selected-inverse.js';
export { addRowInPlace, removeRowInPlace, type SparseVector, updateInPlace } from './update.js';
export { conditionEstimate, inertia, quadraticForm, refineInPlace, residualInto, sampleInto } from './operations.js';
export { norm1, normFrobenius, normInfinity, symmetricNorm1 } from './norms.js';
export { type CrossProduct, crossProduct } from './cross-product.js';
export { reach, solveLSparse } from './solve-sparse.js';
export {
  add,
  column,
  type CsrMatrix,
  type DenseMatrixLike,
  entries,
  expandSymmetric,
  filterEntries,
  fromCsr,
  fromDense,
  fromMatrix,
  identity,
  lowerTriangle,
  permute,
  submatrix,
  toCsr,
  toDense,
  toRows,
} from './toolbox.js';
export { formatMatrixMarket, type MatrixMarketFile, parseMatrixMarket } from './io/matrix-market.js';
export { formatMatrix, type SpyOptions, spySvg, spyText } from './io/print.js';
export type { KernelChoice } from './supernodal/memory.js';
