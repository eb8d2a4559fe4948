import type { CrossProducts, PairProducts, TermProducts } from './cross-products.js';
import { fixedEffectsBasis } from './fixed-effects-basis.js';
import { applyBasisInPlace, type FixedEffectsBasis } from './fixed-effects-columns.js';
import type { ModelMatrices, RandomEffectsTerm } from './model-matrices.js';
import { addGram } from './gram.js';
import { forEachRowBlock, responseBlockInto, ROW_BLOCK, weightedBlockInto } from './row-blocks.js';
import { residualCrossProducts } from './residual-products.js';
import { termBasis, termBlockInto, type TermBasis } from './term-basis.js';

/** The changes of basis, which are found in a first pass over the model frame. */
export interface Bases {
  readonly fixed: FixedEffectsBasis;
  readonly terms: readonly TermBasis[];
}

export function findBases(m: ModelMatrices): Bases {
  const sqrtWeights = m.weights && m.weights.map(Math.sqrt);
  return {
    fixed: fixedEffectsBasis(m.X.columns, m.y, m.offset, sqrtWeights),
    terms: m.terms.map((term) => termBasis(term, m.weights)),
  };
}

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
  const { fixed } = bases;
  const n = m.y.length;
  const p = fixed.kept.length;
  const sqrtWeights = m.weights && m.weights.map(Math.sqrt);
  const terms = emptyTerms(m.terms, bases.terms);
  const q = terms.reduce((s, t) => s + t.nc * t.nl, 0);
  const pairs: { products: PairProducts; blockOfRow: Int32Array }[] = [];
  for (let i = 1; i < terms.length; i++) for (let j = 0; j < i; j++) pairs.push(pairPattern(m.terms, i, j));

  const ZtXByRow = new Float64Array(q * p);
  const XtX = fixed.gram ? fixed.gram.slice() : new Float64Array(p * p);
  const Zty = new Float64Array(q);
  const Xty = new Float64Array(p);
  let yty = 0;
  const block = new Float64Array(p * ROW_BLOCK);
  const Q = Array.from({ length: p }, (_, k) => block.subarray(k * ROW_BLOCK, (k + 1) * ROW_BLOCK));
  const byRow = new Float64Array(p * ROW_BLOCK);
  const Z = terms.map((t) => Array.from({ length: t.nc }, () => new Float64Array(ROW_BLOCK)));
  const y = new Float64Array(ROW_BLOCK);

  forEachRowBlock(n, (start, count) => {
    for (let k = 0; k < p; k++) weightedBlockInto(m.X.columns[fixed.kept[k]], sqrtWeights, start, count, Q[k]);
    applyBasisInPlace(fixed, Q, count);
    responseBlockInto(m.y, m.offset, sqrtWeights, start, count, y);
    for (let k = 0; k < p; k++) subtractMultiple(Q[k], fixed.c[k], count, y);
    m.terms.forEach((term, t) => {
      termBlockInto(term, bases.terms[t], sqrtWeights, start, count, Z[t]);
      if (b0) subtractEffects(term, terms[t], Z[t], b0, start, count, y);
    });
    if (!fixed.gram) addGram(block, p, count, XtX);
    for (let k = 0; k < p; k++) Xty[k] += dotBlock(Q[k], y, count);
    yty += dotBlock(y, y, count);
    transposeInto(block, p, count, byRow);
    terms.forEach((t, k) => {
      addTermProducts(t, m.terms[k].levelIdx, Z[k], byRow, p, y, start, count, ZtXByRow, Zty);
    });
    for (const { products, blockOfRow } of pairs) {
      addPairProducts(products, terms[products.i].nc, terms[products.j].nc, blockOfRow, Z, start, count);
    }
  });
  if (!fixed.gram) for (let k = 0; k < p; k++) for (let l = 0; l < k; l++) XtX[l * p + k] = XtX[k * p + l];

  return {
    n,
    p,
    q,
    sumLogWeights: m.weights ? m.weights.reduce((s, w) => s + Math.log(w), 0) : 0,
    fixed,
    terms,
    pairs: pairs.map((pair) => pair.products),
    ZtX: transpose(ZtXByRow, q, p),
    XtX,
    Zty,
    Xty,
    yty,
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

/**
 * Which pairs of levels of terms i and j share a row, and the block that each row adds to. Two stable counting sorts bring the rows into
 * the order (level of j, level of i); O(n + nl_i + nl_j).
 */
function pairPattern(
  terms: readonly RandomEffectsTerm[],
  i: number,
  j: number,
): { products: PairProducts; blockOfRow: Int32Array } {
  const rowLevel = terms[i].levelIdx;
  const colLevel = terms[j].levelIdx;
  const n = rowLevel.length;
  const nlj = terms[j].levels.length;
  const order = countingSort(colLevel, nlj, countingSort(rowLevel, terms[i].levels.length, null));
  const blockOfRow = new Int32Array(n);
  const colPtr = new Int32Array(nlj + 1);
  const rows = new Int32Array(n);
  let blocks = 0;
  let lastRow = -1;
  let lastCol = -1;
  for (let k = 0; k < n; k++) {
    const r = order[k];
    if (rowLevel[r] !== lastRow || colLevel[r] !== lastCol) {
      lastRow = rowLevel[r];
      lastCol = colLevel[r];
      rows[blocks++] = lastRow;
      colPtr[lastCol + 1]++;
    }
    blockOfRow[r] = blocks - 1;
  }
  for (let l = 0; l < nlj; l++) colPtr[l + 1] += colPtr[l];
  const size = terms[i].columns.length * terms[j].columns.length;
  return {
    products: { i, j, colPtr, rowIdx: rows.slice(0, blocks), blocks: new Float64Array(blocks * size) },
    blockOfRow,
  };
}

/** Positions 0..n-1 (or those of `order`) sorted stably by `key`, whose values are below `size`. */
function countingSort(key: Int32Array, size: number, order: Int32Array | null): Int32Array {
  const n = key.length;
  const next = new Int32Array(size + 1);
  for (let i = 0; i < n; i++) next[key[i] + 1]++;
  for (let k = 0; k < size; k++) next[k + 1] += next[k];
  const out = new Int32Array(n);
  for (let k = 0; k < n; k++) {
    const i = order ? order[k] : k;
    out[next[key[i]]++] = i;
  }
  return out;
}

function subtractMultiple(x: Float64Array, factor: number, count: number, y: Float64Array): void {
  for (let i = 0; i < count; i++) y[i] -= factor * x[i];
}

function subtractEffects(
  term: RandomEffectsTerm,
  products: TermProducts,
  Z: readonly Float64Array[],
  b0: Float64Array,
  start: number,
  count: number,
  y: Float64Array,
): void {
  const { nc } = products;
  for (let i = 0; i < count; i++) {
    const at = products.start + term.levelIdx[start + i] * nc;
    let s = 0;
    for (let c = 0; c < nc; c++) s += Z[c][i] * b0[at + c];
    y[i] -= s;
  }
}

/** out[i * p + k] = block[k, i]: a block of columns by rows, so that a row's numbers stand side by side. */
function transposeInto(block: Float64Array, p: number, count: number, out: Float64Array): void {
  for (let k = 0; k < p; k++) for (let i = 0; i < count; i++) out[i * p + k] = block[k * ROW_BLOCK + i];
}

function dotBlock(a: Float64Array, b: Float64Array, count: number): number {
  let s = 0;
  for (let i = 0; i < count; i++) s += a[i] * b[i];
  return s;
}

function addTermProducts(
  t: TermProducts,
  levelIdx: Int32Array,
  Z: readonly Float64Array[],
  byRow: Float64Array,
  p: number,
  y: Float64Array,
  start: number,
  count: number,
  ZtXByRow: Float64Array,
  Zty: Float64Array,
): void {
  const { nc, blocks } = t;
  for (let i = 0; i < count; i++) {
    const level = levelIdx[start + i];
    const block = level * nc * nc;
    for (let a = 0; a < nc; a++) {
      const z = Z[a][i];
      const row = t.start + level * nc + a;
      for (let b = 0; b < nc; b++) blocks[block + a * nc + b] += z * Z[b][i];
      Zty[row] += z * y[i];
      const at = row * p;
      const from = i * p;
      for (let k = 0; k < p; k++) ZtXByRow[at + k] += z * byRow[from + k];
    }
  }
}

function addPairProducts(
  pair: PairProducts,
  ni: number,
  nj: number,
  blockOfRow: Int32Array,
  Z: readonly (readonly Float64Array[])[],
  start: number,
  count: number,
): void {
  const { blocks } = pair;
  const Zi = Z[pair.i];
  const Zj = Z[pair.j];
  for (let r = 0; r < count; r++) {
    const at = blockOfRow[start + r] * ni * nj;
    for (let c = 0; c < nj; c++) {
      const z = Zj[c][r];
      for (let a = 0; a < ni; a++) blocks[at + c * ni + a] += Zi[a][r] * z;
    }
  }
}

function transpose(byRow: Float64Array, q: number, p: number): Float64Array {
  const out = new Float64Array(q * p);
  for (let i = 0; i < q; i++) for (let k = 0; k < p; k++) out[k * q + i] = byRow[i * p + k];
  return out;
}
