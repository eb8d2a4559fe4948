import type { ScannedRecords } from './record-scanner.js';

/** A numeric column; missing values are NaN. */
export interface NumberColumn {
  readonly kind: 'number';
  readonly name: string;
  readonly values: Float64Array;
}

/** A categorical column: `levels[codes[i]]` is the value of row i, code -1 where it is missing. */
export interface CategoryColumn {
  readonly kind: 'category';
  readonly name: string;
  readonly codes: Int32Array;
  /** In the order of the schema; else numbers in numeric order, other labels by code unit, whatever the locale. */
  readonly levels: readonly string[];
  /** The user declares the column a factor (schema or --factor); else it is text. */
  readonly declared: boolean;
  /** The order of the levels has a meaning. */
  readonly ordered: boolean;
}

/** Truth values: 0, 1, NaN where missing. */
export interface BooleanColumn {
  readonly kind: 'boolean';
  readonly name: string;
  readonly values: Float64Array;
}

export type Column = NumberColumn | CategoryColumn | BooleanColumn;

/** Takes the fields of a column chunk by chunk and gives the typed column at the end. */
export interface ColumnReader {
  /**
   * @param field which of the fields of each record
   * @param row data row of the first record, counted from 1
   */
  push(records: ScannedRecords, field: number, row: number): void;
  finish(): Column;
}
