/** What an expression gives, for all rows at once. NaN (code -1 for factors) is missing. */
export type Value = NumberValue | LogicalValue | FactorValue | MatrixValue | ConstantValue | ListValue | NullValue;

export interface NumberValue {
  kind: 'number';
  values: Float64Array;
}

/** Truth values as 0 and 1. */
export interface LogicalValue {
  kind: 'logical';
  values: Float64Array;
}

export interface FactorValue {
  kind: 'factor';
  codes: Int32Array;
  levels: readonly string[];
  ordered: boolean;
  /** Text rather than a factor: `as.numeric` reads it as numbers instead of taking the codes, as in R. */
  text: boolean;
}

/** Several columns from one expression, such as `poly(x, 2)`; suffixes complete the column names. */
export interface MatrixValue {
  kind: 'matrix';
  columns: Float64Array[];
  suffixes: string[];
}

/** One number, string or truth value for all rows. */
export interface ConstantValue {
  kind: 'constant';
  value: number | string | boolean;
}

/** `c(1, 2, 3)`. */
export interface ListValue {
  kind: 'list';
  values: (number | string | boolean)[];
}

export interface NullValue {
  kind: 'null';
}

export const number = (values: Float64Array): NumberValue => ({ kind: 'number', values });
export const logical = (values: Float64Array): LogicalValue => ({ kind: 'logical', values });
export const constant = (value: number | string | boolean): ConstantValue => ({ kind: 'constant', value });

const NAMES = {
  number: 'a number',
  logical: 'a truth value',
  factor: 'a factor',
  matrix: 'a matrix of several columns',
  constant: 'a constant',
  list: 'a list of constants',
  null: 'NULL',
} as const;

/** For messages: "a factor". */
export const describeValue = (value: Value): string =>
  value.kind === 'factor' && value.text
    ? 'text'
    : value.kind === 'constant' && typeof value.value === 'string'
      ? 'text'
      : NAMES[value.kind];
