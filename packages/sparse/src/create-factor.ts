import type { SymbolicCholesky } from './analysis.js';
import { SparseError } from './errors.js';
import { type CholeskyFactor, factorOf } from './factor.js';
import { ldlFactor } from './ldl/factor.js';
import { simplicialFactor } from './simplicial/factor.js';
import { supernodalFactor } from './supernodal/factor.js';
import type { KernelChoice } from './supernodal/memory.js';

/** Options of {@link createFactor}. */
export interface FactorOptions {
  /**
   * `'LL'` (default): L L', for positive definite matrices. `'LDL'`: L D L' with unit lower triangular L, also for
   * quasi-definite matrices, and the one that can be updated; by columns whatever the analysis chose.
   */
  readonly form?: 'LL' | 'LDL';
  /**
   * Dense kernels of the supernodal phase. `'auto'` (default): WebAssembly SIMD where it may run, else plain JavaScript; the
   * other two insist. Each of them gives equal bits for equal input on every machine; they differ by rounding.
   */
  readonly kernels?: KernelChoice;
}

/**
 * Allocates a factor for a symbolic analysis. O(nnz(L)) memory.
 * @throws SparseError of kind `too-large` or `bad-option`
 */
export function createFactor(
  symbolic: SymbolicCholesky,
  { form = 'LL', kernels = 'auto' }: FactorOptions = {},
): CholeskyFactor {
  if (form !== 'LL' && form !== 'LDL') throw new SparseError('bad-option', `unknown form ${JSON.stringify(form)}`);
  const { structure } = symbolic;
  return factorOf(
    symbolic,
    form === 'LDL'
      ? ldlFactor(symbolic)
      : structure.method === 'supernodal'
        ? supernodalFactor(symbolic, structure, kernels)
        : simplicialFactor(symbolic),
  );
}
