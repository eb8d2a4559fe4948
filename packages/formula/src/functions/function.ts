import type { Distribution, FunctionState } from '../design/state.js';
import type { EvaluationMode, EvaluationContext } from '../expression/context.js';
import type { Value } from '../expression/value.js';
import type { CallNode, Expr } from '../syntax/ast.js';

/** A call with its arguments evaluated and matched to the parameters. */
export interface Call {
  node: CallNode;
  nrow: number;
  mode: EvaluationMode;
  context: EvaluationContext;
  /** Arguments by parameter name. */
  args: ReadonlyMap<string, Value>;
  /** Arguments that `...` took, in order. */
  rest: readonly Value[];
  /** Printed text of the node, the key of its state. */
  text: string;
  /** Throws a FormulaTypeError that points at an argument, or at the whole call. */
  fail(what: string, parameter?: string, hint?: string): never;
}

/** A function without memory. */
export interface PlainFunction {
  name: string;
  /** Parameter names in order; `...` takes the rest. */
  params: readonly string[];
  evaluate(call: Call): Value;
}

/**
 * A function that learns something from its first argument and keeps it for prediction (`poly` its coefficients, `factor` its
 * levels). `fit` never looks at anything but the distribution and the constant arguments.
 */
export interface StatefulFunction {
  name: string;
  params: readonly string[];
  fit(call: Call, distribution: Distribution): FunctionState;
  /** @param state - null while planning, when only the shape of the result is wanted. */
  apply(call: Call, state: FunctionState | null): Value;
}

export type FormulaFunction = PlainFunction | StatefulFunction;

export const isStateful = (fn: FormulaFunction): fn is StatefulFunction => 'fit' in fn;

/** The expression given for a parameter, for messages. */
export type ArgumentNodes = ReadonlyMap<string, Expr>;
