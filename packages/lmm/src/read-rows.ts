import { accumulateCrossProducts, findBases, type Bases } from './accumulate.js';
import { firstChange, recenter, type Change, type KnownColumns } from './column-change.js';
import type { CrossProducts } from './cross-products.js';
import { basisOfGram, type GramBasis } from './fixed-effects-gram.js';
import type { ModelMatrices } from './model-matrices.js';
import { addPairProducts, pairPattern } from './pair-products.js';
import { pilotSlopes } from './pilot-slopes.js';
import { packChangedStrip, packedAt, PACKED_ROWS, productAt, scalePackedRows } from './products/column-products.js';
import { rowProducts, type LevelPlan, type RowProducts } from './products/row-products.js';
import { solveLowerInPlace } from './dense.js';
import { RecordProducts } from './record-products.js';
import { termBases, termBlockInto, type TermBasis } from './term-basis.js';

/** What the search needs of the rows. */
export interface RowsRead {
  readonly bases: Bases;
  readonly cp: CrossProducts;
}

/** Fewer rows than this are read twice: it costs nothing, and is the careful road. */
const MANY_ROWS = 4096;

/** Bases and cross-products: in one pass over the rows where that keeps all digits, else in two. */
export function readRows(m: ModelMatrices): RowsRead {
  const once = m.y.length >= MANY_ROWS ? readRowsOnce(m) : null;
  if (once?.cp) return { bases: once.bases, cp: once.cp };
  const bases = once?.bases ?? findBases(m);
  return { bases, cp: accumulateCrossProducts(m, bases) };
}

/** y less the pilot fit may be as much longer (squared) than the residual: its square sum is a difference, which loses the digits of this ratio. */
const MOST_EXPLAINED = 4;

/** A column keeps this share of its squared length beside the earlier ones, or it is orthogonalised row by row: what is taken from sums loses its digits. */
const WELL_APART = 1e-2;

/** From about this many multiplications an instance of WebAssembly pays. */
const MANY_PRODUCTS = 2e6;

/**
 * Bases and cross-products in a single pass. Rows are read by columns that are centred and scaled (by the terms' means, or as some rows suggest)
 * and y less a pilot fit to these rows; the orthonormal basis and the least-squares residual follow from the sums, those by level included, since
 * they are linear in them: Z'Q1 = (Z'D) T and Z'y~ = Z'y0 - Z'Q1 c for the changed columns D = Q1 T^-1. Columns of Z that are columns of D are not
 * multiplied twice.
 *
 * @returns `cp` null where the pilot fit left too much of y, and null where bases need another look at the rows, or rows have several levels or
 * correlated residuals
 */
export function readRowsOnce(m: ModelMatrices): { bases: Bases; cp: CrossProducts | null } | null {
  const { X, y, offset, weights } = m;
  const p = X.columns.length;
  if (p === 0 || y.length <= p || m.terms.some((t) => t.memberships || t.structure.residual)) return null;
  const terms = termBases(m.terms, weights);
  const change = firstChange(X.columns, y, offset, columnsOfTerms(m, terms));
  const slopes = pilotSlopes(X.columns, y, offset, change);
  const read = readChanged(m, terms, change, slopes);
  const { gram } = read.products;
  if (!recenter(gram, change)) return null;
  const made = basisOfGram(gram, change, slopes);
  if (!made) return null;
  const bases = { fixed: made.basis, terms };
  return { bases, cp: isWellApart(made) ? crossProductsOf(m, bases, made, read) : null };
}

/** Columns that random effects multiply too are changed alike, so that both have the same products. */
function columnsOfTerms(m: ModelMatrices, bases: readonly TermBasis[]): KnownColumns {
  return {
    isOne: (column) => bases.some(({ intercept }, t) => m.terms[t].columns[intercept] === column),
    changeOf(column, centered) {
      for (let t = 0; t < bases.length; t++) {
        const a = m.terms[t].columns.indexOf(column);
        const { intercept, shift, spread } = bases[t];
        if (a >= 0 && a !== intercept && intercept >= 0 === centered) return { center: shift[a], scale: 1 / spread[a] };
      }
      return null;
    },
  };
}

interface ChangedRows {
  readonly products: RowProducts;
  readonly plans: readonly LevelPlan[];
  readonly pairs: readonly ReturnType<typeof pairPattern>[];
}

/** The sums over all rows of the changed columns of X, y less location and slopes, and the changed columns of Z. */
function readChanged(
  m: ModelMatrices,
  bases: readonly TermBasis[],
  change: Change,
  slopes: Float64Array | null,
): ChangedRows {
  const n = m.y.length;
  const p = m.X.columns.length;
  const sqrtWeights = m.weights && m.weights.map(Math.sqrt);
  const { columns, plans } = placeColumns(m, bases, change);
  const products = rowProducts(p + 1, columns, plans, n * (p + 1) ** 2 > MANY_PRODUCTS);
  const { packed } = products;
  const pairs = m.terms.flatMap((_, i) => m.terms.slice(0, i).map((_, j) => pairPattern(m.terms, i, j)));
  const blocks = m.terms.map(({ columns: { length } }) => Array.from({ length }, () => new Float64Array(PACKED_ROWS)));
  const levels = m.terms.map((t) => t.levelIdx);
  // A column of the same numbers, once packed, stays.
  const firstStrip = change.constant !== 0 && !sqrtWeights && p < 4 ? 1 : 0;
  for (let start = 0; start < n; start += PACKED_ROWS) {
    const count = Math.min(PACKED_ROWS, n - start);
    packFixed(m.X.columns, change, start > 0 ? firstStrip : 0, start, count, packed);
    packResponse(m, change, slopes, start, count, packed);
    if (sqrtWeights) scalePackedRows(packed, p + 1, sqrtWeights, start, count);
    for (let t = 0; t < m.terms.length; t++) {
      if (!plans[t].own && pairs.length === 0) continue;
      termBlockInto(m.terms[t], bases[t], sqrtWeights, start, count, blocks[t]);
      if (plans[t].own) blocks[t].forEach((z, a) => packOne(z, count, packed, packedAt(plans[t].columns[a])));
    }
    products.add(levels, start, count);
    for (const pair of pairs) addPairProducts(pair, blocks, start, count);
  }
  return { products, plans, pairs };
}

/** Which packed column is which: X, y, and behind the last strip of these the columns of terms that are not all among those of X. */
function placeColumns(
  m: ModelMatrices,
  bases: readonly TermBasis[],
  { constant, center, scale }: Change,
): { columns: number; plans: LevelPlan[] } {
  const p = m.X.columns.length;
  let columns = (p + 4) & ~3;
  const plans = m.terms.map((term, t): LevelPlan => {
    const { intercept, shift, spread } = bases[t];
    const nl = term.levels.length;
    const same = term.columns.map((z, a) => {
      if (a === intercept) return constant === 1 && center[0] === 0 && scale[0] === 1 ? 0 : -1;
      const j = m.X.columns.indexOf(z);
      return j >= 0 && center[j] === shift[a] && scale[j] === 1 / spread[a] ? j : -1;
    });
    if (same.every((j) => j >= 0)) return { columns: same, nl, own: false };
    const places = same.map(() => columns++);
    return { columns: places, nl, own: true };
  });
  return { columns, plans };
}

/** Columns of X from `first` on. */
function packFixed(
  columns: readonly Float64Array[],
  { center, scale }: Change,
  first: number,
  start: number,
  count: number,
  packed: Float64Array,
): void {
  const p = columns.length;
  if (first === 0) {
    for (let j = 0; j < p; j += 4) packChangedStrip(columns, center, scale, j, start, count, packed);
    return;
  }
  for (let j = first; j < p; j++) packChanged(columns[j], center[j], scale[j], start, count, packed, packedAt(j));
}

function packChanged(
  x: Float64Array,
  center: number,
  scale: number,
  start: number,
  count: number,
  packed: Float64Array,
  at: number,
): void {
  for (let i = start, k = at; i < start + count; i++, k += 4) packed[k] = (x[i] - center) * scale;
}

function packOne(z: Float64Array, count: number, packed: Float64Array, at: number): void {
  for (let i = 0, k = at; i < count; i++, k += 4) packed[k] = z[i];
}

/** y - offset - location, less the slopes times the packed columns. */
function packResponse(
  { y, offset, X }: ModelMatrices,
  { location }: Change,
  slopes: Float64Array | null,
  start: number,
  count: number,
  packed: Float64Array,
): void {
  const p = X.columns.length;
  const at = packedAt(p);
  if (offset) for (let i = 0, k = at; i < count; i++, k += 4) packed[k] = y[start + i] - offset[start + i] - location;
  else for (let i = 0, k = at; i < count; i++, k += 4) packed[k] = y[start + i] - location;
  if (!slopes) return;
  for (let j = 0; j < p; j++) {
    const f = slopes[j];
    for (let i = 0, k = at, x = packedAt(j); i < count; i++, k += 4, x += 4) packed[k] -= f * packed[x];
  }
}

/** Whether Q1 may be made from sums; a wide one is not orthogonalised. */
function isWellApart({ L, basis }: GramBasis): boolean {
  const p = basis.kept.length;
  for (let k = 0; k < p; k++) if (!basis.change && L[k * p + k] ** 2 < WELL_APART) return false;
  return true;
}

/** From sums of the changed columns to those of the bases; null where y less the pilot fit is much longer than the residual. */
function crossProductsOf(
  m: ModelMatrices,
  bases: Bases,
  made: GramBasis,
  { products, plans, pairs }: ChangedRows,
): CrossProducts | null {
  const { c, spread } = made;
  const p = spread.length;
  const XtX = made.basis.gram ? made.basis.gram.slice() : congruent(made.gram, made.L, p);
  // Q1'y0, and what is left of it after the least-squares fit: nothing but rounding.
  const Xty = new Float64Array(p);
  for (let k = 0; k < p; k++) Xty[k] = productAt(products.gram, p, k) / spread[k];
  if (!made.basis.change) solveLowerInPlace(made.L, p, Xty);
  const squares = productAt(products.gram, p, p);
  let yty = squares;
  for (let k = 0; k < p; k++) {
    const before = Xty[k];
    for (let l = 0; l < p; l++) Xty[k] -= XtX[l * p + k] * c[l];
    yty -= c[k] * (before + Xty[k]);
  }
  if (!(squares <= MOST_EXPLAINED * yty)) return null;
  const whole = {
    n: m.y.length,
    p,
    sumLogWeights: m.weights ? m.weights.reduce((s, w) => s + Math.log(w), 0) : 0,
    fixed: bases.fixed,
    pairs: pairs.map((pair) => pair.products),
    XtX,
    Xty,
    yty,
  };
  return new RecordProducts(whole, products, plans, bases.terms, { T: changeOfBasis(made), c });
}

/** Q1 = D T, T upper triangular, p by p, column-major; diagonal for a wide basis. */
function changeOfBasis({ L, spread, basis }: GramBasis): Float64Array {
  const p = spread.length;
  const T = new Float64Array(p * p);
  for (let j = 0; j < p; j++) {
    // Row j of L^-1 divided by the spreads is column j of T.
    if (basis.change) T[j * p + j] = 1 / spread[j];
    else {
      const column = new Float64Array(p);
      column[j] = 1;
      solveLowerInPlace(L, p, column);
      for (let i = j; i < p; i++) T[i * p + j] = column[i] / spread[j];
    }
  }
  return T;
}

/** L^-1 G L^-T. */
function congruent(G: Float64Array, L: Float64Array, p: number): Float64Array {
  const half = G.slice();
  for (let k = 0; k < p; k++) solveLowerInPlace(L, p, half, k * p);
  const out = new Float64Array(p * p);
  for (let k = 0; k < p; k++) for (let l = 0; l < p; l++) out[l * p + k] = half[k * p + l];
  for (let k = 0; k < p; k++) solveLowerInPlace(L, p, out, k * p);
  return out;
}
