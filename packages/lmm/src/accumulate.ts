import type { CrossProducts, TermProducts } from './cross-products.js';
import { fixedEffectsBasis } from './fixed-effects-basis.js';
import { applyBasisInPlace, type FixedEffectsBasis } from './fixed-effects-columns.js';
import { mergeMemberships, separateMemberships } from './memberships.js';
import type { ModelMatrices, RandomEffectsTerm } from './model-matrices.js';
import { addPairProducts, pairPattern } from './pair-products.js';
import {
  crossProducts,
  gramProducts,
  packChangedStrip,
  packedAt,
  PACKED_ROWS,
  packStrip,
  productAt,
  scalePackedRows,
  type ColumnProducts,
} from './products/column-products.js';
import { responseBlockInto, weightedBlockInto } from './row-blocks.js';
import { residualCrossProducts } from './residual-products.js';
import { termBases, termBlockInto, type TermBasis } from './term-basis.js';
import { addTermRows, termRecords, unpackRecords } from './term-records.js';

/** The changes of basis, which are found in a first pass over the model frame. */
export interface Bases {
  readonly fixed: FixedEffectsBasis;
  readonly terms: readonly TermBasis[];
}

export function findBases(m: ModelMatrices): Bases {
  const sqrtWeights = m.weights && m.weights.map(Math.sqrt);
  return {
    fixed: fixedEffectsBasis(m.X.columns, m.y, m.offset, sqrtWeights),
    terms: termBases(m.terms, m.weights),
  };
}

/** From about this many multiplications an instance of WebAssembly pays. */
const MANY_PRODUCTS = 2e6;

/**
 * Accumulates the cross-products of a model frame block of rows by block of rows, without forming Z.
 * Cost O(n (nc + p)^2) and one counting sort of the rows for each pair of terms.
 *
 * A residual structure (the last term) makes them depend on its parameters: {@link residualCrossProducts}.
 *
 * @param b0 random effects in changed columns (length q) that are taken from y first: with `b0` near the solution, sums of squares keep
 * their digits even where the random effects are larger than the residuals by many orders of magnitude.
 */
export function accumulateCrossProducts(
  m: ModelMatrices,
  bases: Bases = findBases(m),
  b0: Float64Array | null = null,
): CrossProducts {
  if (m.terms.at(-1)?.structure.residual) return residualCrossProducts(m, bases);
  if (m.terms.some(({ memberships }) => memberships)) {
    const apart = separateMemberships(m, bases, b0);
    return mergeMemberships(accumulateCrossProducts(apart.matrices, apart.bases, apart.b0), m.terms, apart.t, b0);
  }
  const { fixed } = bases;
  const n = m.y.length;
  const p = fixed.kept.length;
  const sqrtWeights = m.weights && m.weights.map(Math.sqrt);
  const terms = emptyTerms(m.terms, bases.terms);
  const q = terms.reduce((s, t) => s + t.nc * t.nl, 0);
  const pairs = terms.flatMap((_, i) => terms.slice(0, i).map((_, j) => pairPattern(m.terms, i, j)));

  // [Q1 y~] by blocks of rows; where Q1'Q1 is known only the products with y~ are left.
  const wasm = n * (p + 1) * (fixed.gram ? 4 : p + 1) > MANY_PRODUCTS;
  const products = fixed.gram ? crossProducts(p + 1, 1, wasm) : gramProducts(p + 1, wasm);
  const fillFixed = fixedColumns(m, fixed, sqrtWeights, products);
  const y = new Float64Array(PACKED_ROWS);
  const Z = terms.map((t) => Array.from({ length: t.nc }, () => new Float64Array(PACKED_ROWS)));
  const records = terms.map((t) => termRecords(t, p + 1));

  for (let start = 0; start < n; start += PACKED_ROWS) {
    const count = Math.min(PACKED_ROWS, n - start);
    fillFixed(start, count);
    responseBlockInto(m.y, m.offset, sqrtWeights, start, count, y);
    subtractFixed(products.A, fixed.c, count, y);
    for (let t = 0; t < terms.length; t++) {
      termBlockInto(m.terms[t], bases.terms[t], sqrtWeights, start, count, Z[t]);
      if (b0) subtractEffects(m.terms[t], terms[t], Z[t], b0, start, count, y);
    }
    for (let i = 0, k = packedAt(p); i < count; i++, k += 4) products.A[k] = y[i];
    if (!products.gram) for (let i = 0, k = 0; i < count; i++, k += 4) products.B[k] = y[i];
    products.add(count);
    for (let t = 0; t < terms.length; t++) addTermRows(records[t], m.terms[t].levelIdx, Z[t], products.A, start, count);
    for (const pair of pairs) addPairProducts(pair, Z, start, count);
  }

  const ZtX = new Float64Array(q * p);
  const Zty = new Float64Array(q);
  terms.forEach((t, k) => unpackRecords(records[k], t, p, q, ZtX, Zty));
  const Xty = new Float64Array(p);
  for (let k = 0; k < p; k++) Xty[k] = products.gram ? productAt(products, p, k) : productAt(products, k, 0);
  return {
    n,
    p,
    q,
    sumLogWeights: m.weights ? m.weights.reduce((s, w) => s + Math.log(w), 0) : 0,
    fixed,
    terms,
    pairs: pairs.map((pair) => pair.products),
    ZtX,
    XtX: fixed.gram ? fixed.gram.slice() : gramOf(products, p),
    Zty,
    Xty,
    yty: products.gram ? productAt(products, p, p) : productAt(products, p, 0),
    b0,
  };
}

function emptyTerms(terms: readonly RandomEffectsTerm[], bases: readonly TermBasis[]): TermProducts[] {
  let start = 0;
  return terms.map((term, t) => {
    const nc = term.columns.length;
    const nl = term.levels.length;
    const products = { nc, nl, start, basis: bases[t], blocks: new Float64Array(nl * nc * nc) };
    start += nl * nc;
    return products;
  });
}

/** Packs a block of Q1, rows start... */
function fixedColumns(
  m: ModelMatrices,
  fixed: FixedEffectsBasis,
  sqrtWeights: Float64Array | null,
  { A }: ColumnProducts,
): (start: number, count: number) => void {
  const p = fixed.kept.length;
  const columns = Array.from(fixed.kept, (k) => m.X.columns[k]);
  const { change } = fixed;
  if (change) {
    return (start, count) => {
      for (let j = 0; j < p; j += 4) packChangedStrip(columns, change.center, change.scale, j, start, count, A);
      if (sqrtWeights) scalePackedRows(A, p, sqrtWeights, start, count);
    };
  }
  const Q = columns.map(() => new Float64Array(PACKED_ROWS));
  return (start, count) => {
    for (let k = 0; k < p; k++) weightedBlockInto(columns[k], sqrtWeights, start, count, Q[k]);
    applyBasisInPlace(fixed, Q, count);
    for (let j = 0; j < p; j += 4) packStrip(Q, j, 0, count, A);
  };
}

/**
 * y -= Q1 c for a packed block; the places after the last column of Q1 are multiplied by zero. One column at a time: a large mean is gone
 * before smaller parts follow.
 */
function subtractFixed(A: Float64Array, c: Float64Array, count: number, y: Float64Array): void {
  const p = c.length;
  for (let j = 0; j < p; j += 4) {
    const c0 = c[j];
    const c1 = j + 1 < p ? c[j + 1] : 0;
    const c2 = j + 2 < p ? c[j + 2] : 0;
    const c3 = j + 3 < p ? c[j + 3] : 0;
    for (let i = 0, k = packedAt(j); i < count; i++, k += 4) {
      y[i] = y[i] - c0 * A[k] - c1 * A[k + 1] - c2 * A[k + 2] - c3 * A[k + 3];
    }
  }
}

function subtractEffects(
  term: RandomEffectsTerm,
  { nc, start: first }: TermProducts,
  Z: readonly Float64Array[],
  b0: Float64Array,
  start: number,
  count: number,
  y: Float64Array,
): void {
  for (let i = 0; i < count; i++) {
    const at = first + term.levelIdx[start + i] * nc;
    let s = 0;
    for (let c = 0; c < nc; c++) s += Z[c][i] * b0[at + c];
    y[i] -= s;
  }
}

/** Both triangles of the first p columns' products. */
function gramOf(products: ColumnProducts, p: number): Float64Array {
  const out = new Float64Array(p * p);
  for (let k = 0; k < p; k++) for (let l = 0; l <= k; l++) out[l * p + k] = out[k * p + l] = productAt(products, k, l);
  return out;
}
