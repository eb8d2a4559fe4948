import { FormulaTypeError } from '../errors.js';
import type { FormulaFunction } from '../functions/function.js';
import { nearestName } from '../nearest.js';
import type { CallNode, Expr } from '../syntax/ast.js';
import type { EvaluationContext } from './context.js';
import type { Value } from './value.js';

export interface BoundArguments {
  args: Map<string, Value>;
  rest: Value[];
  nodes: Map<string, Expr>;
}

/**
 * Matches arguments to parameters as R does: exact names first, then unique beginnings of names (for parameters before `...`), then
 * by position; `...` takes what is left.
 *
 * @throws FormulaTypeError for an unknown name, a parameter given twice, or too many arguments.
 */
export function bindArguments(
  node: CallNode,
  fn: FormulaFunction,
  context: EvaluationContext,
  evaluateArgument: (node: Expr) => Value,
): BoundArguments {
  const { params } = fn;
  const dots = params.indexOf('...');
  const bound: BoundArguments = { args: new Map(), rest: [], nodes: new Map() };
  const fail = (at: { start: number; end: number }, what: string, hint?: string): never => {
    throw new FormulaTypeError(what, { place: { source: context.source, start: at.start, end: at.end }, hint });
  };
  const match = (name: string): string | null => {
    if (params.includes(name) && name !== '...') return name;
    const partial = params.filter((p, k) => p.startsWith(name) && (dots === -1 || k < dots));
    return partial.length === 1 ? partial[0]! : null;
  };
  const targets = node.args.map(({ name, start, end }) => {
    if (name === null) return null;
    const target = match(name);
    if (target === null) {
      const near = nearestName(name, params);
      return fail(
        { start, end },
        `${node.fn}() has no argument "${name}".`,
        near === null ? `It has ${params.join(', ')}.` : `Did you mean ${near}?`,
      );
    }
    return target;
  });
  const free = params.filter((p) => !targets.includes(p));
  node.args.forEach((arg, k) => {
    const target = targets[k] ?? (free[0] === '...' ? '...' : free.shift());
    if (target === undefined) return fail(arg, `${node.fn}() takes at most ${params.length} arguments.`);
    const value = evaluateArgument(arg.value);
    if (target === '...') {
      bound.rest.push(value);
      bound.nodes.set(`...${bound.rest.length}`, arg.value);
      return undefined;
    }
    if (bound.args.has(target)) return fail(arg, `${node.fn}() got the argument "${target}" twice.`);
    bound.args.set(target, value);
    bound.nodes.set(target, arg.value);
    return undefined;
  });
  return bound;
}
