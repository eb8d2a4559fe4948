/**
 * The simplicial phase alone (`@blup/sparse/simplicial`): L L' by columns in plain JavaScript, for bundles that must be small
 * and matrices with little fill. The functions are those of the full entry, but for `analyze`, which orders by minimum
 * degree or as it is told, and `createFactor`. Analyses and factors of either entry work with the functions of both.
 * @module
 */
export { SparseError, type SparseErrorKind } from '../errors.js';
export type { CscMatrix, CscPattern } from '../csc.js';
export { tripletsToCsc, type Triplets } from '../triplets.js';
export type { SymbolicCholesky } from '../analysis.js';
export { analyze, type AnalyzeOptions } from './analyze.js';
export type { BasicOrdering } from '../ordering/basic.js';
export { createFactor } from './create-factor.js';
export { type CholeskyFactor, factorDiagonal, factorize, factorToCsc, logDeterminant } from '../factor.js';
export { permuteInto, solveInPlace, solveLInPlace, solveLtInPlace, unpermuteInto } from '../solve.js';
export { inverseDiagonalInto, inverseEntriesInto } from '../selected-inverse.js';
