import type { CrossProducts } from '../cross-products.js';
import type { LevelPrecision } from '../level-precision.js';
import { gramProducts, type ColumnProducts } from '../products/column-products.js';
import { chainFactor, type ChainFactor } from './chain-factor.js';

/**
 * A model with one scalar term whose levels are the points of series and depend on their neighbours only: K is tridiagonal, broken between
 * series, and so is S = lambda^2 Z'Z + K. Its factor, solutions and the entries of S^-1 beside the diagonal are recurrences along the points,
 * in their own order, with nothing symbolic: O(q p) a sweep, and a few flops a point (Rue and Held 2005, Gaussian Markov Random Fields, section 2.4.1;
 * the recurrences are those of the Kalman filter and smoother in information form).
 */
export interface ChainSystem {
  readonly precision: LevelPrecision;
  /** Factor of S at the last solution. */
  readonly factor: ChainFactor;
  /** Factor of K, made when information is asked for. */
  readonly prior: ChainFactor;
  /** L^-1 lambda Z'[X y] before division by the pivots, q by p + 1, column-major. */
  readonly R: Float64Array;
  /** R'D^-1 R, (p + 1) squared, column-major, lower triangle. */
  readonly gram: Float64Array;
  /** Products of many columns; null for few. */
  readonly products: ColumnProducts | null;
  /** Vectors and columns that derivatives are made of. */
  readonly work: ChainWork;
  /** u at the last solution, once {@link chainEffects} was called. */
  readonly u: Float64Array;
  effectsAreCurrent: boolean;
  /** Whether the other vectors of length q, and the sparse system, were made for the last solution. */
  modesAreCurrent: boolean;
  systemIsCurrent: boolean;
}

export interface ChainWork {
  /** Entries (i, i) and (i + 1, i) of S^-1, and of what is added to it; length q. */
  readonly diagonal: Float64Array;
  readonly below: Float64Array;
  /** Sums of a pass. */
  readonly sums: Float64Array;
  /** 2 q, or q by p + 1 where there are many columns. */
  v: Float64Array;
  /** q by the number of directions. */
  c: Float64Array;
  h: Float64Array;
}

/** With more fixed effects than this, tiles of 4 by 4 sums pay. */
const FEW_COLUMNS = 8;

/** The chains of a model; null where it has other terms, vector-valued points, or levels that depend on more than their neighbours. */
export function chainSystem(cp: CrossProducts, precisions: readonly (LevelPrecision | null)[]): ChainSystem | null {
  const { terms, pairs, p, q } = cp;
  const precision = precisions[0];
  if (terms.length !== 1 || terms[0].nc !== 1 || !precision || pairs.length > 0 || cp.b0 || cp.residual) return null;
  if (!isChain(precision.structure.pattern)) return null;
  const take = allotment(q * (p + 1) + 11 * q + 2);
  const none = new Float64Array(0);
  return {
    precision,
    factor: chainFactor(q, take),
    R: take(q * (p + 1)),
    u: take(q),
    prior: chainFactor(q, take),
    gram: new Float64Array((p + 1) ** 2),
    products: p > FEW_COLUMNS ? gramProducts(p + 1) : null,
    work: {
      diagonal: take(q),
      below: take(q),
      sums: new Float64Array(3),
      v: take(2 * q),
      c: none,
      h: none,
    },
    effectsAreCurrent: false,
    modesAreCurrent: false,
    systemIsCurrent: false,
  };
}

/** Parts of one array: one allocation instead of a dozen. */
function allotment(length: number): (part: number) => Float64Array {
  const memory = new Float64Array(length);
  let end = 0;
  return (part) => memory.subarray(end, (end += part));
}

function isChain({ colPtr, rowIdx }: LevelPrecision['structure']['pattern']): boolean {
  for (let l = 0; l + 1 < colPtr.length; l++) {
    const count = colPtr[l + 1] - colPtr[l];
    if (count > 2 || (count === 2 && rowIdx[colPtr[l] + 1] !== l + 1)) return false;
  }
  return true;
}
