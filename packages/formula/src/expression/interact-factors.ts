import type { FactorValue } from './value.js';

/** Products of level numbers up to this size are looked up in a table. */
const DIRECT = 1 << 24;

/**
 * The interaction of two factors with the combinations that occur, the first factor varying slowest (R's `a:b` of factors,
 * unused combinations dropped). O(n + combinations).
 */
export function interactFactors(a: FactorValue, b: FactorValue, separator: string): FactorValue {
  const n = a.codes.length;
  const nb = b.levels.length;
  const size = a.levels.length * nb;
  const codes = new Int32Array(n);
  const cellOf = (i: number): number => (a.codes[i]! < 0 || b.codes[i]! < 0 ? -1 : a.codes[i]! * nb + b.codes[i]!);
  let cells: ArrayLike<number>;
  if (size <= DIRECT) {
    const rank = new Int32Array(size);
    for (let i = 0; i < n; i++) if (cellOf(i) >= 0) rank[cellOf(i)] = 1;
    const used: number[] = [];
    for (let cell = 0; cell < size; cell++) if (rank[cell] === 1) rank[cell] = used.push(cell);
    for (let i = 0; i < n; i++) codes[i] = cellOf(i) < 0 ? -1 : rank[cellOf(i)]! - 1;
    cells = used;
  } else {
    const used = new Set<number>();
    for (let i = 0; i < n; i++) if (cellOf(i) >= 0) used.add(cellOf(i));
    cells = Float64Array.from(used).sort();
    const rank = new Map(Array.from(cells, (cell, k) => [cell, k]));
    for (let i = 0; i < n; i++) codes[i] = rank.get(cellOf(i)) ?? -1;
  }
  const levels = Array.from(cells, (cell) => `${a.levels[Math.floor(cell / nb)]!}${separator}${b.levels[cell % nb]!}`);
  return { kind: 'factor', codes, levels, ordered: false, text: false };
}
