import type { SchemaColumn } from '../schema.js';
import type { StructureTag } from '../terms/random-terms.js';
import type { Coding } from './coding.js';
import type { Contrast } from './contrasts.js';
import type { StateEntry } from './state.js';

/**
 * A plan for X and every Z: which columns of the table are read, which expressions are computed from them, and for every matrix
 * column the product of which of these it is. Plain data (JSON and back), so that a database can carry it out as well as
 * {@link modelFrame}. What depends on the rows (states of `poly` and its kin, levels in use, and so the list of matrix columns) is
 * filled in by {@link estimateDesign}; `complete` tells whether it is.
 */
export interface Design {
  format: 'blup-design-1';
  /** The formula in one spelling, as R prints it. */
  formula: string;
  /** The formula as it was given. */
  source: string;
  /** The table columns that are read. */
  columns: SchemaColumn[];
  /** Every expression that is computed, each once. */
  variables: DesignVariable[];
  /** Index into `variables`; null in a formula without response. */
  response: number | null;
  /** Variable with the prior weights, or null. */
  weights: number | null;
  /** Variables whose sum is the offset. */
  offsets: number[];
  /** Condition that rows must meet, as printed; null for all rows. */
  subset: string | null;
  fixed: DesignMatrix;
  /** In the order of the formula. */
  random: DesignRandomTerm[];
  /** Contrasts asked for, by column or variable name, in X. */
  contrasts: [string, Contrast][];
  /** The same in the columns of Z. */
  randomContrasts: [string, Contrast][];
  /** User functions that must be passed again when the design is used. */
  functions: string[];
  /** What stateful functions remember. */
  states: StateEntry[];
  /** Whether levels without rows give no columns (as in lme4), or columns of zeros (as in R's `model.matrix`). */
  unusedLevels: 'drop' | 'keep';
  complete: boolean;
}

export interface DesignVariable {
  /** As R writes it: `poly(Days, 2)`, `` `my column` ``; the beginning of column names. */
  name: string;
  /** Text of the expression, in terms of table columns. */
  expression: string;
  /** `logical` acts as a factor with the levels FALSE and TRUE, `matrix` has several numeric components. */
  kind: 'number' | 'logical' | 'factor' | 'matrix';
  /** Endings of the component names of a matrix; empty otherwise. */
  suffixes: string[];
  ordered: boolean;
  /** Levels in use, in order; null while unknown, and of numbers. */
  levels: string[] | null;
  /** Levels that no row has. */
  unusedLevels: string[];
  /** All levels in order, used or not; null when all are used. */
  allLevels: string[] | null;
}

export interface DesignTerm {
  /** As R writes it, `a:b`. */
  label: string;
  /** Indices into `variables`, in the order of the label. */
  variables: number[];
  /** How each of them is coded. */
  coding: Coding[];
}

/** What a matrix column multiplies; a column without factors is the constant 1. */
export type ColumnFactor =
  /** A number, or one component of a matrix. */
  | { variable: number; component: number }
  /** 1 where the variable has this level (index into its `levels`), else 0. */
  | { variable: number; level: number }
  /** `weights[k]` where the variable has level k: a contrast. */
  | { variable: number; weights: number[] };

export interface DesignColumn {
  name: string;
  /** 0 for the intercept, else 1 + index of the term. */
  term: number;
  /** The column is the product of these. */
  product: ColumnFactor[];
}

export interface DesignMatrix {
  intercept: boolean;
  terms: DesignTerm[];
  /** Null until the levels are known. */
  columns: DesignColumn[] | null;
}

export interface DesignRandomTerm {
  label: string;
  structure: StructureTag;
  /** `(e || g)`: each column is a term of its own. */
  independent: boolean;
  matrix: DesignMatrix;
  group: DesignGroup;
}

/** The grouping factor: the interaction of its variables, the first varying slowest in the order of levels. */
export interface DesignGroup {
  name: string;
  variables: number[];
  /** Levels in use (`a:A` for an interaction); null while unknown. */
  levels: string[] | null;
}
