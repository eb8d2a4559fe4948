/** Widest panel. Below 128 columns, so that no strip is a multiple of 4096 bytes, which would crowd one cache set. */
const PANEL_WIDTH = 120;

/** Widest leaf, and least width of a root with leaves below it. */
const LEAF_WIDTH = 4;
const ROOT_WIDTH = 32;

/** Columns of L grouped into supernodes, and supernodes cut into panels. */
export interface SupernodePartition {
  /** First column of each supernode, and n; length supernodes + 1. */
  readonly superStart: Int32Array;
  /** Rows below the diagonal block of each supernode; of leaves the most that their strips of four can have. */
  readonly superBelow: Int32Array;
  /** First column of each panel, and n; length panels + 1. Panels of a supernode but the last are 4k columns wide. */
  readonly panelStart: Int32Array;
  /** Panel of each supernode's first column, and the number of panels; length supernodes + 1. */
  readonly superPanel: Int32Array;
  /** How many supernodes are leaves of a tree of two levels, all but the last one; 0 for other trees. */
  readonly leaves: number;
}

/**
 * Seconds that a supernode of w columns with m rows below costs: arithmetic, scattering its update, fixed overhead. The
 * constants are those of one core of 2022; only their ratios matter, and only for which supernodes are merged.
 */
function cost(w: number, m: number): number {
  const rows = w + m;
  const flops = w * rows * rows - rows * w * (w - 1) + ((w - 1) * w * (2 * w - 1)) / 6;
  return flops / 12e9 + m * m * 0.4e-9 + rows * 4e-9 + 0.6e-6;
}

/**
 * Supernodes are maximal runs of columns with the same structure below the run. A run is merged with the next one when its
 * parent lies there and the zeros this stores cost less than the overhead it saves.
 * Source: Ashcraft and Grimes (1989), The influence of relaxed supernode partitions on the multifrontal method.
 */
export function partitionSupernodes(parent: Int32Array, colCounts: Int32Array): SupernodePartition {
  const n = parent.length;
  const first = new Int32Array(n + 1);
  let runs = 0;
  for (let j = 0; j < n; j++) {
    if (j === 0 || parent[j - 1] !== j || colCounts[j - 1] !== colCounts[j] + 1) first[runs++] = j;
  }
  first[runs] = n;

  // From the last run to the first: group s is what begins with run s, and is followed by group s + 1 = after.
  const end = new Int32Array(runs);
  const nextGroup = new Int32Array(runs);
  const entries = new Float64Array(runs);
  for (let s = runs - 1; s >= 0; s--) {
    end[s] = first[s + 1];
    nextGroup[s] = s + 1;
    for (let j = first[s]; j < end[s]; j++) entries[s] += colCounts[j];
    const after = s + 1;
    const last = end[s] - 1;
    if (after === runs || parent[last] === -1 || parent[last] >= end[after]) continue;
    const w0 = end[s] - first[s];
    const w1 = end[after] - first[after];
    const m0 = colCounts[last] - 1;
    const m1 = colCounts[end[after] - 1] - 1;
    const w = w0 + w1;
    const stored = (w * (w + 1)) / 2 + w * m1;
    const zeros = stored - entries[s] - entries[after];
    const small = w <= 4;
    if (!small && zeros > 0.25 * stored) continue;
    if (!small && cost(w, m1) > cost(w0, m0) + cost(w1, m1)) continue;
    end[s] = end[after];
    nextGroup[s] = nextGroup[after];
    entries[s] += entries[after];
  }

  const starts: number[] = [];
  for (let s = 0; s < runs; s = nextGroup[s]) starts.push(first[s]);
  const leaves = twoLevelLeaves(parent, colCounts, starts);
  if (leaves > 0) starts.splice(leaves + 1);
  starts.push(n);
  const below: number[] = [];
  const panels: number[] = [];
  const superPanel: number[] = [];
  for (let s = 0; s + 1 < starts.length; s++) {
    const width = starts[s + 1] - starts[s];
    const rows = colCounts[starts[s + 1] - 1] - 1;
    below.push(s < leaves ? Math.min(4 * rows, n - starts[leaves]) : rows);
    superPanel.push(panels.length);
    const count = Math.ceil(width / PANEL_WIDTH);
    const panelWidth = count === 1 ? width : 4 * Math.ceil(width / (4 * count));
    for (let j = starts[s]; j < starts[s + 1]; j += panelWidth) panels.push(j);
  }
  superPanel.push(panels.length);
  panels.push(n);
  return {
    superStart: Int32Array.from(starts),
    superBelow: Int32Array.from(below),
    panelStart: Int32Array.from(panels),
    superPanel: Int32Array.from(superPanel),
    leaves,
  };
}

/**
 * How many groups are leaves, if the tree is (all but) of two levels: narrow groups below, and above them columns that fill in so far that
 * it takes few more flops to have them as one dense supernode, the root. Otherwise 0. The design of two crossed factors ends like this; leaves and
 * root have kernels of their own.
 *
 * @param groups first column of each group of columns
 */
function twoLevelLeaves(parent: Int32Array, colCounts: Int32Array, groups: readonly number[]): number {
  const n = parent.length;
  const last = groups.length - 1;
  let at = groups.length;
  for (let g = last, end = n; g >= 0; end = groups[g--]) {
    const above = parent[end - 1];
    // All that is wide, and all that has something below it, belongs to the root.
    if (end - groups[g] > LEAF_WIDTH || above === -1) at = g;
    else while (at > last || groups[at] > above) at--;
  }
  const width = n - groups[at];
  let flops = 0;
  for (let j = groups[at]; j < n; j++) flops += colCounts[j] ** 2;
  return width >= ROOT_WIDTH && (at === last || width ** 3 <= 3.75 * flops) ? at : 0;
}
