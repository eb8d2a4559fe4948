import {
  residualStructure,
  restrictSpec,
  type CodedRows,
  type ResidualSpec,
  type VarianceSpec,
} from '@blup/covariance';
import type { Table } from '@blup/formula';
import { ModelError } from '../errors.js';
import type { ResidualOptions } from '../structured-terms/parse-residual.js';
import { readResidual } from '../structured-terms/residual-columns.js';

/** What prediction knows of a residual structure. */
export interface PredictionResidual {
  /** Kinds, columns, levels of strata and visits, centres of covariates; without rows and groups. */
  readonly spec: ResidualSpec;
  /** Its parameters, those of the correlation first. */
  readonly par: Float64Array;
}

/** The structure of a fit without its rows. */
export function residualFacts(spec: ResidualSpec): ResidualSpec {
  const none = restrictSpec(spec, []);
  const { correlation } = none;
  const inOrder = spec.correlation !== null && spec.correlation.coordinates.length === 0;
  return {
    ...none,
    correlation: correlation && {
      ...correlation,
      group: correlation.group && { ...correlation.group, levels: [] },
      ...(inOrder && { columns: [], coordinates: [] }),
    },
  };
}

/** What a user would have written for the structure. */
export function optionsOf({ correlation, variances }: ResidualSpec): ResidualOptions[] {
  const out: ResidualOptions[] = variances.map(({ kind, covariate, by }) => ({
    kind,
    ...(covariate && (covariate.fitted ? { fitted: true as const } : { covariate: covariate.column })),
    ...(by && { by: by.columns }),
  }));
  if (correlation) {
    const { kind, group, columns, visit, p, q, nugget } = correlation;
    const spatial = kind === 'exp' || kind === 'gau' || kind === 'mat';
    const time = visit ? visit.columns[0] : columns[0];
    out.push({
      kind,
      ...(group && { by: group.columns }),
      ...(spatial ? { coordinates: columns } : time !== undefined && { time }),
      ...(p !== undefined && { p }),
      ...(q !== undefined && { q }),
      ...(nugget !== undefined && { nugget }),
    });
  }
  return out;
}

/** Whether variances of residuals differ from row to row by more than weights. */
export const variancesDiffer = ({ correlation, variances }: ResidualSpec): boolean =>
  variances.length > 0 || correlation?.kind === 'us';

/**
 * What the rows of a table say of the variances of their residuals.
 * @throws ModelError for columns that are absent or miss values, CovarianceStructureError for strata and visits that the fit did not have
 */
export function readVariances(facts: ResidualSpec, table: Table, n: number): ResidualSpec {
  // Visits have variances; groups have no say in them.
  const { correlation } = facts;
  const own = { ...facts, correlation: correlation?.kind === 'us' ? { ...correlation, group: null } : null };
  const source = { table, rows: null, n, categories: {}, fitted: new Float64Array(n).fill(1) };
  return readResidual(source, optionsOf(own), own);
}

/**
 * Variances of residuals relative to sigma^2, by rows.
 * @param fitted values that the model fits, which a covariate may be
 */
export function relativeVariances(
  rows: ResidualSpec | null | undefined,
  { spec, par }: PredictionResidual,
  n: number,
  fitted: Float64Array | null,
): Float64Array {
  if (!variancesDiffer(spec)) return new Float64Array(n).fill(1);
  if (!rows)
    throw new ModelError(
      'bad-option',
      'variances of residuals differ by columns that ready-made rows do not have: predict from a table, or give `residual` with the rows',
    );
  const us = rows.correlation?.kind === 'us';
  // A variance function cannot be made from one value: pairs of made-up rows stand behind the real ones.
  const strata = Math.max(1, ...rows.variances.map(({ by }) => by?.levels.length ?? 1));
  const more = 2 * strata;
  const codes = (c: CodedRows | null): CodedRows | null =>
    c && {
      ...c,
      codes: Int32Array.from({ length: n + more }, (_, i) => (i < n ? c.codes[i] : (i >> 1) % c.levels.length)),
    };
  const values = ({ covariate }: VarianceSpec) =>
    covariate &&
    Float64Array.from({ length: n + more }, (_, i) => {
      if (i >= n) return 1 + (i % 2);
      const v = covariate.fitted && fitted ? fitted[i] : covariate.values[i];
      return Number.isFinite(v) ? v : 1;
    });
  const everyRow: CodedRows = {
    columns: ['row'],
    levels: Array.from({ length: n + more }, (_, i) => String(i)),
    codes: Int32Array.from({ length: n + more }, (_, i) => i),
  };
  const structure = residualStructure({
    n: n + more,
    correlation: us ? { ...rows.correlation!, group: everyRow, visit: codes(rows.correlation!.visit) } : null,
    variances: rows.variances.map((v, k) => ({
      ...v,
      covariate: v.covariate && { ...v.covariate, values: values(v)!, centre: spec.variances[k].covariate!.centre },
      by: codes(v.by),
    })),
  });
  const out = new Float64Array(n + more);
  structure.relativeSdInto(us ? par : par.subarray(par.length - structure.precision.parLength), out);
  return out.subarray(0, n).map((s) => s * s);
}
