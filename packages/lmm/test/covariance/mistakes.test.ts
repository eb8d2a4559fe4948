import {
  compoundSymmetry,
  CovarianceStructureError,
  kronecker,
  type CovarianceStructure,
  unstructured,
  ar1,
} from '@blup/covariance';
import { describe, expect, it } from 'vitest';
import {
  columnCovariance,
  fitModel,
  ModelError,
  pedigree,
  precision,
  relationship,
  series,
  type FitModelOptions,
} from '../../src/index.js';
import { normal, uniform } from '../random-models.js';

const gauss = normal(uniform(12));
const n = 120;
const effect = Float64Array.from({ length: 20 }, gauss);
const group = (i: number) => Math.floor(i / 6);
const t = Float64Array.from({ length: n }, (_, i) => i % 6);
const base = {
  y: Float64Array.from({ length: n }, (_, i) => effect[group(i)] + gauss()),
  g: Array.from({ length: n }, (_, i) => `g${group(i)}`),
  t,
  x: Float64Array.from({ length: n }, gauss),
  f: Array.from(t, (v) => `v${v}`),
  half: Array.from(t, (v) => (v % 2 ? 'a' : 'b')),
  place: Array.from(t, (v) => `(${v}, ${v * v})`),
  alone: t.map(() => 3),
  day: t.map((v) => v / 2),
  never: t.map((v, i) => (i === 3 ? Infinity : v)),
  hole: t.map((v, i) => (i === 7 ? Number.NaN : v)),
};
const fit = (formula: string, options: FitModelOptions = {}) => fitModel(formula, base, options);
const made = (name: string, structure: () => CovarianceStructure): FitModelOptions => ({
  structures: new Map([[name, structure]]),
});

describe('times that cannot be', () => {
  it.each([
    ['y ~ ar1(1 | g, time = day)', /must be whole numbers, not 0.5; car1 takes any times/],
    ['y ~ ar1(1 | g, time = never)', /"never" is Infinity in row 4/],
    ['y ~ car1(1 | g, time = hole)', /"hole" is missing in row 8/],
    ['y ~ ar1(1 | g, time = f)', /must be numbers or dates, not a column of type string/],
    [
      'y ~ ar1(1 | g, time = alone)',
      /no level of g has two different values of alone.*write \(1 \| g\) instead of ar1/,
    ],
    ['y ~ ou(0 + place | g)', /\(0, 0\) has 2 coordinates; exp takes places/],
    ['y ~ ar1(0 + t | g)', /needs columns that are the levels of one factor/],
    ['y ~ exp(0 + f | g)', /"v0" is none: levels look like 3, 1.5 or \(2, 0.5\)/],
  ])('%s', (formula, message) => {
    expect(() => fit(formula)).toThrow(message);
  });
  it.each([
    ['ar1(day | g)', /must be whole numbers/],
    ['ar1(t | half)', /t = 1 occurs twice within half = a|t = 0 occurs twice within half = b/],
    ['car1(t | half)', /occurs twice within half = /],
    ['exp(t | half)', /occurs twice within one group/],
    ['car1(hole | g)', /"hole" of the residual structure is missing in row 8/],
  ])('residual %s', (residual, message) => {
    expect(() => fit('y ~ x', { residual })).toThrow(message);
  });
});

describe('known matrices that cannot be', () => {
  const known = (names: string[], matrix: number[][]) => () =>
    fit('y ~ (1 | g)', { covariance: { g: relationship({ names, matrix }) } });
  const two = ['g0', 'g1'];
  it('are told with the place', () => {
    expect(
      known(two, [
        [1, 2],
        [1, 1],
      ]),
    ).toThrow(/not symmetric: \(g0, g1\) is 2, \(g1, g0\) is 1/);
    expect(
      known(two, [
        [1, 2],
        [2, 1],
      ]),
    ).toThrow(/not positive semi-definite \(at g1\)/);
    expect(
      known(two, [
        [1, Number.NaN],
        [Number.NaN, 1],
      ]),
    ).toThrow(/\(g0, g1\) is NaN/);
    expect(
      known(two, [
        [1, 0.2],
        [0.2, 1],
      ]),
    ).toThrow(/has no "g10", which is a level of the data|has no "g2", which is a level of the data/);
    expect(known([...two, 'g2'], [[1]])).toThrow(/must have 3 rows and columns/);
    expect(
      known(
        ['g0', 'g0'],
        [
          [1, 0],
          [0, 1],
        ],
      ),
    ).toThrow(/names "g0" twice/);
    const inverse = { n: 3, colPtr: Int32Array.of(0, 0), rowIdx: new Int32Array(0), values: new Float64Array(0) };
    expect(() => precision(two, inverse, 0)).toThrow(/3 columns and 2 names/);
  });
});

describe('pedigrees that cannot be', () => {
  const of = (animal: string[], sire: (string | null)[], dam: (string | null)[]) => () =>
    fit('y ~ (1 | g)', { covariance: { g: pedigree({ animal, sire, dam }) } });
  it('are told with the animal', () => {
    expect(of(['g0', 'g1'], ['g1', 'g0'], [null, null])).toThrow(/cycle: "g0" is an ancestor of itself/);
    expect(of(['g0'], ['g0'], [null])).toThrow(/cycle: "g0"/);
    expect(of(['g0', 'g1'], ['g1', null], [null, null])).toThrow(/the pedigree over g has no "g/);
    expect(of(['g0', 'g0'], [null, null], [null, null])).toThrow(
      /"g0" is listed twice in the pedigree, in rows 1 and 2/,
    );
    expect(of(['g0'], [], [null])).toThrow(/1 animals, 0 sires and 1 dams/);
  });
});

describe('structures that cannot be told from the residual', () => {
  it.each(['us', 'diag', 'homdiag', 'homcs', 'homtoep', 'fa'])('%s over as many columns as rows of a group', (tag) => {
    expect(() => fit(`y ~ ${tag}(0 + f | g)`)).toThrow(
      /\(0 \+ fv0 \+ .* \| g\) has two rows, and its structure ".*" has a part that differs from effect to effect like the residual/,
    );
    // Two rows for some effect, or a known sigma, make the difference.
    const { data } = fitModel(`y ~ ${tag}(0 + f | g)`, { ...base, f: base.f.map((v, i) => (i % 6 ? v : 'v1')) });
    expect(Number.isFinite(data.objective)).toBe(true);
    expect(fit(`y ~ ${tag}(0 + f | g)`, { sigma: 0.5 }).data.sigma).toBe(0.5);
  });
  it.each(['ar1', 'cs', 'exp', 'rr'])('%s, whose correlations tell it, is not refused', (tag) => {
    const formula = tag === 'exp' ? 'y ~ exp(0 + factor(t) | g)' : `y ~ ${tag}(0 + f | g)`;
    expect(fit(formula).data.certificate.message).toMatch(/^converged/);
  });
  it('AR(1) over two times has as many parameters as three, of which two are determined', () => {
    expect(() => fitModel('y ~ ar1(0 + f | k)', { ...base, f: base.half, k: base.y.map((_, i) => i >> 1) })).toThrow(
      /its structure "ar1" has a part/,
    );
  });
  it.each(['cs(1 | g)', 'us(t | g)'])('a random intercept beside residuals %s of the same groups', (residual) => {
    expect(() => fit('y ~ x + (1 | g)', { residual })).toThrow(/the random intercept of \(1 \| g\).*only their sum/);
    expect(fit('y ~ x + (1 | half)', { residual }).data.certificate.message).toMatch(/^converged/);
  });
  it('one level for every row', () => {
    expect(() => fitModel('y ~ (1 | id)', { ...base, id: base.y.map((_, i) => i) })).toThrow(
      /as many levels as there are rows/,
    );
  });
  it('two terms that do the same are named by what the data do not determine', () => {
    const names = Array.from({ length: 20 }, (_, l) => `g${l}`);
    const matrix = names.map((_, i) => names.map((_n, j) => Number(i === j)));
    const { data } = fit('y ~ (1 | g) + known(1 | g)', { covariance: { known: relationship({ names, matrix }) } });
    expect(data.certificate.message).toMatch(
      /some combination of g.\(Intercept\), g.relationship.\(Intercept\) is hardly/,
    );
  });
});

describe('options that cannot be', () => {
  it('are typed errors with what to write', () => {
    const odd = (covariance: unknown) => () =>
      fit('y ~ (1 | g)', { covariance: covariance as NonNullable<FitModelOptions['covariance']> });
    expect(odd({ g: 'ar1' })).toThrow(/write covariance: \{ g: series/);
    expect(odd({ g: { kind: 'ar1' } })).toThrow(ModelError);
    expect(odd({ gg: series({ kind: 'ar1', time: 't' }) })).toThrow(
      /"gg", which is no term; the terms are: \(1 \| g\)/,
    );
    expect(() => series({ kind: 'arr' as 'ar1', time: 't' })).toThrow(/"arr" is no process along time/);
    expect(() => series({ kind: 'rw', time: 't', order: 3 as 2 })).toThrow(/order of a random walk is 1 or 2, not 3/);
    expect(() => series({ kind: 'ar1' } as never)).toThrow(/needs the name of the column of its times/);
    const residual = (given: unknown) => () =>
      fit('y ~ x', { residual: given as NonNullable<FitModelOptions['residual']> });
    expect(residual(3)).toThrow(/3 is no residual structure; write \{ kind/);
    expect(residual({ kind: 'ar', by: 'g' })).toThrow(/no residual structure "ar", did you mean "ar1"/);
    expect(residual('car(t | g)')).toThrow(/no structure "car", did you mean "car1"/);
    expect(() => fit('y ~ ar1(0 + f | g)', { fixedPar: { 'g.rho': 1.3 } })).toThrow(
      /g.rho cannot be held at 1.3: it lies between -1 and 1/,
    );
  });
  it('sizes and tags are named', () => {
    expect(() => fit('y ~ ar2(0 + f | g)')).toThrow(CovarianceStructureError);
    expect(() => fit('y ~ toepp(0 + f | g)')).toThrow(/did you mean "toep"/);
    expect(() => fit('y ~ rr(0 + half | g, d = 5)')).toThrow(/must be a whole number from 1 to 2, not 5/);
    expect(() => fit('y ~ toep(0 + f | g, band = 9)')).toThrow(/band of toep must be a whole number from 1 to 5/);
    expect(() =>
      fit(
        'y ~ tr(0 + f | g)',
        made('tr', () => kronecker(unstructured(2), ar1(2))),
      ),
    ).toThrow(/has 6 columns.*structure 4/);
    expect(() =>
      fit(
        'y ~ tr(0 + f | g)',
        made('tr', () => compoundSymmetry(2)),
      ),
    ).toThrow(/has 6 columns.*structure 2/);
    expect(() => fit('y ~ (0 + f | g)', { covariance: { g: columnCovariance(() => ar1(3)) } })).toThrow(/structure 3/);
  });
});
