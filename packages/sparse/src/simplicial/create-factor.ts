import type { SymbolicCholesky } from '../analysis.js';
import { type CholeskyFactor, factorOf } from '../factor.js';
import { simplicialFactor } from './factor.js';

/** Allocates an L L' factor by columns for a symbolic analysis, whatever phase it was made for. O(nnz(L)) memory. */
export function createFactor(symbolic: SymbolicCholesky): CholeskyFactor {
  return factorOf(symbolic, simplicialFactor(symbolic));
}
