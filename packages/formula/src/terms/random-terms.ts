import { FormulaTermError } from '../errors.js';
import { builtInFunctionNames } from '../functions/registry.js';
import type { Argument, BinaryNode, CallNode, Expr } from '../syntax/ast.js';
import { leftSpine, stripParens } from '../syntax/ast.js';
import { printExpr, quoteName } from '../syntax/print.js';
import type { Grouping } from './grouping.js';
import { expandGrouping } from './grouping.js';
import type { TermList } from './term-list.js';
import { expandTerms } from './term-list.js';

/** A covariance structure as the formula names it; `us` when there is no tag. */
export interface StructureTag {
  name: string;
  args: Record<string, number | string | boolean>;
}

/** One random-effects term after `a/b` and `a*b` on the right of the bar are expanded. */
export interface RandomTerm {
  /** `(1 + Days | Subject)`, `ar1(0 + time | id)`. */
  label: string;
  structure: StructureTag;
  /** `(e || g)`: every column of `e` has a variance of its own and no covariances. */
  independent: boolean;
  columns: TermList;
  group: Grouping;
  start: number;
  end: number;
}

/**
 * Functions inside which a bar is the logical "or": the built-in ones but `exp`, which is the exponential structure, since the
 * exponential of a truth value has no use. Every other call around a bar is a structure tag.
 */
const LOGICAL_CONTEXT = new Set(builtInFunctionNames.filter((name) => name !== 'exp').concat('offset'));

const asBar = (node: Expr): BinaryNode | null =>
  node.kind === 'binary' && (node.op === '|' || node.op === '||') ? node : null;

function asTaggedBar(node: Expr): { tag: CallNode; bar: BinaryNode } | null {
  if (node.kind !== 'call' || LOGICAL_CONTEXT.has(node.fn)) return null;
  const first = node.args.find(({ name }) => name === null);
  const bar = first === undefined ? null : asBar(first.value);
  return bar === null ? null : { tag: node, bar };
}

/** Finds the random terms while the fixed part is expanded; see {@link RandomTermCollector.take}. */
export class RandomTermCollector {
  readonly terms: RandomTerm[] = [];
  private readonly source: string;
  private readonly response: string;

  /** @param response - printed left-hand side, for suggestions. */
  constructor(source: string, response: string) {
    this.source = source;
    this.response = response;
  }

  private fail(what: string, node: { start: number; end: number }, hint?: string): never {
    throw new FormulaTermError(what, { place: { source: this.source, start: node.start, end: node.end }, hint });
  }

  /**
   * Takes `node` if it is a random term.
   *
   * @param additive - whether it is added to the other terms; anywhere else it is an error.
   */
  take(node: Expr, additive: boolean): boolean {
    const inner = stripParens(node);
    const bar = asBar(inner);
    const tagged = asTaggedBar(inner);
    if (bar === null && tagged === null) return false;
    if (bar !== null && node.kind !== 'paren') this.unparenthesised(bar);
    if (!additive) {
      this.fail(
        `A random term cannot be subtracted, multiplied or interacted: ${printExpr(node)}.`,
        node,
        `Add it: + ${printExpr(node)}.`,
      );
    }
    if (bar !== null) this.collect(bar, { name: 'us', args: {} }, node);
    else this.collect(tagged!.bar, this.structure(tagged!.tag), node, tagged!.tag);
    return true;
  }

  /** `y ~ x + 1 | g` means `(x + 1) | g`: the last term before the bar is what most writers mean by the random part. */
  private unparenthesised(bar: BinaryNode): never {
    const { first, steps } = leftSpine(bar.left);
    const last = steps.at(-1);
    const group = this.source.slice(bar.right.start, bar.right.end);
    const addend = last?.op === '+' ? last : null;
    const random = `(${printExpr(addend?.right ?? bar.left)} ${bar.op} ${group})`;
    const fixed = addend === null ? '' : `${this.source.slice(first.start, addend.node.left.end)} + `;
    this.fail(
      'A random term must stand in parentheses; without them the bar takes everything before it.',
      bar,
      `Write ${this.response}~ ${fixed}${random}.`,
    );
  }

  private structure(tag: CallNode): StructureTag {
    const args: Record<string, number | string | boolean> = Object.create(null) as Record<string, never>;
    for (const { name, value, start, end } of withoutBar(tag)) {
      if (name === null)
        this.fail(`The arguments of ${tag.fn}() after the term need names.`, { start, end }, 'As in hom = TRUE.');
      args[name] = this.literal(value, tag.fn);
    }
    return { name: tag.fn, args };
  }

  private literal(node: Expr, fn: string): number | string | boolean {
    const inner = stripParens(node);
    if (inner.kind === 'number' || inner.kind === 'string' || inner.kind === 'logical') return inner.value;
    if (inner.kind === 'name') return inner.name === 'T' ? true : inner.name === 'F' ? false : inner.name;
    if (inner.kind === 'unary' && inner.op === '-' && inner.operand.kind === 'number') return -inner.operand.value;
    return this.fail(`An argument of ${fn}() must be a number, a string, a name, TRUE or FALSE.`, node);
  }

  private collect(bar: BinaryNode, structure: StructureTag, node: Expr, tag?: CallNode): void {
    const independent = bar.op === '||';
    if (independent && tag !== undefined) {
      this.fail(`${tag.fn}() already says how the columns covary; || says it again.`, bar, 'Write a single bar.');
    }
    const columns = expandTerms(this.source, bar.left, {
      dot: (at) => this.fail('. cannot stand in a random term.', at, 'Name the columns.'),
      takeRandom: (at) => {
        const inside = stripParens(at);
        if (asBar(inside) === null && asTaggedBar(inside) === null) return false;
        return this.fail('A random term cannot contain another one.', at);
      },
    });
    if (columns.offsets.length > 0) this.fail('offset() cannot stand in a random term.', columns.offsets[0]!);
    if (!columns.intercept && columns.terms.length === 0) {
      this.fail('This random term has no columns.', node, 'Write (1 | g) for a random intercept.');
    }
    const rest = tag === undefined ? '' : printRest(tag);
    for (const group of expandGrouping(this.source, bar.right)) {
      const inside = `${printExpr(bar.left)} ${bar.op} ${group.parts.length === 1 ? printExpr(group.parts[0]!) : group.name}`;
      const label = tag === undefined ? `(${inside})` : `${quoteName(tag.fn)}(${inside}${rest})`;
      this.terms.push({ label, structure, independent, columns, group, start: node.start, end: node.end });
    }
  }
}

const withoutBar = (tag: CallNode): Argument[] => {
  const bar = tag.args.findIndex(({ name }) => name === null);
  return tag.args.filter((_, k) => k !== bar);
};

const printRest = (tag: CallNode): string =>
  withoutBar(tag)
    .map(({ name, value }) => `, ${name === null ? '' : `${quoteName(name)} = `}${printExpr(value)}`)
    .join('');
