import {
  ar1Levels,
  composite,
  homogeneousDiagonal,
  overLevels,
  randomWalkLevels,
  readPedigree,
  relationshipLevels,
  scalar,
  unstructured,
} from '@blup/covariance';
import fc from 'fast-check';
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import {
  accumulateCrossProducts,
  checkMatrices,
  fitModel,
  profiledObjective,
  series,
  type ModelMatricesInput,
  type RandomEffectsTerm,
} from '../../src/index.js';
import { differences } from '../dense.js';
import { normal, uniform } from '../random-models.js';
import { marginalCovariance, marginalObjective, type EffectCovariance } from './marginal.js';

/** Times of three series with gaps. */
const times = [0, 1, 3, 4, 8, 2, 5, 1, 2, 3, 4, 9];
const starts = [0, 5, 7, 12];
const seriesOf = (k: number) => starts.findIndex((s, i) => k >= s && k < starts[i + 1]);

/** An inbred pedigree, offspring before parents in places: e is the child of full sibs, f of e and its own father. */
const pedigree = readPedigree({
  animal: ['f', 'e', 'c', 'd', 'g', 'h'],
  sire: ['c', 'c', 'a', 'a', 'e', null],
  dam: ['e', 'd', 'b', 'b', '', 'b'],
});

/** The relationship matrix by the tabular method (Mrode 2014, section 2.2). */
function tabular({ sire, dam }: typeof pedigree): number[][] {
  const n = sire.length;
  const A = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const of = (i: number, j: number) => (i < 0 || j < 0 ? 0 : A[i][j]);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) A[i][j] = A[j][i] = (of(j, sire[i]) + of(j, dam[i])) / 2;
    A[i][i] = 1 + of(sire[i], dam[i]) / 2;
  }
  return A;
}

interface Made {
  term: (levelIdx: Int32Array, columns: Float64Array[]) => RandomEffectsTerm;
  nl: number;
  nc: number;
  covariance: EffectCovariance;
}

const termOf =
  (group: string, nl: number, structure: RandomEffectsTerm['structure']): Made['term'] =>
  (levelIdx, columns) => ({
    group,
    names: columns.map((_, k) => `z${k}`),
    columns,
    levels: Array.from({ length: nl }, (_, l) => `${group}${l}`),
    levelIdx,
    structure,
  });

const kinds: Record<string, Made> = {
  'AR(1)': {
    term: termOf('t', 12, overLevels(homogeneousDiagonal(1), ar1Levels({ times, starts }))),
    nl: 12,
    nc: 1,
    covariance: (par) => (i, j) =>
      seriesOf(i) === seriesOf(j) ? par[0] ** 2 * par[1] ** Math.abs(times[i] - times[j]) : 0,
  },
  'continuous-time AR(1) with vectors': {
    term: termOf('t', 12, overLevels(unstructured(2), ar1Levels({ times: times.map((t) => t * 0.7), starts }, true))),
    nl: 12,
    nc: 2,
    covariance: (par) => (i, j) => {
      const [a, b] = [i % 2, j % 2];
      const L = [
        [par[0], 0],
        [par[1], par[2]],
      ];
      const [k, l] = [i >> 1, j >> 1];
      const S = L[a][0] * L[b][0] + L[a][1] * L[b][1];
      return seriesOf(k) === seriesOf(l) ? S * par[3] ** Math.abs(0.7 * (times[k] - times[l])) : 0;
    },
  },
  'random walk': {
    term: termOf('t', 12, overLevels(scalar(), randomWalkLevels({ times, starts }, [[-1], [0], [-2]]))),
    nl: 12,
    nc: 1,
    covariance: (par) => (i, j) => {
      const s = seriesOf(i);
      return s === seriesOf(j) ? par[0] ** 2 * (Math.min(times[i], times[j]) - [-1, 0, -2][s]) : 0;
    },
  },
  'pedigree of an unstructured pair': {
    term: termOf('animal', pedigree.names.length, overLevels(unstructured(2), relationshipLevels(pedigree))),
    nl: pedigree.names.length,
    nc: 2,
    covariance: (par) => {
      const A = tabular(pedigree);
      const S = [
        [par[0] ** 2, par[0] * par[1]],
        [par[0] * par[1], par[1] ** 2 + par[2] ** 2],
      ];
      return (i, j) => A[i >> 1][j >> 1] * S[i % 2][j % 2];
    },
  },
};

function modelWith(made: Made, seed: number): ModelMatricesInput {
  const random = uniform(seed);
  const gauss = normal(random);
  const n = 36;
  const column = () => Float64Array.from({ length: n }, gauss);
  const ones = new Float64Array(n).fill(1);
  const level = (nl: number) => Int32Array.from({ length: n }, () => Math.floor(nl * random()));
  const crossed: RandomEffectsTerm = termOf(
    'g',
    5,
    unstructured(2),
  )(
    Int32Array.from({ length: n }, (_, i) => (i < 5 ? i : Math.floor(5 * random()))),
    [ones, column()],
  );
  const term = made.term(level(made.nl), made.nc === 1 ? [ones] : [ones, column()]);
  return {
    y: Float64Array.from({ length: n }, (_, i) => 2 * gauss() + Math.sin(term.levelIdx[i])),
    X: { names: ['1', 'x'], columns: [ones, column()] },
    terms: seed % 2 ? [term, crossed] : [crossed, term],
    weights: seed % 3 ? Float64Array.from({ length: n }, () => 0.5 + random()) : null,
  };
}

const crossedCovariance: EffectCovariance = (par) => (i, j) => {
  const L = [
    [par[0], 0],
    [par[1], par[2]],
  ];
  const [a, b] = [i % 2, j % 2];
  return i >> 1 === j >> 1 ? L[a][0] * L[b][0] + L[a][1] * L[b][1] : 0;
};

describe.each(Object.keys(kinds))('%s beside a crossed term', (name) => {
  const made = kinds[name];
  it('has the objective and gradient of the marginal Gaussian', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.array(fc.double({ min: -1.5, max: 1.5, noNaN: true }), { minLength: 8, maxLength: 8 }),
        fc.double({ min: 0.05, max: 0.9, noNaN: true }),
        fc.boolean(),
        (seed, values, rho, reml) => {
          const model = modelWith(made, seed);
          const structure = composite(model.terms.map((t) => t.structure));
          const objective = profiledObjective(accumulateCrossProducts(checkMatrices(model).matrices), structure, {
            reml,
            sigma: null,
          });
          const theta = Float64Array.from(values.slice(0, structure.thetaLength));
          model.terms.forEach((t, k) => {
            if (t.structure.levels?.parLength) theta[structure.thetaOffset[k + 1] - 1] = rho;
          });
          const dense = (at: Float64Array) => {
            const own = model.terms.map((t, k) => {
              const par = at.subarray(structure.thetaOffset[k], structure.thetaOffset[k + 1]);
              return (t.group === 'g' ? crossedCovariance : made.covariance)(par);
            });
            // log weights stand in the definition through V
            return marginalObjective(model, own, reml).objective;
          };
          const expected = dense(theta);
          expect(Math.abs(objective.evaluate(theta) - expected)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));
          const gradient = new Float64Array(theta.length);
          objective.gradientInto(gradient);
          const byDifferences = differences(dense, theta, 2e-3);
          const size = Math.max(1, ...byDifferences.map(Math.abs));
          byDifferences.forEach((g, k) => expect(Math.abs(gradient[k] - g)).toBeLessThan(3e-6 * size));
        },
      ),
      { numRuns: 12 },
    );
  });

  it("has the average information y'V^-1 V_i V^-1 V_j V^-1 y of dense matrices", () => {
    const model = { ...modelWith(made, 5), X: { names: [], columns: [] }, weights: null };
    const structure = composite(model.terms.map((t) => t.structure));
    const objective = profiledObjective(accumulateCrossProducts(checkMatrices(model).matrices), structure, {
      reml: false,
      sigma: 1,
    });
    const m = structure.thetaLength;
    const theta = new Float64Array(m).fill(0.6);
    objective.evaluate(theta);
    objective.gradientInto(new Float64Array(m));
    const H = new Float64Array(m * m);
    objective.informationInto(H);
    const V = (at: Float64Array) =>
      marginalCovariance(
        model,
        model.terms.map((t, k) =>
          (t.group === 'g' ? crossedCovariance : made.covariance)(
            at.subarray(structure.thetaOffset[k], structure.thetaOffset[k + 1]),
          ),
        ),
      );
    const inverse = new CholeskyDecomposition(V(theta));
    const Vy = inverse.solve(Matrix.columnVector([...model.y]));
    // V is quadratic in lambda and smooth in rho
    const moved = Array.from(theta, (v, k) => {
      const at = (h: number) => V(theta.map((x, i) => (i === k ? v + h : x)));
      const h = 1e-3;
      const D = Matrix.sub(at(h), at(-h))
        .mul(8)
        .sub(Matrix.sub(at(2 * h), at(-2 * h)));
      return D.div(12 * h).mmul(Vy);
    });
    const term = (k: number) => structure.thetaOffset.findIndex((_, t) => k < structure.thetaOffset[t + 1]);
    const ofLevels = (k: number) =>
      k >= structure.thetaOffset[term(k) + 1] - (model.terms[term(k)].structure.levels?.parLength ?? 0);
    let compared = 0;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j <= i; j++) {
        // Two numbers of one lambda have the curvature of Lambda Lambda' besides.
        if (term(i) === term(j) && !ofLevels(i)) continue;
        compared++;
        const expected = moved[i].transpose().mmul(inverse.solve(moved[j])).get(0, 0);
        expect(Math.abs(H[i * m + j] - expected)).toBeLessThan(1e-7 * Math.max(1, Math.abs(expected)));
        expect(H[j * m + i]).toBe(H[i * m + j]);
      }
    }
    expect(compared).toBeGreaterThan(2);
  });
});

describe('series in a formula', () => {
  const random = uniform(11);
  const gauss = normal(random);
  const rows = 90;
  const table = {
    y: Float64Array.from({ length: rows }, (_, i) => Math.sin(i / 7) + gauss()),
    t: Float64Array.from({ length: rows }, (_, i) => i % 30),
    f: Array.from({ length: rows }, () => `w${Math.floor(6 * random())}`),
    g: Array.from({ length: rows }, (_, i) => `s${Math.floor(i / 30)}`),
  };

  it('is the same model as dense factors by level, crossed terms beside it', () => {
    const sparse = fitModel('y ~ 1 + (1 | f) + ar1(1 | g, time = t)', table);
    const dense = fitModel('y ~ 1 + (1 | f) + ar1(0 + factor(t) | g)', table);
    expect(sparse.data.objective).toBeCloseTo(dense.data.objective, 8);
    const at = (model: typeof sparse, name: string) => model.data.par[model.data.parNames.indexOf(name)];
    expect(at(sparse, 'g:t.*')).toBeCloseTo(at(dense, 'g.*'), 5);
    expect(at(sparse, 'g:t.rho')).toBeCloseTo(at(dense, 'g.rho'), 5);
    sparse.fitted.forEach((v, i) => expect(v).toBeCloseTo(dense.fitted[i], 5));
    sparse.leverages().forEach((v, i) => expect(v).toBeCloseTo(dense.leverages()[i], 6));
  });

  it('counts lags by time: a gap of two has the square of the correlation', () => {
    const y = Float64Array.from({ length: 40 }, gauss);
    const t = Float64Array.from({ length: 40 }, (_, i) => [0, 1, 2, 4, 5][i % 5]);
    const g = Array.from(y, (_, i) => `g${Math.floor(i / 5)}`);
    const model = fitModel('y ~ 1 + ar1(1 | g, time = t)', { y, t, g }, { fixedPar: [0.8, 0.6], reml: false });
    const dense = marginalObjective(
      { y, X: { names: ['1'], columns: [new Float64Array(40).fill(1)] }, terms: [] },
      [],
      false,
      (i, j) => (g[i] === g[j] ? 0.64 * 0.6 ** Math.abs(t[i] - t[j]) : 0) + (i === j ? 1 : 0),
    );
    expect(model.data.objective).toBeCloseTo(dense.objective, 9);
  });

  it('stands in the options as well as in the formula', () => {
    const a = fitModel('y ~ 1 + ar1(1 | g, time = t)', table);
    const b = fitModel('y ~ 1 + (1 | g)', table, { covariance: { g: series({ kind: 'ar1', time: 't' }) } });
    expect(b.data.objective).toBe(a.data.objective);
  });

  it('says what is wrong with times, terms and tags', () => {
    const fit =
      (formula: string, more: object = {}, covariance = {}) =>
      () =>
        fitModel(formula, { ...table, ...more }, { covariance });
    expect(fit('y ~ ar1(1 | g, time = nope)')).toThrow(
      /no column "nope" for the times of a series; the table has y, t, f, g/,
    );
    expect(fit('y ~ ar1(1 | g, time = f)')).toThrow(/the times "f" must be numbers or dates/);
    expect(fit('y ~ ar1(1 | g, time = h)', { h: table.t.map((v) => v / 2) })).toThrow(
      /must be whole numbers, not 0.5; car1/,
    );
    expect(fit('y ~ ar1(1 | g, time = h)', { h: [null, ...table.t.slice(1)] })).toThrow(/"h" is missing in row 1/);
    expect(fit('y ~ toep(1 | g, time = t)')).toThrow(/"toep" takes no time; ar1, car1 and rw do/);
    expect(fit('y ~ ar2(1 | g)')).toThrow(/no covariance structure "ar2", did you mean "ar1"/);
    expect(fit('y ~ (1 | g)', {}, { h: series({ kind: 'ar1', time: 't' }) })).toThrow(
      /"h", which is no term; the terms are: \(1 \| g\)/,
    );
    expect(fit('y ~ ar1(t | g)')).toThrow(/write ar1\(0 \+ f \| g\) with a factor f/);
  });
});
