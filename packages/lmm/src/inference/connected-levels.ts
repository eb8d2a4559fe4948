import type { CrossProducts } from '../cross-products.js';

/**
 * The levels of all terms, split into components that share no row directly or through other levels: Z'V^-1Z is block diagonal over them.
 * One grouping factor: every level by itself; nested factors: every outermost level with what is inside; crossed factors: usually one
 * component.
 *
 * The k-th level of every component makes slot k. Vectors that start in different components never meet, so one right-hand side serves all
 * levels of a slot, and `slots` solves give the whole of a block-diagonal inverse.
 */
export interface ConnectedLevels {
  /** First level of each term in the numbering of all levels, length terms + 1. */
  readonly levelStart: Int32Array;
  /** Component of each level. */
  readonly component: Int32Array;
  /** Levels by component, ascending: those of component c from `memberStart[c]` on. */
  readonly members: Int32Array;
  readonly memberStart: Int32Array;
  /** Size of the largest component. */
  readonly slots: number;
}

/** Union-find over the pairs of levels that share a row (Tarjan 1975). */
export function connectedLevels(cp: CrossProducts): ConnectedLevels {
  const levelStart = new Int32Array(cp.terms.length + 1);
  cp.terms.forEach((t, k) => {
    levelStart[k + 1] = levelStart[k] + t.nl;
  });
  const total = levelStart[cp.terms.length];
  const parent = Int32Array.from({ length: total }, (_, i) => i);
  const find = (i: number): number => {
    while (parent[i] !== i) {
      parent[i] = parent[parent[i]];
      i = parent[i];
    }
    return i;
  };
  for (const { i, j, colPtr, rowIdx } of cp.pairs) {
    for (let l = 0; l + 1 < colPtr.length; l++) {
      for (let k = colPtr[l]; k < colPtr[l + 1]; k++) {
        const a = find(levelStart[j] + l);
        const b = find(levelStart[i] + rowIdx[k]);
        if (a !== b) parent[Math.max(a, b)] = Math.min(a, b);
      }
    }
  }
  const component = new Int32Array(total);
  let count = 0;
  for (let i = 0; i < total; i++) component[i] = find(i) === i ? count++ : component[find(i)];
  const memberStart = new Int32Array(count + 1);
  for (let i = 0; i < total; i++) memberStart[component[i] + 1]++;
  let slots = 0;
  for (let c = 0; c < count; c++) {
    slots = Math.max(slots, memberStart[c + 1]);
    memberStart[c + 1] += memberStart[c];
  }
  const next = memberStart.slice();
  const members = new Int32Array(total);
  for (let i = 0; i < total; i++) members[next[component[i]]++] = i;
  return { levelStart, component, members, memberStart, slots };
}
