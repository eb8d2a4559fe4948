import type { Bases } from './accumulate.js';
import { applyBasisInPlace } from './fixed-effects-columns.js';
import type { ModelMatrices } from './model-matrices.js';
import { forEachRowBlock, responseBlockInto, ROW_BLOCK, weightedBlockInto } from './row-blocks.js';
import { termBlockInto } from './term-basis.js';

/** Q1, y~ and the Z~ of each term by rows, weighted. */
export interface RowValues {
  /** n by p, row by row. */
  readonly Q: Float64Array;
  readonly y: Float64Array;
  /** n by nc, row by row, for each term. */
  readonly Z: readonly Float64Array[];
}

/** All rows in the bases that cross-products are taken in. O(n (p^2 + nc)). */
export function applyRowBasis(m: ModelMatrices, { fixed, terms }: Bases): RowValues {
  const n = m.y.length;
  const p = fixed.kept.length;
  const sqrtWeights = m.weights && m.weights.map(Math.sqrt);
  const Q = new Float64Array(n * p);
  const y = new Float64Array(n);
  const Z = m.terms.map((term) => new Float64Array(n * term.columns.length));
  const blockQ = Array.from({ length: p }, () => new Float64Array(ROW_BLOCK));
  const blockZ = m.terms.map((term) => term.columns.map(() => new Float64Array(ROW_BLOCK)));
  forEachRowBlock(n, (start, count) => {
    for (let k = 0; k < p; k++) weightedBlockInto(m.X.columns[fixed.kept[k]], sqrtWeights, start, count, blockQ[k]);
    applyBasisInPlace(fixed, blockQ, count);
    const yBlock = y.subarray(start, start + count);
    responseBlockInto(m.y, m.offset, sqrtWeights, start, count, yBlock);
    for (let k = 0; k < p; k++) {
      for (let i = 0; i < count; i++) {
        yBlock[i] -= fixed.c[k] * blockQ[k][i];
        Q[(start + i) * p + k] = blockQ[k][i];
      }
    }
    m.terms.forEach((term, t) => {
      const nc = term.columns.length;
      termBlockInto(term, terms[t], sqrtWeights, start, count, blockZ[t]);
      for (let c = 0; c < nc; c++) for (let i = 0; i < count; i++) Z[t][(start + i) * nc + c] = blockZ[t][c][i];
    });
  });
  return { Q, y, Z };
}
