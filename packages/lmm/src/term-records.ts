import type { TermProducts } from './cross-products.js';
import { PACKED_STRIDE } from './products/column-products.js';

/**
 * Sums of one term while rows are read: for each level, nc rows of Z~'[Q1 y~] and the nc by nc block of Z~'Z~ (its upper triangle, by
 * columns). One stretch of memory for each level, since rows may come in any order of levels and every miss of the cache costs more than
 * the sums.
 */
export interface TermRecords {
  readonly nc: number;
  /** Strips of four columns of [Q1 y~]. */
  readonly strips: number;
  /** Doubles for each level: 4 nc strips + nc^2. */
  readonly width: number;
  readonly sums: Float64Array;
}

/** @param columns of [Q1 y~] */
export function termRecords({ nc, nl }: TermProducts, columns: number): TermRecords {
  const strips = (columns + 3) >> 2;
  const width = nc * (4 * strips + nc);
  return { nc, strips, width, sums: new Float64Array(nl * width) };
}

/** @param packed a block of [Q1 y~] in strips, places past its columns zero; rows start.. of the levels, rows 0.. of Z and the block */
export function addTermRows(
  records: TermRecords,
  levelIdx: Int32Array,
  Z: readonly Float64Array[],
  packed: Float64Array,
  start: number,
  count: number,
): void {
  const { nc, strips, width, sums } = records;
  if (nc === 1 && strips === 1) addScalarRows(sums, levelIdx, Z[0], packed, start, count);
  else if (nc === 2 && strips === 1) addPairRows(sums, levelIdx, Z[0], Z[1], packed, start, count);
  else {
    for (let i = 0; i < count; i++) {
      let at = levelIdx[start + i] * width;
      for (let a = 0; a < nc; a++) {
        const z = Z[a][i];
        for (let s = 0, k = 4 * i; s < strips; s++, k += PACKED_STRIDE, at += 4) {
          sums[at] += z * packed[k];
          sums[at + 1] += z * packed[k + 1];
          sums[at + 2] += z * packed[k + 2];
          sums[at + 3] += z * packed[k + 3];
        }
      }
      for (let a = 0; a < nc; a++, at += nc) for (let b = 0; b <= a; b++) sums[at + b] += Z[a][i] * Z[b][i];
    }
  }
}

function addScalarRows(
  sums: Float64Array,
  levelIdx: Int32Array,
  Z: Float64Array,
  packed: Float64Array,
  start: number,
  count: number,
): void {
  for (let i = 0, k = 0; i < count; i++, k += 4) {
    const at = 5 * levelIdx[start + i];
    const z = Z[i];
    sums[at] += z * packed[k];
    sums[at + 1] += z * packed[k + 1];
    sums[at + 2] += z * packed[k + 2];
    sums[at + 3] += z * packed[k + 3];
    sums[at + 4] += z * z;
  }
}

function addPairRows(
  sums: Float64Array,
  levelIdx: Int32Array,
  Z0: Float64Array,
  Z1: Float64Array,
  packed: Float64Array,
  start: number,
  count: number,
): void {
  for (let i = 0, k = 0; i < count; i++, k += 4) {
    const at = 12 * levelIdx[start + i];
    const x = Z0[i];
    const z = Z1[i];
    const v0 = packed[k];
    const v1 = packed[k + 1];
    const v2 = packed[k + 2];
    const v3 = packed[k + 3];
    sums[at] += x * v0;
    sums[at + 1] += x * v1;
    sums[at + 2] += x * v2;
    sums[at + 3] += x * v3;
    sums[at + 4] += z * v0;
    sums[at + 5] += z * v1;
    sums[at + 6] += z * v2;
    sums[at + 7] += z * v3;
    sums[at + 8] += x * x;
    sums[at + 10] += z * x;
    sums[at + 11] += z * z;
  }
}

/** Writes the blocks of the term, and its rows of Z~'Q1 (q by p, column-major) and Z~'y~. */
export function unpackRecords(
  { nc, strips, width, sums }: TermRecords,
  { nl, start, blocks }: TermProducts,
  p: number,
  q: number,
  ZtX: Float64Array,
  Zty: Float64Array,
): void {
  const row = 4 * strips;
  for (let k = 0; k <= p; k++) {
    const out = k < p ? ZtX : Zty;
    let to = k < p ? k * q + start : start;
    for (let l = 0; l < nl; l++) for (let a = 0; a < nc; a++) out[to++] = sums[l * width + a * row + k];
  }
  for (let l = 0; l < nl; l++) {
    const from = l * width + nc * row;
    const to = l * nc * nc;
    for (let a = 0; a < nc; a++) {
      for (let b = 0; b <= a; b++) blocks[to + a * nc + b] = blocks[to + b * nc + a] = sums[from + a * nc + b];
    }
  }
}
