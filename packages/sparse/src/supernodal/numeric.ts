import { GATHER_ROWS } from './kernels.js';
import { createKernelMemory, type KernelChoice, type KernelMemory } from './memory.js';
import type { SupernodalStructure } from './structure.js';

/** Values of L and all workspace of the supernodal phases, in one memory that the kernels see. */
export interface SupernodalNumeric {
  readonly memory: KernelMemory;
  readonly layout: Layout;
  /** Panels that concern a target panel next: a list from `head[target]` through `next`. Length panels. */
  readonly head: Int32Array;
  readonly next: Int32Array;
  /** Row of a panel up to which its segments have been used. Length panels. */
  readonly cursor: Int32Array;
  failedPivot: number;
}

/** Where things are in the memory: indices of doubles, except `rows` to `records` (32-bit integers). */
export interface Layout {
  readonly zeros: number;
  readonly trash: number;
  readonly scratch: number;
  readonly values: number;
  /** Dense right-hand sides, 4n. */
  readonly x: number;
  readonly rows: number;
  readonly map: number;
  readonly offsets: number;
  /** The structure's `strips`, and one record of four for each leaf: see `factorizeSupernodal`. */
  readonly strips: number;
  readonly records: number;
  /** End of what the factorisation and the solves need. */
  readonly end: number;
  /** The selected inverse: [V; N] and Z, both shaped like L, and one gathered block. */
  readonly n: number;
  readonly z: number;
  readonly gather: number;
  readonly inverseEnd: number;
}

function planLayout(structure: SupernodalStructure, order: number): Layout {
  const { maxWidth, maxRows, rows, valuePtr, panels, leaves } = structure;
  // The kernels may load up to one strip past a block: slack after each region that they read.
  const slack = 4 * maxWidth + 16;
  let at = 0;
  const take = (size: number): number => {
    const start = at;
    at += 8 * Math.ceil(size / 8);
    return start;
  };
  // In the order of the memory.
  return {
    zeros: take(slack),
    trash: take(slack),
    scratch: take(2 * maxWidth + 16),
    values: take(valuePtr[panels] + slack),
    x: take(4 * order + 16),
    rows: 2 * take(rows.length / 2 + 1),
    map: 2 * take(order / 2 + 1),
    offsets: 2 * take(maxRows / 2 + 4),
    strips: 2 * take(rows.length / 8 + 1),
    records: 2 * take(2 * leaves),
    end: at,
    n: take(valuePtr[panels] + slack),
    z: take(valuePtr[panels] + slack),
    gather: take(GATHER_ROWS * (maxWidth + 6) + slack),
    inverseEnd: at,
  };
}

/** Columns of the root that the leaves are added to in one sweep, so that these columns stay in the second-level cache. */
const SWEEP = 16;

export function createSupernodalNumeric(
  structure: SupernodalStructure,
  order: number,
  kernels: KernelChoice,
): SupernodalNumeric {
  const layout = planLayout(structure, order);
  const memory = createKernelMemory(kernels, 8 * layout.end, 8 * (layout.inverseEnd - layout.end));
  memory.integers.set(structure.rows, layout.rows);
  memory.integers.set(structure.strips, layout.strips);
  return {
    memory,
    layout,
    head: new Int32Array(structure.panels),
    next: new Int32Array(structure.panels),
    cursor: new Int32Array(structure.panels),
    failedPivot: NaN,
  };
}

/**
 * Left-looking supernodal Cholesky of P (A + beta I) P'. A panel collects the updates of the earlier panels that have rows
 * in its columns, then is factored by a dense kernel. A factored panel waits in the list of the panel that holds its
 * next unused row; leaves wait for the root and are taken all at once, a few of the root's columns at a time. Allocates nothing.
 * Source: Ng and Peyton (1993), Block sparse Cholesky algorithms on advanced uniprocessor computers.
 *
 * @returns -1, or the (permuted) column whose pivot is not positive; that pivot is then in `numeric.failedPivot`
 */
export function factorizeSupernodal(
  structure: SupernodalStructure,
  numeric: SupernodalNumeric,
  values: Float64Array,
  beta: number,
): number {
  const { panels, panelStart, panelOf, rows, rowPtr, rowCount, valuePtr, inputMap, leaves } = structure;
  const { head, next, cursor, layout, memory } = numeric;
  const { kernels, doubles, integers } = memory;
  const base = layout.values;

  doubles.fill(0, base, base + valuePtr[panels]);
  for (let k = 0; k < inputMap.length; k++) doubles[base + inputMap[k]] = values[k];
  head.fill(-1);
  let record = layout.records;
  const root = leaves || panels;

  for (let t = 0; t < panels; t++) {
    const columns = panelStart[t + 1] - panelStart[t];
    const target = base + valuePtr[t];
    const stop = panelStart[t + 1];
    for (let c = 0; c < columns; c++) doubles[target + (c >> 2) * 4 * columns + 4 * c + (c & 3)] += beta;

    if (head[t] !== -1) kernels.setMap(layout.rows + rowPtr[t], rowCount[t], layout.map);
    for (let d = head[t]; d !== -1;) {
      const following = next[d];
      const start = rowPtr[d];
      const count = rowCount[d];
      const from = cursor[d];
      let to = from + 1;
      while (to < count && rows[start + to] < stop && rows[start + to] >= 0) to++;
      kernels.updateTarget(
        base + valuePtr[d],
        panelStart[d + 1] - panelStart[d],
        from,
        to,
        count,
        layout.rows + start,
        layout.map,
        target,
        columns,
        layout.trash,
        layout.offsets,
      );
      enqueue(d, to);
      d = following;
    }
    const inRoot = panelStart[t] - panelStart[leaves];
    for (let c = t < root ? columns : 0; c < columns; c += SWEEP) {
      // From where the tile of the root's first strip and column would be, up to the strip behind the last of these columns.
      const origin = target - inRoot * (columns + 4);
      const stop = (inRoot + Math.min(c + SWEEP, columns) + 3) >> 2;
      kernels.updateFromLeaves(layout.records, leaves, layout.strips, layout.rows, origin, columns, stop);
    }

    const failed = kernels.factorPanel(target, columns, rowCount[t], layout.scratch);
    if (failed !== -1) {
      numeric.failedPivot = doubles[layout.scratch];
      return panelStart[t] + failed;
    }
    if (t >= leaves) enqueue(t, columns);
    else {
      // Where strip 0 of `strips` would be if it were the leaf's, its columns, and its strips that are still to be used.
      integers[record++] = target - columns * rowPtr[t];
      integers[record++] = columns;
      integers[record++] = (rowPtr[t] >> 2) + 1;
      integers[record++] = (rowPtr[t] + rowCount[t]) >> 2;
    }
  }
  return -1;

  /** Puts panel d in the list of the panel that holds its first real row from `row` on. */
  function enqueue(d: number, row: number): void {
    const start = rowPtr[d];
    const count = rowCount[d];
    while (row < count && rows[start + row] < 0) row++;
    if (row === count) return;
    const t = panelOf[rows[start + row]];
    cursor[d] = row;
    next[d] = head[t];
    head[t] = d;
  }
}
