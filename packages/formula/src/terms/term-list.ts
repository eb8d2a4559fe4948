import { FormulaTermError } from '../errors.js';
import type { BinaryOperator, CallNode, Expr } from '../syntax/ast.js';
import { leftSpine, stripParens } from '../syntax/ast.js';
import { printExpr } from '../syntax/print.js';

/** The terms of one model matrix: sets of variables, in R's order. */
export interface TermList {
  intercept: boolean;
  /** Distinct variables in order of appearance, also those whose terms were removed again. */
  variables: Expr[];
  /** Each term as ascending indices into `variables`; by number of variables, then by appearance. */
  terms: number[][];
  /** Arguments of the `offset()` terms. */
  offsets: Expr[];
}

/** More terms than this are a slip such as `(a + b + ... + z)^9`. */
const MAX_TERMS = 20_000;

interface Partial {
  terms: Map<string, number[]>;
  /** What the last 0, 1, -0 or -1 said about the intercept; null if none. */
  intercept: boolean | null;
}

const FORMULA_OPERATORS = new Set<BinaryOperator>(['+', '-', '*', '/', ':', '%in%', '^']);

const isOffset = (node: Expr): node is CallNode =>
  node.kind === 'call' && (node.fn === 'offset' || node.fn === 'stats::offset');

/** What an expansion asks of its surroundings. */
export interface ExpansionHooks {
  /** The columns that `.` stands for. */
  dot(node: Expr): Expr[];
  /** Takes a random term out (and returns true), or throws where none may stand; false for every other node. */
  takeRandom(node: Expr, additive: boolean): boolean;
}

const union = (a: number[], b: number[]): number[] => [...new Set([...a, ...b])].sort((i, j) => i - j);

/**
 * Expands the operators of model formulas as `terms.formula` of R does (Wilkinson and Rogers 1973; Chambers and Hastie 1992,
 * section 2.3): a term is the set of its variables, so `x^2` is `x`; duplicates stay where they stood first.
 */
class Expansion {
  readonly variables: Expr[] = [];
  readonly offsets: Expr[] = [];
  private readonly indexByText = new Map<string, number>();
  private readonly source: string;
  private readonly hooks: ExpansionHooks;

  constructor(source: string, hooks: ExpansionHooks) {
    this.source = source;
    this.hooks = hooks;
  }

  fail(what: string, node: Expr, hint?: string): never {
    throw new FormulaTermError(what, { place: { source: this.source, start: node.start, end: node.end }, hint });
  }

  private add(into: Map<string, number[]>, term: number[], node: Expr): void {
    const key = term.join();
    if (into.has(key)) return;
    if (into.size >= MAX_TERMS)
      this.fail(`This expands to more than ${MAX_TERMS} terms.`, node, 'Leave out the high interactions.');
    into.set(key, term);
  }

  private variable(node: Expr): Partial {
    const text = printExpr(node);
    let index = this.indexByText.get(text);
    if (index === undefined) {
      index = this.variables.push(node) - 1;
      this.indexByText.set(text, index);
    }
    return { terms: new Map([[`${index}`, [index]]]), intercept: null };
  }

  private leaf(node: Expr): Partial {
    switch (node.kind) {
      case 'paren':
        return this.expand(node.inner);
      case 'number':
        if (node.value === 0 || node.value === 1) return { terms: new Map(), intercept: node.value === 1 };
        return this.fail(
          `The number ${printExpr(node)} is no term; only 0 and 1 (without and with intercept) are.`,
          node,
          'Put arithmetic into I(), as in I(2 * x).',
        );
      case 'string':
      case 'logical':
      case 'null':
        return this.fail(`${printExpr(node)} is no term.`, node, 'Terms are made of column names and functions.');
      case 'unary': {
        if (node.op === '!') return this.variable(node);
        const operand = this.expand(node.operand);
        if (node.op === '+') return operand;
        return { terms: new Map(), intercept: operand.intercept === null ? null : !operand.intercept };
      }
      case 'call':
        return this.call(node);
      case 'name':
        return node.name === '.' ? this.dotTerms(node) : this.variable(node);
      case 'binary':
        return this.variable(node);
    }
  }

  private call(node: CallNode): Partial {
    if (!isOffset(node)) return this.variable(node);
    return this.fail('offset() can only be added to the other terms.', node, 'Write + offset(...) at the top level.');
  }

  private dotTerms(node: Expr): Partial {
    const terms = new Map<string, number[]>();
    for (const column of this.hooks.dot(node))
      for (const term of this.variable(column).terms.values()) this.add(terms, term, node);
    return { terms, intercept: null };
  }

  private takeOffset(node: CallNode): Partial {
    if (node.args.length !== 1) this.fail('offset() takes one expression.', node);
    this.offsets.push(node.args[0]!.value);
    return { terms: new Map(), intercept: null };
  }

  /** @param additive - whether the node is added to the other terms, so that offset() and random terms may stand in it. */
  expand(node: Expr, additive = false): Partial {
    const spine = leftSpine(node);
    // Comparisons, logic and remainders make one variable of everything to their left.
    const opaque = spine.steps.findLastIndex(({ op }) => !FORMULA_OPERATORS.has(op));
    const steps = spine.steps.slice(opaque + 1);
    const first = opaque === -1 ? spine.first : spine.steps[opaque]!.node;
    const plain = steps.every(({ op }) => op === '+' || op === '-');
    if (steps.length > 0 && !plain) this.refuseNumber(first);
    let left = this.operand(first, additive && plain);
    for (const { op, right, node: at } of steps) {
      if (op === '+') {
        this.plus(left, this.operand(right, additive), at);
      } else if (op === '^') {
        left = this.power(left, right, at);
      } else if (op === '-') {
        this.minus(left, this.operand(right, false));
      } else {
        this.refuseNumber(right);
        left = this.combine(op, left, this.operand(right, false), at);
      }
    }
    return left;
  }

  private combine(op: BinaryOperator, left: Partial, right: Partial, at: Expr): Partial {
    if (op === '*') return this.cross(left, right, at);
    if (op === '/') return this.nest(left, right, at);
    return op === ':' ? this.interact(left, right, at) : this.within(left, right, at);
  }

  private refuseNumber(node: Expr): void {
    if (stripParens(node).kind !== 'number') return;
    this.fail('A number cannot be part of an interaction.', node, 'Put arithmetic into I(), as in I(2 * x).');
  }

  private operand(node: Expr, additive: boolean): Partial {
    const inner = stripParens(node);
    if (this.hooks.takeRandom(node, additive)) return { terms: new Map(), intercept: null };
    if (additive && isOffset(inner)) return this.takeOffset(inner);
    return inner.kind === 'binary' && FORMULA_OPERATORS.has(inner.op) ? this.expand(inner, additive) : this.leaf(inner);
  }

  private plus(left: Partial, right: Partial, at: Expr): void {
    for (const term of right.terms.values()) this.add(left.terms, term, at);
    left.intercept = right.intercept ?? left.intercept;
  }

  private minus(left: Partial, right: Partial): void {
    for (const key of right.terms.keys()) left.terms.delete(key);
    if (right.intercept !== null) left.intercept = !right.intercept;
  }

  private pairs(left: Partial, right: Partial, into: Map<string, number[]>, at: Expr): void {
    for (const a of left.terms.values()) for (const b of right.terms.values()) this.add(into, union(a, b), at);
  }

  private cross(left: Partial, right: Partial, at: Expr): Partial {
    const product = new Map<string, number[]>();
    this.pairs(left, right, product, at);
    this.plus(left, right, at);
    for (const term of product.values()) this.add(left.terms, term, at);
    return left;
  }

  private interact(left: Partial, right: Partial, at: Expr): Partial {
    const terms = new Map<string, number[]>();
    this.pairs(left, right, terms, at);
    return { terms, intercept: right.intercept ?? left.intercept };
  }

  private all(partial: Partial): number[] {
    let together: number[] = [];
    for (const term of partial.terms.values()) together = union(together, term);
    return together;
  }

  private nest(left: Partial, right: Partial, at: Expr): Partial {
    // Within nothing there is nothing.
    if (left.terms.size > 0) {
      const outer = this.all(left);
      for (const term of right.terms.values()) this.add(left.terms, union(outer, term), at);
    }
    left.intercept = right.intercept ?? left.intercept;
    return left;
  }

  private within(left: Partial, right: Partial, at: Expr): Partial {
    const outer = this.all(right);
    const terms = new Map<string, number[]>();
    for (const term of left.terms.values()) this.add(terms, union(term, outer), at);
    return { terms, intercept: right.intercept ?? left.intercept };
  }

  private power(base: Partial, exponent: Expr, at: Expr): Partial {
    const { kind, ...rest } = stripParens(exponent);
    const times = kind === 'number' && 'value' in rest ? (rest.value as number) : Number.NaN;
    if (!Number.isInteger(times) || times < 1) {
      this.fail(
        'The exponent of ^ must be a whole number from 1.',
        exponent,
        'For a power of the values write I(x^2).',
      );
    }
    // Every factor of the product runs over all terms of the base; as in R, the first factor is the outermost loop.
    let { terms } = base;
    for (let k = 1; k < times; k++) {
      const product = new Map<string, number[]>();
      this.pairs(base, { terms, intercept: null }, product, at);
      const unchanged = product.size === terms.size;
      terms = product;
      if (unchanged) break;
    }
    return { terms, intercept: base.intercept };
  }
}

/**
 * Expands one right-hand side, or the left of a bar.
 *
 * @throws FormulaTermError
 */
export function expandTerms(source: string, node: Expr, hooks: ExpansionHooks): TermList {
  const expansion = new Expansion(source, hooks);
  const { terms, intercept } = expansion.expand(node, true);
  return {
    intercept: intercept ?? true,
    variables: expansion.variables,
    offsets: expansion.offsets,
    terms: [...terms.values()].sort((a, b) => a.length - b.length),
  };
}

/** Label of a term as R writes it, `a:poly(x, 2)`. */
export const termLabel = (list: TermList, term: number[]): string =>
  term.map((v) => printExpr(list.variables[v]!)).join(':');
