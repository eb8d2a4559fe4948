import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CovarianceStructureError,
  residualCovariance,
  residualStructure,
  restrictSpec,
  type CodedRows,
  type CorrelationSpec,
  type ResidualSpec,
} from '../src/index.js';
import { dense, levelContract } from './level-contract.js';

const n = 14;
const factor = (columns: string, labels: readonly string[]): CodedRows => {
  const levels = [...new Set(labels)].sort();
  return { columns: [columns], levels, codes: Int32Array.from(labels, (l) => levels.indexOf(l)) };
};
const group = factor('g', [...'aabbacacbbaabc']);
const half = factor('h', [...'xyxyyxyxyyxxyx']);
const times = Float64Array.of(0, 3, 1, 2, 1, 5, 7, 6, 4, 9, 4, 6, 3, 8);
const east = Float64Array.from({ length: n }, (_, i) => Math.sin(3 * i) + i / 5);
const north = Float64Array.from({ length: n }, (_, i) => Math.cos(2 * i));
const v = Float64Array.from({ length: n }, (_, i) => (i % 2 ? -1 : 1) * (0.5 + ((i * 5) % 7)));
const visit: CodedRows = factor(
  't',
  [...times].map((t) => `v${t % 4}`),
);

const correlation = (more: Partial<CorrelationSpec> & Pick<CorrelationSpec, 'kind'>): CorrelationSpec => ({
  group,
  columns: [],
  coordinates: [],
  visit: null,
  ...more,
});
const spec = (c: CorrelationSpec | null, variances: ResidualSpec['variances'] = []): ResidualSpec => ({
  n,
  correlation: c,
  variances,
});
const power = { kind: 'varpower', covariate: { column: 'v', values: v, centre: null }, by: null } as const;
const exponential = { kind: 'varexp', covariate: { column: 'v', values: v, centre: null }, by: half } as const;
const strata = { kind: 'strata', covariate: null, by: half } as const;

/** Autocorrelations of ARMA(p, q) from the first 1500 psi weights. */
function autocorrelation(phi: readonly number[], theta: readonly number[]): readonly number[] {
  const psi = [1];
  for (let j = 1; j < 1500; j++) {
    let s = theta[j - 1] ?? 0;
    phi.forEach((f, i) => (s += j - 1 - i >= 0 ? f * psi[j - 1 - i] : 0));
    psi.push(s);
  }
  const at = (k: number) => psi.reduce((s, w, j) => s + w * (psi[j + k] ?? 0), 0);
  return Array.from({ length: 10 }, (_, k) => at(k) / at(0));
}

const distance = (i: number, j: number) => Math.hypot(east[i] - east[j], north[i] - north[j]);
const logs = v.map((x) => Math.log(Math.abs(x)));
const mean = (x: Float64Array) => x.reduce((a, b) => a + b, 0) / x.length;
const sdPower = (delta: number, i: number) => Math.exp(delta * (logs[i] - mean(logs)));
const sdExp = (rates: readonly number[], i: number) => Math.exp(rates[half.codes[i]] * v[i]);
const within = (i: number, j: number) => group.codes[i] === group.codes[j];
const lag = (i: number, j: number) => Math.abs(times[i] - times[j]);

const byLag = (rho: readonly number[]) => (i: number, j: number) => (within(i, j) ? rho[lag(i, j)] : 0);

/** Each structure with its covariance between rows by the definition, and where its parameters lie. */
const structures: Record<
  string,
  [ResidualSpec, (par: Float64Array) => (i: number, j: number) => number, [number, number][]]
> = {
  'arma(1, 1)': [
    spec(correlation({ kind: 'arma', columns: ['t'], coordinates: [times] })),
    ([phi, theta]) => byLag(autocorrelation([phi], [theta])),
    [
      [-0.8, 0.8],
      [-0.8, 0.8],
    ],
  ],
  'arma(2, 0)': [
    spec(correlation({ kind: 'arma', columns: ['t'], coordinates: [times], p: 2, q: 0 })),
    // Partial autocorrelations r1, r2: phi1 = r1 (1 - r2), phi2 = r2
    ([r1, r2]) => byLag(autocorrelation([r1 * (1 - r2), r2], [])),
    [
      [-0.7, 0.7],
      [-0.7, 0.7],
    ],
  ],
  'arma(0, 2)': [
    spec(correlation({ kind: 'arma', columns: ['t'], coordinates: [times], p: 0, q: 2 })),
    ([s1, s2]) => byLag(autocorrelation([], [s1 * (1 + s2), s2])),
    [
      [-0.7, 0.7],
      [-0.7, 0.7],
    ],
  ],
  'exponential by distance': [
    spec(correlation({ kind: 'exp', columns: ['e', 'n'], coordinates: [east, north] })),
    ([range]) =>
      (i, j) =>
        within(i, j) ? Math.exp(-distance(i, j) / range) : 0,
    [[0.2, 4]],
  ],
  'Gaussian by distance with a nugget': [
    spec(correlation({ kind: 'gau', columns: ['e', 'n'], coordinates: [east, north], nugget: true })),
    ([range, nugget]) =>
      (i, j) =>
        i === j ? 1 : within(i, j) ? (1 - nugget) * Math.exp(-((distance(i, j) / range) ** 2)) : 0,
    [
      [0.2, 2],
      [0.1, 0.9],
    ],
  ],
  'Matern with shape 3/2 and all rows in one group': [
    spec(correlation({ kind: 'mat', group: null, columns: ['e', 'n'], coordinates: [east, north] })),
    ([range]) =>
      (i, j) =>
        (1 + distance(i, j) / range) * Math.exp(-distance(i, j) / range),
    [
      [0.2, 0.7],
      [1.5, 1.5],
    ],
  ],
  strata: [
    spec(null, [strata]),
    ([ratio]) =>
      (i, j) =>
        i === j ? (half.codes[i] ? ratio ** 2 : 1) : 0,
    [[0.2, 3]],
  ],
  'a power of a covariate': [
    spec(null, [power]),
    ([delta]) =>
      (i, j) =>
        i === j ? sdPower(delta, i) ** 2 : 0,
    [[-2, 2]],
  ],
  'strata and exponentials by stratum times AR(1)': [
    spec(correlation({ kind: 'ar1', columns: ['t'], coordinates: [times] }), [strata, exponential]),
    ([rho, ratio, a, b]) =>
      (i, j) =>
        within(i, j)
          ? rho ** lag(i, j) * [i, j].reduce((s, k) => s * (half.codes[k] ? ratio : 1) * sdExp([a, b], k), 1)
          : 0,
    [
      [-0.9, 0.9],
      [0.3, 3],
      [-0.3, 0.3],
      [-0.3, 0.3],
    ],
  ],
  'a power times compound symmetry': [
    spec(correlation({ kind: 'cs' }), [power]),
    ([rho, delta]) =>
      (i, j) =>
        within(i, j) ? (i === j ? 1 : rho) * sdPower(delta, i) * sdPower(delta, j) : 0,
    [
      [-0.1, 0.9],
      [-1, 1],
    ],
  ],
};

for (const [name, [given, covariance, bounds]] of Object.entries(structures)) {
  const { precision, rowOfPoint, relativeSdInto } = residualStructure(given);
  const row = (point: number) => (rowOfPoint ? rowOfPoint[point] : point);
  const pars = fc
    .tuple(...bounds.map(([min, max]) => (min === max ? fc.constant(min) : fc.double({ min, max, noNaN: true }))))
    .map((a) => Float64Array.from(a));
  levelContract(
    name,
    precision,
    (par) => {
      const C = covariance(par);
      return (i, j) => C(row(i), row(j));
    },
    pars,
  );
  it(`${name}: standard deviations by row, consistent sizes, finite reports with names of their own`, () => {
    const par = Float64Array.from(bounds, ([min, max]) => (min + 2 * max) / 3);
    const sd = new Float64Array(n);
    relativeSdInto(par, sd);
    sd.forEach((s, i) => expect(s).toBeCloseTo(Math.sqrt(covariance(par)(i, i)), 12));
    const { parLength } = precision;
    for (const list of [precision.parNames, precision.lower, precision.upper, precision.start, precision.stepScale])
      expect(list).toHaveLength(parLength);
    expect(precision.searchScale).toHaveLength(parLength);
    expect(parLength).toBe(bounds.length);
    const natural = precision.natural(Float64Array.from(precision.start));
    for (const { value } of natural) expect(Number.isFinite(value)).toBe(true);
    expect(new Set(natural.map((v) => v.name)).size).toBe(natural.length);
    expect(residualCovariance(residualStructure(given)).kind).toBe(precision.kind);
  });
  it(`${name}: on some rows it is the same covariance between them`, () => {
    const rows = [0, 2, 3, 4, 6, 7, 8, 9, 12, 13];
    const part = residualStructure(given).restrict(rows);
    const par = Float64Array.from(bounds, ([min, max]) => (2 * min + max) / 3);
    const K = dense(part.precision, par);
    const C = covariance(par);
    const at = (point: number) => rows[part.rowOfPoint ? part.rowOfPoint[point] : point];
    K.forEach((k, i) =>
      K.forEach((_, j) => {
        const product = k.reduce((s, w, l) => s + w * C(at(l), at(j)), 0);
        expect(product).toBeCloseTo(i === j ? 1 : 0, 8);
      }),
    );
  });
}

describe('a series without times', () => {
  it('keeps its gap when a row is left out', () => {
    const rows = [0, 1, 3];
    const single = { ...spec(correlation({ kind: 'ar1', group: null })), n: 4 };
    const { precision } = residualStructure(restrictSpec(single, rows));
    const K = dense(precision, Float64Array.of(0.5));
    // corr(1, 3) = 0.25 after row 2 is gone
    expect(K[2][1]).toBeCloseTo(-0.25 / (1 - 0.0625), 12);
  });
});

describe('an unstructured block', () => {
  it('has the derivatives of its own covariance after reports were asked for', () => {
    const { precision } = residualStructure(
      spec(correlation({ kind: 'us', visit, group: factor('g', [...'abcdefghijklmn']) })),
    );
    const par = Float64Array.from(precision.start);
    const size = precision.pattern.rowIdx.length;
    const [a, b] = [new Float64Array(size), new Float64Array(size)];
    precision.precisionInto(par, new Float64Array(size));
    precision.precisionDerivativeInto(par, 0, a);
    precision.natural(par.map((p) => p + 0.3));
    precision.precisionDerivativeInto(par, 0, b);
    expect([...b]).toEqual([...a]);
  });
});

describe('mistakes', () => {
  const make = (given: ResidualSpec) => () => residualStructure(given);
  const constant = new Float64Array(n).fill(2);
  it.each<[string, ResidualSpec, RegExp]>([
    [
      'a zero covariate',
      spec(null, [{ ...power, covariate: { column: 'v', values: new Float64Array(n), centre: null } }]),
      /nowhere zero, and "v" is 0 in row 1: use varexp/,
    ],
    [
      'a constant covariate',
      spec(null, [{ ...power, covariate: { column: 'v', values: constant, centre: null } }]),
      /"v" of varpower has one value only/,
    ],
    [
      'one stratum',
      spec(null, [{ ...strata, by: { ...half, levels: ['x'], codes: new Int32Array(n) } }]),
      /two strata or more, and there is only x/,
    ],
    [
      'one place twice',
      spec(correlation({ kind: 'exp', columns: ['c'], coordinates: [constant] })),
      /\(2\) occurs twice within one group: residuals of exp at one place cannot be told apart without a nugget/,
    ],
    [
      'times that are no counts',
      spec(correlation({ kind: 'arma', columns: ['t'], coordinates: [times.map((t) => t / 2)] })),
      /times of arma must be whole numbers/,
    ],
    [
      'times in milliseconds',
      spec(correlation({ kind: 'arma', columns: ['t'], coordinates: [times.map((t) => t * 86_400_000)] })),
      /they must count steps/,
    ],
    [
      'no orders',
      spec(correlation({ kind: 'arma', columns: ['t'], coordinates: [times], p: 0, q: 0 })),
      /p \+ q at least 1/,
    ],
  ])('%s', (_, given, message) => {
    expect(make(given)).toThrow(CovarianceStructureError);
    expect(make(given)).toThrow(message);
  });
  it('groups too large for full blocks are refused before they are allocated', () => {
    const many = 100_000;
    const line = Float64Array.from({ length: many }, (_, i) => i);
    const one = { kind: 'exp', group: null, columns: ['x'], coordinates: [line], visit: null } as const;
    expect(make({ n: many, correlation: one, variances: [] })).toThrow(
      /5000050000 numbers or about 201 GB in all \(the largest group has 100000 rows\)/,
    );
  });
});
