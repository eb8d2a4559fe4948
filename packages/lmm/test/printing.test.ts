import { readTable } from '@blup/golden';
import { describe, expect, it } from 'vitest';
import {
  anova,
  anovaText,
  compareSavedModels,
  comparisonText,
  contrastsText,
  emmeans,
  exportModel,
  fitModel,
  formatP,
  meansText,
  pairs,
  ranova,
  ranovaText,
  type ExportedModel,
} from '../src/index.js';

const { columns } = readTable('sleepstudy');
const model = fitModel('Reaction ~ 1 + Days + (1 + Days | Subject)', columns);

describe('p values', () => {
  it.each([
    [0.04567, '0.0457'],
    [1, '1.0000'],
    [3.2638e-6, '3.26e-6'],
    [2e-16, '2.00e-16'],
    [1e-300, '<2e-16'],
    [0, '<2e-16'],
    [Number.NaN, ''],
  ])('%d is %s', (p, text) => expect(formatP(p)).toBe(text));
});

describe('the summary with tests', () => {
  // lmerTest: Days 10.467 1.546 17.00 6.771 3.26e-06
  it.each(['satterthwaite', 'kenward-roger'] as const)('%s', (ddf) => {
    const text = model.summary({ ddf });
    expect(text).toMatch(/^Days +10\.467 +1\.546 17\.00 +6\.771 3\.26e-6 \*\*\*$/m);
    expect(text).toMatch(/^\(Intercept\) +251\.405 +6\.825 17\.00 +36\.838 +<2e-16 \*\*\*$/m);
    expect(text).toMatch(/^Marks of p values: /m);
    expect(text).toMatch(/^Correlation of fixed effects:$/m);
  });

  it('none: z tests', () => {
    expect(model.summary({ ddf: 'none' })).toMatch(
      /z value +p value\n[^]*^Days +10\.467 +1\.546 +6\.771 1\.27e-11 \*\*\*$/m,
    );
  });

  it('of models without fixed effects and without marks', () => {
    expect(fitModel('Reaction ~ 0 + (1 | Subject)', columns).summary({ ddf: 'satterthwaite' })).toMatch(
      /No fixed effects/,
    );
    const noise = fitModel('y ~ x', { y: [1, 2, 1, 2, 1.5, 1.6], x: [1, 1, 2, 2, 3, 3] });
    expect(noise.summary({ ddf: 'satterthwaite' })).toMatch(/^x +0\.0250 +0\.2\d+ +4\.00 +0\.\d+ +0\.\d{4}$/m);
  });

  it('refuses what does not apply', () => {
    const ml = fitModel('Reaction ~ Days + (1 | Subject)', columns, { reml: false });
    expect(() => ml.summary({ ddf: 'kenward-roger' })).toThrow(/REML/);
    expect(() => model.summary({ ddf: 'kr' as 'none' })).toThrow(/ddf must be/);
  });
});

describe('tables', () => {
  it('of variance, random effects, means and contrasts', () => {
    expect(anovaText(anova(model))).toMatch(/^Days +30031 +30031 +1 +17\.00 +45\.8530 3\.26e-6 \*\*\*$/m);
    expect(ranovaText(ranova(model))).toMatch(
      /^Days in \(1 \+ Days \| Subject\) +4 .* 42\.8368 +2 +2\.79e-10 \*\*\*$/m,
    );
    const table = { y: [1, 2, 4, 3, 6, 5, 9, 8], a: ['p', 'p', 'q', 'q', 'p', 'p', 'q', 'q'], b: [...'uuuuvvvv'] };
    const lattice = fitModel('y ~ a + b', table);
    const means = emmeans(lattice, ['a'], { by: ['b'], ddf: 'none' });
    expect(meansText(means)).toMatch(/^a b +mean +SE +df +lower +upper\np u +1\.2500 +0\.\d+ Inf /m);
    expect(contrastsText(pairs(means), means.by)).toMatch(
      /^contrast b estimate[^\n]*z ratio +p value\np - q +u +-2\.5/m,
    );
  });

  it('of values that the data do not determine have blanks', () => {
    const hole = fitModel('y ~ a * b', { y: [1, 2, 4, 3, 6, 5], a: [...'ppqqpp'], b: [...'uuuuvv'] });
    const text = meansText(emmeans(hole, ['a', 'b']));
    expect(text).toMatch(/^q v$/m);
    expect(text).toMatch(/not determined by the data/);
  });
});

describe('saved models', () => {
  const saved = (formula: string, data: object = columns, reml = false): ExportedModel =>
    JSON.parse(JSON.stringify(exportModel(fitModel(formula, data as never, { reml }), { summary: true })));

  it('are compared by the likelihoods they were saved with', () => {
    const got = compareSavedModels([saved('Reaction ~ Days + (1 | Subject)'), saved('Reaction ~ 1 + (1 | Subject)')]);
    expect(got.order).toEqual([1, 0]);
    expect(got.refitted).toBe(false);
    expect(comparisonText(got)).toMatch(/^model 1 +4 .* 116\.4624 +1 +<2e-16 \*\*\*$/m);
  });

  it('of other data are refused, zeros of either sign are the same', () => {
    const y = (columns.Reaction as number[]).map((v) => v - (columns.Reaction as number[])[0]!);
    const other = y.slice();
    other[0] = -0;
    const one = saved('y ~ 1 + (1 | Subject)', { ...columns, y });
    expect(compareSavedModels([one, saved('y ~ Days + (1 | Subject)', { ...columns, y: other })]).df[1]).toBe(1);
    other[179] += 1e-9;
    expect(() => compareSavedModels([one, saved('y ~ Days + (1 | Subject)', { ...columns, y: other })])).toThrow(
      /another response, other weights or other rows/,
    );
    const bare = JSON.parse(JSON.stringify(exportModel(model)));
    expect(() => compareSavedModels([one, bare])).toThrow(/model 2 was saved without its summary/);
    expect(() => compareSavedModels([one])).toThrow(/at least two/);
  });
});
