import { readTable } from '@blup/golden';
import { scalar, unstructured } from '@blup/covariance';
import { describe, expect, it } from 'vitest';
import { fitMatrices, fitModel, ModelError, type ModelErrorCode, type ModelMatricesInput } from '../src/index.js';
import { denseObjective } from './dense.js';
import { modelOf, normal, uniform } from './random-models.js';

const sleepstudy = readTable('sleepstudy').columns;

function expectCode(run: () => unknown, code: ModelErrorCode, message: RegExp): void {
  let thrown: unknown;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ModelError);
  expect((thrown as ModelError).code).toBe(code);
  expect((thrown as ModelError).message).toMatch(message);
}

const shape = {
  seed: 3,
  n: 30,
  p: 1,
  terms: [{ nl: 5, nc: 1, diagonal: false, nested: false }],
  weighted: false,
  offset: false,
};
const small = (): ModelMatricesInput => modelOf(shape);

describe('models that no data could identify', () => {
  it('one level in the grouping factor', () => {
    const table = { ...sleepstudy, g: sleepstudy.Days.map(() => 'only') };
    expectCode(
      () => fitModel('Reaction ~ Days + (1 | g)', table),
      'one-level',
      /grouping factor g of \(1 \| g\) has one level \(only\)/,
    );
    expectCode(() => fitModel('Reaction ~ Days + (Days | g)', table), 'one-level', /one level/);
  });

  it('a level for every row, unless sigma is known', () => {
    const table = { ...sleepstudy, row: sleepstudy.Days.map((_, i) => `r${i}`) };
    expectCode(
      () => fitModel('Reaction ~ Days + (1 | row)', table),
      'not-identified',
      /as many levels as there are rows \(180\)/,
    );
    const { data } = fitModel('Reaction ~ Days + (1 | row)', table, { sigma: 20 });
    // Known: the two variances add up to that of the linear model.
    const ols = fitModel('Reaction ~ Days', table).data.sigma;
    expect(data.sigma).toBe(20);
    expect(data.varcorr[0].sd[0] ** 2 + 400).toBeCloseTo(ols ** 2, 4);
    expect(data.df).toBe(3);
  });

  it('a level for every row is fine where weights tell the rows apart', () => {
    const table = { ...sleepstudy, row: sleepstudy.Days.map((_, i) => `r${i}`) };
    const { data } = fitModel('Reaction ~ Days + (1 | row)', table, { weights: 'w' });
    expect(data.warnings.join()).toMatch(/180 random effects for 180 rows/);
    expect(Number.isFinite(data.objective)).toBe(true);
  });

  it('the same column twice on the same groups', () => {
    expectCode(
      () => fitModel('Reaction ~ Days + (1 | Subject) + (Days | Subject)', sleepstudy),
      'not-identified',
      /\(Intercept\) varies by Subject both in \(1 \| Subject\) and in \(1 \+ Days \| Subject\)/,
    );
  });

  it('all of them with a warning instead, on request', () => {
    const table = { ...sleepstudy, g: sleepstudy.Days.map(() => 'only') };
    const { data } = fitModel('Reaction ~ Days + (1 | g)', table, { identifiability: 'warn' });
    expect(data.warnings.join()).toMatch(/has one level/);
  });

  it('no more rows than fixed effects', () => {
    const rows = { y: [1, 2.5], x: [0, 1] };
    expectCode(() => fitModel('y ~ x', rows), 'not-identified', /2 rows cannot determine 2 fixed effects/);
  });
});

describe('responses without variance', () => {
  it('constant', () => {
    const table = { ...sleepstudy, Reaction: sleepstudy.Days.map(() => 7) };
    expectCode(() => fitModel('Reaction ~ 1 + (1 | Subject)', table), 'constant-response', /same value in every row/);
  });
  it('explained exactly by the fixed effects', () => {
    const table = { ...sleepstudy, Reaction: (sleepstudy.Days as number[]).map((d) => 3 + 2 * d) };
    expectCode(
      () => fitModel('Reaction ~ Days + (1 | Subject)', table),
      'constant-response',
      /fixed effects explain the response Reaction exactly/,
    );
  });
  it('none at all', () => {
    expectCode(() => fitModel('~ Days', sleepstudy), 'no-response', /has no response/);
  });
});

describe('ready-made matrices with mistakes', () => {
  it('no rows', () => {
    const empty = new Float64Array(0);
    expectCode(() => fitMatrices({ y: empty, X: { names: [], columns: [] }, terms: [] }), 'no-rows', /no rows/);
  });
  it('lengths that differ', () => {
    const m = small();
    expectCode(
      () => fitMatrices({ ...m, offset: new Float64Array(3) }),
      'lengths-differ',
      /offset has 3 rows, the response 30/,
    );
    expectCode(
      () => fitMatrices({ ...m, X: { names: ['x'], columns: [new Float64Array(2)] } }),
      'lengths-differ',
      /column x has 2 rows/,
    );
  });
  it('values that are not finite, with the row', () => {
    const m = small();
    const y = m.y.slice();
    y[4] = Infinity;
    expectCode(
      () => fitMatrices({ ...m, y, responseName: 'score' }),
      'not-finite',
      /the response score is Infinity in row 5/,
    );
    const x = m.X.columns[0].slice();
    x[0] = Number.NaN;
    expectCode(() => fitMatrices({ ...m, X: { names: ['x0'], columns: [x] } }), 'not-finite', /x0 is NaN in row 1/);
  });
  it('weights that are negative, not finite, or all zero', () => {
    const m = small();
    const weights = new Float64Array(30).fill(1);
    weights[2] = -1;
    expectCode(() => fitMatrices({ ...m, weights }), 'negative-weight', /row 3 has -1/);
    weights[2] = Infinity;
    expectCode(() => fitMatrices({ ...m, weights }), 'not-finite', /row 3 has Infinity/);
    expectCode(() => fitMatrices({ ...m, weights: new Float64Array(30) }), 'no-rows', /every row has weight zero/);
  });
  it('level indices that do not exist, structures of another size', () => {
    const m = small();
    const [term] = m.terms;
    expectCode(
      () => fitMatrices({ ...m, terms: [{ ...term, levelIdx: term.levelIdx.map((l) => l + 3) }] }),
      'bad-level-index',
      /there are 5 levels/,
    );
    expectCode(
      () => fitMatrices({ ...m, terms: [{ ...term, structure: unstructured(2) }] }),
      'structure-size',
      /has 1 columns and 1 names, its covariance structure 2/,
    );
  });
});

describe('options with mistakes', () => {
  const m = small();
  it('start values', () => {
    expectCode(() => fitMatrices(m, { start: [1, 2] }), 'bad-start', /start needs 1 finite numbers/);
    expectCode(() => fitMatrices(m, { start: [Number.NaN] }), 'bad-start', /finite/);
  });
  it('sigma and fixed values', () => {
    expectCode(() => fitMatrices(m, { sigma: 0 }), 'bad-option', /sigma must be a positive number, not 0/);
    expectCode(() => fitMatrices(m, { fixedPar: [1, 2] }), 'bad-option', /fixedPar has 2 entries for 1/);
    expectCode(() => fitMatrices(m, { fixedPar: [Infinity] }), 'bad-option', /must be a finite number/);
  });
});

describe('the search', () => {
  it('finds the same optimum from anywhere', () => {
    const want = fitModel('Reaction ~ Days + (Days | Subject)', sleepstudy).data.objective;
    for (const start of [
      [1, 0, 1],
      [0.01, 0, 0.01],
      [30, -5, 20],
      [-1, 0.3, -2],
    ]) {
      const { data } = fitModel('Reaction ~ Days + (Days | Subject)', sleepstudy, { start });
      expect(data.objective).toBeCloseTo(want, 8);
      expect(data.theta[0]).toBeGreaterThan(0);
      expect(data.theta[2]).toBeGreaterThan(0);
    }
  });

  it('holds entries of par, and counts only the others', () => {
    const { data } = fitModel('Reaction ~ Days + (Days | Subject)', sleepstudy, { fixedPar: [null, 0, null] });
    const independent = fitModel('Reaction ~ Days + (Days || Subject)', sleepstudy).data;
    expect(data.theta[1]).toBe(0);
    expect(data.objective).toBeCloseTo(independent.objective, 8);
    expect(data.df).toBe(independent.df);
    const all = fitModel('Reaction ~ Days + (1 | Subject)', sleepstudy, { fixedPar: [2] });
    expect(all.data.theta).toEqual([2]);
    expect(all.data.objective).toBe(all.objectiveAt([2]).objective);
  });

  it('says that it was stopped, and where it stands', () => {
    const stopped = fitModel('Reaction ~ Days + (Days | Subject)', sleepstudy, {
      start: [5, 0, 5],
      onEvaluation: (_, count) => count < 2,
    });
    expect(stopped.data.certificate.converged).toBe(false);
    expect(stopped.data.certificate.message).toMatch(/cancelled/);
    const limited = fitModel('Reaction ~ Days + (Days | Subject)', sleepstudy, { start: [5, 0, 5], maxEvaluations: 2 });
    expect(limited.data.certificate.converged).toBe(false);
    expect(limited.data.certificate.message).toMatch(/limit of 2 evaluations.*raise the limit/);
    expect(limited.evaluations).toHaveLength(2);
  });

  it('puts vanishing variances exactly to zero, term by term, and says which', () => {
    const random = uniform(11);
    const gauss = normal(random);
    const n = 120;
    const g = Array.from({ length: n }, (_, i) => `a${i % 10}`);
    const h = Array.from({ length: n }, (_, i) => `b${Math.floor(i / 10)}`);
    const effect = Array.from({ length: 10 }, () => 3 * gauss());
    // Residuals with less variation between the levels of h than chance would leave.
    const e = Array.from({ length: n }, () => gauss());
    for (let k = 0; k < 12; k++) {
      const mean = e.slice(10 * k, 10 * k + 10).reduce((s, v) => s + v, 0) / 10;
      for (let i = 10 * k; i < 10 * k + 10; i++) e[i] -= mean;
    }
    const y = e.map((v, i) => v + effect[i % 10]);
    const { data } = fitModel('y ~ 1 + (1 | g) + (1 | h)', { y, g, h });
    expect(data.theta[data.thetaNames.indexOf('h.(Intercept)')]).toBe(0);
    expect(data.theta[data.thetaNames.indexOf('g.(Intercept)')]).toBeGreaterThan(1);
    expect(data.certificate).toMatchObject({ converged: true, singular: true });
    expect(data.certificate.message).toMatch(/estimate of h\.\(Intercept\) is zero/);
    expect(data.certificate.boundary[0].slope).toBeGreaterThan(0);
    expect(
      Object.values(data.ranef.h.values)
        .flat()
        .every((b) => b === 0),
    ).toBe(true);
  });

  it('reports a singular covariance whose standard deviations are not zero', () => {
    // Slopes proportional to intercepts: the correlation is one.
    const random = uniform(5);
    const gauss = normal(random);
    const n = 200;
    const x = Array.from({ length: n }, (_, i) => (i % 10) - 4.5);
    const g = Array.from({ length: n }, (_, i) => `s${Math.floor(i / 10)}`);
    const b = Array.from({ length: 20 }, () => 2 * gauss());
    const y = x.map((v, i) => b[Math.floor(i / 10)] * (1 + 0.5 * v) + gauss());
    const { data } = fitModel('y ~ x + (x | g)', { y, x, g });
    expect(data.certificate).toMatchObject({ converged: true, singular: true });
    expect(data.theta[2]).toBe(0);
    expect(data.varcorr[0].corr![1][0]).toBeCloseTo(1, 8);
  });
});

describe('unusual shapes', () => {
  it('no random terms and no fixed columns: the variance about zero', () => {
    const { data } = fitModel('Reaction ~ 0', sleepstudy, { reml: false });
    const y = sleepstudy.Reaction as number[];
    expect(data.sigma ** 2).toBeCloseTo(y.reduce((s, v) => s + v * v, 0) / y.length, 8);
    expect(data.beta.names).toEqual([]);
  });

  it('an empty column in X is dropped', () => {
    const { data } = fitModel('Reaction ~ Days + zero + (1 | Subject)', {
      ...sleepstudy,
      zero: sleepstudy.Days.map(() => 0),
    });
    expect(data.droppedColumns).toEqual(['zero']);
  });

  it('columns that depend on earlier ones do not change the fit', () => {
    const twice = { ...sleepstudy, Twice: (sleepstudy.Days as number[]).map((d) => 2 * d - 1) };
    const a = fitModel('Reaction ~ Days + Twice + (Days | Subject)', twice);
    const b = fitModel('Reaction ~ Days + (Days | Subject)', sleepstudy);
    expect(a.data.droppedColumns).toEqual(['Twice']);
    expect(a.data.objective).toBeCloseTo(b.data.objective, 9);
    a.fitted.forEach((v, i) => expect(v).toBeCloseTo(b.fitted[i], 6));
  });

  it('columns and levels with the names of object properties', () => {
    const rows = JSON.parse(
      `[${(sleepstudy.Reaction as number[])
        .map(
          (y, i) =>
            `{"constructor": ${y}, "__proto__": ${sleepstudy.Days[i]}, "toString": "${i < 90 ? '__proto__' : `s${sleepstudy.Subject[i]}`}"}`,
        )
        .join(',')}]`,
    );
    const { data } = fitModel('constructor ~ `__proto__` + (1 | toString)', rows);
    expect(data.beta.names).toEqual(['(Intercept)', '`__proto__`']);
    expect(new Map(Object.entries(data.ranef)).get('toString')!.levels).toContain('__proto__');
    expect(new Map(Object.entries(JSON.parse(JSON.stringify(data.ngroups)))).get('toString')).toBe(10);
  });

  it('a thousand levels with one or two rows each', () => {
    const random = uniform(2);
    const gauss = normal(random);
    const g: number[] = [];
    for (let l = 0; l < 1000; l++) g.push(l, ...(l % 3 ? [l] : []));
    const effects = Array.from({ length: 1000 }, () => gauss());
    const y = g.map((l) => effects[l] + gauss());
    const { data } = fitModel('y ~ 1 + (1 | g)', { y, g });
    expect(data.certificate.converged).toBe(true);
    expect(data.ngroups.g).toBe(1000);
    expect(data.varcorr[0].sd[0]).toBeGreaterThan(0.8);
    expect(data.varcorr[0].sd[0]).toBeLessThan(1.2);
  });

  it('a numeric grouping factor sorts by number', () => {
    const { data } = fitModel('y ~ 1 + (1 | g)', { y: [1, 2, 4, 3, 5, 9, 1, 2], g: [10, 9, 2, 10, 9, 2, 10, 2] });
    expect(data.ranef.g.levels).toEqual(['2', '9', '10']);
  });

  it('a scalar and an unstructured term of any scale, against dense algebra at the optimum', () => {
    const m = modelOf({
      ...shape,
      n: 40,
      p: 2,
      terms: [
        { nl: 6, nc: 2, diagonal: false, nested: false },
        { nl: 4, nc: 1, diagonal: false, nested: true },
      ],
    });
    const scaled: ModelMatricesInput = {
      ...m,
      terms: [
        { ...m.terms[0], columns: [m.terms[0].columns[0], m.terms[0].columns[1].map((v) => 1e5 * v)] },
        { ...m.terms[1], structure: scalar() },
      ],
    };
    const { data } = fitMatrices(scaled);
    expect(data.certificate.converged).toBe(true);
    expect(denseObjective(scaled, data.theta, true).objective).toBeCloseTo(data.objective, 7);
  });
});
