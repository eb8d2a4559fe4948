import type { LevelStructure } from '@blup/covariance';
import type { Bases } from './accumulate.js';
import type { CrossProducts, PairProducts, TermProducts } from './cross-products.js';
import { ModelError } from './errors.js';
import { kindProductsInto, kindSums, sumKinds } from './residual-kinds.js';
import { applyRowBasis, type RowValues } from './residual-rows.js';
import type { ModelMatrices } from './model-matrices.js';

/** Cross-products whose numbers follow the parameters of a residual structure. */
export interface ResidualProducts {
  readonly precision: LevelStructure;
  /** The rows that each entry of P joins. */
  readonly entries: ResidualEntries;
  /** par at the last update. */
  readonly par: Float64Array;
  /** Products with dP/dpar_k in place of P, on the same patterns; overwritten by {@link derivativeInto}. */
  readonly derivative: CrossProducts;
  /** Sets the cross-products to those of P at par; O(entries of P). @returns whether par is another one than before */
  update(par: Float64Array): boolean;
  /** Sets `derivative` to the products with dP/dpar_k at the last par. */
  derivativeInto(k: number): void;
  /** log|P| at the last par. */
  logDeterminant(): number;
  /** Takes another response, y~ as in the bases: the next update sets everything anew. */
  respond(y: Float64Array): void;
}

/**
 * Cross-products [Z~ Q1 y~]'P[Z~ Q1 y~] for residuals of covariance sigma^2 W^-1/2 P^-1 W^-1/2, P a sparse matrix over the rows that depends
 * on parameters (THEORY: residual covariance; whitening by T with T'T = P gives the same products). Rows that P joins bring together the
 * levels that they belong to, so pairs of levels of one term may occur: those are pairs with i = j.
 *
 * The rows are kept (they are read again for every par, but where there are no random effects and P has entries of a few kinds): O(n (p + nc))
 * memory.
 *
 * @throws ModelError `bad-option` where a term with a precision over its levels has levels that P joins
 */
export function residualCrossProducts(m: ModelMatrices, bases: Bases): CrossProducts {
  const { precision, rowOfPoint } = m.terms[m.terms.length - 1].structure.residual!;
  const several = m.terms.find(({ memberships }) => memberships);
  if (several)
    throw new ModelError(
      'bad-option',
      `rows have several levels of ${several.group}: a residual structure cannot stand beside such a term`,
    );
  const n = m.y.length;
  const p = bases.fixed.kept.length;
  const rows = applyRowBasis(m, bases);
  const entries = entriesOf(precision, rowOfPoint);
  const terms = m.terms.map((term, t) => ({
    nc: term.columns.length,
    nl: term.levels.length,
    start: m.terms.slice(0, t).reduce((s, other) => s + other.columns.length * other.levels.length, 0),
    basis: bases.terms[t],
  }));
  const q = terms.reduce((s, t) => s + t.nc * t.nl, 0);
  const links: PairLinks[] = [];
  for (let i = 0; i < terms.length; i++) {
    for (let j = 0; j <= i; j++) {
      if (terms[i].nc === 0 || terms[j].nc === 0) continue;
      const link = linkPair(m, i, j, entries);
      if (i === j && link.rowIdx.length === 0) continue;
      if (i === j && m.terms[i].structure.levels) {
        throw new ModelError(
          'bad-option',
          `residuals are correlated between levels of ${m.terms[i].group}, whose effects are correlated between levels themselves: ` +
            'such a residual structure cannot stand beside that term',
        );
      }
      links.push(link);
    }
  }
  const empty = (): CrossProducts => ({
    n,
    p,
    q,
    sumLogWeights: m.weights ? m.weights.reduce((s, w) => s + Math.log(w), 0) : 0,
    fixed: bases.fixed,
    terms: terms.map((t): TermProducts => ({ ...t, blocks: new Float64Array(t.nl * t.nc * t.nc) })),
    pairs: links.map(({ i, j, colPtr, rowIdx }): PairProducts => ({
      i,
      j,
      colPtr,
      rowIdx,
      blocks: new Float64Array(rowIdx.length * terms[i].nc * terms[j].nc),
    })),
    ZtX: new Float64Array(q * p),
    XtX: new Float64Array(p * p),
    Zty: new Float64Array(q),
    Xty: new Float64Array(p),
    yty: 0,
    b0: null,
  });
  const derivative = empty();
  const values = new Float64Array(entries.first.length);
  const moved = new Float64Array(entries.first.length);
  const work = new Float64Array(n * (p + 1));
  const at = new Float64Array(precision.parLength).fill(Number.NaN);
  let logDet = 0;
  let renewed = true;
  const kinds = q === 0 ? kindSums(precision, p) : null;
  const accumulate = (of: Float64Array, out: CrossProducts) => {
    if (kinds) kindProductsInto(kinds, of, out);
    else accumulateEntries(m, rows, entries, of, links, work, out);
  };
  const cp: CrossProducts = {
    ...empty(),
    residual: {
      precision,
      entries,
      par: at,
      derivative,
      update(par) {
        let same = precision.parLength > 0 && !renewed;
        if (renewed && kinds) sumKinds(kinds, rows, entries, p, work);
        renewed = false;
        for (let k = 0; k < at.length; k++) same &&= at[k] === par[k];
        if (same) return false;
        for (let k = 0; k < at.length; k++) at[k] = par[k];
        precision.precisionInto(at, values);
        logDet = precision.logDeterminant(at);
        accumulate(values, cp);
        return true;
      },
      derivativeInto(k) {
        precision.precisionDerivativeInto(at, k, moved);
        accumulate(moved, derivative);
      },
      logDeterminant: () => logDet,
      respond(y) {
        rows.y.set(y);
        renewed = true;
      },
    },
  };
  cp.residual!.update(Float64Array.from(precision.start));
  return cp;
}

/** The rows that each entry of P joins; equal on the diagonal. */
export interface ResidualEntries {
  readonly first: Int32Array;
  readonly second: Int32Array;
}

function entriesOf({ pattern, nl }: LevelStructure, rowOfPoint: Int32Array | null): ResidualEntries {
  const first = new Int32Array(pattern.rowIdx.length);
  const second = new Int32Array(pattern.rowIdx.length);
  for (let j = 0; j < nl; j++) {
    for (let e = pattern.colPtr[j]; e < pattern.colPtr[j + 1]; e++) {
      first[e] = rowOfPoint ? rowOfPoint[pattern.rowIdx[e]] : pattern.rowIdx[e];
      second[e] = rowOfPoint ? rowOfPoint[j] : j;
    }
  }
  return { first, second };
}

/** Blocks of levels of terms i and j that entries join, and the block that each entry adds to, in both directions. */
interface PairLinks {
  readonly i: number;
  readonly j: number;
  readonly colPtr: Int32Array;
  readonly rowIdx: Int32Array;
  /** Block of (first, second) and of (second, first); -1 for none. For i = j only levels that differ, the larger one in the rows. */
  readonly forth: Int32Array;
  readonly back: Int32Array;
}

function linkPair(m: ModelMatrices, i: number, j: number, { first, second }: ResidualEntries): PairLinks {
  const row = m.terms[i].levelIdx;
  const col = m.terms[j].levelIdx;
  const nlj = m.terms[j].levels.length;
  const nli = m.terms[i].levels.length;
  const keyOf = (a: number, b: number) => (i === j && row[a] <= col[b] ? -1 : col[b] * nli + row[a]);
  const keys = new Set<number>();
  for (let e = 0; e < first.length; e++) {
    keys.add(keyOf(first[e], second[e]));
    if (first[e] !== second[e]) keys.add(keyOf(second[e], first[e]));
  }
  keys.delete(-1);
  const sorted = Float64Array.from(keys).sort();
  const position = new Map<number, number>();
  const colPtr = new Int32Array(nlj + 1);
  const rowIdx = new Int32Array(sorted.length);
  sorted.forEach((key, k) => {
    position.set(key, k);
    const l = Math.floor(key / nli);
    rowIdx[k] = key - l * nli;
    colPtr[l + 1]++;
  });
  for (let l = 0; l < nlj; l++) colPtr[l + 1] += colPtr[l];
  const blockOf = (a: number, b: number) => position.get(keyOf(a, b)) ?? -1;
  return {
    i,
    j,
    colPtr,
    rowIdx,
    forth: first.map((a, e) => blockOf(a, second[e])),
    back: first.map((a, e) => (a === second[e] ? -1 : blockOf(second[e], a))),
  };
}

/** [Q1 y~]'P[Q1 y~] and so on into `out`: P [Q1 y~] first, then products by rows, and Z'PZ entry by entry. O(n p^2 + entries (p + sum nc^2)). */
function accumulateEntries(
  m: ModelMatrices,
  rows: RowValues,
  entries: ResidualEntries,
  values: Float64Array,
  links: readonly PairLinks[],
  work: Float64Array,
  out: CrossProducts,
): void {
  multiplyRowsInto(rows, entries, values, out.p, work);
  rowProductsInto(m, rows, work, out);
  effectProductsInto(m, rows.Z, entries, values, links, out);
}

/** out = P [Q1 y~], n by p + 1, row by row. */
function multiplyRowsInto(
  { Q, y }: RowValues,
  { first, second }: ResidualEntries,
  values: Float64Array,
  p: number,
  out: Float64Array,
): void {
  const width = p + 1;
  out.fill(0);
  for (let e = 0; e < first.length; e++) {
    const w = values[e];
    if (w === 0) continue;
    const a = first[e];
    const b = second[e];
    for (let k = 0; k < p; k++) out[a * width + k] += w * Q[b * p + k];
    out[a * width + p] += w * y[b];
    if (a === b) continue;
    for (let k = 0; k < p; k++) out[b * width + k] += w * Q[a * p + k];
    out[b * width + p] += w * y[a];
  }
}

/** Products of the rows of Q1, y~ and Z~ with those of P [Q1 y~]. */
function rowProductsInto(m: ModelMatrices, { Q, y, Z }: RowValues, PX: Float64Array, out: CrossProducts): void {
  const { p, q, terms, ZtX, XtX, Zty, Xty } = out;
  const width = p + 1;
  ZtX.fill(0);
  XtX.fill(0);
  Zty.fill(0);
  Xty.fill(0);
  let yty = 0;
  for (let i = 0; i < y.length; i++) {
    const at = i * width;
    yty += y[i] * PX[at + p];
    for (let k = 0; k < p; k++) {
      const x = Q[i * p + k];
      Xty[k] += x * PX[at + p];
      for (let l = 0; l <= k; l++) XtX[l * p + k] += x * PX[at + l];
    }
    for (let t = 0; t < terms.length; t++) {
      const { nc, start } = terms[t];
      const effect = start + m.terms[t].levelIdx[i] * nc;
      for (let r = 0; r < nc; r++) {
        const z = Z[t][i * nc + r];
        Zty[effect + r] += z * PX[at + p];
        for (let k = 0; k < p; k++) ZtX[k * q + effect + r] += z * PX[at + k];
      }
    }
  }
  for (let k = 0; k < p; k++) for (let l = 0; l < k; l++) XtX[k * p + l] = XtX[l * p + k];
  out.yty = yty;
}

/** Blocks of Z~'P Z~: sum over entries of value (z_first z_second' + its transpose off the diagonal). */
function effectProductsInto(
  m: ModelMatrices,
  Z: readonly Float64Array[],
  { first, second }: ResidualEntries,
  values: Float64Array,
  links: readonly PairLinks[],
  out: CrossProducts,
): void {
  const { terms, pairs } = out;
  for (const t of terms) t.blocks.fill(0);
  for (const pair of pairs) pair.blocks.fill(0);
  if (out.q === 0) return;
  const addBlock = (i: number, j: number, a: number, b: number, w: number, blocks: Float64Array, at: number) => {
    const ni = terms[i].nc;
    const nj = terms[j].nc;
    for (let c = 0; c < nj; c++) {
      const z = w * Z[j][b * nj + c];
      for (let r = 0; r < ni; r++) blocks[at + c * ni + r] += z * Z[i][a * ni + r];
    }
  };
  for (let e = 0; e < first.length; e++) {
    const w = values[e];
    if (w === 0) continue;
    const a = first[e];
    const b = second[e];
    for (let t = 0; t < terms.length; t++) {
      const { nc, blocks } = terms[t];
      const level = m.terms[t].levelIdx[a];
      if (level !== m.terms[t].levelIdx[b]) continue;
      addBlock(t, t, a, b, w, blocks, level * nc * nc);
      if (a !== b) addBlock(t, t, b, a, w, blocks, level * nc * nc);
    }
    for (let k = 0; k < links.length; k++) {
      const { i, j, forth, back } = links[k];
      const size = terms[i].nc * terms[j].nc;
      if (forth[e] >= 0) addBlock(i, j, a, b, w, pairs[k].blocks, forth[e] * size);
      if (back[e] >= 0) addBlock(i, j, b, a, w, pairs[k].blocks, back[e] * size);
    }
  }
}
