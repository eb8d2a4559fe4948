/** Rows that `addInverseUpdate` gathers at a time (CHUNK of the WebAssembly kernels). */
export const GATHER_ROWS = 128;

/**
 * Dense work on panels in strip storage (see SupernodalStructure). Two implementations do the same arithmetic: WebAssembly
 * with two-lane SIMD, and plain JavaScript. Arguments named `panel`, `source`, `target`, `block`, `x`, `scratch`, `zeros`,
 * `trash`, `gather` are indices into the factor's memory seen as doubles; `rows`, `map`, `offsets` index it as 32-bit
 * integers. `w` and `width` are columns of a panel, `count` its rows, padding included.
 */
export interface Kernels {
  /** Cholesky of one panel in place; `scratch` holds w doubles. -1, or the failing column, its pivot in scratch[0]. */
  factorPanel(panel: number, w: number, count: number, scratch: number): number;
  /** map[rows[i]] = i for the rows of a panel. */
  setMap(rows: number, count: number, map: number): void;
  /**
   * Subtracts the outer product of a factored panel (K columns at source) from the panel at target: its rows
   * from .. to - 1 are columns there, its rows from .. count - 1 rows. `map` holds the target's places.
   */
  updateTarget(
    source: number,
    K: number,
    from: number,
    to: number,
    count: number,
    rows: number,
    map: number,
    target: number,
    width: number,
    trash: number,
    offsets: number,
  ): void;
  /**
   * Subtracts the outer products of the leaves, from the strip that each has come to up to column 4 stop of the root, from the root's
   * panel of `width` columns; `origin` is where the tile of the root's first row and column would be in that panel.
   */
  updateFromLeaves(
    leaves: number,
    count: number,
    strips: number,
    rows: number,
    origin: number,
    width: number,
    stop: number,
  ): void;
  /** One panel of L y = x (forward) or L' y = x (backward), one right-hand side in place, columns first .. first + w - 1. */
  forward1(panel: number, w: number, count: number, rows: number, x: number, first: number): void;
  backward1(
    panel: number,
    w: number,
    count: number,
    rows: number,
    x: number,
    first: number,
    /** 2 w doubles */ scratch: number,
  ): void;
  /** The same for four right-hand sides, x with four doubles per row. */
  forward4(
    panel: number,
    w: number,
    count: number,
    rows: number,
    x: number,
    first: number,
    /** 16 doubles */ scratch: number,
  ): void;
  backward4(panel: number, w: number, count: number, rows: number, x: number, first: number): void;
  /** V = inv(L11) and N = -L21 V of a panel, into the zeroed panel at out. */
  invertPanel(panel: number, out: number, w: number, count: number): void;
  /** Z21 += G N + G' N for one ancestor `block` of Z; see the selected inverse. */
  addInverseUpdate(
    block: number,
    width: number,
    from: number,
    to: number,
    count: number,
    rows: number,
    map: number,
    n: number,
    z: number,
    w: number,
    zeros: number,
    gather: number,
    offsets: number,
  ): void;
  /** Z11 = V'V + N' Z21 of a panel. */
  finishInverse(v: number, z: number, w: number, count: number): void;
}
