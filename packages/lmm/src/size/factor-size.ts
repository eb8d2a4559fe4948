import type { FactorSize } from '@blup/sparse';
import type { CrossProducts, PairProducts } from '../cross-products.js';
import type { ModelMatrices } from '../model-matrices.js';
import { ModelSizeError, totalBytes, type SizePart } from './model-size-error.js';
import { shortLabel } from './short-label.js';

/** Arrays of numbers are indexed by 31 bits. */
const MOST_STORED = 0x7fffffff;

/**
 * Refuses a Cholesky factor that does not fit beside the other parts, before it is allocated.
 * @throws ModelSizeError
 */
export function checkFactorSize(
  size: FactorSize,
  m: ModelMatrices,
  cp: CrossProducts,
  others: readonly SizePart[],
  maxBytes: number,
): void {
  const raisable = size.stored <= MOST_STORED;
  if (raisable && totalBytes(others) + size.bytes <= maxBytes) return;
  throw new ModelSizeError([...others, factorPart(size, m, cp)], maxBytes, raisable);
}

/** The factor, and why it is as large as it is. O(blocks). */
function factorPart({ bytes, nnz, perm, colCounts }: FactorSize, m: ModelMatrices, cp: CrossProducts): SizePart {
  const total = `the Cholesky factor of the random effects with its inverse, ${nnz} entries each, `;
  const byTerm = entriesByTerm(cp, perm, colCounts);
  const worst = byTerm.indexOf(Math.max(...byTerm));
  const term = m.terms[worst];
  const { pair, fill } = worstPair(cp);
  if (pair && (fill > 0.1 * nnz || !term.structure.levels)) {
    const [a, b] = [m.terms[pair.i], m.terms[pair.j]];
    const fewer = a.levels.length <= b.levels.length ? a : b;
    return {
      bytes,
      what:
        `${total}because ${a.group} (${a.levels.length} levels) and ${b.group} (${b.levels.length} levels) are crossed, ` +
        `${pair.rowIdx.length} pairs of their levels share rows, and so levels of ${fewer.group} are linked to one another`,
      cure:
        `pool or leave out rare levels of ${fewer.group}, fit parts of the data that share few levels one by one, or leave out ` +
        `${shortLabel(a)} or ${shortLabel(b)}`,
    };
  }
  const why = term.structure.levels
    ? `because the ${term.structure.kind} structure over the ${term.levels.length} levels of ${term.group} links levels to each other`
    : `most of it in the ${cp.terms[worst].nl * cp.terms[worst].nc} effects of ${shortLabel(term)}`;
  return {
    bytes,
    what: total + why,
    cure: `use fewer levels of ${term.group}, or levels that depend on each other less`,
  };
}

/** Entries of the columns of L by the term that the column belongs to. */
function entriesByTerm({ terms }: CrossProducts, perm: Int32Array, colCounts: Int32Array): number[] {
  const out = terms.map(() => 0);
  for (let k = 0; k < perm.length; k++) {
    let t = terms.length - 1;
    while (terms[t].start > perm[k]) t--;
    out[t] += colCounts[k];
  }
  return out;
}

/**
 * The pair of terms that fills in most, were it alone: eliminating a level of one links all levels of the other that share rows with it, so
 * that the smaller of (sum of squared numbers of partners, all levels squared) bounds the fill; of both orders the better one.
 */
function worstPair({ terms, pairs }: CrossProducts): { pair: PairProducts | null; fill: number } {
  let worst: PairProducts | null = null;
  let most = 0;
  for (const pair of pairs) {
    const { i, j, colPtr, rowIdx } = pair;
    if (i === j) continue;
    const ofRow = new Float64Array(terms[i].nl);
    let byColumns = 0;
    for (let l = 0; l + 1 < colPtr.length; l++) byColumns += (colPtr[l + 1] - colPtr[l]) ** 2;
    for (let k = 0; k < rowIdx.length; k++) ofRow[rowIdx[k]]++;
    const byRows = ofRow.reduce((s, d) => s + d * d, 0);
    const fill = Math.min(
      Math.min(byColumns, terms[i].nl ** 2) * terms[i].nc ** 2,
      Math.min(byRows, terms[j].nl ** 2) * terms[j].nc ** 2,
    );
    if (fill > most) {
      most = fill;
      worst = pair;
    }
  }
  return { pair: worst, fill: most / 2 };
}
