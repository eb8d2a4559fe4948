import type { CrossProducts } from '../cross-products.js';
import { choleskyInPlace, dot, solveLowerInPlace, solveLowerTransposedInPlace } from '../dense.js';
import type { PairBlocks } from '../products/pair-blocks.js';
import { multiplyLambdaInto, multiplyZtZInto } from '../scale-by-lambda.js';
import type { TrialSolution } from './probed-moments.js';

/** Start values need two digits. */
const TOLERANCE = 1e-3;
const MOST_STEPS = 60;

/**
 * The solution at a trial covariance by conjugate gradients (Hestenes and Stiefel 1952; Golub and Van Loan, section 11.5), preconditioned by
 * the diagonal blocks of S, without a factor: for models whose factorisation is dear. Good to two or three digits. Cost: one product with
 * Z'Z for each step.
 *
 * @param lambdas changed factors, nc by nc, by term
 * @param kernels with the blocks of Z'Z, where there are
 * @returns null where Q1'Q1 or a block is not positive definite
 */
export function iteratedTrial(
  cp: CrossProducts,
  lambdas: readonly Float64Array[],
  kernels: PairBlocks | null = null,
): TrialSolution | null {
  const { p, q, terms, ZtX } = cp;
  const small = new Float64Array(terms.reduce((m, t) => Math.max(m, t.nc), 1) ** 2);
  const LX = cp.XtX.slice();
  const blocks = blockFactors(cp, lambdas);
  if (choleskyInPlace(LX, p) >= 0 || !blocks) return null;
  // With kernels, which take a second vector for nothing, the vectors of a solve go side by side, each as it would alone.
  const together = kernels ? terms.reduce((m, t) => Math.max(m, t.nc), 1) : 1;
  const vectors = () => new Float64Array(q * together);
  const [Lx, product, r, z, d] = [vectors(), vectors(), vectors(), vectors(), vectors()];
  const coefficients = new Float64Array(p);
  const [target, rz] = [new Float64Array(together), new Float64Array(together)];

  /** product = (Lambda'Z'M Z Lambda + I) d for the first `count` vectors, M the projection off X. */
  const multiply = (count: number) => {
    multiplyLambdaInto(cp, lambdas, false, d, count, small, Lx);
    multiplyZtZInto(cp, Lx, count, product, kernels);
    for (let h = 0; h < count; h++) {
      for (let k = 0; k < p; k++) coefficients[k] = dot(ZtX, k * q, Lx, h * q, q);
      solveLowerInPlace(LX, p, coefficients);
      solveLowerTransposedInPlace(LX, p, coefficients);
      subtractFixed(ZtX, q, coefficients, product, h * q);
    }
    multiplyLambdaInto(cp, lambdas, true, product, count, small, product);
    for (let i = 0; i < q * count; i++) product[i] += d[i];
  };
  /** x := S^-1 x for `count` vectors; the residuals stay in r. */
  const solveTogether = (x: Float64Array, count: number) => {
    r.set(x);
    x.fill(0);
    for (let h = 0; h < count; h++) {
      const o = h * q;
      target[h] = TOLERANCE ** 2 * dot(r, o, r, o, q);
      solveBlocks(cp, blocks, r, z, o);
      rz[h] = dot(r, o, z, o, q);
    }
    d.set(z);
    const isOpen = (h: number) => dot(r, h * q, r, h * q, q) > target[h];
    let open = Array.from({ length: count }, (_, h) => h).filter(isOpen);
    for (let step = 0; step < MOST_STEPS && open.length > 0; step++) {
      multiply(count);
      for (const h of open) {
        const o = h * q;
        const alpha = rz[h] / dot(d, o, product, o, q);
        for (let i = o; i < o + q; i++) {
          x[i] += alpha * d[i];
          r[i] -= alpha * product[i];
        }
        solveBlocks(cp, blocks, r, z, o);
        const next = dot(r, o, z, o, q);
        const beta = next / rz[h];
        rz[h] = next;
        for (let i = o; i < o + q; i++) d[i] = z[i] + beta * d[i];
      }
      open = open.filter(isOpen);
    }
  };

  const fixed = cp.Xty.slice();
  solveLowerInPlace(LX, p, fixed);
  const total = cp.yty - dot(fixed, 0, fixed, 0, p);
  solveLowerTransposedInPlace(LX, p, fixed);
  const right = cp.Zty.slice();
  subtractFixed(ZtX, q, fixed, right);
  multiplyLambdaInto(cp, lambdas, true, right, 1, small, right);
  const u = right.slice();
  solveTogether(u, 1);
  // |e|^2 = y'My - 2 u'f + u'(S - I)u with S u = f - r
  const wrss = total - dot(u, 0, right, 0, q) - dot(u, 0, r, 0, q) - dot(u, 0, u, 0, q);
  return {
    u,
    wrss,
    solveInPlace(x, nrhs = 1) {
      for (let h = 0; h < nrhs; h += together) {
        const count = Math.min(together, nrhs - h);
        solveTogether(x.subarray(h * q, (h + count) * q), count);
      }
    },
  };
}

function subtractFixed(ZtX: Float64Array, q: number, beta: Float64Array, out: Float64Array, at = 0): void {
  for (let k = 0; k < beta.length; k++) {
    const v = beta[k];
    for (let i = 0; i < q; i++) out[at + i] -= ZtX[k * q + i] * v;
  }
}

/** Lower Cholesky factors of the diagonal blocks of S, by term; null where one fails. */
function blockFactors({ terms }: CrossProducts, lambdas: readonly Float64Array[]): Float64Array[] | null {
  let failed = false;
  const factors = terms.map(({ nc, nl, blocks }, t) => {
    const lambda = lambdas[t];
    const out = new Float64Array(nl * nc * nc);
    for (let l = 0; l < nl; l++) {
      const at = l * nc * nc;
      for (let c = 0; c < nc; c++) {
        for (let r = c; r < nc; r++) {
          let s = r === c ? 1 : 0;
          for (let i = 0; i < nc; i++) {
            for (let j = 0; j < nc; j++) s += lambda[r * nc + i] * blocks[at + j * nc + i] * lambda[c * nc + j];
          }
          out[at + c * nc + r] = s;
        }
      }
      if (choleskyInPlace(out.subarray(at, at + nc * nc), nc) >= 0) failed = true;
    }
    return out;
  });
  return failed ? null : factors;
}

/** z = (diagonal blocks of S)^-1 r for the vector that begins at `from`. */
function solveBlocks(
  { q, terms }: CrossProducts,
  factors: readonly Float64Array[],
  r: Float64Array,
  z: Float64Array,
  from: number,
): void {
  z.set(r.subarray(from, from + q), from);
  terms.forEach(({ nc, nl, start }, t) => {
    const L = factors[t];
    if (nc === 1) {
      for (let l = 0; l < nl; l++) z[from + start + l] /= L[l] * L[l];
      return;
    }
    for (let l = 0; l < nl; l++) {
      const at = l * nc * nc;
      const x = from + start + l * nc;
      for (let c = 0; c < nc; c++) {
        for (let k = 0; k < c; k++) z[x + c] -= L[at + k * nc + c] * z[x + k];
        z[x + c] /= L[at + c * nc + c];
      }
      for (let c = nc - 1; c >= 0; c--) {
        for (let k = c + 1; k < nc; k++) z[x + c] -= L[at + c * nc + k] * z[x + k];
        z[x + c] /= L[at + c * nc + c];
      }
    }
  });
}
