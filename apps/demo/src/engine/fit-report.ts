import type { CoefficientTable, ExplainedVariance, Finding, FittedModelData } from '@blup/lmm';

/** A fitted model without the effects of its levels. */
export type SummaryData = Omit<FittedModelData, 'ranef'> & {
  /** Lower bounds of `par`. */
  readonly parLower: readonly number[];
};

/** A fit as the page keeps it: plain data, no rows. */
export interface FitReport {
  readonly data: SummaryData;
  /** With Satterthwaite's degrees of freedom where they cost little, else with none. */
  readonly coefficients: CoefficientTable;
  /** What is worth knowing about the fit. */
  readonly findings: readonly Finding[];
  readonly explained: ExplainedVariance;
  /** Rows of the table. */
  readonly nrow: number;
  /** Rows left out because a value is missing, and how many each variable misses. */
  readonly missing: {
    readonly rows: number;
    readonly by: readonly { readonly name: string; readonly count: number }[];
  };
  /** Rows outside the subset. */
  readonly outside: number;
  /** Columns of the table that the formula reads, but for the response. */
  readonly predictors: readonly string[];
  /** Milliseconds in the worker. */
  readonly elapsed: number;
}

/** A mistake, with its place in the formula where it has one. */
export interface Problem {
  readonly message: string;
  /** Character offsets, `end` exclusive; null when the mistake is not in the formula. */
  readonly place: { readonly start: number; readonly end: number } | null;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** How a search goes on. */
export interface Progress {
  readonly count: number;
  readonly value: number;
}
