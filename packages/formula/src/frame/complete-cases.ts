import type { Value } from '../expression/value.js';
import { codeFacts } from '../table/levels.js';
import { allFinite } from './finite.js';

/**
 * Marks 0 in `keep` where the value is missing.
 *
 * @param finite - takes up the columns in which all values are finite.
 */
export function markMissing(value: Value, keep: Uint8Array, finite?: Set<Float64Array>): void {
  switch (value.kind) {
    case 'number':
    case 'logical':
      markNaN(value.values, keep, finite);
      return;
    case 'factor':
      markNegative(value.codes, keep);
      return;
    case 'matrix':
      for (const column of value.columns) markNaN(column, keep, finite);
      return;
    default:
  }
}

function markNaN(values: Float64Array, keep: Uint8Array, finite: Set<Float64Array> | undefined): void {
  if (finite?.has(values)) return;
  if (allFinite(values)) finite?.add(values);
  else for (let i = 0; i < keep.length; i++) if (values[i] !== values[i]) keep[i] = 0;
}

function markNegative(codes: Int32Array, keep: Uint8Array): void {
  if (codeFacts.get(codes)?.missing === false) return;
  let signs = 0;
  for (let i = 0; i < codes.length; i++) signs |= codes[i]!;
  if (signs < 0) for (let i = 0; i < keep.length; i++) if (codes[i]! < 0) keep[i] = 0;
}

export interface KeptRows {
  nobs: number;
  /** 0-based rows kept, null when all are. */
  rows: Int32Array | null;
  /** 0-based rows inside the subset that miss a value. */
  missing: Int32Array;
  /** Rows outside the subset. */
  subset: number;
  /** Columns, of all rows, in which all values are finite. */
  finite: ReadonlySet<Float64Array>;
}

/** One filter for all variables together: a row stays if the subset has it and no variable misses it. */
export function completeCases(nrow: number, values: readonly Value[], subset: Float64Array | null): KeptRows {
  const complete = new Uint8Array(nrow).fill(1);
  const finite = new Set<Float64Array>();
  for (const value of values) markMissing(value, complete, finite);
  if (subset === null && !complete.includes(0)) {
    return { nobs: nrow, rows: null, missing: new Int32Array(0), subset: 0, finite };
  }
  let outside = 0;
  let missing = 0;
  for (let i = 0; i < nrow; i++) {
    if (subset !== null && !(subset[i]! !== 0 && subset[i] === subset[i])) outside++;
    else if (complete[i] === 0) missing++;
  }
  const nobs = nrow - outside - missing;
  const missingRows = new Int32Array(missing);
  if (nobs === nrow) return { nobs, rows: null, missing: missingRows, subset: 0, finite };
  const rows = new Int32Array(nobs);
  let kept = 0;
  let left = 0;
  for (let i = 0; i < nrow; i++) {
    if (subset !== null && !(subset[i]! !== 0 && subset[i] === subset[i])) continue;
    if (complete[i] === 0) missingRows[left++] = i;
    else rows[kept++] = i;
  }
  return { nobs, rows, missing: missingRows, subset: outside, finite };
}

/** The kept rows of a column: the column itself when all are kept. */
export function gatherNumbers(values: Float64Array, rows: Int32Array | null): Float64Array {
  if (rows === null) return values;
  const out = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) out[i] = values[rows[i]!]!;
  return out;
}

export function gatherCodes(codes: Int32Array, rows: Int32Array | null): Int32Array {
  if (rows === null) return codes;
  const out = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) out[i] = codes[rows[i]!]!;
  return out;
}
