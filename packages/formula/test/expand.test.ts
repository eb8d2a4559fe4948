import { describe, expect, test } from 'vitest';
import { expandFormula, parseFormula, termLabel } from '../src/index.js';

const columns = ['y', 'x', 'z', 'a', 'b', 'c', 'g'];
const expanded = (text: string): { fixed: string[]; random: string[]; groups: string[] } => {
  const { fixed, random } = expandFormula(parseFormula(text), columns);
  return {
    fixed: [...(fixed.intercept ? ['1'] : []), ...fixed.terms.map((term) => termLabel(fixed, term))],
    random: random.map(({ label }) => label),
    groups: random.map(({ group }) => group.name),
  };
};

describe('fixed terms', () => {
  test.each([
    ['y ~ x', ['1', 'x']],
    ['y ~ 0 + x', ['x']],
    ['y ~ x - 1', ['x']],
    ['y ~ -1 + x', ['x']],
    ['y ~ 0 + x + 1', ['1', 'x']],
    ['y ~ x - 0', ['1', 'x']],
    ['y ~ 1 - (x - 1)', ['1']],
    ['y ~ a * b', ['1', 'a', 'b', 'a:b']],
    ['y ~ a:b + a', ['1', 'a', 'a:b']],
    ['y ~ b:a + a', ['1', 'a', 'b:a']],
    ['y ~ a / b', ['1', 'a', 'a:b']],
    ['y ~ (a + b) / c', ['1', 'a', 'b', 'a:b:c']],
    ['y ~ a / (b + c)', ['1', 'a', 'a:b', 'a:c']],
    ['y ~ b %in% a', ['1', 'b:a']],
    ['y ~ (a + b + c)^2', ['1', 'a', 'b', 'c', 'a:b', 'a:c', 'b:c']],
    ['y ~ (a + b + c)^2 - a:b', ['1', 'a', 'b', 'c', 'a:c', 'b:c']],
    ['y ~ a * b * c - a:b:c', ['1', 'a', 'b', 'c', 'a:b', 'a:c', 'b:c']],
    ['y ~ x^2', ['1', 'x']],
    ['y ~ x + x + z:x + x:z', ['1', 'x', 'x:z']],
    ['y ~ .', ['1', 'x', 'z', 'a', 'b', 'c', 'g']],
    ['log(y) ~ . - g', ['1', 'x', 'z', 'a', 'b', 'c']],
    [
      'y ~ .^2 - .',
      ['1', 'x:z', 'x:a', 'x:b', 'x:c', 'x:g', 'z:a', 'z:b', 'z:c', 'z:g', 'a:b', 'a:c', 'a:g', 'b:c', 'b:g', 'c:g'],
    ],
    ['y ~ x > 3', ['1', 'x > 3']],
    ['y ~ a + (x > 3) + !b', ['1', 'a', 'x > 3', '!b']],
    ['y ~ x%%2 * z', ['1', 'x%%2', 'z', 'x%%2:z']],
    ['y ~ x + offset(z) + offset(log(x))', ['1', 'x']],
    ['y ~ (x + offset(z))', ['1', 'x']],
  ])('%s', (text, terms) => {
    expect(expanded(text).fixed).toEqual(terms);
  });
});

describe('random terms', () => {
  test.each([
    ['y ~ x + (1 | g)', ['(1 | g)'], ['g']],
    ['y ~ (x | g) + x', ['(x | g)'], ['g']],
    ['y ~ ((1 | g))', ['(1 | g)'], ['g']],
    ['y ~ (x + (1 | g) + (0 + x | a))', ['(1 | g)', '(0 + x | a)'], ['g', 'a']],
    ['y ~ (1 | a/b)', ['(1 | a)', '(1 | b:a)'], ['a', 'b:a']],
    ['y ~ (1 | a/b/c)', ['(1 | a)', '(1 | b:a)', '(1 | c:(b:a))'], ['a', 'b:a', 'c:(b:a)']],
    ['y ~ (1 | a:b)', ['(1 | a:b)'], ['a:b']],
    ['y ~ (1 | a*b)', ['(1 | a)', '(1 | b)', '(1 | a:b)'], ['a', 'b', 'a:b']],
    ['y ~ (1 | (a:b)/c)', ['(1 | a:b)', '(1 | c:(a:b))'], ['a:b', 'c:(a:b)']],
    ['y ~ (1 | (a:b))', ['(1 | (a:b))'], ['(a:b)']],
    ['y ~ (1 | factor(x))', ['(1 | factor(x))'], ['factor(x)']],
    ['y ~ (1 | x > 3)', ['(1 | x > 3)'], ['x > 3']],
    ['y ~ (1 | `my group`)', ['(1 | `my group`)'], ['my group']],
    ['y ~ ar1(0 + factor(x) | g)', ['ar1(0 + factor(x) | g)'], ['g']],
    [
      'y ~ diag(1 + x | a/b, hom = TRUE)',
      ['diag(1 + x | a, hom = TRUE)', 'diag(1 + x | b:a, hom = TRUE)'],
      ['a', 'b:a'],
    ],
    ['y ~ exp(0 + factor(x) | g)', ['exp(0 + factor(x) | g)'], ['g']],
    ['y ~ I(a | b) + ifelse(a | b, 1, 0)', [], []],
  ])('%s', (text, labels, groups) => {
    const { random, groups: names } = expanded(text);
    expect(random).toEqual(labels);
    expect(names).toEqual(groups);
  });

  test('tags keep their arguments', () => {
    const { random } = expandFormula(
      parseFormula('y ~ toep(0 + a | g, band = 2, hom = TRUE, kind = "x", start = -1, by = z)'),
    );
    expect(random[0]!.structure.name).toBe('toep');
    expect({ ...random[0]!.structure.args }).toEqual({ band: 2, hom: true, kind: 'x', start: -1, by: 'z' });
  });
});

describe('refused', () => {
  test.each([
    ['y ~ 2 * x', 'I(2 * x)'],
    ['y ~ x:1', 'I(2 * x)'],
    ['y ~ 3', 'no term'],
    ['y ~ "x"', 'no term'],
    ['y ~ TRUE', 'no term'],
    ['y ~ (a + b)^0', 'whole number'],
    ['y ~ (a + b)^x', 'whole number'],
    ['y ~ (a + b)^1.5', 'whole number'],
    ['y ~ a:offset(x)', 'at the top level'],
    ['y ~ a - offset(x)', 'at the top level'],
    ['y ~ offset(x, z)', 'one expression'],
    ['y ~ x + y', 'The response y is also a term'],
    ['cbind(y, x) ~ a', 'several columns'],
    ['. ~ a', 'in the response'],
    ['y ~ (. | g)', 'random term'],
    ['y ~ (offset(x) | g)', 'random term'],
    ['y ~ ((1 | a) | g)', 'another one'],
    ['y ~ (1 | 1)', 'no grouping factor'],
    ['y ~ (1 | a %in% b)', 'Write a:b.'],
    ['y ~ (1 | a - b)', 'right of a bar'],
    ['y ~ (1 | a:(b/c))', 'inside an interaction'],
    ['y ~ ar1(1 | g, 2)', 'need names'],
    ['y ~ ar1(1 | g, hom = x + 1)', 'must be a number'],
    ['y ~ (a+b+c+x+z+g+h+i+j+k+l+m+n+o+p+q)^16', 'more than 20000 terms'],
  ])('%s', (text, message) => {
    expect(() => expandFormula(parseFormula(text), columns)).toThrow(message);
  });

  test('. without a table', () => {
    expect(() => expandFormula(parseFormula('y ~ .'))).toThrow('no table was given');
  });
});
