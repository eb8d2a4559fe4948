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
  readonly levels: readonly string[];
  /** The levels have a meaningful order. */
  readonly ordered: boolean;
  /** The order of the levels was given (by a schema, or because the level names are numbers); else it is first appearance. */
  readonly levelsSorted: boolean;
}

export type Column = NumberColumn | CategoryColumn;

/** Takes the text of a column row by row and gives the typed column at the end. */
export interface ColumnReader {
  /** @param row data row, counted from 1 */
  push(text: string, row: number): void;
  finish(): Column;
}
