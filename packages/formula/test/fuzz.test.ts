import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Argument, BinaryOperator, Expr } from '../src/index.js';
import {
  FormulaError,
  FormulaSyntaxError,
  buildModelFrame,
  parseExpression,
  parseFormula,
  printExpr,
  printFormula,
} from '../src/index.js';

/** The tree without positions. */
function shape(node: Expr): unknown {
  const { start: _, end: __, ...rest } = node;
  switch (rest.kind) {
    case 'call':
      return { ...rest, args: rest.args.map(({ name, value }) => ({ name, value: shape(value) })) };
    case 'paren':
      return { ...rest, inner: shape(rest.inner) };
    case 'unary':
      return { ...rest, operand: shape(rest.operand) };
    case 'binary':
      return { ...rest, left: shape(rest.left), right: shape(rest.right) };
    default:
      return rest;
  }
}

const place = { start: 0, end: 0 };
const word = fc.constantFrom(
  'x',
  'y',
  'a',
  'g',
  'my column',
  '2nd',
  'TRUE',
  '__proto__',
  'a`b',
  'back\\slash',
  'é',
  '.',
  'if',
  'n\nl',
);
const text = fc.oneof(fc.string(), fc.constantFrom('a"b', "it's", '\\', '\n', '\u0000', '\u{1f600}'));
const positive = fc.oneof(
  fc.nat(1000),
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0.1, 1e5, 123456, 1e-300, 1e300, 5e-324, 0.1 + 0.2),
);
const OPERATORS: BinaryOperator[] = ['+', '-', '*', '/', '^', ':', '%in%', '%%', '%/%', '==', '<', '&', '|', '||'];

/** Trees as the parser makes them: an operand that binds less tightly stands in parentheses. */
const expression: fc.Arbitrary<Expr> = fc.letrec<{ node: Expr; atom: Expr }>((tie) => ({
  atom: fc.oneof(
    { maxDepth: 4 },
    word.map((name): Expr => ({ kind: 'name', name, ...place })),
    positive.map((value): Expr => ({ kind: 'number', value, integer: false, ...place })),
    fc.nat(99).map((value): Expr => ({ kind: 'number', value, integer: true, ...place })),
    text.map((value): Expr => ({ kind: 'string', value, ...place })),
    fc.boolean().map((value): Expr => ({ kind: 'logical', value, ...place })),
    fc.constant<Expr>({ kind: 'null', ...place }),
    tie('node').map((inner): Expr => ({ kind: 'paren', inner, ...place })),
    fc
      .tuple(
        fc.constantFrom('f', 'log', 'poly', 'my fn', 'splines::ns'),
        fc.array(fc.tuple(fc.option(fc.constantFrom('n', 'raw', 'two words'), { nil: null }), tie('node')), {
          maxLength: 3,
        }),
      )
      .map(([fn, args]): Expr => ({
        kind: 'call',
        fn,
        args: args.map(([name, value]): Argument => ({ name, value, ...place })),
        ...place,
      })),
  ),
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie('atom'),
    fc
      .tuple(tie('atom'), fc.constantFrom(...OPERATORS), tie('atom'))
      .map(([left, op, right]): Expr => ({ kind: 'binary', op, left, right, ...place })),
    fc
      .tuple(fc.constantFrom('+' as const, '-' as const, '!' as const), tie('atom'))
      .map(([op, operand]): Expr => ({ kind: 'unary', op, operand, ...place })),
  ),
})).node;

describe('printing and parsing are inverse', () => {
  test('for any tree', () => {
    fc.assert(
      fc.property(expression, (tree) => {
        const printed = printExpr(tree);
        const parsed = parseExpression(printed);
        expect(shape(parsed)).toEqual(shape(tree));
        expect(printExpr(parsed)).toBe(printed);
      }),
      { numRuns: 1000 },
    );
  });

  const tokens = fc.constantFrom(
    ...'y x a g b ~ + - * / ^ : | || ( ) ( ) 0 1 2 , = == < & ! %in% log( I( poly( factor( offset( ar1( "s" . `my x` T TRUE 1e5 -1 [ % \\ @ é'.split(
      ' ',
    ),
  );
  const soup = fc.array(tokens, { maxLength: 25 }).map((parts) => `y ~ ${parts.join(' ')}`);

  test('for whatever the parser accepts', () => {
    let accepted = 0;
    fc.assert(
      fc.property(soup, (source) => {
        try {
          const parsed = parseFormula(source);
          accepted++;
          const again = parseFormula(printFormula(parsed));
          expect(shape(again.right)).toEqual(shape(parsed.right));
        } catch (error) {
          expect(error).toBeInstanceOf(FormulaSyntaxError);
        }
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(0);
  });

  const table = {
    y: [1, 2, 3, 4, 5, 6],
    x: [1, 2, 4, 8, 16, 32],
    'my x': [3, 1, 2, 6, 5, 4],
    a: ['u', 'v', 'w', 'u', 'v', 'w'],
    b: [true, false, true, true, false, false],
    g: ['p', 'p', 'q', 'q', 'r', 'r'],
  };

  test('no formula does anything but make a frame or throw a FormulaError that points into the text', () => {
    fc.assert(
      fc.property(soup, (source) => {
        try {
          const frame = buildModelFrame(source, table);
          expect(frame.fixed.columns.every((column) => column.length === frame.nobs)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(FormulaError);
          const { start, end, source: text } = error as FormulaError;
          expect(start).toBeGreaterThanOrEqual(0);
          if (text !== null) expect(start).toBeLessThanOrEqual(text.length);
          expect(end).toBeGreaterThanOrEqual(start);
          expect((error as FormulaError).format()).toContain((error as FormulaError).message);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('the same with well-formed formulas of random terms', () => {
    const variable = fc.constantFrom(
      'x',
      'a',
      'b',
      'g',
      '`my x`',
      'log(x)',
      'I(x^2)',
      'poly(x, 2)',
      'factor(x)',
      '(x > 3)',
      'ns(x, 2)',
      'cut(x, 2)',
      '0',
      '1',
    );
    const operator = fc.constantFrom('+', '+', ':', '*', '/', '-', '%in%');
    const sum = fc
      .array(fc.tuple(operator, variable), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.map(([op, v], k) => (k === 0 ? v : `${op} ${v}`)).join(' '));
    const bar = fc
      .tuple(sum, fc.constantFrom('|', '||'), fc.constantFrom('g', 'a:g', 'a/b', 'a*g', 'factor(x)', 'x'))
      .map(([left, op, right]) => `(${left} ${op} ${right})`);
    fc.assert(
      fc.property(sum, fc.array(bar, { maxLength: 2 }), (fixed, bars) => {
        const source = ['y ~ ', [fixed, ...bars].join(' + ')].join('');
        try {
          const { fixed: X, random, nobs } = buildModelFrame(source, table);
          expect(X.names.length).toBe(X.columns.length);
          expect(new Set(X.assign).size).toBeLessThanOrEqual(X.termLabels.length + 1);
          for (const term of random) {
            expect(term.levelIdx.length).toBe(nobs);
            expect(new Set(term.levelIdx).size).toBe(term.levels.length);
            expect(term.columns.length).toBe(term.names.length);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(FormulaError);
        }
      }),
      { numRuns: 1500 },
    );
  });
});

test('no text makes the parser throw anything but a FormulaSyntaxError', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (source) => {
      try {
        parseFormula(source);
      } catch (error) {
        expect(error).toBeInstanceOf(FormulaSyntaxError);
      }
    }),
    { numRuns: 3000 },
  );
});

describe('long and deep input ends in a result or an error of its own', () => {
  const table = { y: [1, 2, 3], x: [1, 2, 4], g: ['a', 'b', 'a'] };
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  test.each([
    ['50 000 terms', `y ~ ${'x + '.repeat(50_000)}x`],
    ['50 000 factors of an interaction', `y ~ ${'x:'.repeat(50_000)}x`],
    ['a long sum in I()', `y ~ I(${'x + '.repeat(20_000)}x)`],
    ['a thousand brackets', `y ~ ${'('.repeat(1000)}x${')'.repeat(1000)}`],
  ])('%s works', (_, source) => {
    expect(buildModelFrame(source, table).fixed.columns.length).toBe(2);
    expect(printFormula(parseFormula(printFormula(parseFormula(source))))).toBe(printFormula(parseFormula(source)));
  });

  test.each([
    ['a hundred thousand brackets', `y ~ ${'('.repeat(100_000)}x`],
    ['deep calls', `y ~ ${'log('.repeat(5000)}x${')'.repeat(5000)}`],
    ['deep calls with bars', `y ~ ${'(1 | f('.repeat(5000)}x`],
    ['many signs', `y ~ ${'!'.repeat(50_000)}x`],
    ['a tower of powers', `y ~ I(${'x^'.repeat(50_000)}x)`],
    ['2^26 interactions', `y ~ ${letters.join(' * ')}`],
    ['a high power', `y ~ (${letters.join(' + ')})^1000000`],
    ['a grouping factor of 5000 parts', `y ~ (1 | ${'g:'.repeat(5000)}g)`],
    ['5000 nested groups', `y ~ (1 | ${'g/'.repeat(5000)}g)`],
    ['open brackets in groups', `y ~ (1 | ${'g/('.repeat(2000)}g`],
    ['an endless string', `y ~ x + "${'x'.repeat(1_000_000)}`],
    ['an endless number', `y ~ ${'1'.repeat(100_000)}`],
  ])('%s fails', (_, source) => {
    expect(() => buildModelFrame(source, table)).toThrow(FormulaError);
  });
});
