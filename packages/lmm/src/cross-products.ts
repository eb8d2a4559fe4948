import type { ResidualProducts } from './residual-products.js';
import type { FixedEffectsBasis } from './fixed-effects-columns.js';
import type { TermBasis } from './term-basis.js';

/**
 * Everything that the estimator needs of the rows: the cross-products [Z~ Q1 y~]'[Z~ Q1 y~], where Z~ are the changed columns of each
 * term ({@link TermBasis}), Q1 the orthonormal basis of the fixed effects ({@link FixedEffectsBasis}) and
 * y~ = W^1/2 (y - offset) - Q1 c - Z~ b0, all weighted by W^1/2.
 *
 * Random effects are numbered term by term, level by level, column by column: effect (t, l, c) is `terms[t].start + l * nc + c`.
 */
export interface CrossProducts {
  /** Rows that were read. */
  readonly n: number;
  /** Rank of X. */
  readonly p: number;
  /** Random effects in all. */
  readonly q: number;
  readonly sumLogWeights: number;
  readonly fixed: FixedEffectsBasis;
  readonly terms: readonly TermProducts[];
  readonly pairs: readonly PairProducts[];
  /** Z~'Q1, q by p, column-major. */
  readonly ZtX: Float64Array;
  /** Q1'Q1, p by p, column-major, both triangles. */
  readonly XtX: Float64Array;
  /** Z~'y~, length q. */
  readonly Zty: Float64Array;
  /** Q1'y~, length p. */
  readonly Xty: Float64Array;
  /** y~'y~. */
  yty: number;
  /** Random effects (in changed columns, length q) that were taken from y before accumulating; null for none. */
  readonly b0: Float64Array | null;
  /** The terms' products level by level, where they are at hand without `blocks` and `ZtX`, which are then made when they are first read. */
  readonly byLevel?: readonly LevelReader[];
  /** How the numbers follow the parameters of a residual structure; absent for independent residuals. */
  readonly residual?: ResidualProducts;
}

/** Products of a term for levels `first` to `first + count - 1`; the number of level `first + i` is written to `out[at + i * step]`. */
export interface LevelReader {
  /** Entry (a, b) of the blocks of Z~'Z~. */
  blockInto(a: number, b: number, first: number, count: number, out: Float64Array, at: number, step: number): void;
  /** Row a, column j of Z~'Q1. */
  fixedInto(a: number, j: number, first: number, count: number, out: Float64Array, at: number, step: number): void;
  /** Row a of Z~'y~. */
  responseInto(a: number, first: number, count: number, out: Float64Array, at: number, step: number): void;
}

/** The diagonal blocks of Z~'Z~ of one term: one symmetric nc by nc block for each level. */
export interface TermProducts {
  readonly nc: number;
  readonly nl: number;
  /** First effect of the term. */
  readonly start: number;
  readonly basis: TermBasis;
  /** nl blocks of nc by nc, column-major, both triangles. */
  readonly blocks: Float64Array;
}

/**
 * Z~_i'Z~_j for two terms, i after j: a sparse matrix of blocks, one for each pair of levels that share a row. With correlated residuals also
 * i = j: the pairs of different levels that correlated rows bring together, the larger level in the rows.
 */
export interface PairProducts {
  /** Term of the rows. */
  readonly i: number;
  /** Term of the columns, at most i. */
  readonly j: number;
  /** Block starts by level of term j, length nl_j + 1. */
  readonly colPtr: Int32Array;
  /** Level of term i of each block, ascending within a column. */
  readonly rowIdx: Int32Array;
  /** Blocks of nc_i by nc_j, column-major. */
  readonly blocks: Float64Array;
}
