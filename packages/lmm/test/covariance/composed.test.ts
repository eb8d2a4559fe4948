import {
  ar1,
  constrain,
  kronecker,
  readPedigree,
  sum,
  unstructured,
  compoundSymmetry,
  relationshipInverse,
} from '@blup/covariance';
import { describe, expect, it } from 'vitest';
import {
  byGroup,
  columnCovariance,
  field,
  fitModel,
  pedigree,
  precision,
  relationship,
  satterthwaite,
  scaledBy,
  series,
} from '../../src/index.js';
import { normal, uniform } from '../random-models.js';
import { expectOptimum } from './expect-optimum.js';

type Par = Float64Array;
const random = uniform(77);
const gauss = normal(random);
const draw = (nl: number) => Math.floor(nl * random());
/** Entry of L L' for the lower triangle (a, b, c) of order two. */
const pair = (a: number, b: number, c: number, i: number, j: number) =>
  [
    [a * a, a * b],
    [a * b, b * b + c * c],
  ][i][j];

/** Inbred: e is the child of full sibs, f of e and its own father; parents stand after their offspring. */
const table = {
  animal: ['f', 'e', 'c', 'd', 'g', 'h', 'k', 'm'],
  sire: ['c', 'c', 'a', 'a', 'e', null, 'c', 'k'],
  dam: ['e', 'd', 'b', 'b', '', 'b', 'h', 'g'],
};
const family = readPedigree(table);
/** The relationship matrix by the tabular method (Mrode 2014, section 2.2). */
const A = (() => {
  const { sire, dam } = family;
  const out = Array.from(sire, () => new Array<number>(sire.length).fill(0));
  const of = (i: number, j: number) => (i < 0 || j < 0 ? 0 : out[i][j]);
  for (let i = 0; i < out.length; i++) {
    for (let j = 0; j < i; j++) out[i][j] = out[j][i] = (of(j, sire[i]) + of(j, dam[i])) / 2;
    out[i][i] = 1 + of(sire[i], dam[i]) / 2;
  }
  return out;
})();

describe('a pedigree', () => {
  const n = 90;
  const animals = Array.from({ length: n }, () => family.names[draw(family.names.length)]);
  const traits = Array.from({ length: n }, (_, i) => (i % 2 ? 'wool' : 'milk'));
  const at = (i: number) => family.names.indexOf(animals[i]);
  // Breeding values of two traits, by the pedigree itself: mean of the parents plus a sample of variance D
  const breeding = family.names.map(() => [0, 0]);
  family.names.forEach((_, i) => {
    const root = Math.sqrt(family.mendelian[i]);
    const common = gauss();
    breeding[i] = [0, 1].map((t) => {
      const of = (parent: number) => (parent < 0 ? 0 : breeding[parent][t] / 2);
      return of(family.sire[i]) + of(family.dam[i]) + root * (1.2 * common + 0.8 * gauss());
    });
  });
  const data = {
    y: Float64Array.from({ length: n }, (_, i) => 10 + 2 * (i % 2) + 2 * breeding[at(i)][i % 2] + gauss()),
    animal: animals,
    trait: traits,
    w: Float64Array.from({ length: n }, () => 0.5 + random()),
    pen: Array.from({ length: n }, () => `p${draw(6)}`),
  };

  it('times an unstructured pair of traits, weighted, beside a crossed term', () => {
    const formula = 'y ~ trait + (0 + trait | animal) + (1 | pen)';
    const model = fitModel(formula, data, { weights: 'w', covariance: { animal: pedigree(table) } });
    expect(model.data.parNames).toEqual([
      'animal.traitmilk',
      'animal.traitwool.traitmilk',
      'animal.traitwool',
      'pen.(Intercept)',
    ]);
    expectOptimum(
      model,
      ([a, b, c, p]: Par) =>
        (i, j) =>
          A[at(i)][at(j)] * pair(a, b, c, i % 2, j % 2) +
          (data.pen[i] === data.pen[j] ? p * p : 0) +
          (i === j ? 1 / data.w[i] : 0),
    );
    // Animals without rows have their predictions too
    expect(model.data.ranef.animal.levels).toEqual(family.names);
  });

  it('goes by a tag of the formula as well', () => {
    const formula = 'y ~ trait + additive(0 + trait | animal) + (1 | pen)';
    const tag = fitModel(formula, data, { weights: 'w', covariance: { additive: pedigree(table) } });
    const option = fitModel(formula.replace('additive', ''), data, {
      weights: 'w',
      covariance: { animal: pedigree(table) },
    });
    expect(tag.data.objective).toBe(option.data.objective);
    expect(() => fitModel('y ~ additve(1 | animal)', data, { covariance: { additive: pedigree(table) } })).toThrow(
      /"additive", which is no term/,
    );
    expect(() =>
      fitModel('y ~ additive(1 | animal, hom = TRUE)', data, { covariance: { additive: pedigree(table) } }),
    ).toThrow(/additive\(...\) has no argument hom/);
  });

  it('is the same by its matrix and by the inverse of it, both handed over', () => {
    const { names } = family;
    const formula = 'y ~ trait + (1 | animal)';
    const fits = [
      pedigree(table),
      relationship({ names, matrix: A }),
      precision(names, relationshipInverse(family), -family.mendelian.reduce((s, d) => s + Math.log(d), 0)),
    ].map((animal) => fitModel(formula, data, { covariance: { animal } }));
    expectOptimum(
      fits[0],
      ([s]: Par) =>
        (i, j) =>
          s * s * A[at(i)][at(j)] + (i === j ? 1 : 0),
    );
    for (const fit of fits.slice(1)) {
      expect(fit.data.objective).toBeCloseTo(fits[0].data.objective, 9);
      expect(fit.data.par[0]).toBeCloseTo(fits[0].data.par[0], 7);
      names.forEach((name, l) => {
        const k = fit.data.ranef.animal.levels.indexOf(name);
        expect(fit.data.ranef.animal.values[k][0]).toBeCloseTo(fits[0].data.ranef.animal.values[l][0], 7);
      });
    }
  });

  it('stands with permanent effects of the same animals, one variance held', () => {
    const model = fitModel('y ~ trait + (1 | animal) + additive(1 | animal)', data, {
      covariance: { additive: pedigree(table) },
      fixedPar: { 'animal.(Intercept)': 0.5 },
    });
    expectOptimum(
      model,
      ([p, s]: Par) =>
        (i, j) =>
          s * s * A[at(i)][at(j)] + (at(i) === at(j) ? p * p : 0) + (i === j ? 1 : 0),
    );
  });
});

describe('AR(1) x AR(1) over a field', () => {
  // Rows 1, 2, 4, 5, 6 (3 is a path), columns 1 to 4, some plots missing, two trials, most plots sampled twice
  const plots = [1, 2, 4, 5, 6].flatMap((r) => [1, 2, 3, 4].map((c) => [r, c] as const));
  const all = [0, 1, 0, 1].flatMap((trial) => plots.map(([r, c]) => ({ trial, r, c })).filter(() => random() < 0.85));
  const noise = Array.from({ length: 2 * 8 * 6 }, gauss);
  const smooth = ({ trial, r, c }: (typeof all)[number]) =>
    noise[trial * 48 + r * 6 + c] + noise[trial * 48 + (r - 1) * 6 + c] + noise[trial * 48 + r * 6 + c - 1];
  const data = {
    y: Float64Array.from(all, (plot) => 5 + smooth(plot) + gauss()),
    trial: all.map(({ trial }) => `t${trial}`),
    r: Float64Array.from(all, ({ r }) => r),
    c: Float64Array.from(all, ({ c }) => c),
    variety: all.map(() => `v${draw(5)}`),
  };
  const V =
    ([s, a, b, v = 0]: Par) =>
    (i: number, j: number) =>
      (data.trial[i] === data.trial[j]
        ? s * s * a ** Math.abs(data.r[i] - data.r[j]) * b ** Math.abs(data.c[i] - data.c[j])
        : 0) +
      (data.variety[i] === data.variety[j] ? v * v : 0) +
      (i === j ? 1 : 0);

  it.each([true, false])('is a term of the formula, and of the options (reml %s)', (reml) => {
    const model = fitModel('y ~ 1 + ar1(1 | trial, row = r, column = c) + (1 | variety)', data, { reml });
    expect(model.data.parNames).toEqual(['trial:r:c.*', 'trial:r:c.rho r', 'trial:r:c.rho c', 'variety.(Intercept)']);
    expectOptimum(model, V);
    const option = fitModel('y ~ 1 + (1 | trial) + (1 | variety)', data, {
      reml,
      covariance: { trial: field({ row: 'r', column: 'c' }) },
    });
    expect(option.data.objective).toBe(model.data.objective);
    expect(model.data.natural[0].names).toEqual(['sd', 'rho r', 'rho c']);
    expect(model.data.ranef['trial:r:c'].levels.slice(0, 2)).toEqual(['t0:1:1', 't0:1:2']);
  });

  it('may have one rho for both directions, or one of them held', () => {
    const formula = 'y ~ 1 + ar1(1 | trial, row = r, column = c)';
    const one = fitModel(formula, data, { tiedPar: { 'trial:r:c.rho c': 'trial:r:c.rho r' } });
    expect(one.data.par[2]).toBe(one.data.par[1]);
    expect(one.data.df).toBe(4);
    expectOptimum(one, V);
    const held = fitModel(formula, data, { fixedPar: { 'trial:r:c.rho c': 0 } });
    expectOptimum(held, V);
    const rows = fitModel('y ~ 1 + (1 | trial)', data, {
      covariance: { trial: field({ row: 'r', column: 'c', kinds: ['ar1', 'iid'] }) },
    });
    expect(rows.data.objective).toBeCloseTo(held.data.objective, 9);
  });

  it('is the dense Kronecker product on one complete field', () => {
    const one = plots.filter(([r]) => r > 2);
    const y = Float64Array.from(one, ([r, c]) => smooth({ trial: 0, r, c }) + 0.5 * gauss());
    const plot = one.map(([r, c]) => `${r}${c}`);
    const whole = { y, r: one.map(([r]) => r), c: one.map(([, c]) => c), plot, all: one.map(() => 'all') };
    const sparse = fitModel('y ~ 1 + ar1(1 | all, row = r, column = c)', whole, { fixedPar: [1.1, 0.4, 0.6] });
    const dense = fitModel('y ~ 1 + (0 + plot | all)', whole, {
      fixedPar: [1.1, 0.4, 0.6],
      covariance: { all: columnCovariance(() => kronecker(ar1(3), ar1(4))) },
    });
    expect(sparse.data.objective).toBeCloseTo(dense.data.objective, 10);
    expect(dense.data.parNames).toEqual(['all.*', 'all.rho 1', 'all.rho 2']);
  });

  it('says what it cannot be', () => {
    expect(() => fitModel('y ~ toep(1 | trial, row = r, column = c)', data)).toThrow(/"toep" takes no row and column/);
    expect(() => fitModel('y ~ ar1(1 | trial, row = r, column = nope)', data)).toThrow(/no column "nope"/);
    expect(() => fitModel('y ~ ar1(1 | trial, row = r, column = c, hom = TRUE)', data)).toThrow(/has no argument hom/);
    const half = { ...data, r: data.r.map((v) => v / 2) };
    expect(() => fitModel('y ~ ar1(1 | trial, row = r, column = c)', half)).toThrow(/must be whole numbers, not 0.5/);
    fitModel('y ~ car1(1 | trial, row = r, column = c)', half);
  });
});

describe('dense compositions in a formula', () => {
  const groups = 15;
  const n = groups * 12;
  const cell = (i: number) => i % 6;
  const of = (i: number) => Math.floor(i / 12);
  // What a group has at all cells, along x, and along the cells
  const level = Array.from({ length: groups }, () => {
    const path = [gauss()];
    for (let k = 1; k < 6; k++) path.push(0.4 * path[k - 1] + 1.1 * gauss());
    return { common: 0.7 * gauss(), slope: 0.7 * gauss(), path };
  });
  const keep = Array.from({ length: n }, () => random() > 0.15);
  const index = Array.from({ length: n }, (_, i) => i).filter((i) => keep[i]);
  const x = Float64Array.from(index, gauss);
  const data = {
    y: Float64Array.from(index, (i, k) => {
      const { common, slope, path } = level[of(i)];
      return common + slope * x[k] + path[cell(i)] + 0.8 * gauss();
    }),
    g: index.map((i) => `g${of(i)}`),
    cell: index.map((i) => `c${cell(i)}`),
    w: Float64Array.from(index, () => 0.5 + random()),
    sex: index.map((i) => (of(i) % 3 ? 'f' : 'm')),
    x,
  };
  const same = (i: number, j: number) => data.g[i] === data.g[j];
  const c = (i: number) => Number(data.cell[i].slice(1));

  it('Kronecker product of two traits and three times', () => {
    const structures = new Map([['traits', () => kronecker(unstructured(2), ar1(3))]]);
    const model = fitModel('y ~ cell + traits(0 + cell | g)', data, { structures });
    expectOptimum(
      model,
      ([a, b, d, rho]: Par) =>
        (i, j) =>
          (same(i, j)
            ? pair(a, b, d, Math.floor(c(i) / 3), Math.floor(c(j) / 3)) * rho ** Math.abs((c(i) % 3) - (c(j) % 3))
            : 0) + (i === j ? 1 : 0),
    );
    const option = fitModel('y ~ cell + (0 + cell | g)', data, {
      covariance: { g: columnCovariance(() => kronecker(unstructured(2), ar1(3))) },
    });
    expect(option.data.objective).toBe(model.data.objective);
    expect(model.data.natural[0].names).toEqual(['sd cellc0', 'sd cellc3', 'cor cellc3.cellc0', 'rho']);
  });

  it('parameters held and tied within a structure', () => {
    // Two standard deviations, one for each half of the cells, correlation held at 0.4
    const made = () =>
      constrain(compoundSymmetry(6), {
        fixed: new Map([[6, 0.4]]),
        tied: new Map([
          [1, 0],
          [2, 0],
          [4, 3],
          [5, 3],
        ]),
      });
    const model = fitModel('y ~ cell + half(0 + cell | g)', data, {
      structures: new Map([['half', made]]),
      reml: false,
    });
    expect(model.data.par).toHaveLength(2);
    expectOptimum(model, (par) => (i, j) => {
      const sd = (k: number) => par[Math.floor(c(k) / 3)];
      return (same(i, j) ? sd(i) * sd(j) * (c(i) === c(j) ? 1 : 0.4) : 0) + (i === j ? 1 : 0);
    });
    // The same by the options of the fit
    const byFit = fitModel('y ~ cell + cs(0 + cell | g)', data, {
      reml: false,
      fixedPar: { 'g.rho': 0.4 },
      tiedPar: [null, 0, 0, null, 3, 3],
    });
    expect(byFit.data.objective).toBeCloseTo(model.data.objective, 8);
    expect(byFit.data.df).toBe(model.data.df);
    satterthwaite(byFit).df.forEach((v, k) => expect(v / satterthwaite(model).df[k]).toBeCloseTo(1, 4));
  });

  it('an unstructured term with a covariance held at zero', () => {
    const model = fitModel('y ~ x + apart(1 + x | g)', data, {
      structures: new Map([['apart', () => constrain(unstructured(2), { fixed: new Map([[1, 0]]) })]]),
    });
    const bars = fitModel('y ~ x + (1 + x || g)', data);
    expect(model.data.objective).toBeCloseTo(bars.data.objective, 8);
  });

  it('a sum of two structures is two terms', () => {
    const structures = new Map([
      ['both', ({ nc }: { nc: number }) => sum(compoundSymmetry(nc, { hom: true }), ar1(nc))],
    ]);
    const one = fitModel('y ~ cell + both(0 + cell | g)', data, { structures });
    expectOptimum(
      one,
      ([s, r, t, rho]: Par) =>
        (i, j) =>
          (same(i, j) ? s * s * (c(i) === c(j) ? 1 : r) + t * t * rho ** Math.abs(c(i) - c(j)) : 0) + (i === j ? 1 : 0),
    );
    const two = fitModel('y ~ cell + homcs(0 + cell | g) + ar1(0 + cell | g)', data);
    expect(Math.abs(one.data.objective - two.data.objective)).toBeLessThan(1e-5);
    const at = [...one.data.par];
    const held = fitModel('y ~ cell + homcs(0 + cell | g) + ar1(0 + cell | g)', data, { fixedPar: at });
    expect(held.data.objective).toBeCloseTo(one.data.objective, 9);
    expect(one.data.natural[0].names).toEqual(['sd 1', 'rho 1', 'sd 2', 'rho 2']);
  });

  it('an unstructured intercept and slope plus AR(1) over the same levels', () => {
    const model = fitModel('y ~ x + (1 + x | g) + ar1(0 + cell | g)', data);
    expectOptimum(model, ([a, b, d, s, rho]: Par) => (i, j) => {
      const z = [1, data.x[i]];
      const w = [1, data.x[j]];
      let v = 0;
      for (let k = 0; k < 2; k++) for (let l = 0; l < 2; l++) v += z[k] * w[l] * pair(a, b, d, k, l);
      return (same(i, j) ? v + s * s * rho ** Math.abs(c(i) - c(j)) : 0) + (i === j ? 1 : 0);
    });
  });

  it('a term scaled by known weights', () => {
    const option = fitModel('y ~ x + (1 | g)', data, { covariance: { g: scaledBy('w') } });
    const tag = fitModel('y ~ x + us(1 | g, scale = w)', data);
    const slope = fitModel('y ~ x + (0 + w | g)', data);
    expect(option.data.objective).toBeCloseTo(slope.data.objective, 10);
    expect(tag.data.objective).toBe(option.data.objective);
    expect(option.data.varcorr[0].names).toEqual(['w']);
    const vector = fitModel('y ~ x + ar1(0 + cell | g, scale = w)', data);
    expectOptimum(
      vector,
      ([s, rho]: Par) =>
        (i, j) =>
          (same(i, j) ? data.w[i] * data.w[j] * s * s * rho ** Math.abs(c(i) - c(j)) : 0) + (i === j ? 1 : 0),
    );
  });

  it('separate parameters by group', () => {
    const option = fitModel('y ~ x + (1 + x | g)', data, { covariance: { g: byGroup('sex') } });
    const tag = fitModel('y ~ x + us(1 + x | g, by = sex)', data);
    expect(tag.data.objective).toBe(option.data.objective);
    expect(option.data.parNames).toEqual([
      'g.sexf',
      'g.x:sexf.sexf',
      'g.x:sexf',
      'g.sexm',
      'g.x:sexm.sexm',
      'g.x:sexm',
    ]);
    expectOptimum(option, (par) => (i, j) => {
      const from = data.sex[i] === 'f' ? 0 : 3;
      const z = [1, data.x[i]];
      const w = [1, data.x[j]];
      let v = 0;
      for (let k = 0; k < 2; k++)
        for (let l = 0; l < 2; l++) v += z[k] * w[l] * pair(par[from], par[from + 1], par[from + 2], k, l);
      return (same(i, j) ? v : 0) + (i === j ? 1 : 0);
    });
    const indicator = fitModel('y ~ x + ar1(0 + cell | g, by = sex)', data);
    expectOptimum(indicator, (par) => (i, j) => {
      const [s, rho] = data.sex[i] === 'f' ? [par[0], par[1]] : [par[2], par[3]];
      return (same(i, j) ? s * s * rho ** Math.abs(c(i) - c(j)) : 0) + (i === j ? 1 : 0);
    });
    expect(() => fitModel('y ~ us(1 | g, by = nope)', data)).toThrow(/no column "nope"/);
    expect(() => fitModel('y ~ us(1 | g, by = one)', { ...data, one: data.g.map(() => 'a') })).toThrow(/one level/);
    expect(() =>
      fitModel('y ~ us(1 | g, by = hole)', { ...data, hole: data.sex.map((s, i) => (i === 3 ? null : s)) }),
    ).toThrow(/"hole" is missing in row 4/);
  });
});

describe('AR(1) with a variance of its own at the first time', () => {
  const groups = 30;
  const at = [0, 1, 2, 4, 5];
  const index = Array.from({ length: groups * 5 }, (_, i) => i).filter(() => random() > 0.1);
  const state = Array.from({ length: groups }, () => {
    const u = [3 * gauss()];
    for (let t = 1; t < 6; t++) u.push(0.6 * u[t - 1] + gauss());
    return u;
  });
  const data = {
    y: Float64Array.from(index, (i) => state[Math.floor(i / 5)][at[i % 5]] + 0.7 * gauss()),
    g: index.map((i) => `g${Math.floor(i / 5)}`),
    t: Float64Array.from(index, (i) => at[i % 5]),
  };
  /** Covariance of U_s and U_t in a series that begins at time `first`. */
  const C = (rho: number, ratio: number, first: number, s: number, t: number) => {
    let v = ratio * ratio;
    for (let k = first; k < Math.min(s, t); k++) v = rho * rho * v + 1;
    return v * rho ** Math.abs(s - t);
  };
  const V =
    (begin: (g: string) => number) =>
    ([s, rho, ratio]: Par) =>
    (i: number, j: number) =>
      (data.g[i] === data.g[j] ? s * s * C(rho, ratio, begin(data.g[i]), data.t[i], data.t[j]) : 0) + (i === j ? 1 : 0);
  const own = (g: string) => Math.min(...data.t.filter((_, i) => data.g[i] === g));

  it('along times of the table: each series begins at its own first time', () => {
    const model = fitModel('y ~ 1 + ar1(1 | g, time = t, stationary = FALSE)', data, { reml: false });
    expectOptimum(model, V(own));
    expect(model.data.natural[0].names).toEqual(['innovation sd', 'rho', 'initial sd']);
    const option = fitModel('y ~ 1 + (1 | g)', data, {
      reml: false,
      covariance: { g: series({ kind: 'ar1', time: 't', stationary: false }) },
    });
    expect(option.data.objective).toBe(model.data.objective);
    const plain = fitModel('y ~ 1 + ar1(1 | g, time = t)', data, { reml: false });
    expect(model.data.objective).toBeLessThan(plain.data.objective);
  });

  it('along the levels of a factor: all series begin at its first level', () => {
    const model = fitModel('y ~ 1 + ar1(0 + factor(t) | g, stationary = FALSE)', data, {
      categories: { t: ['0', '1', '2', '3', '4', '5'] },
    });
    const gaps = fitModel('y ~ 1 + ar1(0 + factor(t) | g, stationary = FALSE)', data);
    expect(model.data.certificate.converged && gaps.data.certificate.converged).toBe(true);
    // Without the level 3 the fourth time is one step after the third.
    const position = (t: number) => (t > 3 ? t - 1 : t);
    const tight = { ...data, t: data.t.map(position) };
    const W =
      ([s, rho, ratio]: Par) =>
      (i: number, j: number) =>
        (data.g[i] === data.g[j] ? s * s * C(rho, ratio, 0, tight.t[i], tight.t[j]) : 0) + (i === j ? 1 : 0);
    expectOptimum(gaps, W);
  });

  it('takes no such argument elsewhere', () => {
    expect(() => fitModel('y ~ car1(1 | g, time = t, stationary = FALSE)', data)).toThrow(/has no argument stationary/);
    expect(() => fitModel('y ~ ar1(1 | g, time = t, stationary = 3)', data)).toThrow(
      /stationary must be TRUE or FALSE/,
    );
  });
});
