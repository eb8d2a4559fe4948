import type { Distribution, FunctionState } from '../design/state.js';
import type { Value } from '../expression/value.js';
import { countOption, finiteValues, flagOption, numberListOption, numbersOf } from './arguments.js';
import { SplineBasis, knotSequence } from './b-splines.js';
import type { Call, StatefulFunction } from './function.js';
import { NaturalSplineBasis } from './natural-splines.js';
import { quantiles } from './quantile.js';

interface SplineState {
  knots: number[];
  boundary: number[];
}

function boundaryOf(call: Call, { values }: Distribution): number[] {
  const given = numberListOption(call, 'Boundary.knots');
  if (given !== undefined) {
    if (given.length !== 2 || given[0] === given[1])
      call.fail('"Boundary.knots" must be two different numbers.', 'Boundary.knots');
    return given.sort((a, b) => a - b);
  }
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of values!) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (!(low < high) || !Number.isFinite(high - low))
    call.fail(`${call.node.fn}() needs at least two distinct finite values.`, 'x');
  return [low, high];
}

/** @param fixed - number of columns that need no inner knot. */
function innerKnotCount(call: Call, fixed: number): number {
  const knots = numberListOption(call, 'knots');
  if (knots !== undefined) return knots.length;
  const df = countOption(call, 'df', 1);
  if (df === undefined) return 0;
  if (df < fixed) call.fail(`"df" of ${call.node.fn}() must be at least ${fixed} here.`, 'df');
  return df - fixed;
}

/** Given knots, or as many quantiles of the values inside the boundary as `df` asks for. */
function fitSpline(call: Call, distribution: Distribution, fixed: number): FunctionState {
  const values = finiteValues(call, distribution);
  const boundary = boundaryOf(call, distribution);
  const count = innerKnotCount(call, fixed);
  const given = numberListOption(call, 'knots');
  if (given !== undefined) return { knots: given, boundary };
  const inside = values.map((v) => (v >= boundary[0]! && v <= boundary[1]! ? v : Number.NaN));
  const probabilities = Array.from({ length: count }, (_, k) => (k + 1) / (count + 1));
  return { knots: quantiles(inside, distribution.counts, probabilities), boundary };
}

/** Rows of a basis by columns; missing where x is. */
function columnsOf(x: Float64Array, size: number, row: (x: number) => Float64Array): Value {
  const columns = Array.from({ length: size }, () => new Float64Array(x.length).fill(Number.NaN));
  for (let i = 0; i < x.length; i++) {
    if (x[i] !== x[i]) continue;
    const values = row(x[i]!);
    for (let j = 0; j < size; j++) columns[j]![i] = values[j]!;
  }
  return { kind: 'matrix', columns, suffixes: columns.map((_, j) => String(j + 1)) };
}

const PARAMETERS = ['x', 'df', 'knots', 'intercept', 'Boundary.knots'] as const;

/** `ns(x, df)` or `ns(x, knots = c(...))`: natural cubic splines. */
const ns: StatefulFunction = {
  name: 'ns',
  params: PARAMETERS,
  fit: (call, distribution) => fitSpline(call, distribution, flagOption(call, 'intercept', false) ? 2 : 1),
  apply(call, state) {
    const x = numbersOf(call, 'x');
    const intercept = flagOption(call, 'intercept', false);
    const size = innerKnotCount(call, intercept ? 2 : 1) + (intercept ? 2 : 1);
    if (state === null) return columnsOf(x, size, () => new Float64Array(size));
    const { knots, boundary } = state as unknown as SplineState;
    const basis = new NaturalSplineBasis(knots, boundary, intercept);
    return columnsOf(x, size, (at) => basis.row(at));
  },
};

/** `bs(x, df, degree)` or `bs(x, knots = c(...))`: B-splines. */
const bs: StatefulFunction = {
  name: 'bs',
  params: ['x', 'df', 'knots', 'degree', 'intercept', 'Boundary.knots'],
  fit: (call, distribution) => fitSpline(call, distribution, freeColumns(call)),
  apply(call, state) {
    const x = numbersOf(call, 'x');
    const size = innerKnotCount(call, freeColumns(call)) + freeColumns(call);
    if (state === null) return columnsOf(x, size, () => new Float64Array(size));
    const { knots, boundary } = state as unknown as SplineState;
    const order = degreeOf(call) + 1;
    const basis = new SplineBasis(knotSequence(knots, boundary, order), order);
    const drop = basis.size - size;
    return columnsOf(x, size, (at) => basis.row(at).subarray(drop));
  },
};

const degreeOf = (call: Call): number => countOption(call, 'degree', 1) ?? 3;
const freeColumns = (call: Call): number => degreeOf(call) + (flagOption(call, 'intercept', false) ? 1 : 0);

export const splineFunctions: StatefulFunction[] = [ns, bs];
