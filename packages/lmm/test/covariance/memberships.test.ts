import { homogeneousDiagonal, readPedigree } from '@blup/covariance';
import { describe, expect, it } from 'vitest';
import {
  fitMatrices,
  fitModel,
  kenwardRoger,
  multipleMembership,
  pedigree,
  predict,
  relationship,
  satterthwaite,
} from '../../src/index.js';
import { normal, uniform } from '../random-models.js';
import { expectOptimum } from './expect-optimum.js';

type Par = Float64Array;
const random = uniform(5);
const gauss = normal(random);
const draw = (nl: number) => Math.floor(nl * random());

describe('rows with several levels of one factor', () => {
  const n = 100;
  const effect = Float64Array.from({ length: 9 }, gauss);
  const first = Int32Array.from({ length: n }, () => draw(8));
  // The ninth school is a second one only; some have no second school, some name the same twice
  const second = Int32Array.from({ length: n }, (_, i) => (i % 5 === 0 ? -1 : i % 7 === 0 ? first[i] : draw(9)));
  const a = Float64Array.from({ length: n }, () => 0.2 + random());
  const b = Float64Array.from({ length: n }, () => 0.2 + random());
  const x = Float64Array.from({ length: n }, gauss);
  const city = Array.from({ length: n }, () => `c${draw(5)}`);
  const w = Float64Array.from({ length: n }, () => 0.5 + random());
  const weight = {
    share: (i: number) => (second[i] < 0 ? [1, 0] : [0.5, 0.5]),
    sum: (i: number) => (second[i] < 0 ? [1, 0] : [1, 1]),
    own: (i: number) => (second[i] < 0 ? [a[i], 0] : [a[i], b[i]]),
  };
  const data = {
    y: Float64Array.from(x, (v, i) => v + 2 * effect[first[i]] + (second[i] < 0 ? 0 : 2 * effect[second[i]]) + gauss()),
    x,
    s1: Array.from(first, (l) => `s${l}`),
    s2: Array.from(second, (l) => (l < 0 ? null : `s${l}`)),
    a,
    b: Array.from(b, (v, i) => (second[i] < 0 ? null : v)),
    w,
    city,
  };
  const same = (i: number, j: number) => (city[i] === city[j] ? 1 : 0);
  /** Sum over memberships of both rows of weights, where the levels are equal (or related by K). */
  const shared = (of: (i: number) => number[], K: (k: number, l: number) => number = (k, l) => (k === l ? 1 : 0)) => {
    return (i: number, j: number) => {
      let v = 0;
      [first, second].forEach((one, k) =>
        [first, second].forEach((other, l) => {
          if (one[i] >= 0 && other[j] >= 0) v += of(i)[k] * of(j)[l] * K(one[i], other[j]);
        }),
      );
      return v;
    };
  };

  it.each([
    ['share', 'us(1 | s1, also = s2)', 'share'],
    ['sum', 'us(1 | s1, also = s2, weights = "sum")', 'sum'],
    ['own', 'us(1 | s1, also = s2, weights = "a, b")', ['a', 'b']],
  ] as const)('by weights %s, beside a crossed term, weighted', (kind, tag, weights) => {
    const model = fitModel(`y ~ x + ${tag} + (1 | city)`, data, { weights: 'w' });
    const S = shared(weight[kind]);
    expectOptimum(
      model,
      ([s, c]: Par) =>
        (i, j) =>
          s * s * S(i, j) + c * c * same(i, j) + (i === j ? 1 / w[i] : 0),
    );
    const option = fitModel('y ~ x + (1 | s1) + (1 | city)', data, {
      weights: 'w',
      covariance: { s1: multipleMembership({ also: ['s2'], weights }) },
    });
    expect(option.data.objective).toBe(model.data.objective);
    expect(model.data.ranef['s1+s2'].levels.toSorted()).toEqual(Array.from({ length: 9 }, (_, l) => `s${l}`));
  });

  it('with vector-valued effects', () => {
    const model = fitModel('y ~ x + us(1 + x | s1, also = s2)', data);
    const S = shared(weight.share);
    expectOptimum(model, ([p, q, r]: Par) => (i, j) => {
      const u = [p + q * x[i], r * x[i]];
      const v = [p + q * x[j], r * x[j]];
      return S(i, j) * (u[0] * v[0] + u[1] * v[1]) + (i === j ? 1 : 0);
    });
  });

  it('is one term of as many columns as levels: fitted values, leverages, tests, predictions', () => {
    const several = fitModel('y ~ x + us(1 | s1, also = s2)', data);
    const columns = Array.from({ length: 9 }, (_, l) =>
      Float64Array.from({ length: n }, (_v, i) => {
        const [p, q] = weight.share(i);
        return (first[i] === l ? p : 0) + (second[i] === l ? q : 0);
      }),
    );
    const one = fitMatrices({
      y: data.y,
      X: { names: ['(Intercept)', 'x'], columns: [new Float64Array(n).fill(1), x] },
      terms: [
        {
          group: 'all',
          names: columns.map((_, l) => `s${l}`),
          columns,
          levels: ['all'],
          levelIdx: new Int32Array(n),
          structure: homogeneousDiagonal(9),
        },
      ],
    });
    expect(several.data.objective).toBeCloseTo(one.data.objective, 9);
    one.fitted.forEach((v, i) => expect(several.fitted[i]).toBeCloseTo(v, 6));
    const h = several.leverages();
    one.leverages().forEach((v, i) => expect(h[i]).toBeCloseTo(v, 7));
    satterthwaite(one).df.forEach((v, k) => expect(satterthwaite(several).df[k] / v).toBeCloseTo(1, 6));
    kenwardRoger(one).df.forEach((v, k) => expect(kenwardRoger(several).df[k] / v).toBeCloseTo(1, 6));
    const own = predict(several, null, { se: true });
    const other = predict(one, null, { se: true });
    own.fit.forEach((v, i) => expect(v).toBeCloseTo(other.fit[i], 6));
    own.se!.forEach((v, i) => expect(v).toBeCloseTo(other.se![i], 6));
  });

  it('with levels that a pedigree relates', () => {
    const table = {
      animal: Array.from({ length: 9 }, (_, l) => `s${l}`),
      sire: [null, null, 's0', 's0', 's2', 's2', 's4', null, 's6'],
      dam: [null, null, 's1', 's1', 's3', 's1', 's5', 's3', 's7'],
    };
    const { names, sire, dam } = readPedigree(table);
    const A = names.map(() => names.map(() => 0));
    const of = (i: number, j: number) => (i < 0 || j < 0 ? 0 : A[i][j]);
    names.forEach((_, i) => {
      for (let j = 0; j < i; j++) A[i][j] = A[j][i] = (of(j, sire[i]) + of(j, dam[i])) / 2;
      A[i][i] = 1 + of(sire[i], dam[i]) / 2;
    });
    const at = (l: number) => names.indexOf(`s${l}`);
    const model = fitModel('y ~ x + (1 | s1) + (1 | city)', data, {
      covariance: { s1: multipleMembership({ also: ['s2'] }, pedigree(table)) },
    });
    const S = shared(weight.share, (k, l) => A[at(k)][at(l)]);
    expectOptimum(
      model,
      ([s, c]: Par) =>
        (i, j) =>
          s * s * S(i, j) + c * c * same(i, j) + (i === j ? 1 : 0),
    );
  });

  it('says what is missing', () => {
    expect(() => fitModel('y ~ us(1 | s1, also = nope)', data)).toThrow(/no column "nope"/);
    expect(() => fitModel('y ~ us(1 | s1, weights = "a, b")', data)).toThrow(/which also = names/);
    expect(() => fitModel('y ~ us(1 | s1, also = s2, weights = a)', data)).toThrow(
      /2 columns of levels and 1 of weights/,
    );
    const hole = { ...data, a: Array.from(a, (v, i) => (i === 3 ? null : v)) };
    expect(() => fitModel('y ~ us(1 | s1, also = s2, weights = "a, b")', hole)).toThrow(/"a" is missing in row 4/);
  });
});

describe('a relationship matrix of low rank', () => {
  const names = ['a', 'b', 'copy', 'c', 'mix'];
  // copy is b, mix the mean of a and c
  const F = [
    [1, 0, 0],
    [0.5, 0.8, 0],
    [0.5, 0.8, 0],
    [0.2, 0.3, 0.9],
    [0.6, 0.15, 0.45],
  ];
  const G = F.map((f) => F.map((g) => f.reduce((s, v, k) => s + v * g[k], 0)));
  const n = 60;
  const g = Array.from({ length: n }, (_, i) => (i < 5 ? names[i] : names[draw(5)]));
  const x = Float64Array.from({ length: n }, gauss);
  const u = [0, 1].map(() => F[0].map(gauss));
  const at = (i: number) => names.indexOf(g[i]);
  const of = (k: number, i: number) => F[at(i)].reduce((s, v, c) => s + v * u[k][c], 0);
  const y = Float64Array.from(x, (v, i) => v + 2 * of(0, i) + 1.5 * v * of(1, i) + gauss());

  it.each([1, 2])('fits without a ridge, %i columns', (nc) => {
    const model = fitModel(
      `y ~ x + (${nc === 1 ? '1' : '1 + x'} | g)`,
      { y, x, g },
      {
        covariance: { g: relationship({ names, matrix: G }) },
      },
    );
    expectOptimum(model, ([p, q = 0, r = 0]: Par) => (i, j) => {
      const s = (p + q * x[i]) * (p + q * x[j]) + r * r * x[i] * x[j];
      return s * G[at(i)][at(j)] + (i === j ? 1 : 0);
    });
    const { levels, values } = model.data.ranef.g;
    const b = (name: string) => values[levels.indexOf(name)];
    b('copy').forEach((v, c) => expect(v).toBeCloseTo(b('b')[c], 9));
    b('mix').forEach((v, c) => expect(v).toBeCloseTo((b('a')[c] + b('c')[c]) / 2, 9));
  });

  it('is told from an indefinite one', () => {
    const bad = G.map((row) => [...row]);
    bad[1][2] = bad[2][1] = 1.1;
    expect(() =>
      fitModel('y ~ x + (1 | g)', { y, x, g }, { covariance: { g: relationship({ names, matrix: bad }) } }),
    ).toThrow(/not positive semi-definite \(at copy\)/);
    expect(() =>
      fitModel(
        'y ~ x + (1 | g)',
        { y, x, g },
        {
          covariance: {
            g: relationship({ names: names.slice(0, 4), matrix: G.slice(0, 4).map((row) => row.slice(0, 4)) }),
          },
        },
      ),
    ).toThrow(/has no "mix", which is a level of the data/);
  });
});
