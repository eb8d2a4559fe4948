import type { LevelStructure } from '../levels/level-structure.js';
import { ar1Levels } from '../levels/series.js';
import { CovarianceStructureError } from '../structure.js';
import { compoundSymmetryLevels } from './compound-symmetry-blocks.js';
import { armaBlocks, spatialBlocks } from './correlation-blocks.js';
import { type CorrelationSpec, restrictSpec, type ResidualSpec, type VarianceSpec } from './residual-spec.js';
import { independentLevels, scaledLevels } from './scaled-levels.js';
import { unstructuredBlocks } from './unstructured-blocks.js';
import { exponentialVariance, powerVariance, strataVariance, type VarianceFunction } from './variance-function.js';

/**
 * How residuals of different rows are correlated or differ in variance, R = sigma^2 W^-1/2 C W^-1/2 with C^-1 given over points; C = S R S
 * with the correlations R and standard deviations S.
 */
export interface ResidualStructure {
  /** C^-1 over points, one for each row. */
  readonly precision: LevelStructure;
  /** Row of each point; null when points are rows. */
  readonly rowOfPoint: Int32Array | null;
  /** What it was made from. */
  readonly spec: ResidualSpec;
  /** Square roots of the diagonal of C, by row. */
  relativeSdInto(par: Float64Array, out: Float64Array): void;
  /** The same structure on some of the rows; `par` and sigma mean the same. */
  restrict(rows: ArrayLike<number>): ResidualStructure;
}

/**
 * @throws CovarianceStructureError for times that repeat within a group or are not whole where they must be, covariates and strata that no
 * variance can depend on, and groups too large for a structure with full blocks
 */
export function residualStructure(spec: ResidualSpec): ResidualStructure {
  const { correlation, n } = spec;
  const variances = spec.variances.map(varianceFunction);
  const made = correlation ? correlated(correlation, n) : null;
  const rowOfPoint = made?.rowOfPoint ?? null;
  const base = made?.levels ?? independentLevels(n);
  const m = base.parLength;
  return {
    precision: scaledLevels(base, variances, rowOfPoint),
    rowOfPoint,
    spec,
    relativeSdInto(par, out) {
      out.fill(0);
      let from = m;
      for (const v of variances) {
        v.addLogSd(par.subarray(from, from + v.parNames.length), out);
        from += v.parNames.length;
      }
      for (let i = 0; i < n; i++) out[i] = Math.exp(out[i]);
      made?.multiplySdInto(par.subarray(0, m), out);
    },
    restrict: (rows) => residualStructure(restrictSpec(spec, rows)),
  };
}

function varianceFunction({ kind, covariate, by }: VarianceSpec): VarianceFunction {
  const strata = by && { stratum: by.codes, names: by.levels };
  if (kind === 'strata') return strataVariance(by!.codes, by!.levels);
  const make = kind === 'varpower' ? powerVariance : exponentialVariance;
  return make(covariate!, strata);
}

interface Correlated {
  readonly levels: LevelStructure;
  readonly rowOfPoint: Int32Array;
  /** out *= standard deviations by row that the structure brings besides correlations. */
  multiplySdInto(par: Float64Array, out: Float64Array): void;
}

function correlated(spec: CorrelationSpec, n: number): Correlated {
  const { kind, group, coordinates, visit } = spec;
  const codes = group ? group.codes : new Int32Array(n);
  const groups = group ? group.levels.length : 1;
  const series = kind === 'ar1' || kind === 'car1' || kind === 'arma';
  const times = kind === 'us' ? visit!.codes : series ? coordinates[0] : undefined;
  const rowOfPoint = Int32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => codes[a] - codes[b] || (times ? times[a] - times[b] : 0) || a - b,
  );
  const starts = new Int32Array(groups + 1);
  for (const g of codes) starts[g + 1]++;
  for (let g = 0; g < groups; g++) starts[g + 1] += starts[g];
  if (times) requireDistinct(spec, times, codes, rowOfPoint);
  const none = () => {};
  if (kind === 'cs') return { levels: compoundSymmetryLevels(starts), rowOfPoint, multiplySdInto: none };
  if (kind === 'us') {
    const at = rowOfPoint.map((i) => visit!.codes[i]);
    const { levels, sdOfVisit } = unstructuredBlocks(starts, at, visit!.levels);
    return {
      levels,
      rowOfPoint,
      multiplySdInto(par, out) {
        const sd = visit!.levels.map((_, v) => sdOfVisit(par, v));
        for (let i = 0; i < n; i++) out[i] *= sd[visit!.codes[i]];
      },
    };
  }
  if (!series) {
    const places = coordinates.map((x) => Float64Array.from(rowOfPoint, (i) => x[i]));
    return { levels: spatialBlocks(kind, places, starts, spec.nugget), rowOfPoint, multiplySdInto: none };
  }
  const at = Float64Array.from(rowOfPoint, (i, k) => (times ? times[i] : k - starts[codes[i]]));
  const levels =
    kind === 'arma'
      ? armaBlocks(at, starts, spec.p ?? 1, spec.q ?? 1)
      : ar1Levels({ times: at, starts }, kind === 'car1');
  return { levels, rowOfPoint, multiplySdInto: none };
}

function requireDistinct(
  { columns, group, visit }: CorrelationSpec,
  times: ArrayLike<number>,
  codes: Int32Array,
  order: Int32Array,
): void {
  for (let k = 1; k < order.length; k++) {
    const [a, b] = [order[k - 1], order[k]];
    if (codes[a] !== codes[b] || times[a] !== times[b]) continue;
    const name = visit ? visit.columns.join(':') : columns[0];
    const at = visit ? visit.levels[times[a]] : times[a];
    const where = group ? `within ${group.columns.join(':')} = ${group.levels[codes[a]]}` : 'among all rows';
    throw new CovarianceStructureError(
      `${name} = ${at} occurs twice ${where}: residuals at the same time cannot be told apart`,
    );
  }
}
