/** A numeric vector with names. */
export interface NamedVector {
  readonly names: readonly string[];
  readonly values: readonly number[];
}

/** Standard deviations and correlations of one random-effects term, on the scale of the response. */
export interface VarianceComponents {
  readonly group: string;
  readonly names: readonly string[];
  readonly sd: readonly number[];
  /** Correlation matrix by rows, null for a single column. NaN where a standard deviation is zero. */
  readonly corr: readonly (readonly number[])[] | null;
}

/** Standard deviations, correlations, ranges and the like of one term, or of the residuals, on the scale of the response. */
export interface NaturalParameters {
  /** Grouping factor, or `Residual`. */
  readonly group: string;
  readonly structure: string;
  readonly names: readonly string[];
  readonly values: readonly number[];
}

/** Conditional modes (BLUPs) of one grouping factor, the terms on it side by side. */
export interface ConditionalModes {
  readonly levels: readonly string[];
  readonly names: readonly string[];
  /** One row for each level. */
  readonly values: readonly (readonly number[])[];
}

/** What is known about how well the optimum was found. */
export interface Certificate {
  readonly converged: boolean;
  readonly singular: boolean;
  /** In words, with what to do about it. */
  readonly message: string;
  /** Why the search ended. */
  readonly reason: string;
  /** d objective / d par at the optimum (zero at entries that are held fixed). */
  readonly gradient: readonly number[];
  /**
   * Each gradient entry divided by the square root of its curvature: the distance to the minimum in standard errors, up to a factor of
   * sqrt(2). Zero for an entry on the boundary.
   */
  readonly scaledGradient: readonly number[];
  /** sqrt(g'H^-1 g) over the free, interior entries; below 1e-5 or so all printed digits are final. */
  readonly decrement: number;
  /** Hessian of the objective by par as the search knows it, by rows. */
  readonly hessian: readonly (readonly number[])[];
  /** Ratio of smallest to largest eigenvalue of the Hessian scaled to unit diagonal, free interior entries; near zero: not identified. */
  readonly conditioning: number;
  /** For each par that is zero at the optimum: its name and the rise of the objective by its square (not negative at a minimum). */
  readonly boundary: readonly { readonly name: string; readonly slope: number }[];
  readonly evaluations: number;
}

/** A term as the fitted model remembers it. */
export interface TermDescription {
  readonly group: string;
  readonly names: readonly string[];
  readonly structure: string;
  readonly nl: number;
}

/** Everything about a fitted model that does not need its rows: plain data, ready for JSON. */
export interface FittedModelData {
  readonly schemaVersion: 1;
  readonly formula: string | null;
  readonly responseName: string;
  readonly criterion: 'REML' | 'ML';
  /** Rows that took part. */
  readonly nobs: number;
  /** Number of parameters: rank of X, free par, sigma. */
  readonly df: number;
  /** -2 log-likelihood, or the REML criterion. */
  readonly objective: number;
  readonly logLik: number;
  readonly AIC: number;
  readonly BIC: number;
  /** Residual standard deviation. */
  readonly sigma: number;
  readonly sigmaFixed: boolean;
  readonly theta: readonly number[];
  readonly thetaNames: readonly string[];
  readonly par: readonly number[];
  readonly parNames: readonly string[];
  readonly fixedPar: readonly boolean[];
  readonly beta: NamedVector;
  /** Standard errors of beta. */
  readonly se: readonly number[];
  /** Covariance matrix of beta, by rows. */
  readonly vcov: readonly (readonly number[])[];
  /** Fixed-effects columns that depend on earlier ones and were left out. */
  readonly droppedColumns: readonly string[];
  readonly terms: readonly TermDescription[];
  /** Kind of the residual structure (`ar1`, `strata`, ...); null for independent residuals. */
  readonly residual: string | null;
  /** The parameters of every structure as people read them, on the scale of the response. */
  readonly natural: readonly NaturalParameters[];
  /**
   * Standard errors of `natural`, entry by entry, where some structure has parameters of its own (correlations, ranges, variances by stratum);
   * null in other models, and in exports of earlier versions left out. An entry is null on the boundary and for held parameters.
   */
  readonly naturalSe?: readonly (readonly (number | null)[])[] | null;
  readonly varcorr: readonly VarianceComponents[];
  readonly ngroups: Readonly<Record<string, number>>;
  readonly ranef: Readonly<Record<string, ConditionalModes>>;
  readonly certificate: Certificate;
  readonly devcomp: {
    readonly wrss: number;
    readonly ussq: number;
    readonly pwrss: number;
    readonly sigmaML: number;
    readonly sigmaREML: number;
    readonly ldL2: number;
    /** By the columns of X as given. */
    readonly ldRX2: number;
  };
  readonly L: {
    readonly q: number;
    /** Nonzeros of the lower triangle of Lambda'Z'Z Lambda + I. */
    readonly nnzA: number;
    /** Nonzeros of L. */
    readonly nnz: number;
    /** perm[new] = old. */
    readonly perm: readonly number[];
  };
  /** Five-number summary of the Pearson residuals divided by sigma; null when the rows are not at hand. */
  readonly scaledResiduals: readonly number[] | null;
  /** Remarks that a user should read. */
  readonly warnings: readonly string[];
  /** Milliseconds. */
  readonly timings: { readonly crossProducts: number; readonly optimize: number; readonly total: number };
}
