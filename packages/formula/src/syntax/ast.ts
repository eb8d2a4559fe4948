/** Expression tree of the formula language. `start` and `end` are character offsets into the source text, `end` exclusive. */
export type Expr =
  | NumberNode
  | StringNode
  | LogicalNode
  | NullNode
  | NameNode
  | CallNode
  | UnaryNode
  | BinaryNode
  | ParenNode;

interface Placed {
  readonly start: number;
  readonly end: number;
}

export interface NumberNode extends Placed {
  readonly kind: 'number';
  readonly value: number;
  /** Written with R's integer suffix, `2L`. */
  readonly integer: boolean;
}

export interface StringNode extends Placed {
  readonly kind: 'string';
  readonly value: string;
}

export interface LogicalNode extends Placed {
  readonly kind: 'logical';
  readonly value: boolean;
}

export interface NullNode extends Placed {
  readonly kind: 'null';
}

export interface NameNode extends Placed {
  readonly kind: 'name';
  readonly name: string;
}

export interface Argument extends Placed {
  /** Name of a named argument, else null. */
  readonly name: string | null;
  readonly value: Expr;
}

export interface CallNode extends Placed {
  readonly kind: 'call';
  /** Function name as written, possibly qualified (`splines::ns`). */
  readonly fn: string;
  readonly args: readonly Argument[];
}

export type UnaryOperator = '+' | '-' | '!';

export interface UnaryNode extends Placed {
  readonly kind: 'unary';
  readonly op: UnaryOperator;
  readonly operand: Expr;
}

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '^'
  | ':'
  | '%in%'
  | '%%'
  | '%/%'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '&'
  | '|'
  | '||';

export interface BinaryNode extends Placed {
  readonly kind: 'binary';
  readonly op: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
}

/** Parentheses are kept: they show in names, as in R (`I((x - 1)^2)`). */
export interface ParenNode extends Placed {
  readonly kind: 'paren';
  readonly inner: Expr;
}

/** A parsed formula: `response ~ right`, or `~ right`. */
export interface Formula {
  readonly kind: 'formula';
  /** The text as it was given. */
  readonly source: string;
  readonly response: Expr | null;
  readonly right: Expr;
}

/** The expression inside any number of parentheses. */
export function stripParens(node: Expr): Expr {
  let inner = node;
  while (inner.kind === 'paren') inner = inner.inner;
  return inner;
}

export interface SpineStep {
  op: BinaryOperator;
  right: Expr;
  node: BinaryNode;
}

/**
 * A chain of left-associative operators as a list: `a + b - c` is first `a`, then `+ b`, `- c`. Walking this list instead of
 * recursing keeps formulas of thousands of terms off the call stack.
 */
export function leftSpine(node: Expr): { first: Expr; steps: SpineStep[] } {
  const steps: SpineStep[] = [];
  let first = node;
  while (first.kind === 'binary') {
    steps.push({ op: first.op, right: first.right, node: first });
    first = first.left;
  }
  return { first, steps: steps.reverse() };
}

/** Calls `visit` for every node below and including `node`, parents first; `visit` returns false to skip what is below. */
export function walk(node: Expr, visit: (node: Expr) => boolean | void): void {
  const stack: Expr[] = [node];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (visit(next) === false) continue;
    if (next.kind === 'paren') stack.push(next.inner);
    else if (next.kind === 'unary') stack.push(next.operand);
    else if (next.kind === 'binary') stack.push(next.right, next.left);
    else if (next.kind === 'call') for (const arg of next.args.toReversed()) stack.push(arg.value);
  }
}

/** Names of the columns that an expression may read, each once, in order of appearance. */
export function namesIn(node: Expr): string[] {
  const names = new Set<string>();
  walk(node, (n) => {
    if (n.kind === 'name') names.add(n.name);
  });
  return [...names];
}
