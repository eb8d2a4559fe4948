import type { CrossProducts } from './cross-products.js';
import type { PenalizedPattern } from './penalized-pattern.js';
import type { PairBlocks } from './products/pair-blocks.js';

/**
 * values = the lower triangle of Lambda'Z~'Z~ Lambda on the pattern of S (the identity is added by the factorisation).
 * `lambdas[t]` is the changed factor of term t (nc by nc, column-major, any square matrix). O(nnz) times nc.
 *
 * @param blocks kernels for the pairs of terms, where there are; `values` is theirs then
 */
export function scaleByLambdaInto(
  cp: CrossProducts,
  placed: PenalizedPattern,
  lambdas: readonly Float64Array[],
  work: Float64Array,
  values: Float64Array,
  blocks: PairBlocks | null = null,
): void {
  const { colPtr } = placed.pattern;
  cp.terms.forEach((t, k) => {
    const { nc, nl, start, blocks } = t;
    const lambda = lambdas[k];
    if (nc === 1) {
      const f = lambda[0] * lambda[0];
      for (let l = 0; l < nl; l++) values[colPtr[start + l]] = f * blocks[l];
      return;
    }
    const from = leadingZeros(lambda, nc);
    for (let l = 0; l < nl; l++) {
      const at = l * nc * nc;
      if (nc >= MANY_ROWS && isDiagonal(blocks, at, nc)) scaleRowsInto(blocks, at, nc, lambda, work);
      else multiplyInto(blocks, at, nc, nc, lambda, nc, work);
      for (let c = 0; c < nc; c++) {
        const first = colPtr[start + l * nc + c] - c;
        for (let r = c; r < nc; r++) {
          let s = 0;
          for (let a = from[r]; a < nc; a++) s += lambda[r * nc + a] * work[c * nc + a];
          values[first + r] = s;
        }
      }
    }
  });
  if (blocks) {
    blocks.scaleInto(lambdas);
    return;
  }
  for (const { pair, below } of placed.pairs) {
    const ti = cp.terms[pair.i];
    const tj = cp.terms[pair.j];
    const li = lambdas[pair.i];
    const lj = lambdas[pair.j];
    const { colPtr: starts, blocks } = pair;
    const ni = ti.nc;
    const nj = tj.nc;
    if (ni === 1 && nj === 1) {
      const f = li[0] * lj[0];
      for (let l = 0; l < tj.nl; l++) {
        const first = colPtr[tj.start + l] + 1;
        for (let k = starts[l]; k < starts[l + 1]; k++) values[first + below[k]] = f * blocks[k];
      }
      continue;
    }
    for (let l = 0; l < tj.nl; l++) {
      for (let k = starts[l]; k < starts[l + 1]; k++) {
        multiplyInto(blocks, k * ni * nj, ni, nj, lj, nj, work);
        for (let c = 0; c < nj; c++) {
          const first = colPtr[tj.start + l * nj + c] + nj - c + below[k];
          for (let r = 0; r < ni; r++) {
            let s = 0;
            for (let a = 0; a < ni; a++) s += li[r * ni + a] * work[c * ni + a];
            values[first + r] = s;
          }
        }
      }
    }
  }
}

/** Whether an nc by nc block is diagonal, as it is where columns indicate the levels of a factor. */
function isDiagonal(B: Float64Array, at: number, nc: number): boolean {
  for (let c = 0; c < nc; c++) for (let r = 0; r < nc; r++) if (r !== c && B[at + c * nc + r] !== 0) return false;
  return true;
}

/** out = D C for the diagonal block D that starts at `at`, both nc by nc. */
function scaleRowsInto(D: Float64Array, at: number, nc: number, C: Float64Array, out: Float64Array): void {
  for (let c = 0; c < nc; c++) for (let r = 0; r < nc; r++) out[c * nc + r] = D[at + r * nc + r] * C[c * nc + r];
}

/** How many zeros each column of an nc by nc matrix begins with. */
function leadingZeros(A: Float64Array, nc: number): Int32Array {
  return Int32Array.from({ length: nc }, (_, c) => {
    let r = 0;
    while (r < nc && A[c * nc + r] === 0) r++;
    return r;
  });
}

/** From this many rows on, products are made column by column, zeros left out. */
const MANY_ROWS = 8;

/** out (m by n) = B (m by k, a block that starts at `at`) times C (k by n), all column-major. */
export function multiplyInto(
  B: Float64Array,
  at: number,
  m: number,
  k: number,
  C: Float64Array,
  n: number,
  out: Float64Array,
): void {
  if (m >= MANY_ROWS) {
    multiplyColumnsInto(B, at, m, k, C, n, out);
    return;
  }
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < m; i++) {
      let s = 0;
      for (let l = 0; l < k; l++) s += B[at + l * m + i] * C[j * k + l];
      out[j * m + i] = s;
    }
  }
}

function multiplyColumnsInto(
  B: Float64Array,
  at: number,
  m: number,
  k: number,
  C: Float64Array,
  n: number,
  out: Float64Array,
): void {
  out.fill(0, 0, m * n);
  for (let j = 0; j < n; j++) {
    const o = j * m;
    for (let l = 0; l < k; l++) {
      const f = C[j * k + l];
      if (f === 0) continue;
      const b = at + l * m;
      for (let i = 0; i < m; i++) out[o + i] += B[b + i] * f;
    }
  }
}

/** out = Z~'Z~ x for `nrhs` vectors of length q, column-major. O(nnz nrhs). `kernels` have the blocks of `cp`, where there are kernels. */
export function multiplyZtZInto(
  cp: CrossProducts,
  x: Float64Array,
  nrhs: number,
  out: Float64Array,
  kernels: PairBlocks | null = null,
): void {
  if (kernels) {
    kernels.multiplyInto(x, -1, 0, nrhs, out);
    return;
  }
  const { q } = cp;
  for (let h = 0; h < nrhs; h++) {
    const o = h * q;
    for (const { nc, nl, start, blocks } of cp.terms) {
      if (nc === 1) {
        for (let l = 0; l < nl; l++) out[o + start + l] = blocks[l] * x[o + start + l];
        continue;
      }
      for (let l = 0; l < nl; l++) {
        const first = o + start + l * nc;
        for (let r = 0; r < nc; r++) {
          let s = 0;
          for (let c = 0; c < nc; c++) s += blocks[(l * nc + c) * nc + r] * x[first + c];
          out[first + r] = s;
        }
      }
    }
    for (const { i, j, colPtr, rowIdx, blocks } of cp.pairs) {
      const ti = cp.terms[i];
      const tj = cp.terms[j];
      const ni = ti.nc;
      const nj = tj.nc;
      if (ni === 1 && nj === 1) {
        addScalarPair(blocks, colPtr, rowIdx, tj.nl, x, o + ti.start, o + tj.start, out);
        continue;
      }
      for (let l = 0; l < tj.nl; l++) {
        const cj = o + tj.start + l * nj;
        for (let k = colPtr[l]; k < colPtr[l + 1]; k++) {
          const ri = o + ti.start + rowIdx[k] * ni;
          for (let c = 0; c < nj; c++) {
            let s = 0;
            const xc = x[cj + c];
            for (let r = 0; r < ni; r++) {
              const v = blocks[(k * nj + c) * ni + r];
              s += v * x[ri + r];
              out[ri + r] += v * xc;
            }
            out[cj + c] += s;
          }
        }
      }
    }
  }
}

/** The part of a pair of scalar terms, whose vectors begin at `ri` and `cj`, and of its transpose. */
function addScalarPair(
  blocks: Float64Array,
  colPtr: Int32Array,
  rowIdx: Int32Array,
  nl: number,
  x: Float64Array,
  ri: number,
  cj: number,
  out: Float64Array,
): void {
  for (let l = 0, k = 0; l < nl; l++) {
    const xc = x[cj + l];
    let s = 0;
    for (const end = colPtr[l + 1]; k < end; k++) {
      const r = ri + rowIdx[k];
      const v = blocks[k];
      s += v * x[r];
      out[r] += v * xc;
    }
    out[cj + l] += s;
  }
}

/** out = Lambda x (or Lambda' x) for `nrhs` vectors of length q, column-major; `out` may be `x`. */
export function multiplyLambdaInto(
  cp: CrossProducts,
  lambdas: readonly Float64Array[],
  transposed: boolean,
  x: Float64Array,
  nrhs: number,
  work: Float64Array,
  out: Float64Array,
): void {
  for (let t = 0; t < cp.terms.length; t++) {
    const { nc, nl, start } = cp.terms[t];
    const lambda = lambdas[t];
    const rowStep = transposed ? nc : 1;
    const colStep = transposed ? 1 : nc;
    for (let h = 0; h < nrhs; h++) {
      const o = h * cp.q + start;
      if (nc === 1) {
        const f = lambda[0];
        for (let l = 0; l < nl; l++) out[o + l] = f * x[o + l];
        continue;
      }
      for (let l = 0; l < nl; l++) {
        const first = o + l * nc;
        for (let r = 0; r < nc; r++) {
          let s = 0;
          for (let c = 0; c < nc; c++) s += lambda[r * rowStep + c * colStep] * x[first + c];
          work[r] = s;
        }
        for (let r = 0; r < nc; r++) out[first + r] = work[r];
      }
    }
  }
}
