import { diagonalBlocks, inverseBlocksInto, type DiagonalBlocks } from '@blup/sparse/blocks';
import { dot } from './dense.js';
import type { PenalizedLeastSquares } from './penalized-least-squares.js';
import { multiplyInto } from './scale-by-lambda.js';

/** The diagonal blocks of S^-1, one for each level, with the workspace of {@link addBlockTraces}. */
export interface InverseBlocks {
  readonly plan: DiagonalBlocks;
  readonly values: Float64Array;
  /** Means of the diagonal blocks of Z'Z, by term, nc by nc. */
  readonly means: readonly Float64Array[];
  /** Two nc by nc matrices for the largest nc. */
  readonly work: Float64Array;
}

/** Plans the blocks; null where S has more than Lambda'Z'Z Lambda + I in it (levels or residuals that correlate). */
export function inverseBlocks({ cp, precisions, symbolic }: PenalizedLeastSquares): InverseBlocks | null {
  if (cp.residual || precisions.some(Boolean)) return null;
  const starts = new Int32Array(cp.terms.reduce((s, t) => s + t.nl, 1));
  let b = 0;
  let largest = 1;
  for (const { nc, nl, start } of cp.terms) {
    for (let l = 0; l < nl; l++) starts[b++] = start + l * nc;
    largest = Math.max(largest, nc);
  }
  starts[b] = cp.q;
  const plan = diagonalBlocks(symbolic, starts);
  const means = cp.terms.map(({ nc, nl, blocks }) => {
    const mean = new Float64Array(nc * nc);
    for (let k = 0; k < blocks.length; k++) mean[k % (nc * nc)] += blocks[k] / nl;
    return mean;
  });
  return { plan, values: new Float64Array(plan.offsets[b]), means, work: new Float64Array(2 * largest * largest) };
}

/**
 * A pivot of Lambda'Z'Z Lambda, averaged over the levels of a term, below which I - S^-1 is not formed: it would cancel that share of its
 * digits.
 */
const FAR_FROM_SINGULAR = 1e-3;

/** Whether the information on every direction of every term is large enough for {@link addBlockTraces}. O(sum of nc^3). */
export function farFromSingular({ cp, lambdas }: PenalizedLeastSquares, { means, work }: InverseBlocks): boolean {
  return cp.terms.every(({ nc }, t) => {
    const lambda = lambdas[t];
    const M = work.subarray(nc * nc);
    multiplyInto(means[t], 0, nc, nc, lambda, nc, work);
    for (let b = 0; b < nc; b++) {
      for (let a = 0; a < nc; a++) {
        let s = 0;
        for (let r = 0; r < nc; r++) s += lambda[a * nc + r] * work[b * nc + r];
        M[b * nc + a] = s;
      }
    }
    for (let k = 0; k < nc; k++) {
      const pivot = M[k * nc + k];
      if (!(pivot >= FAR_FROM_SINGULAR)) return false;
      for (let b = k + 1; b < nc; b++) {
        const f = M[b * nc + k] / pivot;
        for (let a = k + 1; a < nc; a++) M[b * nc + a] -= f * M[k * nc + a];
      }
    }
    return true;
  });
}

/**
 * Adds the sum over levels of the diagonal blocks of Z'Z Lambda S^-1 + W V' to each term's derivative, with V = S^-1 Lambda'Z'X RX^-1 and
 * W = Z'(Z Lambda V - X RX^-1). Since S = Lambda'Z'Z Lambda + I, and so Lambda'W = (S - I) V - S V = -V,
 *
 *     (Z'Z Lambda S^-1 + W V')_ll = Lambda_l^-T (I - (S^-1)_ll - V_l V_l'),
 *
 * so that of S^-1 the diagonal blocks suffice, and W is not needed. For terms that are {@link farFromSingular}.
 *
 * @param V q by p, column-major; null by maximum likelihood, for which it is zero
 */
export function addBlockTraces(
  pls: PenalizedLeastSquares,
  blocks: InverseBlocks,
  V: Float64Array | null,
  byFactor: readonly Float64Array[],
): void {
  const { plan, values, work } = blocks;
  inverseBlocksInto(pls.factor, plan, values);
  const { q, p, terms } = pls.cp;
  let at = 0;
  terms.forEach(({ nc, nl, start }, t) => {
    const size = nc * nc;
    const G = work.subarray(size, 2 * size);
    for (let k = 0; k < size; k++) {
      const unit = k % (nc + 1) === 0 ? 1 : 0;
      let s = 0;
      for (let l = 0; l < nl; l++) s += unit - values[at + l * size + k];
      G[k] = s;
    }
    if (V) for (let k = 0; k < p; k++) subtractOuterProducts(V, k * q + start, nl, nc, G);
    at += nl * size;
    solveTransposedInPlace(pls.lambdas[t], nc, G, work);
    for (let k = 0; k < size; k++) byFactor[t][k] += G[k];
  });
}

/** G -= sum over nl levels of v_l v_l', for v_l = V[from + l nc ..]. */
function subtractOuterProducts(V: Float64Array, from: number, nl: number, nc: number, G: Float64Array): void {
  if (nc === 1) {
    G[0] -= dot(V, from, V, from, nl);
    return;
  }
  for (let at = from; at < from + nl * nc; at += nc) {
    for (let b = 0; b < nc; b++) for (let a = 0; a < nc; a++) G[b * nc + a] -= V[at + a] * V[at + b];
  }
}

/** G := lambda^-T G, both n by n, by Gaussian elimination with row exchanges; `work` holds n^2. */
function solveTransposedInPlace(lambda: Float64Array, n: number, G: Float64Array, work: Float64Array): void {
  // Row i of lambda' is column i of lambda.
  for (let k = 0; k < n * n; k++) work[k] = lambda[k];
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(work[i * n + k]) > Math.abs(work[best * n + k])) best = i;
    if (best !== k) {
      for (let j = 0; j < n; j++) {
        const w = work[k * n + j];
        work[k * n + j] = work[best * n + j];
        work[best * n + j] = w;
        const g = G[j * n + k];
        G[j * n + k] = G[j * n + best];
        G[j * n + best] = g;
      }
    }
    for (let i = k + 1; i < n; i++) {
      const f = work[i * n + k] / work[k * n + k];
      if (f === 0) continue;
      for (let j = k; j < n; j++) work[i * n + j] -= f * work[k * n + j];
      for (let j = 0; j < n; j++) G[j * n + i] -= f * G[j * n + k];
    }
  }
  for (let j = 0; j < n; j++) {
    for (let i = n - 1; i >= 0; i--) {
      let s = G[j * n + i];
      for (let k = i + 1; k < n; k++) s -= work[i * n + k] * G[j * n + k];
      G[j * n + i] = s / work[i * n + i];
    }
  }
}
