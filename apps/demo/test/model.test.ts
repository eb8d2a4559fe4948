import { describe, expect, test } from 'vitest';
import { summarizeTable, type TableSummary } from '../src/data/summarize-table.js';
import { readDelimited } from '../src/data/delimited.js';
import { builderModel, emptyModel, formulaOf } from '../src/model/builder.js';
import { checkFormula, type CheckedFormula } from '../src/model/check-formula.js';
import { complete, completionAt } from '../src/model/completion.js';
import { modelInMathematics, type MathNode } from '../src/model/mathematics.js';
import { modelInWords } from '../src/model/words.js';

const table: TableSummary = summarizeTable(
  readDelimited(
    [
      'y,x,t,f,g,h,my col',
      ...Array.from(
        { length: 12 },
        (_, i) => `${i * i},${i},${i % 4},${'abc'[i % 3]},${'ABCD'[i % 4]},${'pq'[i % 2]},1`,
      ),
    ].join('\n'),
  ),
);

const settings = (formula: string) => ({ formula, reml: true, weights: null, offset: null, subset: null, columns: [] });

function checked(formula: string): CheckedFormula {
  const check = checkFormula(settings(formula), table);
  if (!check.ok) throw new Error(check.problem.message);
  return check.value;
}

describe('words', () => {
  test.each([
    [
      'y ~ x + (x | g)',
      [
        'The mean of y depends on an intercept and x.',
        'A random intercept and slope of x for each of the 4 levels of g, all correlated.',
      ],
    ],
    [
      'y ~ 1 + (1 | g/h)',
      [
        'The mean of y depends on an intercept only.',
        'A random intercept for each of the 4 levels of g.',
        'A random intercept for each combination of h and g.',
      ],
    ],
    [
      'y ~ 0 + f * x',
      [
        'The mean of y depends on the level of f, x and the interaction of f and x, without an intercept.',
        'There are no random effects: this is an ordinary linear model, all rows are independent.',
      ],
    ],
    [
      'y ~ x + (0 + f || g)',
      [
        'The mean of y depends on an intercept and x.',
        'A random effect of each level of f for each of the 4 levels of g, uncorrelated.',
      ],
    ],
    [
      'y ~ x + offset(t) + diag(1 + x | g)',
      [
        'The mean of y depends on an intercept and x.',
        't is added as it is, without a coefficient.',
        'A random intercept and slope of x for each of the 4 levels of g, uncorrelated, each with a variance of its own.',
      ],
    ],
  ])('%s', (formula, expected) => {
    expect(modelInWords(checked(formula), table)).toEqual(expected);
  });
});

const textOf = (node: MathNode | string): string =>
  typeof node === 'string' ? node : node.children.map(textOf).join('');

test('mathematics names every part of the model', () => {
  const lines = modelInMathematics(checked('y ~ x + f + (x | g) + (1 | h)'), false).map(textOf);
  expect(lines).toEqual([
    'yi=β0+β1xi+β2,f[i]+a0,g[i]+a1,g[i]xi+bh[i]+εi',
    '(a0,j,a1,j)∼N(0,Σa)',
    'bj∼N(0,σb2)',
    'εi∼N(0,σ2)',
  ]);
});

describe('builder', () => {
  test.each([
    'y ~ 1',
    'y ~ 0 + x',
    'y ~ x + f + x:f + (1 + x | g)',
    'log(y + 1) ~ poly(x, 2) + offset(t) + (0 + x || g) + (1 | h:g)',
    'y ~ x + ar1(0 + f | g, hom = TRUE)',
    'y ~ `my col` + (1 | g)',
  ])('%s comes back as a formula with the same terms', (formula) => {
    const model = builderModel(checked(formula).terms);
    const again = formulaOf(model);
    expect(builderModel(checked(again).terms)).toEqual(model);
    expect(formulaOf(builderModel(checked(again).terms))).toBe(again);
  });

  test('nested groups become the terms that they mean', () => {
    expect(formulaOf(builderModel(checked('y ~ x * f + (1 | g/h)').terms))).toBe(
      'y ~ x + f + x:f + (1 | g) + (1 | h:g)',
    );
  });

  test('without a response there is no formula', () => {
    expect(formulaOf(emptyModel)).toBe('');
    expect(formulaOf({ ...emptyModel, response: 'y' })).toBe('y ~ 1');
  });
});

describe('completion', () => {
  const columns = ['Days', 'Subject', 'my col', 'delay'];

  test('names that begin with the word come before names that contain it', () => {
    const found = completionAt('y ~ da', 6, columns)!;
    expect([found.start, found.end]).toEqual([4, 6]);
    expect(found.suggestions.map(({ text }) => text)).toEqual(['Days']);
    expect(completionAt('y ~ LA', 6, columns)!.suggestions.map(({ text }) => text)).toEqual(['delay']);
  });

  test('functions open their parenthesis, once', () => {
    const found = completionAt('y ~ pol', 7, columns)!;
    expect(complete('y ~ pol', found, found.suggestions[0]!)).toEqual({ text: 'y ~ poly(', caret: 9 });
    expect(complete('y ~ pol(x)', found, found.suggestions[0]!)).toEqual({ text: 'y ~ poly(x)', caret: 8 });
  });

  test('names that are no words come in backticks', () => {
    const found = completionAt('y ~ my', 6, columns)!;
    expect(complete('y ~ my', found, found.suggestions[0]!).text).toBe('y ~ `my col`');
    expect(completionAt('y ~ `my c', 9, columns)!.start).toBe(4);
  });

  test('a whole word is left alone', () => {
    expect(completionAt('y ~ Days', 8, columns)).toBeNull();
    expect(completionAt('y ~ ', 4, columns)).toBeNull();
  });
});

describe('formulas are checked without the rows', () => {
  test('a misspelt column has a place and a suggestion', () => {
    const check = checkFormula(settings('y ~ mycol2 + fx'), table);
    expect(check).toMatchObject({ ok: false, problem: { place: { start: 4, end: 10 } } });
  });

  test('a formula without response is not complete', () => {
    expect(checkFormula(settings('~ x'), table).ok).toBe(false);
  });
});
