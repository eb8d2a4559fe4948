import { caseIds, readCase, readTable } from '@blup/golden';
import { Matrix, inverse } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { fitModel, parseResidual } from '../../src/index.js';
import { differences } from '../dense.js';
import { normal, uniform } from '../random-models.js';
import { marginalCovariance, marginalObjective } from './marginal.js';

const tags: Record<string, string> = { unstructured: 'us' };

describe('residual structures against dense marginal likelihoods and nlme', () => {
  it.each(caseIds().filter((id) => readCase(id).residual))('%s', (id) => {
    const c = readCase(id);
    const { columns, categories } = readTable(c.data);
    const { type, group, time, by } = c.residual;
    const residual = by ? `strata(${by})` : `${tags[type] ?? type}(${time ?? 1} | ${group})`;
    const model = fitModel(c.formula, columns, { reml: c.reml, categories, residual });
    const { data } = model;
    expect(data.certificate.message).toBe('converged');
    expect(Math.abs(data.objective - c.results.objective)).toBeLessThan(1e-8);
    expect(data.df).toBe(c.results.df);
    expect(data.sigma / c.results.sigma).toBeCloseTo(1, 8);
    c.results.beta.values.forEach((v: number, k: number) => expect(data.beta.values[k]).toBeCloseTo(v, 8));
    c.results.se.forEach((v: number, k: number) => expect(data.se[k] / v).toBeCloseTo(1, 8));
    c.results.fitted.forEach((v: number, i: number) => expect(model.fitted[i]).toBeCloseTo(v, 6));
    if (type === 'ar1' || type === 'cs') expect(data.par.at(-1)).toBeCloseTo(c.results.par.values.at(-1), 7);
    if (type === 'car1') expect(-Math.log(data.par[0])).toBeCloseTo(c.results.par.values[0], 5);
    if (type === 'unstructured') {
      const natural = data.natural[0];
      const at = (name: string) => natural.values[natural.names.indexOf(name)];
      c.results.natural.sd.forEach((v: number, k: number) => expect(at(`sd ${[8, 10, 12, 14][k]}`)).toBeCloseTo(v, 7));
      expect(at('cor 12.10')).toBeCloseTo(c.results.natural.corr[1][2], 7);
    }
  });
});

const random = uniform(3);
const gauss = normal(random);
const n = 60;
const table = {
  y: Float64Array.from({ length: n }, () => 3 * gauss()),
  x: Float64Array.from({ length: n }, gauss),
  w: Float64Array.from({ length: n }, () => 0.5 + random()),
  s: Array.from({ length: n }, (_, i) => `s${Math.floor(i / 6)}`),
  item: Array.from({ length: n }, () => `i${Math.floor(7 * random())}`),
  // Times within a series in no order, with gaps.
  t: Float64Array.from({ length: n }, (_, i) => [4, 0, 7, 1, 2, 9][i % 6]),
  visit: Array.from({ length: n }, (_, i) => `v${[2, 0, 3, 1, 4, 5][i % 6]}`),
  half: Array.from({ length: n }, (_, i) => (i % 3 ? 'a' : 'b')),
  z: Float64Array.from({ length: n }, (_, i) => Math.sin(7 * i)),
  a: Float64Array.from({ length: n }, (_, i) => 1 + ((i * 11) % 13) / 2),
};
const visitOf = (i: number) => Number(table.visit[i].slice(1));

/** C[i, j] within a series by the definition, at the residual parameters. */
const definitions: Record<string, (par: readonly number[]) => (i: number, j: number) => number> = {
  'ar1(t | s)': (par) => (i, j) => par[0] ** Math.abs(table.t[i] - table.t[j]),
  'ar1(1 | s)': (par) => (i, j) => par[0] ** Math.abs(i - j),
  'car1(t | s)': (par) => (i, j) => par[0] ** Math.abs(table.t[i] - table.t[j]),
  'cs(1 | s)': (par) => (i, j) => (i === j ? 1 : par[0]),
  'us(visit | s)': (par) => (i, j) => {
    // Columns of the lower triangle after its first entry, which is 1.
    const G = (r: number, c: number) => (r + c === 0 ? 1 : r < c ? 0 : par[c * 6 - (c * (c - 1)) / 2 + r - c - 1]);
    let s = 0;
    for (let c = 0; c < 6; c++) s += G(visitOf(i), c) * G(visitOf(j), c);
    return s;
  },
  'strata(half)': (par) => (i, j) => (i === j ? (table.half[i] === 'a' ? 1 : par[0] ** 2) : 0),
  // gamma_k = phi^(k - 1) (1 + phi theta)(phi + theta) / (1 + 2 phi theta + theta^2)
  'arma(t | s)':
    ([phi, theta]) =>
    (i, j) =>
      i === j
        ? 1
        : (phi ** (Math.abs(table.t[i] - table.t[j]) - 1) * (1 + phi * theta) * (phi + theta)) /
          (1 + 2 * phi * theta + theta ** 2),
  'exp(x + z | s)': (par) => (i, j) => Math.exp(-distance(i, j) / par[0]),
  'gau(x + z | s, nugget = true)': (par) => (i, j) =>
    i === j ? 1 : (1 - par[1]) * Math.exp(-((distance(i, j) / par[0]) ** 2)),
  'varpower(a)': (par) => (i, j) => (i === j ? power(par[0], i) ** 2 : 0),
  'varexp(x | half) * ar1(t | s)': (par) => (i, j) =>
    par[0] ** Math.abs(table.t[i] - table.t[j]) * exponential(par, i) * exponential(par, j),
  'strata(half) * varpower(a) * cs(1 | s)': (par) => (i, j) =>
    (i === j ? 1 : par[0]) * [i, j].reduce((s, k) => s * (table.half[k] === 'a' ? 1 : par[1]) * power(par[2], k), 1),
};
const distance = (i: number, j: number) => Math.hypot(table.x[i] - table.x[j], table.z[i] - table.z[j]);
const average = (v: Float64Array) => v.reduce((s, e) => s + e, 0) / v.length;
const power = (delta: number, i: number) => Math.exp(delta * (Math.log(table.a[i]) - average(table.a.map(Math.log))));
const exponential = (par: ArrayLike<number>, i: number) => Math.exp(par[table.half[i] === 'a' ? 1 : 2] * table.x[i]);
/** Structures without correlation between rows. */
const diagonal = /^(strata|varpower)\([^()]*\)$/;

describe.each(Object.keys(definitions))('%s beside crossed effects, weighted', (residual) => {
  it.each([true, false])('has the objective and gradient of dense matrices, reml %s', (reml) => {
    const model = fitModel('y ~ x + (1 + x | item) + (1 | s)', table, {
      reml,
      residual,
      weights: 'w',
      maxEvaluations: 1,
      identifiability: 'warn',
    });
    const { matrices, composite, objective } = model.optimum;
    const count = composite.parts.at(-1)!.parLength;
    const m = composite.thetaLength;
    const theta = Float64Array.from({ length: m }, (_, k) => (k < m - count ? 0.8 - 0.2 * k : 0.4));
    for (let k = m - count, c = 0; residual.startsWith('us') && c < 5; c++) {
      // A healthy diagonal, whatever stands below it
      k += 5 - c;
      if (k < m) theta[k++] = 1.1;
    }
    const terms = matrices.terms.slice(0, -1);
    const C = (at: ArrayLike<number>) => {
      const own = definitions[residual](Array.from(at).slice(m - count));
      const weights = matrices.weights!;
      return (i: number, j: number) =>
        i === j || (table.s[i] === table.s[j] && !diagonal.test(residual))
          ? own(i, j) / Math.sqrt(weights[i] * weights[j])
          : 0;
    };
    const effects = (at: ArrayLike<number>) =>
      terms.map((term, t) => (i: number, j: number) => {
        const nc = term.names.length;
        if (Math.floor(i / nc) !== Math.floor(j / nc)) return 0;
        const own = Array.from(at).slice(composite.thetaOffset[t], composite.thetaOffset[t + 1]);
        const L = nc === 1 ? [[own[0]]] : [[own[0], 0], own.slice(1)];
        return L[i % nc].reduce((s, v, k) => s + v * L[j % nc][k], 0);
      });
    const plain = { ...matrices, terms };
    const dense = (at: ArrayLike<number>) => marginalObjective(plain, effects(at), reml, C(at)).objective;
    const expected = dense(theta);
    expect(Math.abs(objective.evaluate(theta) - expected)).toBeLessThan(1e-9 * Math.abs(expected));
    const gradient = new Float64Array(m);
    objective.gradientInto(gradient);
    const byDifferences = differences(dense, theta, 2e-3);
    const size = Math.max(1, ...byDifferences.map(Math.abs));
    byDifferences.forEach((g, k) => expect(Math.abs(gradient[k] - g)).toBeLessThan(2e-6 * size));
  });

  it('has the leverages of the dense map from y to fitted values', () => {
    const model = fitModel('y ~ x + (1 | item)', table, { residual, weights: 'w', maxEvaluations: 3 });
    const { matrices, composite, theta } = model.optimum;
    const count = composite.parts.at(-1)!.parLength;
    const own = definitions[residual](Array.from(theta).slice(theta.length - count));
    const weights = matrices.weights!;
    const C = (i: number, j: number) =>
      i === j || (table.s[i] === table.s[j] && !diagonal.test(residual))
        ? own(i, j) / Math.sqrt(weights[i] * weights[j])
        : 0;
    const terms = matrices.terms.slice(0, 1);
    const V = inverse(marginalCovariance({ ...matrices, terms }, [(i, j) => (i === j ? theta[0] ** 2 : 0)], C));
    const X = new Matrix(n, 2);
    matrices.X.columns.forEach((x, j) => X.setColumn(j, Array.from(x)));
    const R = marginalCovariance({ ...matrices, terms: [] }, [], C);
    // y - fitted = R V^-1 (I - X (X'V^-1X)^-1 X'V^-1) y
    const P = V.clone().sub(
      V.mmul(X)
        .mmul(inverse(X.transpose().mmul(V).mmul(X)))
        .mmul(X.transpose())
        .mmul(V),
    );
    const left = R.mmul(P);
    model.leverages().forEach((h, i) => expect(h).toBeCloseTo(1 - left.get(i, i), 8));
    const y = Matrix.columnVector([...matrices.y]);
    left
      .mmul(y)
      .to1DArray()
      .forEach((e, i) => expect(model.residuals[i]).toBeCloseTo(e, 7));
  });
});

describe('mistakes in residual structures', () => {
  const fit =
    (residual: string, more: object = {}) =>
    () =>
      fitModel('y ~ x', { ...table, ...more }, { residual });
  it('are told with what to write', () => {
    expect(fit('ar1(1)')).toThrow(/names no grouping factor: write ar1\(1 \| g\)/);
    expect(fit('strata(half | s)')).toThrow(/strata takes one factor, as in strata\(half\)/);
    expect(fit('mystery(1 | s)')).toThrow(/there is no structure "mystery": write ar1/);
    expect(fit('ar1(t | s')).toThrow(/cannot be read to its end: write ar1/);
    expect(fit('ar1(t ~ s)')).toThrow(/cannot be read at "~ s\)": write ar1/);
    expect(fit('strata(half) ar1(t | s)')).toThrow(/cannot be read at "ar1\(t \| s\)"/);
    expect(fit('ar1(t | s) * cs(1 | s)')).toThrow(/one correlation structure, not ar1 and cs/);
    expect(fit('varpower(1)')).toThrow(/varpower takes one covariate, as in varpower\(x\) or varpower\(fitted\(\)\)/);
    expect(fit('ar1(fitted() | s)')).toThrow(/fitted\(\) is a covariate of varpower and varexp, not of ar1/);
    expect(fit('exp(1 | s)')).toThrow(/exp needs coordinates: write exp\(x \+ y \| g\)/);
    expect(fit('arma(t | s, d = 1)')).toThrow(/"d = 1" .* is no setting of arma: arma takes p and q/);
    expect(fit('varpower(x)', { x: table.x.map((v, i) => (i === 4 ? 0 : v)) })).toThrow(/"x" is 0 in row 5/);
    expect(fit('ar1(1 | nope)')).toThrow(/no column "nope" for the residual structure; the table has y, x/);
    expect(fit('us(1 | s)')).toThrow(/needs times: write us\(t \| s\)/);
    expect(fit('ar1(x | s)')).toThrow(/must be whole numbers/);
    expect(fit('ar1(t | half)')).toThrow(/t = 0 occurs twice within half = a/);
    expect(fit('us(visit | half)')).toThrow(/visit = v0 occurs twice within half = a/);
    expect(fit('strata(one)', { one: table.s.map(() => 'only') })).toThrow(
      /need two strata or more, and there is only only/,
    );
    expect(fit('ar1(1 | s)', { s: [null, ...table.s.slice(1)] })).toThrow(
      /"s" of the residual structure is missing in row 1/,
    );
  });
  it('names with spaces stand in backticks', () => {
    expect(parseResidual('ar1(`day of week` | `the subject`)')).toEqual([
      { kind: 'ar1', time: 'day of week', by: 'the subject' },
    ]);
  });
  it('products, settings and groups of several columns are read', () => {
    expect(parseResidual('varPower(fitted(.) | f) * arma(t | a:b, p = 2, q=0)')).toEqual([
      { kind: 'varpower', fitted: true, by: 'f' },
      { kind: 'arma', time: 't', by: ['a', 'b'], p: 2, q: 0 },
    ]);
    expect(parseResidual('varIdent(a:b)*exp(x+y|1,nugget=true)')).toEqual([
      { kind: 'strata', by: ['a', 'b'] },
      { kind: 'exp', coordinates: ['x', 'y'], nugget: true },
    ]);
  });
});
