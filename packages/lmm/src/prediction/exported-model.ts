import type { CorrelationKind, VarianceKind } from '@blup/covariance';
import type { Design } from '@blup/formula';
import type { FittedModelData } from '../fitted-model-data.js';
import type { DataDigest } from '../inference/data-digest.js';

interface Factor {
  readonly columns: readonly string[];
  readonly levels: readonly string[];
}

/** A residual structure without rows, and its parameters. */
export interface ExportedResidual {
  readonly correlation: {
    readonly kind: CorrelationKind;
    readonly group: Factor | null;
    readonly columns: readonly string[];
    readonly visit: Factor | null;
    readonly p?: number;
    readonly q?: number;
    readonly nugget?: boolean;
  } | null;
  readonly variances: readonly {
    readonly kind: VarianceKind;
    readonly covariate: { readonly column: string; readonly centre: number | null; readonly fitted?: true } | null;
    readonly by: Factor | null;
  }[];
  readonly par: readonly number[];
}

/** A model as plain data for JSON, without any training row. */
export interface ExportedModel {
  readonly format: 'blup-model';
  readonly schemaVersion: 1;
  readonly responseName: string;
  /** The design without the levels of grouping factors, which stand in `groups`; null for a model of ready-made matrices. */
  readonly design: Design | null;
  readonly sigma: number;
  /** Left out where residuals are independent. */
  readonly residual?: ExportedResidual;
  readonly fixed: {
    readonly names: readonly string[];
    readonly kept: readonly number[];
    readonly beta: readonly number[];
    /** Upper triangle by columns, p by p: Cov(beta) = sigma^2 (RX'RX)^-1. */
    readonly RX: readonly number[];
    readonly aliased: readonly { readonly column: number; readonly weights: readonly number[] }[];
  };
  /** Grouping factors and their levels. */
  readonly groups: readonly { readonly name: string; readonly levels: readonly string[] }[];
  readonly terms: readonly {
    readonly label: string;
    /** Position in `groups`. */
    readonly group: number;
    readonly names: readonly string[];
    readonly lambda: readonly number[];
    readonly modes: readonly number[];
    /** For correlated levels alone. */
    readonly levelVariances?: readonly number[];
    /** False where new rows cannot be read by the design; else left out. */
    readonly fromDesign?: false;
  }[];
  /** What standard errors at known levels need; left out unless asked for. */
  readonly system?: {
    readonly colPtr: readonly number[];
    readonly rowIdx: readonly number[];
    readonly values: readonly number[];
    readonly effectsOnFixed: readonly number[];
  };
  /** How certain the variances are: degrees of freedom of intervals come from it ({@link VarianceUncertainty}, triangles by columns). */
  readonly uncertainty?: {
    readonly sigma: boolean;
    readonly covariance: readonly number[];
    /** For each free parameter: upper triangle. */
    readonly fixed: readonly (readonly number[])[];
    /** For each free parameter and term: upper triangle. */
    readonly terms: readonly (readonly (readonly number[])[])[];
  };
  /** The summary of the fit; left out unless asked for. */
  readonly summary?: FittedModelData;
  /** What the data were, for comparisons of saved models; with the summary. */
  readonly digest?: DataDigest;
}
