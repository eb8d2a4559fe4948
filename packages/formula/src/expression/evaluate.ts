import { FormulaNameError, FormulaTypeError } from '../errors.js';
import type { Distribution } from '../design/state.js';
import type { Call, FormulaFunction, StatefulFunction } from '../functions/function.js';
import { isStateful } from '../functions/function.js';
import { asNumbers } from '../functions/arguments.js';
import { nearestName } from '../nearest.js';
import { unknownColumn } from '../schema.js';
import type { CallNode, Expr, NameNode } from '../syntax/ast.js';
import { leftSpine, walk } from '../syntax/ast.js';
import { printExpr } from '../syntax/print.js';
import { bindArguments } from './bind-arguments.js';
import type { EvaluationContext } from './context.js';
import { applyBinary, applyUnary } from './operators.js';
import type { Value } from './value.js';
import { constant } from './value.js';

const CONSTANTS = new Map<string, Value>([
  ['T', constant(true)],
  ['F', constant(false)],
  ['pi', constant(Math.PI)],
]);

const PACKAGES = /^(?:base|stats|splines|lme4|MASS)::/;

/**
 * Value of an expression for all rows of the context.
 *
 * @throws FormulaNameError for an unknown column or function, FormulaTypeError for unusable arguments.
 */
export function evaluate(node: Expr, context: EvaluationContext): Value {
  switch (node.kind) {
    case 'number':
    case 'string':
    case 'logical':
      return constant(node.value);
    case 'null':
      return { kind: 'null' };
    case 'name':
      return evaluateName(node, context);
    case 'paren':
      return evaluate(node.inner, context);
    case 'unary':
      return applyUnary(node, evaluate(node.operand, context), context);
    case 'binary': {
      const { first, steps } = leftSpine(node);
      let left = evaluate(first, context);
      for (const step of steps) left = applyBinary(step.node, left, evaluate(step.right, context), context);
      return left;
    }
    case 'call':
      return evaluateCall(node, context);
  }
}

function evaluateName(node: NameNode, context: EvaluationContext): Value {
  const value = context.column(node.name) ?? CONSTANTS.get(node.name);
  if (value !== undefined) return value;
  const { source } = context;
  throw unknownColumn(node.name, context.columnNames, 'There is no column', {
    source,
    start: node.start,
    end: node.end,
  });
}

function lookUp(node: CallNode, { functions, source }: EvaluationContext): FormulaFunction {
  const name = node.fn.replace(PACKAGES, '');
  const fn = functions.get(name);
  if (fn !== undefined) return fn;
  const suggestion = nearestName(name, functions.keys());
  throw new FormulaNameError(`There is no function "${node.fn}".`, {
    place: { source, start: node.start, end: node.start + node.fn.length },
    suggestion: suggestion ?? undefined,
    hint:
      suggestion !== null
        ? `Did you mean ${suggestion}()?`
        : 'Make the column in the table, or pass your own function.',
  });
}

function evaluateCall(node: CallNode, context: EvaluationContext): Value {
  const fn = lookUp(node, context);
  const { args, rest, nodes } = bindArguments(node, fn, context, (arg) => evaluate(arg, context));
  const { source, nrow, mode } = context;
  const call: Call = {
    node,
    nrow,
    mode,
    context,
    args,
    rest,
    text: printExpr(node),
    fail(what, parameter, hint) {
      const at = (parameter === undefined ? undefined : nodes.get(parameter)) ?? node;
      throw new FormulaTypeError(what, { place: { source, start: at.start, end: at.end }, hint });
    },
  };
  return isStateful(fn) ? applyStateful(fn, call) : fn.evaluate(call);
}

function applyStateful(fn: StatefulFunction, call: Call): Value {
  const { states } = call.context;
  let state = states.get(call.text);
  const distribution =
    state !== undefined
      ? undefined
      : call.mode === 'estimate'
        ? distributionOf(fn, call)
        : call.context.distributions?.get(call.text);
  if (distribution !== undefined) {
    state = fn.fit(call, distribution);
    states.set(call.text, state);
  }
  if (state === undefined) {
    if (call.mode === 'apply')
      call.fail(`The design holds no state of ${call.text}.`, undefined, 'Estimate the design first.');
    notePending(fn, call);
  }
  return fn.apply(call, state ?? null);
}

function notePending(fn: StatefulFunction, call: Call): void {
  const { pending } = call.context.states;
  if (pending.has(call.text)) return;
  const argument = call.node.args.find((arg) => arg.name === fn.params[0]) ?? call.node.args[0];
  if (argument === undefined) return;
  const after: string[] = [];
  walk(argument.value, (inner) => {
    if (inner.kind === 'call' && pending.has(printExpr(inner))) after.push(printExpr(inner));
  });
  pending.set(call.text, { call: call.text, fn: fn.name, argument: printExpr(argument.value), after });
}

/** The first argument's values over all rows. */
function distributionOf(fn: StatefulFunction, call: Call): Distribution {
  const value = call.args.get(fn.params[0]!) ?? call.fail(`${call.node.fn}() needs the argument "${fn.params[0]!}".`);
  if (value.kind === 'factor') {
    const seen = new Uint8Array(value.levels.length);
    for (const code of value.codes) if (code >= 0) seen[code] = 1;
    return { values: null, counts: null, levels: value.levels.filter((_, k) => seen[k] === 1) };
  }
  return { values: asNumbers(value, call.nrow), counts: null, levels: null };
}
