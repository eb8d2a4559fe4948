import { describe, expect, test } from 'vitest';
import type { Expr } from '../src/index.js';
import { parseExpression, parseFormula, printExpr, printFormula } from '../src/index.js';

describe("printing follows R's deparse", () => {
  test.each([
    ['y~x+z', 'y ~ x + z'],
    ['~x', '~x'],
    ['y ~ sin( 2*x/12 )', 'y ~ sin(2 * x/12)'],
    ['y~I(x**2)+x %in% z', 'y ~ I(x^2) + x %in% z'],
    ['y ~ a%%b + a%/%b', 'y ~ a%%b + a%/%b'],
    ["y ~ relevel(f,ref='b')", 'y ~ relevel(f, ref = "b")'],
    ['y ~ poly(x,2,"raw"=TRUE)', 'y ~ poly(x, 2, raw = TRUE)'],
    ['y ~ x + (1+Days||g)', 'y ~ x + (1 + Days || g)'],
    ['y ~ `my column` + `x`', 'y ~ `my column` + x'],
    ['y ~ I(x>=1e5 & !z==0.10)', 'y ~ I(x >= 1e+05 & !z == 0.1)'],
    ['y ~ I(x - 100000L + 0x10 + 123456)', 'y ~ I(x - 100000L + 16 + 123456)'],
    ['y ~ cut(x, c(-Inf, 0, Inf))', 'y ~ cut(x, c(-Inf, 0, Inf))'],
    ['y ~ splines::ns(x, 3)', 'y ~ splines::ns(x, 3)'],
    ['y ~ f("a\\"b\\\\", NULL, FALSE)', 'y ~ f("a\\"b\\\\", NULL, FALSE)'],
    ['y ~ x # the rest is a comment\n + z', 'y ~ x + z'],
    ['y ~ größe + Länge.2', 'y ~ größe + Länge.2'],
    ['y ~ .hidden + . - ..1', 'y ~ .hidden + . - ..1'],
  ])('%s', (text, printed) => {
    expect(printFormula(parseFormula(text))).toBe(printed);
    expect(printFormula(parseFormula(printed))).toBe(printed);
  });
});

/** The tree with every operator in parentheses. */
function grouped(node: Expr): string {
  if (node.kind === 'binary') return `(${grouped(node.left)}${node.op}${grouped(node.right)})`;
  if (node.kind === 'unary') return `(${node.op}${grouped(node.operand)})`;
  return node.kind === 'paren' ? grouped(node.inner) : printExpr(node);
}

describe('precedence is that of R', () => {
  test.each([
    ['a + b * c', '(a+(b*c))'],
    ['a - b - c', '((a-b)-c)'],
    ['a / b / c', '((a/b)/c)'],
    ['a ^ b ^ c', '(a^(b^c))'],
    ['-a ^ b', '(-(a^b))'],
    ['-a:b', '((-a):b)'],
    ['a ^ -b:c', '((a^(-b)):c)'],
    ['a * b:c', '(a*(b:c))'],
    ['a:b %in% c', '((a:b)%in%c)'],
    ['a %in% b * c', '((a%in%b)*c)'],
    ['a * b %% c', '(a*(b%%c))'],
    ['a + b == c', '((a+b)==c)'],
    ['!a == b & c', '((!(a==b))&c)'],
    ['a & b | c & d', '((a&b)|(c&d))'],
    ['x + 1 | g', '((x+1)|g)'],
    ['a | b || c', '((a|b)||c)'],
    ['a + !b + c & d', '((a+(!(b+c)))&d)'],
    ['- - a', '(-(-a))'],
    ['(a + b) * c', '((a+b)*c)'],
  ])('%s', (text, tree) => {
    expect(grouped(parseExpression(text))).toBe(tree);
  });
});

test('positions are offsets into the text', () => {
  const source = 'y ~ x + poly(Days, 2, raw = TRUE) + (1 | g)';
  const texts: string[] = [];
  const visit = (node: Expr): void => {
    texts.push(source.slice(node.start, node.end));
    if (node.kind === 'binary') [node.left, node.right].forEach(visit);
    if (node.kind === 'paren') visit(node.inner);
    if (node.kind === 'call') for (const { value } of node.args) visit(value);
  };
  visit(parseFormula(source).right);
  expect(texts).toEqual([
    'x + poly(Days, 2, raw = TRUE) + (1 | g)',
    'x + poly(Days, 2, raw = TRUE)',
    'x',
    'poly(Days, 2, raw = TRUE)',
    'Days',
    '2',
    'TRUE',
    '(1 | g)',
    '1 | g',
    '1',
    'g',
  ]);
});

describe('what is no formula', () => {
  test.each([
    ['', 'The formula is empty'],
    ['   # only a comment', 'The formula is empty'],
    ['y', 'needs a ~'],
    ['y ~', 'ends too early'],
    ['y ~ x ~ z', 'only one ~'],
    ['y ~ x z', 'Unexpected name "z"'],
    ['y ~ (x', 'parenthesis is not closed'],
    ['y ~ x)', 'Unexpected ")"'],
    ['y ~ f(x,)', 'an argument of f() is empty'],
    ['y ~ f(x', 'the call of f() is not closed'],
    ['y ~ x + "abc', 'never closed'],
    ['y ~ `` + x', 'between the backticks is empty'],
    ['y ~ x <- 3', 'assignment'],
    ['y ~ x && z', 'Write &'],
    ['y ~ d$x', 'column name alone'],
    ['y ~ x[1]', 'Indexing'],
    ['y ~ x %o% z', '%in%, %% and %/%'],
    ['y = x', 'written =='],
    ['y ~ a < b < c', 'Unexpected "<"'],
    ['y ~ if (x) 1', 'not part of the formula language'],
    ['y ~ x \u20ac', 'means nothing'],
    ['y ~ \\x', 'means nothing'],
  ])('%s', (text, message) => {
    expect(() => parseFormula(text)).toThrow(message);
  });
});
