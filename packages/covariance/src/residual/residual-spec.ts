import { covariateCentre, type Covariate } from './variance-function.js';

/** What correlates residuals within groups. */
export type CorrelationKind = 'ar1' | 'car1' | 'arma' | 'cs' | 'us' | 'exp' | 'gau' | 'mat';

/** What makes variances of residuals differ. */
export type VarianceKind = 'strata' | 'varpower' | 'varexp';

/** Levels of a factor by row. */
export interface CodedRows {
  /** Columns that the factor was made of. */
  readonly columns: readonly string[];
  /** Names of the levels. */
  readonly levels: readonly string[];
  /** Level of each row, length n. */
  readonly codes: Int32Array;
}

/** Correlation within groups of rows. */
export interface CorrelationSpec {
  readonly kind: CorrelationKind;
  /** Null: all rows are one group. */
  readonly group: CodedRows | null;
  /** Names of the times or coordinates; none: rows count in their order (ar1, arma), or order does not matter (cs). */
  readonly columns: readonly string[];
  /** Times or coordinates by row, one array for each of `columns`. */
  readonly coordinates: readonly Float64Array[];
  /** Visit of each row (us). */
  readonly visit: CodedRows | null;
  /** Orders of arma; 1 and 1 when left out. */
  readonly p?: number;
  readonly q?: number;
  /** exp, gau, mat: whether a share of the variance belongs to each row alone. */
  readonly nugget?: boolean;
}

/** One variance function. */
export interface VarianceSpec {
  readonly kind: VarianceKind;
  /** Of varpower and varexp. */
  readonly covariate: Covariate | null;
  /** The strata (strata), or where parameters differ (varpower, varexp); null for none. */
  readonly by: CodedRows | null;
}

/** A residual structure as plain data: what every row contributes. It can be sent to a worker, and made again for some of the rows. */
export interface ResidualSpec {
  /** Number of rows. */
  readonly n: number;
  /** Null: residuals are uncorrelated. */
  readonly correlation: CorrelationSpec | null;
  readonly variances: readonly VarianceSpec[];
}

/**
 * The same structure on some of its rows. Levels keep their places, those without rows as well, and covariates their centres, so that `par`
 * and sigma mean the same.
 */
export function restrictSpec({ n, correlation, variances }: ResidualSpec, rows: ArrayLike<number>): ResidualSpec {
  const take = (x: Float64Array) => Float64Array.from({ length: rows.length }, (_, k) => x[rows[k]]);
  const coded = (c: CodedRows | null): CodedRows | null =>
    c && { ...c, codes: Int32Array.from({ length: rows.length }, (_, k) => c.codes[rows[k]]) };
  const restrictCorrelation = (c: CorrelationSpec): CorrelationSpec => ({
    ...c,
    group: coded(c.group),
    coordinates: c.coordinates.map(take),
    visit: coded(c.visit),
  });
  return {
    n: rows.length,
    correlation: correlation && restrictCorrelation(withTimes(correlation, n)),
    variances: variances.map((v) => ({
      ...v,
      covariate: v.covariate && {
        ...v.covariate,
        values: take(v.covariate.values),
        centre: v.covariate.centre ?? covariateCentre(v.kind === 'varexp' ? 'varexp' : 'varpower', v.covariate.values),
      },
      by: coded(v.by),
    })),
  };
}

/** Series whose rows count in their order, with these numbers as times: a row that is left out leaves a gap. */
function withTimes(spec: CorrelationSpec, n: number): CorrelationSpec {
  const { kind, coordinates, group } = spec;
  if ((kind !== 'ar1' && kind !== 'arma') || coordinates.length > 0) return spec;
  const seen = new Map<number, number>();
  const times = Float64Array.from({ length: n }, (_, i) => {
    const g = group ? group.codes[i] : 0;
    const at = seen.get(g) ?? 0;
    seen.set(g, at + 1);
    return at;
  });
  return { ...spec, columns: ['row'], coordinates: [times] };
}
