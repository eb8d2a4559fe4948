import {
  ar1Levels,
  ar1SeriesWithInitialVariance,
  homogeneousDiagonal,
  overLevels,
  randomWalkLevels,
  unstructured,
  type CovarianceStructure,
} from '@blup/covariance';
import { ModelError } from '../errors.js';
import type { RandomEffectsTerm } from '../model-matrices.js';
import type { TermContext, TermCovariance } from './term-covariance.js';

/** A stochastic process along time within each level of the grouping factor. */
export interface SeriesOptions {
  /** `ar1`: whole times, lags count by them; `car1`: any times, 0 < rho < 1; `rw`: random walk. */
  readonly kind: 'ar1' | 'car1' | 'rw';
  /** Column of the times. */
  readonly time: string;
  /** Order of a random walk (default 1). */
  readonly order?: 1 | 2;
  /** `ar1` only: false gives the first point of each series a variance of its own (default true). */
  readonly stationary?: boolean;
}

/**
 * Effects that follow a process along time within each level of the grouping factor, rows with the same level and time sharing one effect:
 * `(1 | g)` is a latent series for each g, `(1 + x | g)` one with vector-valued points. The precision over the points is sparse, so cost
 * and memory are linear in their number, and gaps in time are gaps.
 *
 * The term's levels become the points that have rows, named `g:time`, under the grouping factor `g:TIME`.
 */
export function series(options: SeriesOptions): TermCovariance {
  requireSeries(options);
  return (term) =>
    seriesTerm(term, options, term.column(options.time), options.time, term.isDate(options.time) ? dayOf : String);
}

/** @throws ModelError `bad-option` for what the type does not allow, which may come from a file */
function requireSeries({ kind, time, order, stationary }: SeriesOptions): void {
  const wrong = (what: string) => new ModelError('bad-option', what);
  if (!['ar1', 'car1', 'rw'].includes(kind))
    throw wrong(`"${String(kind)}" is no process along time: the kind of a series is ar1, car1 or rw`);
  if (typeof time !== 'string') throw wrong('a series needs the name of the column of its times, as in time: "day"');
  if (order !== undefined && order !== 1 && order !== 2)
    throw wrong(`the order of a random walk is 1 or 2, not ${String(order)}`);
  if (stationary === false && kind !== 'ar1') throw wrong(`stationary: false is for ar1, not for ${kind}`);
}

/** Days since 1970 as a date. */
const dayOf = (days: number): string => new Date(days * 864e5).toISOString().replace(/T00:00:00.000Z$/, '');

/** The term of a process at given times, one for each row; `timeLabel` names a time. */
export function seriesTerm(
  term: TermContext,
  { kind, order = 1, stationary = true }: Omit<SeriesOptions, 'time'>,
  times: Float64Array,
  timeName: string,
  timeLabel: (time: number) => string = String,
): RandomEffectsTerm {
  const { group, names, columns, levels, levelIdx } = term;
  const points = pointsOf(levels.length, levelIdx, times);
  if (kind !== 'rw' && points.starts.every((from, s) => s === 0 || from - points.starts[s - 1] <= 1))
    throw new ModelError(
      'not-identified',
      `no level of ${group} has two different values of ${timeName}, so there is no lag to correlate: write (1 | ${group}) instead of ${kind}`,
    );
  const nc = names.length;
  const inner = nc === 1 ? homogeneousDiagonal(1) : unstructured(nc);
  const process =
    kind === 'rw'
      ? randomWalkOf(points, order, inner)
      : {
          ...points,
          structure: stationary
            ? overLevels(inner, ar1Levels(points, kind === 'car1'), kind)
            : ar1SeriesWithInitialVariance(inner, points),
        };
  const label = labelsOf(levels, process, timeLabel);
  return {
    group: `${group}:${timeName}`,
    names,
    columns: process.zeroRows ? columns.map((z) => z.map((v, i) => (process.zeroRows![i] ? 0 : v))) : columns,
    levels: Array.from(process.times, (_, k) => label(k)),
    levelIdx: process.pointOfRow,
    structure: process.structure,
  };
}

interface Points {
  readonly times: Float64Array;
  /** First point of each series, and the number of points at the end. */
  readonly starts: Int32Array;
  /** Series of each point: a level of the grouping factor. */
  readonly series: Int32Array;
  readonly pointOfRow: Int32Array;
  /** Rows whose effect is zero by definition. */
  readonly zeroRows?: Uint8Array;
}

/** Names of points, `level:time`; times that series share are written once. */
function labelsOf(levels: readonly string[], { series, times }: Points, timeLabel: (time: number) => string) {
  if (levels.length === 1) return (k: number): string => `${levels[0]}:${timeLabel(times[k])}`;
  const known = new Map<number, string>();
  return (k: number): string => {
    let time = known.get(times[k]);
    if (time === undefined) known.set(times[k], (time = timeLabel(times[k])));
    return `${levels[series[k]]}:${time}`;
  };
}

/** The distinct (level, time) pairs in order. O(n log n), O(n) where the rows are in order. */
function pointsOf(nl: number, levelIdx: Int32Array, times: Float64Array): Points {
  const n = levelIdx.length;
  const order = new Int32Array(n);
  let sorted = true;
  for (let i = 0; i < n; i++) {
    order[i] = i;
    if (i > 0 && (levelIdx[i] - levelIdx[i - 1] || times[i] - times[i - 1]) < 0) sorted = false;
  }
  if (!sorted) order.sort((a, b) => levelIdx[a] - levelIdx[b] || times[a] - times[b]);
  const pointOfRow = new Int32Array(n);
  const pointTimes = new Float64Array(n);
  const series = new Int32Array(n);
  const starts = new Int32Array(nl + 1);
  let m = 0;
  for (let k = 0; k < n; k++) {
    const i = order[k];
    if (m === 0 || series[m - 1] !== levelIdx[i] || pointTimes[m - 1] !== times[i]) {
      series[m] = levelIdx[i];
      pointTimes[m] = times[i];
      m++;
      starts[levelIdx[i] + 1] = m;
    }
    pointOfRow[i] = m - 1;
  }
  for (let s = 0; s < nl; s++) starts[s + 1] = Math.max(starts[s + 1], starts[s]);
  return { times: pointTimes.slice(0, m), starts, series: series.slice(0, m), pointOfRow };
}

/** Takes the first `order` points of each series out: a walk starts at zero there. */
function randomWalkOf(points: Points, order: 1 | 2, inner: CovarianceStructure) {
  const { times, starts, series, pointOfRow } = points;
  const keep: number[] = [];
  const before: number[][] = [];
  const newStarts = [0];
  for (let s = 0; s + 1 < starts.length; s++) {
    const first = Math.min(starts[s] + order, starts[s + 1]);
    before.push([...times.subarray(starts[s], first)]);
    for (let k = first; k < starts[s + 1]; k++) keep.push(k);
    newStarts.push(keep.length);
  }
  if (keep.length === 0)
    throw new ModelError(
      'not-identified',
      `a random walk of order ${order} needs more than ${order} times in some series`,
    );
  const position = new Int32Array(times.length).fill(-1);
  keep.forEach((k, at) => (position[k] = at));
  const zeroRows = Uint8Array.from(pointOfRow, (k) => (position[k] < 0 ? 1 : 0));
  const left = {
    times: Float64Array.from(keep, (k) => times[k]),
    starts: Int32Array.from(newStarts),
    series: Int32Array.from(keep, (k) => series[k]),
  };
  return {
    ...left,
    pointOfRow: pointOfRow.map((k) => Math.max(0, position[k])),
    zeroRows,
    structure: overLevels(inner, randomWalkLevels(left, before, order), 'rw'),
  };
}
