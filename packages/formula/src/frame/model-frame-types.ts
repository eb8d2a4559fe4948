import type { Design } from '../design/design.js';

/** Which rows were left out, and why. */
export interface OmittedRows {
  /** 0-based rows inside the subset with a missing value in a variable that the formula uses. */
  missing: Int32Array;
  /** Number of rows outside the subset. */
  subset: number;
  /** Number of rows inside the subset that each variable misses; variables that miss none are not listed. */
  byVariable: { name: string; count: number }[];
}

/** X by columns. */
export interface FixedFrame {
  /** Column names as R writes them. */
  names: string[];
  /** p columns of length nobs. A column that is a Float64Array of the table is that array itself if no row was left out. */
  columns: Float64Array[];
  /** For each column the term it belongs to: 0 the intercept, k the k-th of `termLabels`. */
  assign: number[];
  termLabels: string[];
  intercept: boolean;
}

/** The indicators of one factor, when the columns of a random term are exactly those (`0 + time`). */
export interface IndicatorColumns {
  /** Name of the factor. */
  variable: string;
  /** All its levels in order, also those without rows; a series keeps its gaps this way. */
  levels: string[];
  /** Index into `levels` for each row; length nobs. */
  codes: Int32Array;
  /** For each column of the term its level: index into `levels`. */
  columnLevels: Int32Array;
}

export interface RandomTermFrame {
  /** `(1 + Days | Subject)`, after `a/b` and `||` are expanded. */
  label: string;
  /** `us` without a tag. */
  structure: { name: string; args: Record<string, number | string | boolean> };
  /** Grouping factor as lme4 names it: `Subject`, `cask:batch`. */
  group: string;
  /** Names of the nc columns of Z per level: `(Intercept)`, `Days`. */
  names: string[];
  /** nc columns of length nobs. Made when first read if `indicator` is there (they can be very many). */
  readonly columns: Float64Array[];
  /** The levels that occur in the kept rows, in order; `a:A` for interactions. */
  levels: string[];
  /** Index into `levels` for each row; -1 where the group is missing or new (prediction only). Length nobs. */
  levelIdx: Int32Array;
  indicator: IndicatorColumns | null;
  /** Levels that the design does not know (prediction only; empty otherwise). */
  newLevels: string[];
  /** Index into `newLevels` for each row, -1 elsewhere; null if there are none. */
  newLevelIdx: Int32Array | null;
  /** Index of the design's random term that this comes from. */
  term: number;
}

export interface ModelFrame {
  /** Rows of the table. */
  nrow: number;
  /** Rows kept. */
  nobs: number;
  /** 0-based table rows kept, ascending; null when all are. */
  rows: Int32Array | null;
  omitted: OmittedRows;
  /** Null in a formula without response and for prediction. */
  response: { name: string; values: Float64Array } | null;
  fixed: FixedFrame;
  /** In the order of the formula. */
  random: RandomTermFrame[];
  weights: Float64Array | null;
  /** Sum of the `offset()` terms and the offset column; null if there are none. */
  offset: Float64Array | null;
  /** The complete design, for prediction and for saving. */
  design: Design;
}
