import type { TermProducts } from './cross-products.js';
import type { LevelPlan, RowProducts } from './products/row-products.js';

/** What turns products with changed columns D and y0 into those with Q1 = D T and y~ = y0 - Q1 c. */
export interface ProductChange {
  /** Upper triangular, p by p, column-major. */
  readonly T: Float64Array;
  readonly c: Float64Array;
  readonly p: number;
  readonly q: number;
}

/** The blocks of term `k`, and its rows of Z~'Q1 (q by p, column-major) and Z~'y~, from the sums by level. O(nl nc p) for diagonal T. */
export function levelProductsInto(
  { memory, records }: RowProducts,
  k: number,
  { columns }: LevelPlan,
  { T, c, p, q }: ProductChange,
  { nl, nc, start, blocks }: TermProducts,
  ZtX: Float64Array,
  Zty: Float64Array,
): void {
  const { width, first, row, own } = records[k];
  // Place of D_j in a row of sums, and of y0.
  const d = Float64Array.from({ length: p }, () => 0);
  // y~ = y0 - D (T c)
  for (let j = 0; j < p; j++) for (let i = 0; i <= j; i++) d[i] += T[j * p + i] * c[j];
  for (let l = 0, from = first; l < nl; l++, from += width) {
    for (let a = 0; a < nc; a++) {
      const at = from + a * row;
      const to = start + l * nc + a;
      let s = memory[at + p];
      for (let j = 0; j < p; j++) s -= d[j] * memory[at + j];
      Zty[to] = s;
    }
  }
  for (let j = 0; j < p; j++) {
    let i0 = 0;
    while (T[j * p + i0] === 0) i0++;
    for (let l = 0, from = first, to = j * q + start; l < nl; l++, from += width) {
      for (let a = 0, at = from; a < nc; a++, at += row, to++) {
        let s = T[j * p + i0] * memory[at + i0];
        for (let i = i0 + 1; i <= j; i++) s += T[j * p + i] * memory[at + i];
        ZtX[to] = s;
      }
    }
  }
  // Products of Z's columns with each other: behind the others, or among those with D.
  const place = (a: number, b: number) => (own ? nc * row + a * nc + b : a * row + columns[b]);
  for (let a = 0; a < nc; a++) {
    for (let b = 0; b <= a; b++) {
      const from = first + place(a, b);
      for (let l = 0; l < nl; l++) {
        blocks[(l * nc + b) * nc + a] = blocks[(l * nc + a) * nc + b] = memory[from + l * width];
      }
    }
  }
}
