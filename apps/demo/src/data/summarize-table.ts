import type { RawColumn, RawTable } from './raw-table.js';

/** What the page knows of a column. */
export interface ColumnSummary {
  readonly name: string;
  readonly kind: RawColumn['kind'];
  readonly missing: number;
  /** Smallest and largest value, and mean, of numbers; null without values. */
  readonly range: { readonly min: number; readonly max: number; readonly mean: number } | null;
  /** Number of different values. */
  readonly distinct: number;
  /** The first levels, in order: of texts, and of numbers with few different values. */
  readonly levels: readonly string[];
  readonly ordered: boolean;
}

export interface TableSummary {
  readonly nrow: number;
  readonly columns: readonly ColumnSummary[];
  /** The first rows as text; null is missing. */
  readonly preview: readonly (readonly (string | null)[])[];
  readonly remarks: readonly string[];
}

const PREVIEW_ROWS = 50;
/** Levels sent to the page; more are only counted. */
const MAX_LEVELS = 500;

export function summarizeTable(table: RawTable): TableSummary {
  const rows = Math.min(table.nrow, PREVIEW_ROWS);
  return {
    nrow: table.nrow,
    columns: table.columns.map(summarizeColumn),
    preview: Array.from({ length: rows }, (_, i) => table.columns.map((column) => cellText(column, i))),
    remarks: table.remarks,
  };
}

export function cellText(column: RawColumn, row: number): string | null {
  if (column.kind === 'text') return column.codes[row] < 0 ? null : column.levels[column.codes[row]];
  const value = column.values[row];
  if (Number.isNaN(value)) return null;
  if (column.kind === 'boolean') return value === 1 ? 'true' : 'false';
  if (column.kind === 'date') return new Date(value * 86_400_000).toISOString().slice(0, 10);
  return String(value);
}

function summarizeColumn(column: RawColumn): ColumnSummary {
  const { name, kind } = column;
  if (column.kind === 'text') {
    let missing = 0;
    for (const code of column.codes) if (code < 0) missing++;
    const { levels, ordered } = column;
    return { name, kind, missing, range: null, distinct: levels.length, levels: levels.slice(0, MAX_LEVELS), ordered };
  }
  const { values } = column;
  const seen = new Set<number>();
  let missing = 0;
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  for (const v of values) {
    if (Number.isNaN(v)) {
      missing++;
      continue;
    }
    if (v < min) min = v;
    if (v > max) max = v;
    sum += v;
    seen.add(v);
  }
  const present = values.length - missing;
  const few = seen.size <= MAX_LEVELS ? Array.from(Float64Array.from(seen).sort(), String) : [];
  return {
    name,
    kind,
    missing,
    range: present > 0 ? { min, max, mean: sum / present } : null,
    distinct: seen.size,
    levels: kind === 'boolean' ? few.map((v) => (v === '1' ? 'TRUE' : 'FALSE')) : few,
    ordered: false,
  };
}
