/**
 * Columns of a table as the rest of the package reads them. Three inputs have adapters ({@link openTable}); anything else can
 * implement these two interfaces itself.
 */
export interface Table {
  readonly nrow: number;
  readonly names: readonly string[];
  /** The column of that name, or null. The same object every time, so that what it computed is kept. */
  column(name: string): Column | null;
}

/**
 * `date` counts days since 1970-01-01, `bigint` is a whole number that may exceed 2^53 (exact as a grouping factor, rounded as a
 * number), `string` is everything with levels, `other` cannot be used.
 */
export type ColumnType = 'number' | 'boolean' | 'string' | 'date' | 'bigint' | 'other';

export interface CodedColumn {
  /** Index into `levels`, -1 where missing; length nrow. */
  codes: Int32Array;
  levels: readonly string[];
}

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Level order that came with the data (an Arrow dictionary), or null. */
  readonly categories: readonly string[] | null;
  /**
   * Values as numbers (FALSE 0, TRUE 1), NaN where missing; length nrow. A Float64Array in the table is returned itself.
   *
   * @throws FormulaDataError when a value is not of the column's type.
   */
  numbers(): Float64Array;
  /**
   * Levels and their codes: numbers in numerical order, FALSE before TRUE, strings by code unit, categories as given.
   *
   * @throws FormulaDataError when a value is not of the column's type.
   */
  coded(): CodedColumn;
}
