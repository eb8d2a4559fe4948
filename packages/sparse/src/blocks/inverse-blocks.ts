import { SparseError } from '../errors.js';
import { type CholeskyFactor, requireFactorized } from '../factor.js';
import type { DiagonalBlocks } from './diagonal-blocks.js';
import { twoLevelBlocksInto } from './two-level.js';

/**
 * Diagonal blocks of (A + beta I)^-1. For two crossed factors this takes about as long as the factorisation, where the selected inverse
 * takes more than twice as long; for other trees it is the selected inverse. The workspace is allocated at the first call and kept
 * with the factor.
 *
 * @param blocks planned for the factor's own analysis
 * @param out block b, k x k and column-major, from blocks.offsets[b] on
 * @throws SparseError of kind `not-factorized`, `length-mismatch`, or `bad-option` for blocks of another analysis
 */
export function inverseBlocksInto(factor: CholeskyFactor, blocks: DiagonalBlocks, out: Float64Array): void {
  requireFactorized(factor);
  const { starts, offsets, places, symbolic } = blocks;
  const count = starts.length - 1;
  if (symbolic !== factor.symbolic) throw new SparseError('bad-option', 'the blocks were planned for another analysis');
  if (out.length < offsets[count])
    throw new SparseError('length-mismatch', `out must have ${offsets[count]} entries, got ${out.length}`);
  const { supernodal } = factor.numeric;
  if (blocks.road === 'root' && supernodal) {
    twoLevelBlocksInto(blocks, supernodal, out);
    return;
  }
  const inverse = factor.numeric.invert(factor.work);
  for (let b = 0, at = 0; b < count; b++) {
    const k = starts[b + 1] - starts[b];
    const o = offsets[b];
    for (let c = 0; c < k; c++) {
      for (let r = c; r < k; r++) {
        out[o + c * k + r] = out[o + r * k + c] = inverse.values[inverse.base + inverse.places[places[at++]]];
      }
    }
  }
}
