import type { Bases } from './accumulate.js';
import { countingSort } from './counting-sort.js';
import type { CrossProducts, PairProducts, TermProducts } from './cross-products.js';
import type { Membership, ModelMatrices, RandomEffectsTerm } from './model-matrices.js';

/** The levels and columns of each row by which it takes effects of term `t`. */
export interface TermMembership extends Membership {
  readonly t: number;
}

/** All memberships of all terms: one for each term, and further ones where a row has several levels of a factor. */
export function membershipsOf(terms: readonly RandomEffectsTerm[]): TermMembership[] {
  return terms.flatMap((term, t) =>
    [term, ...(term.memberships ?? [])].map(({ levelIdx, columns }) => ({ t, levelIdx, columns })),
  );
}

/** Every membership as a term of its own, with effects of its own; `t` of each says whose effects they are. */
export interface SeparateMemberships {
  readonly matrices: ModelMatrices;
  readonly bases: Bases;
  readonly b0: Float64Array | null;
  readonly t: Int32Array;
}

export function separateMemberships(m: ModelMatrices, bases: Bases, b0: Float64Array | null): SeparateMemberships {
  const all = membershipsOf(m.terms);
  const terms = all.map(({ t, levelIdx, columns }): RandomEffectsTerm => {
    const { group, names, levels, structure } = m.terms[t];
    return { group, names, levels, structure, levelIdx, columns };
  });
  const sizes = m.terms.map((term) => term.levels.length * term.columns.length);
  const starts = sizes.map((_, t) => sizes.slice(0, t).reduce((a, b) => a + b, 0));
  return {
    matrices: { ...m, terms },
    bases: { fixed: bases.fixed, terms: all.map(({ t }) => bases.terms[t]) },
    b0: b0 && Float64Array.from(all.flatMap(({ t }) => [...b0.subarray(starts[t], starts[t] + sizes[t])])),
    t: Int32Array.from(all, ({ t }) => t),
  };
}

/**
 * Cross-products of a model in which a row has several levels of a factor, from those of its memberships taken as terms of their own: with
 * Z = sum of Z_k every product is a sum of theirs. Levels of one term that share a row make pairs with i = j. O(entries).
 *
 * Where a term has a precision over its levels, its pairs with i = j hold all of the precision's entries as well.
 *
 * @param terms those of the model; @param t the term of each membership
 */
export function mergeMemberships(
  parts: CrossProducts,
  terms: readonly RandomEffectsTerm[],
  t: Int32Array,
  b0: Float64Array | null,
): CrossProducts {
  const { p } = parts;
  const merged: TermProducts[] = [];
  let q = 0;
  terms.forEach((_, k) => {
    const { nc, nl, basis } = parts.terms[t.indexOf(k)];
    merged.push({ nc, nl, start: q, basis, blocks: new Float64Array(nl * nc * nc) });
    q += nc * nl;
  });
  const Zty = new Float64Array(q);
  const ZtX = new Float64Array(q * p);
  parts.terms.forEach((part, v) => {
    const { start, blocks } = merged[t[v]];
    const size = part.nc * part.nl;
    for (let i = 0; i < blocks.length; i++) blocks[i] += part.blocks[i];
    for (let i = 0; i < size; i++) Zty[start + i] += parts.Zty[part.start + i];
    for (let k = 0; k < p; k++)
      for (let i = 0; i < size; i++) ZtX[k * q + start + i] += parts.ZtX[k * parts.q + part.start + i];
  });
  const pairs: PairProducts[] = [];
  terms.forEach((term, i) => {
    for (let j = 0; j <= i; j++) {
      const members = parts.pairs.filter((pair) => t[pair.i] === i && t[pair.j] === j);
      if (i === j) {
        for (const pair of members) addSameLevels(pair, merged[i]);
        const within = withinTerm(members, merged[i], term.structure.levels?.pattern ?? null);
        if (within.rowIdx.length > 0) pairs.push({ ...within, i, j });
      } else if (members.length === 1) pairs.push({ ...members[0], i, j });
      else if (members.length > 1)
        pairs.push({ ...sumOfBlocks(members.flatMap(entriesOf), merged[i], merged[j]), i, j });
    }
  });
  return { ...parts, q, terms: merged, pairs, ZtX, Zty, b0 };
}

/** Blocks by (row, column), from a pair as they stand or transposed; `values` null for an entry of the pattern alone. */
interface Entries {
  readonly row: Int32Array;
  readonly column: Int32Array;
  readonly values: Float64Array | null;
  /** Block of each entry in `values`. */
  readonly block: Int32Array;
  readonly transposed: boolean;
}

function entriesOf(pair: PairProducts): Entries[] {
  const column = new Int32Array(pair.rowIdx.length);
  for (let l = 0; l + 1 < pair.colPtr.length; l++) column.fill(l, pair.colPtr[l], pair.colPtr[l + 1]);
  const block = Int32Array.from(column.keys());
  return [{ row: pair.rowIdx, column, values: pair.blocks, block, transposed: false }];
}

/** Adds the blocks of a level with itself, and their transposes. */
function addSameLevels({ colPtr, rowIdx, blocks }: PairProducts, { nc, blocks: own }: TermProducts): void {
  for (let l = 0; l + 1 < colPtr.length; l++) {
    for (let k = colPtr[l]; k < colPtr[l + 1]; k++) {
      if (rowIdx[k] !== l) continue;
      for (let c = 0; c < nc; c++)
        for (let r = 0; r < nc; r++)
          own[(l * nc + c) * nc + r] += blocks[(k * nc + c) * nc + r] + blocks[(k * nc + r) * nc + c];
    }
  }
}

/** The pairs of different levels of one term, the larger level in the rows. */
function withinTerm(
  members: readonly PairProducts[],
  term: TermProducts,
  precision: { readonly colPtr: Int32Array; readonly rowIdx: Int32Array } | null,
): Omit<PairProducts, 'i' | 'j'> {
  const lists = members
    .flatMap(entriesOf)
    .flatMap((list): Entries[] => [
      only(list, (row, column) => row > column),
      { ...flipped(only(list, (row, column) => row < column)), transposed: true },
    ]);
  if (precision && members.length > 0) {
    const [pattern] = entriesOf({ ...precision, i: 0, j: 0, blocks: new Float64Array(0) });
    lists.push({ ...only(pattern, (row, column) => row > column), values: null });
  }
  return sumOfBlocks(lists, term, term);
}

function only(list: Entries, wanted: (row: number, column: number) => boolean): Entries {
  const keep = [...list.row.keys()].filter((k) => wanted(list.row[k], list.column[k]));
  const pick = (all: Int32Array) => Int32Array.from(keep, (k) => all[k]);
  return { ...list, row: pick(list.row), column: pick(list.column), block: pick(list.block) };
}

const flipped = (list: Entries): Entries => ({ ...list, row: list.column, column: list.row });

/** One block for each place, the sum over the lists, columns in order and rows ascending. */
function sumOfBlocks(
  lists: readonly Entries[],
  rows: TermProducts,
  columns: TermProducts,
): Omit<PairProducts, 'i' | 'j'> {
  const size = rows.nc * columns.nc;
  const total = lists.reduce((s, list) => s + list.row.length, 0);
  const row = new Int32Array(total);
  const column = new Int32Array(total);
  const from = new Int32Array(total);
  const at = new Int32Array(total);
  let k = 0;
  lists.forEach((list, which) => {
    for (let e = 0; e < list.row.length; e++, k++) {
      row[k] = list.row[e];
      column[k] = list.column[e];
      from[k] = which;
      at[k] = list.block[e];
    }
  });
  const order = countingSort(column, columns.nl, countingSort(row, rows.nl, null));
  const colPtr = new Int32Array(columns.nl + 1);
  const rowIdx = new Int32Array(total);
  const place = new Int32Array(total);
  let blocks = 0;
  order.forEach((e, position) => {
    const before = position === 0 ? -1 : order[position - 1];
    if (before < 0 || row[before] !== row[e] || column[before] !== column[e]) {
      rowIdx[blocks++] = row[e];
      colPtr[column[e] + 1]++;
    }
    place[e] = blocks - 1;
  });
  for (let l = 0; l < columns.nl; l++) colPtr[l + 1] += colPtr[l];
  const out = new Float64Array(blocks * size);
  for (let e = 0; e < total; e++) {
    const { values, transposed } = lists[from[e]];
    if (!values) continue;
    for (let c = 0; c < columns.nc; c++)
      for (let r = 0; r < rows.nc; r++)
        out[place[e] * size + c * rows.nc + r] +=
          values[at[e] * size + (transposed ? r * columns.nc + c : c * rows.nc + r)];
  }
  return { colPtr, rowIdx: rowIdx.slice(0, blocks), blocks: out };
}
