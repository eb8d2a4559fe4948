import type { SupernodalNumeric } from '../supernodal/numeric.js';
import type { SupernodalStructure } from '../supernodal/structure.js';
import type { DiagonalBlocks } from './diagonal-blocks.js';
import { blockKernels } from './kernels.js';

/** Rows of the root's inverse triangle that `addLeafGrams` takes at a time. */
const CHUNK = 16;

/**
 * Diagonal blocks of (L L')^-1 for L = [L11; L21 L22] with a dense triangle L22 (the root) and a block diagonal L11 (the leaves). With
 * W = inv(L22) and Y = W L21,
 *
 *     blocks of the root: W'W,      of a leaf: inv(L11)'(I + Y'Y) inv(L11).
 *
 * W costs n^3 / 3 flops for a root of n columns, Y 2 (n - r) for each entry of L21 in row r; S^-1 itself is not formed.
 */
export function twoLevelBlocksInto(
  { symbolic, starts, offsets }: DiagonalBlocks,
  { memory, layout }: SupernodalNumeric,
  out: Float64Array,
): void {
  const structure = symbolic.structure as SupernodalStructure;
  const { permInv, n } = symbolic;
  const { leaves, panelStart, panelOf, valuePtr } = structure;
  const first = panelStart[leaves];
  const order = n - first;
  const rows = (order + 3) & ~3;
  const entries = leafEntries(structure);

  // The memory behind the factor: X, work, Y'Y of all leaves, packed L21, records, rows of L21.
  const x = layout.end;
  const work = x + rows * (rows / 2 + 2) + 16;
  const grams = work + CHUNK * rows + 64;
  const packed = grams + entries.grams;
  const records = 2 * (packed + entries.values);
  const rowsOf = records + 4 * leaves;
  memory.reserve(4 * (rowsOf + entries.rows + 2));
  const { doubles, integers } = memory;
  const kernels = blockKernels(memory);

  packLeaves(structure, doubles, integers, layout.values, packed, records, rowsOf);
  kernels.invertRoot(layout.values + valuePtr[leaves], panelStart[leaves + 1] - first, order, x, work);
  doubles.fill(0, grams, packed);
  for (let from = 0; from < rows; from += CHUNK)
    kernels.addLeafGrams(x, rows, from, work, records, leaves, rowsOf, grams);
  const gramOf = finishLeaves(structure, doubles, layout.values, grams);

  for (let b = 0; b + 1 < starts.length; b++) {
    const k = starts[b + 1] - starts[b];
    for (let c = 0; c < k; c++) {
      for (let r = c; r < k; r++) {
        const i = permInv[starts[b] + r];
        const j = permInv[starts[b] + c];
        const t = panelOf[j];
        out[offsets[b] + c * k + r] = out[offsets[b] + r * k + c] =
          t < leaves ? leafEntry(gramOf[t], panelStart[t], panelStart[t + 1], i, j) : rootEntry(i - first, j - first);
      }
    }
  }

  /** Entry of the inverse of leaf t, which stands at `at`. */
  function leafEntry(at: number, start: number, end: number, i: number, j: number): number {
    return doubles[at + (end - start) * (Math.min(i, j) - start) + Math.max(i, j) - start];
  }

  /** Product of rows i and j of X, which begin at their diagonals. */
  function rootEntry(i: number, j: number): number {
    const from = Math.max(i, j);
    let a = rowOfX(i) + 4 * from;
    let b = rowOfX(j) + 4 * from;
    let sum = 0;
    for (let k = from; k < order; k++, a += 4, b += 4) sum += doubles[a] * doubles[b];
    return sum;
  }

  function rowOfX(i: number): number {
    const J = i >> 2;
    return x + 4 * (J * rows - 2 * J * (J - 1) - 4 * J) + (i & 3);
  }
}

/** Numbers of rows of L21, of its entries, and of entries of the leaves' diagonal blocks. */
function leafEntries({ leaves, panelStart, rows, rowPtr, rowCount }: SupernodalStructure) {
  const count = { rows: 0, values: 0, grams: 0 };
  for (let t = 0; t < leaves; t++) {
    const w = panelStart[t + 1] - panelStart[t];
    let present = 0;
    for (let k = rowPtr[t] + 4; k < rowPtr[t] + rowCount[t]; k++) if (rows[k] >= 0) present++;
    count.rows += present;
    count.values += present * w;
    count.grams += w * w;
  }
  return count;
}

/** L21 without padding: the rows of each leaf one after another, with their places in the root. */
function packLeaves(
  { leaves, panelStart, rows, rowPtr, rowCount, valuePtr }: SupernodalStructure,
  doubles: Float64Array,
  integers: Int32Array,
  values: number,
  packed: number,
  records: number,
  rowsOf: number,
): void {
  const start = panelStart[leaves];
  let at = packed;
  let row = 0;
  for (let t = 0; t < leaves; t++) {
    const w = panelStart[t + 1] - panelStart[t];
    const record = records + 4 * t;
    integers[record] = at;
    integers[record + 1] = w;
    integers[record + 2] = row;
    for (let k = 4; k < rowCount[t]; k++) {
      const i = rows[rowPtr[t] + k];
      if (i < 0) continue;
      integers[rowsOf + row++] = i - start;
      for (let c = 0; c < w; c++) doubles[at++] = doubles[values + valuePtr[t] + (k >> 2) * 4 * w + 4 * c + (k & 3)];
    }
    integers[record + 3] = row;
  }
}

/** Turns the Y'Y of every leaf (lower triangles) into inv(L11)'(I + Y'Y) inv(L11); @returns where that of each leaf is. */
function finishLeaves(
  { leaves, panelStart, valuePtr }: SupernodalStructure,
  doubles: Float64Array,
  values: number,
  grams: number,
): Int32Array {
  const gramOf = new Int32Array(leaves);
  const V = new Float64Array(16);
  const B = new Float64Array(16);
  let at = grams;
  for (let t = 0; t < leaves; t++) {
    const w = panelStart[t + 1] - panelStart[t];
    const l = values + valuePtr[t];
    gramOf[t] = at;
    for (let c = 0; c < w; c++) {
      for (let r = c; r < w; r++) {
        let sum = r === c ? 1 : 0;
        for (let k = c; k < r; k++) sum -= doubles[l + 4 * k + r] * V[4 * c + k];
        V[4 * c + r] = sum / doubles[l + 5 * r];
      }
    }
    // B = (I + Y'Y) V, then V'B
    for (let c = 0; c < w; c++) {
      for (let r = 0; r < w; r++) {
        let sum = r < c ? 0 : V[4 * c + r];
        for (let k = c; k < w; k++) sum += doubles[at + w * Math.min(k, r) + Math.max(k, r)] * V[4 * c + k];
        B[4 * c + r] = sum;
      }
    }
    for (let c = 0; c < w; c++) {
      for (let r = c; r < w; r++) {
        let sum = 0;
        for (let k = r; k < w; k++) sum += V[4 * r + k] * B[4 * c + k];
        doubles[at + w * c + r] = sum;
      }
    }
    at += w * w;
  }
  return gramOf;
}
