import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { blupCode, rCode } from '../src/export/code.js';
import { fromFragment, toFragment } from '../src/export/link.js';
import { effectsCsv } from '../src/export/tables.js';
import type { ColumnSetting, ModelSettings } from '../src/model/settings.js';
import { formatNumber, formatP } from '../src/model/number-text.js';
import { normalQuantile } from '../src/model/normal-quantile.js';

const base: ModelSettings = {
  formula: 'y ~ x + (1 | g)',
  reml: true,
  weights: null,
  offset: null,
  subset: null,
  columns: [],
};

describe('code', () => {
  const settings: ModelSettings = {
    ...base,
    reml: false,
    weights: 'my w',
    offset: 'off',
    subset: 'x > 2',
    columns: [
      ['f', { role: 'factor', reference: 'b"c', contrast: null }],
      ['h', { role: 'auto', reference: null, contrast: 'sum' }],
      ['o', { role: 'ordered', reference: null, contrast: null }],
    ],
  };

  test('R: types, reference level, contrasts, weights, offset and subset', () => {
    expect(rCode(settings, { file: 'a"b.csv', r: null })).toBe(
      [
        'library(lme4)',
        '',
        'd <- read.csv("a\\"b.csv")',
        'd[["f"]] <- factor(d[["f"]])',
        'd[["o"]] <- factor(d[["o"]], ordered = TRUE)',
        'd[["f"]] <- relevel(factor(d[["f"]]), ref = "b\\"c")',
        '',
        'fit <- lmer(y ~ x + (1 | g), data = d, REML = FALSE, weights = `my w`, offset = off, subset = x > 2, contrasts = list(h = contr.sum))',
        'summary(fit)',
        '',
      ].join('\n'),
    );
  });

  test('R: without random effects it is lm', () => {
    expect(rCode({ ...base, formula: 'y ~ x' }, { file: 'd.csv', r: 'lme4::sleepstudy' })).toContain(
      'lm(y ~ x, data = d)',
    );
  });

  test('JavaScript says the same', () => {
    const code = blupCode(settings, { file: 'd.csv', r: null });
    for (const part of [
      'reml: false',
      'weights: "my w"',
      'offset: "off"',
      'subset: "x > 2"',
      'factors: ["f"]',
      'ordered: ["o"]',
    ])
      expect(code).toContain(part);
    expect(code).toContain('new Map([["f",{"type":"treatment","base":"b\\"c"}],["h","sum"]])');
  });
});

test('a link comes back as the settings it was made of, whatever their text', () => {
  const text = fc.string({ unit: 'grapheme' });
  const setting: fc.Arbitrary<ColumnSetting> = fc.record({
    role: fc.constantFrom('auto', 'number', 'factor', 'ordered'),
    reference: fc.option(text),
    contrast: fc.option(fc.constantFrom('treatment', 'sum', 'helmert', 'poly', 'sdif')),
  });
  const settings = fc.record({
    formula: text,
    reml: fc.boolean(),
    weights: fc.option(text),
    offset: fc.option(text),
    subset: fc.option(text),
    columns: fc.array(fc.tuple(text, setting)),
  });
  fc.assert(
    fc.property(fc.option(text), settings, (data, s) => {
      expect(fromFragment(`#${toFragment({ data, settings: s })}`)).toEqual({ data, settings: s });
    }),
  );
});

test('a link that makes no sense carries nothing', () => {
  expect(fromFragment('')).toBeNull();
  expect(fromFragment('#formula=y&column=%5B1%5D&column=nonsense')?.settings.columns).toEqual([]);
});

test('levels that a spreadsheet would run as formulas are marked as text', () => {
  const csv = effectsCsv({
    group: 'g',
    names: ['(Intercept)'],
    levels: ['=1+1', '-5'],
    modes: [Float64Array.of(-0.5, 2)],
    sds: [Float64Array.of(1, 1)],
  });
  expect(csv).toBe('group,level,effect,mode,conditionalSd\ng,"\'=1+1",(Intercept),-0.5,1\ng,-5,(Intercept),2,1\n');
});

test('numbers as people read them', () => {
  expect([251.40510485, -0.00001234, 1e9, 0, Number.NaN, -Infinity].map((v) => formatNumber(v))).toEqual([
    '251.41',
    '−1.2340e-5',
    '1.0000e9',
    '0',
    '',
    '−∞',
  ]);
  expect([0.04999, 1e-9, 1].map(formatP)).toEqual(['0.0500', '< 0.0001', '1']);
});

test.each([
  [0.5, 0],
  [0.975, 1.959963984540054],
  [0.995, 2.5758293035489004],
  [1e-6, -4.753424308822899],
])('the normal quantile of %d', (p, z) => {
  expect(normalQuantile(p)).toBeCloseTo(z, 12);
});
