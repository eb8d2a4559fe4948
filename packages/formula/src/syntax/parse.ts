import { FormulaSyntaxError } from '../errors.js';
import type { Argument, BinaryOperator, Expr, Formula } from './ast.js';
import type { Token } from './tokenize.js';
import { tokenize } from './tokenize.js';

/** Nesting beyond this is refused, so that no input overflows the stack, here or where the tree is walked. */
const MAX_DEPTH = 1100;
/** Nested function calls take more stack when they are evaluated. */
const MAX_CALL_DEPTH = 60;

/** R's binding powers (R Language Definition, section 10.4.2): a larger number binds tighter. */
const BINARY = new Map<string, { power: number; assoc: 'left' | 'right' | 'none' }>([
  ['||', { power: 2, assoc: 'left' }],
  ['|', { power: 2, assoc: 'left' }],
  ['&', { power: 3, assoc: 'left' }],
  ['==', { power: 5, assoc: 'none' }],
  ['!=', { power: 5, assoc: 'none' }],
  ['<', { power: 5, assoc: 'none' }],
  ['<=', { power: 5, assoc: 'none' }],
  ['>', { power: 5, assoc: 'none' }],
  ['>=', { power: 5, assoc: 'none' }],
  ['+', { power: 6, assoc: 'left' }],
  ['-', { power: 6, assoc: 'left' }],
  ['*', { power: 7, assoc: 'left' }],
  ['/', { power: 7, assoc: 'left' }],
  ['%in%', { power: 8, assoc: 'left' }],
  ['%%', { power: 8, assoc: 'left' }],
  ['%/%', { power: 8, assoc: 'left' }],
  [':', { power: 9, assoc: 'left' }],
  ['^', { power: 11, assoc: 'right' }],
  ['**', { power: 11, assoc: 'right' }],
]);
const NOT_POWER = 4;
const SIGN_POWER = 10;

const FOREIGN = new Map([
  ['&&', 'Write & (it works row by row).'],
  ['<-', 'That is an assignment in R; write `< -` with a space for "less than minus".'],
  ['[', 'Indexing is not part of the formula language; make the column in the table.'],
  ['$', 'Write the column name alone; the columns come from the table.'],
  ['@', 'Write the column name alone.'],
  ['{', 'Braces are not part of the formula language.'],
  [';', 'Give one formula.'],
  ['?', 'A question mark is not part of the formula language.'],
  ['=', 'Comparison is written ==.'],
]);

const RESERVED = new Set(['if', 'else', 'for', 'while', 'repeat', 'function', 'next', 'break', 'in']);

const NUMERIC_CONSTANTS = new Map([
  ['Inf', Number.POSITIVE_INFINITY],
  ['NaN', Number.NaN],
  ['NA', Number.NaN],
]);

class Parser {
  private readonly source: string;
  private readonly tokens: Token[];
  private at = 0;
  private depth = 0;
  private callDepth = 0;

  constructor(source: string) {
    this.source = source;
    this.tokens = tokenize(source);
  }

  peek(): Token {
    return this.tokens[this.at]!;
  }

  isOperator(text: string): boolean {
    const { kind, text: found } = this.peek();
    return kind === 'operator' && found === text;
  }

  take(): Token {
    return this.tokens[this.at++]!;
  }

  fail(what: string, token: { start: number; end: number }, hint?: string): never {
    const place = { source: this.source, start: token.start, end: Math.max(token.end, token.start + 1) };
    throw new FormulaSyntaxError(what, { place, hint });
  }

  /** @param context - what the parser was in the middle of, for the message at the end of the text. */
  unexpected(context: string): never {
    const token = this.peek();
    if (token.kind === 'end') this.fail(`The formula ends too early: ${context}.`, token);
    const hint =
      token.kind === 'operator'
        ? (FOREIGN.get(token.text) ?? (token.text.startsWith('%') ? OTHER_PERCENT : undefined))
        : undefined;
    return this.fail(`Unexpected ${describe(token)}: ${context}.`, token, hint);
  }

  expect(text: string, context: string): Token {
    if (!this.isOperator(text)) this.unexpected(context);
    return this.take();
  }

  /** An expression whose operators all bind at least as tightly as `power` (precedence climbing). */
  expression(power: number): Expr {
    if (++this.depth > MAX_DEPTH) {
      this.fail(`The formula is nested more than ${MAX_DEPTH} levels deep.`, this.peek(), 'Simplify it.');
    }
    const { kind, text, start } = this.peek();
    let left: Expr;
    if (kind === 'operator' && (text === '+' || text === '-' || text === '!')) {
      this.take();
      const operand = this.expression(text === '!' ? NOT_POWER : SIGN_POWER);
      left = { kind: 'unary', op: text, operand, start, end: operand.end };
    } else {
      left = this.primary();
    }
    let limit = Number.POSITIVE_INFINITY;
    for (;;) {
      const token = this.peek();
      const binary = token.kind === 'operator' ? BINARY.get(token.text) : undefined;
      if (binary === undefined || binary.power < power || binary.power > limit) break;
      this.take();
      const right = this.expression(binary.assoc === 'right' ? binary.power : binary.power + 1);
      const op = (token.text === '**' ? '^' : token.text) as BinaryOperator;
      left = { kind: 'binary', op, left, right, start: left.start, end: right.end };
      if (binary.assoc === 'none') limit = binary.power - 1;
    }
    this.depth--;
    return left;
  }

  private primary(): Expr {
    const token = this.peek();
    const { start, end } = token;
    switch (token.kind) {
      case 'number':
      case 'integer':
        this.take();
        return { kind: 'number', value: Number(token.text), integer: token.kind === 'integer', start, end };
      case 'string':
        this.take();
        return { kind: 'string', value: token.text, start, end };
      case 'quotedName':
        this.take();
        return this.isOperator('(') ? this.call(token.text, start) : { kind: 'name', name: token.text, start, end };
      case 'name':
        this.take();
        return this.named(token);
      case 'operator':
        if (token.text === '(') {
          this.take();
          const inner = this.expression(0);
          const close = this.expect(')', 'the opening parenthesis is not closed');
          return { kind: 'paren', inner, start, end: close.end };
        }
        break;
      case 'end':
        break;
    }
    return this.unexpected('a name, a number or an opening parenthesis is needed here');
  }

  private named(token: Token): Expr {
    const { text, start, end } = token;
    if (RESERVED.has(text)) this.fail(`"${text}" is not part of the formula language.`, token);
    if (this.isOperator('::')) {
      this.take();
      const fn = this.peek();
      if (fn.kind !== 'name') this.unexpected('a function name is needed after ::');
      this.take();
      return this.call(`${text}::${fn.text}`, start);
    }
    if (this.isOperator('(')) return this.call(text, start);
    if (text === 'TRUE' || text === 'FALSE') return { kind: 'logical', value: text === 'TRUE', start, end };
    if (text === 'NULL') return { kind: 'null', start, end };
    const value = NUMERIC_CONSTANTS.get(text);
    if (value !== undefined) return { kind: 'number', value, integer: false, start, end };
    return { kind: 'name', name: text, start, end };
  }

  private call(fn: string, start: number): Expr {
    this.expect('(', `the arguments of ${fn} must follow in parentheses`);
    if (++this.callDepth > MAX_CALL_DEPTH) {
      this.fail(`More than ${MAX_CALL_DEPTH} function calls are nested.`, this.peek(), 'Make the column in the table.');
    }
    const args: Argument[] = [];
    if (!this.isOperator(')')) {
      do args.push(this.argument(fn));
      while (this.isOperator(',') && this.take());
    }
    const { end } = this.expect(')', `the call of ${fn}() is not closed`);
    this.callDepth--;
    return { kind: 'call', fn, args, start, end };
  }

  private argument(fn: string): Argument {
    const token = this.peek();
    const next = this.tokens[this.at + 1];
    const named =
      (token.kind === 'name' || token.kind === 'quotedName' || token.kind === 'string') &&
      next?.kind === 'operator' &&
      next.text === '=';
    if (named) this.at += 2;
    if (this.isOperator(',') || this.isOperator(')')) this.unexpected(`an argument of ${fn}() is empty`);
    const value = this.expression(0);
    return { name: named ? token.text : null, value, start: token.start, end: value.end };
  }
}

const OTHER_PERCENT = 'The operators of this kind are %in%, %% and %/%.';

const describe = (token: Token): string =>
  token.kind === 'operator'
    ? `"${token.text}"`
    : `${token.kind === 'quotedName' ? 'name' : token.kind} "${token.text}"`;

/**
 * Parses a formula, `y ~ x + (1 | g)` or without a response `~ x`. Operators, precedence and constants are R's.
 * Time and memory are linear in the text; nesting is limited to 1100 levels, of calls to 60.
 *
 * @throws FormulaSyntaxError with the place in the text.
 */
export function parseFormula(source: string): Formula {
  const parser = new Parser(source);
  if (parser.peek().kind === 'end') {
    parser.fail('The formula is empty.', parser.peek(), 'Write one like y ~ x + (1 | group).');
  }
  const response = parser.isOperator('~') ? null : parser.expression(0);
  if (parser.peek().kind === 'end') {
    parser.fail(
      'A formula needs a ~ between response and terms.',
      parser.peek(),
      'Write one like y ~ x + (1 | group).',
    );
  }
  parser.expect('~', 'an operator or ~ is needed here');
  const right = parser.expression(0);
  if (parser.isOperator('~')) parser.fail('A formula has only one ~.', parser.peek());
  if (parser.peek().kind !== 'end') parser.unexpected('an operator or the end of the formula is needed here');
  return { kind: 'formula', source, response, right };
}

/**
 * Parses an expression without `~`, such as a subset condition `Days >= 2 & Subject != "308"`.
 *
 * @throws FormulaSyntaxError with the place in the text.
 */
export function parseExpression(source: string): Expr {
  const parser = new Parser(source);
  const expression = parser.expression(0);
  if (parser.isOperator('~'))
    parser.fail('An expression is wanted here, not a formula.', parser.peek(), 'Leave out the ~.');
  if (parser.peek().kind !== 'end') parser.unexpected('an operator or the end of the expression is needed here');
  return expression;
}
