import { CovarianceStructureError } from '../structure.js';
import { lagEstimate } from './lag-products.js';
import type { LevelStructure } from './level-structure.js';

/** Points of several series one after the other; times ascend within a series. */
export interface SeriesPoints {
  /** Time of each point. */
  readonly times: ArrayLike<number>;
  /** First point of each series, and the number of points at the end. */
  readonly starts: ArrayLike<number>;
}

/** Gap to the point before within the series, 0 at the first point of each. */
export function gapsOf(kind: string, { times, starts }: SeriesPoints, whole: boolean): Float64Array {
  const gaps = new Float64Array(times.length);
  for (let s = 0; s + 1 < starts.length; s++) {
    for (let i = starts[s]; i < starts[s + 1]; i++) {
      if (!Number.isFinite(times[i]) || (whole && !Number.isInteger(times[i])))
        throw new CovarianceStructureError(
          `the times of ${kind} must be ${whole ? 'whole numbers' : 'finite'}, not ${times[i]}${whole ? '; car1 takes any times' : ''}`,
        );
      if (i === starts[s]) continue;
      gaps[i] = times[i] - times[i - 1];
      if (!(gaps[i] > 0))
        throw new CovarianceStructureError(
          `the times of ${kind} must ascend without repeats within a series; ${times[i]} comes after ${times[i - 1]}`,
        );
    }
  }
  return gaps;
}

/** Lower bidiagonal pattern, broken between series. */
export function chainPattern(gaps: Float64Array): { colPtr: Int32Array; rowIdx: Int32Array } {
  const n = gaps.length;
  const colPtr = new Int32Array(n + 1);
  for (let j = 0; j < n; j++) colPtr[j + 1] = colPtr[j] + (j + 1 < n && gaps[j + 1] > 0 ? 2 : 1);
  const rowIdx = new Int32Array(colPtr[n]);
  for (let j = 0; j < n; j++) for (let e = colPtr[j]; e < colPtr[j + 1]; e++) rowIdx[e] = j + e - colPtr[j];
  return { colPtr, rowIdx };
}

/** The different gaps in order of first appearance, how often each occurs, and which of them stands before each point. */
export function distinctGaps(gaps: Float64Array): {
  readonly sizes: Float64Array;
  readonly counts: Float64Array;
  readonly kindOf: Int32Array;
} {
  const known = new Map<number, number>();
  const counts: number[] = [];
  const kindOf = new Int32Array(gaps.length);
  let last = Number.NaN;
  let kind = 0;
  for (let i = 0; i < gaps.length; i++) {
    if (gaps[i] !== last) {
      last = gaps[i];
      kind = known.get(last) ?? counts.length;
      if (kind === counts.length) {
        known.set(last, kind);
        counts.push(0);
      }
    }
    counts[kind]++;
    kindOf[i] = kind;
  }
  return { sizes: Float64Array.from(known.keys()), counts: Float64Array.from(counts), kindOf };
}

/** More kinds of gaps than this are not worth sums by kinds. */
const MOST_KINDS = 16;

/** Entries by the gaps that they depend on: those before and behind a point on the diagonal, the gap between two points below it. */
function kindsOfEntries(
  colPtr: Int32Array,
  kindOf: Int32Array,
  kinds: number,
): ReturnType<NonNullable<LevelStructure['entryKinds']>> {
  if (kinds > MOST_KINDS) return null;
  const n = kindOf.length;
  const out = new Int32Array(colPtr[n]);
  const known = new Int32Array((kinds + 1) ** 2).fill(-1);
  let count = 0;
  const name = (key: number) => (known[key] < 0 ? (known[key] = count++) : known[key]);
  for (let i = 0; i < n; i++) {
    const inner = colPtr[i + 1] - colPtr[i] > 1;
    const next = inner ? kindOf[i + 1] : kinds;
    out[colPtr[i]] = name(kindOf[i] * (kinds + 1) + next);
    if (inner) out[colPtr[i] + 1] = name(kinds * (kinds + 1) + next);
  }
  return { kindOf: out, count };
}

/**
 * A tridiagonal matrix by the kinds of its gaps: `added` to the diagonal at the point behind a gap, `carried` to that of the point before it, and
 * `between` the two. Only at first points, whose column before has no entry below its diagonal, nothing is carried.
 */
export function gapsInto(
  colPtr: Int32Array,
  kindOf: Int32Array,
  added: Float64Array,
  carried: Float64Array,
  between: Float64Array,
  out: Float64Array,
): void {
  const n = kindOf.length;
  for (let i = 0, at = 0; i < n; i++) {
    const end = colPtr[i + 1];
    out[at] = added[kindOf[i]];
    if (end - at > 1) {
      const next = kindOf[i + 1];
      out[at] += carried[next];
      out[at + 1] = between[next];
    }
    at = end;
  }
}

/**
 * Stationary AR(1) along series of points at whole times, or with `continuous` at any times (0 < rho < 1): correlation rho^|t_i - t_j|.
 * K is tridiagonal: with a_i = rho^gap and c_i^2 = 1 - a_i^2 (c = 1 at the first point),
 *
 *     K[i, i] = 1 / c_i^2 + a_{i+1}^2 / c_{i+1}^2,   K[i+1, i] = -a_{i+1} / c_{i+1}^2,   log|K| = -sum log c_i^2
 *
 * so every evaluation costs O(points). Gaps are gaps; no point is made up for them.
 * Source: Rue and Held (2005), Gaussian Markov Random Fields, section 1.1.
 * @throws CovarianceStructureError for times that do not ascend, or are not whole numbers
 */
export function ar1Levels(points: SeriesPoints, continuous = false): LevelStructure {
  const kind = continuous ? 'car1' : 'ar1';
  const gaps = gapsOf(kind, points, !continuous);
  const nl = gaps.length;
  const pattern = chainPattern(gaps);
  const { colPtr } = pattern;
  const { sizes, counts, kindOf } = distinctGaps(gaps);
  // By distinct gap: rho^gap, 1 - rho^(2 gap) without cancellation near rho = 1, and what a gap adds to K or dK.
  const added = new Float64Array(sizes.length);
  const carried = new Float64Array(sizes.length);
  const between = new Float64Array(sizes.length);
  const innovation = (rho: number, gap: number) => -Math.expm1(2 * gap * Math.log(Math.abs(rho)));
  return {
    kind,
    nl,
    pattern,
    parLength: 1,
    parNames: ['rho'],
    searchScale: ['atanh'],
    lower: [continuous ? 0 : -1],
    upper: [1],
    start: [continuous ? 0.5 : 0.3],
    stepScale: [0.3],
    entryKinds: () => kindsOfEntries(colPtr, kindOf, sizes.length),
    precisionInto([rho], K) {
      for (let g = 0; g < sizes.length; g++) {
        const a = sizes[g] > 0 ? rho ** sizes[g] : 0;
        const c2 = sizes[g] > 0 ? innovation(rho, sizes[g]) : 1;
        added[g] = 1 / c2;
        carried[g] = (a * a) / c2;
        between[g] = -a / c2;
      }
      gapsInto(colPtr, kindOf, added, carried, between, K);
    },
    precisionDerivativeInto([rho], _k, dK) {
      for (let g = 0; g < sizes.length; g++) {
        const gap = sizes[g];
        const a = gap > 0 ? rho ** gap : 0;
        const da = gap > 0 ? gap * rho ** (gap - 1) : 0;
        const c2 = gap > 0 ? innovation(rho, gap) : 1;
        added[g] = carried[g] = (2 * a * da) / (c2 * c2);
        between[g] = (-da * (1 + a * a)) / (c2 * c2);
      }
      gapsInto(colPtr, kindOf, added, carried, between, dK);
    },
    logDeterminant([rho]) {
      let s = 0;
      for (let g = 0; g < sizes.length; g++) if (sizes[g] > 0) s -= counts[g] * Math.log(innovation(rho, sizes[g]));
      return s;
    },
    logDeterminantDerivative([rho]) {
      let s = 0;
      for (let g = 0; g < sizes.length; g++) {
        const gap = sizes[g];
        if (gap > 0) s += (counts[g] * 2 * gap * rho ** (2 * gap - 1)) / innovation(rho, gap);
      }
      return s;
    },
    meanVariance: () => 1,
    startFromValuesInto(values, weights, par) {
      const estimate = lagEstimate(gaps, values, weights);
      if (!estimate || (continuous && estimate.rho < 0)) return null;
      par[0] = estimate.rho;
      return estimate.variance;
    },
    natural: ([rho]) => [{ name: 'rho', value: rho, sigmaPower: 0, ...(continuous && { lower: 0 }) }],
    isSingular: ([rho], tolerance) => 1 - Math.abs(rho) < tolerance * tolerance,
  };
}

/**
 * Random walk of order 1 or 2 along series: increments (or changes of slope) are independent with variance sigma^2 sd^2 times the gap. The
 * first `order` points of a series are zero and must not be among the points: `times` begins after them, `before` holds their times (the
 * last one last) for each series. With an intercept (order 2: and a slope) by series in X the walk is the intrinsic one.
 * Source: Rue and Held (2005), Gaussian Markov Random Fields, sections 3.3 and 3.4.
 * @throws CovarianceStructureError for an order that is neither 1 nor 2, and for times that do not ascend
 */
export function randomWalkLevels(
  points: SeriesPoints,
  before: readonly (readonly number[])[],
  order: 1 | 2 = 1,
): LevelStructure {
  if (order !== 1 && order !== 2)
    throw new CovarianceStructureError(`the order of a random walk is 1 or 2, not ${order}`);
  const { times, starts } = points;
  const nl = times.length;
  gapsOf('rw', points, false);
  // D is lower banded with rows the standardised increments; K = D'D
  const band = order + 1;
  const D = new Float64Array(nl * band);
  let logDet = 0;
  for (let s = 0; s + 1 < starts.length; s++) {
    const t = (i: number) => (i >= starts[s] ? times[i] : before[s][before[s].length + i - starts[s]]);
    for (let i = starts[s]; i < starts[s + 1]; i++) {
      const d = t(i) - t(i - 1);
      if (!(d > 0))
        throw new CovarianceStructureError(
          `the times of rw must ascend within a series; ${t(i)} comes after ${t(i - 1)}`,
        );
      if (order === 1) {
        D[i * band] = 1 / Math.sqrt(d);
        D[i * band + 1] = -1 / Math.sqrt(d);
      } else {
        const e = t(i - 1) - t(i - 2);
        const root = Math.sqrt((d + e) / 2);
        D[i * band] = 1 / (d * root);
        D[i * band + 1] = -(1 / d + 1 / e) / root;
        D[i * band + 2] = 1 / (e * root);
      }
      logDet += 2 * Math.log(D[i * band]);
      // entries on points that are zero fall away
      for (let k = 1; k < band; k++) if (i - k < starts[s]) D[i * band + k] = 0;
    }
  }
  return knownPrecision('rw', bandedGram(D, nl, band, starts), logDet);
}

/** K = D'D for a lower banded D, by rows of `band` entries (diagonal first); no entries between series. */
function bandedGram(D: Float64Array, n: number, band: number, starts: ArrayLike<number>): SparseLower {
  const last = new Int32Array(n);
  for (let s = 0; s + 1 < starts.length; s++)
    for (let i = starts[s]; i < starts[s + 1]; i++) last[i] = starts[s + 1] - 1;
  const colPtr = new Int32Array(n + 1);
  for (let j = 0; j < n; j++) colPtr[j + 1] = colPtr[j] + 1 + Math.min(band - 1, last[j] - j);
  const rowIdx = new Int32Array(colPtr[n]);
  const values = new Float64Array(colPtr[n]);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < j + colPtr[j + 1] - colPtr[j]; i++) {
      const e = colPtr[j] + i - j;
      rowIdx[e] = i;
      // sum over rows r of D[r, i] D[r, j]
      for (let r = i; r <= Math.min(last[j], j + band - 1); r++) values[e] += D[r * band + r - i] * D[r * band + r - j];
    }
  }
  return { n, colPtr, rowIdx, values };
}

/** Lower triangle of a symmetric sparse matrix by columns, rows ascending, the diagonal first in each column. */
export interface SparseLower {
  readonly n: number;
  readonly colPtr: Int32Array;
  readonly rowIdx: Int32Array;
  readonly values: Float64Array;
}

/** A precision over levels without parameters. `meanVariance` is the mean diagonal of its inverse, where it is known. */
export function knownPrecision(kind: string, K: SparseLower, logDeterminant: number, meanVariance = 1): LevelStructure {
  return {
    kind,
    nl: K.n,
    pattern: { colPtr: K.colPtr, rowIdx: K.rowIdx },
    parLength: 0,
    parNames: [],
    searchScale: [],
    lower: [],
    upper: [],
    start: [],
    stepScale: [],
    precisionInto: (_par, values) => values.set(K.values),
    precisionDerivativeInto: (_par, _k, values) => void values.fill(0),
    logDeterminant: () => logDeterminant,
    logDeterminantDerivative: () => 0,
    meanVariance: () => meanVariance,
    natural: () => [],
    isSingular: () => false,
  };
}
