import { membershipsOf } from '../../memberships.js';
import type { Optimum } from '../../optimum.js';

/**
 * The rows split into components that V does not join: rows with a level in common, with levels that are correlated, or with correlated
 * residuals stand in one component. The k-th row of every component makes slot k: vectors that start in different components never meet, so
 * one right-hand side serves a whole slot.
 */
export interface ConnectedRows {
  /** Rows by component: those of component c from `memberStart[c]` on. */
  readonly members: Int32Array;
  readonly memberStart: Int32Array;
  /** Size of the largest component. */
  readonly slots: number;
}

/** Union-find over rows (Tarjan 1975). */
export function connectedRows({ matrices, cp, composite }: Optimum): ConnectedRows {
  const n = matrices.y.length;
  const parent = Int32Array.from({ length: n }, (_, i) => i);
  const find = (i: number): number => {
    while (parent[i] !== i) {
      parent[i] = parent[parent[i]];
      i = parent[i];
    }
    return i;
  };
  const join = (i: number, j: number): void => {
    const a = find(i);
    const b = find(j);
    if (a !== b) parent[Math.max(a, b)] = Math.min(a, b);
  };
  const firstRow = cp.terms.map(({ nl }) => new Int32Array(nl).fill(-1));
  for (const { t, levelIdx, columns } of membershipsOf(matrices.terms)) {
    if (columns.length === 0) continue;
    for (let i = 0; i < n; i++) {
      const first = firstRow[t][levelIdx[i]];
      if (first < 0) firstRow[t][levelIdx[i]] = i;
      else join(first, i);
    }
  }
  composite.parts.forEach(({ levels }, t) => {
    if (levels) joinCorrelated(levels.pattern, firstRow[t], join);
  });
  const { entries } = cp.residual ?? {};
  if (entries) for (let e = 0; e < entries.first.length; e++) join(entries.first[e], entries.second[e]);

  const component = new Int32Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) component[i] = find(i) === i ? count++ : component[find(i)];
  const memberStart = new Int32Array(count + 1);
  for (let i = 0; i < n; i++) memberStart[component[i] + 1]++;
  let slots = 0;
  for (let c = 0; c < count; c++) {
    slots = Math.max(slots, memberStart[c + 1]);
    memberStart[c + 1] += memberStart[c];
  }
  const next = memberStart.slice();
  const members = new Int32Array(n);
  for (let i = 0; i < n; i++) members[next[component[i]]++] = i;
  return { members, memberStart, slots };
}

/** Levels in one block of K are correlated, those between them without rows included. */
function joinCorrelated(
  { colPtr, rowIdx }: { readonly colPtr: Int32Array; readonly rowIdx: Int32Array },
  firstRow: Int32Array,
  join: (i: number, j: number) => void,
): void {
  const nl = firstRow.length;
  const block = Int32Array.from({ length: nl }, (_, l) => l);
  const find = (l: number): number => {
    while (block[l] !== l) {
      block[l] = block[block[l]];
      l = block[l];
    }
    return l;
  };
  for (let j = 0; j < nl; j++) for (let e = colPtr[j]; e < colPtr[j + 1]; e++) block[find(rowIdx[e])] = find(j);
  const seen = new Int32Array(nl).fill(-1);
  for (let l = 0; l < nl; l++) {
    if (firstRow[l] < 0) continue;
    const own = find(l);
    if (seen[own] < 0) seen[own] = firstRow[l];
    else join(seen[own], firstRow[l]);
  }
}
