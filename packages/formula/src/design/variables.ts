import { FormulaTypeError } from '../errors.js';
import type { EvaluationContext } from '../expression/context.js';
import { evaluate } from '../expression/evaluate.js';
import { describeValue } from '../expression/value.js';
import type { Expr } from '../syntax/ast.js';
import { stripParens } from '../syntax/ast.js';
import { printExpr } from '../syntax/print.js';
import type { DesignVariable } from './design.js';

/** The distinct expressions of a design, in order of appearance. Planning evaluates each on no rows, which checks it. */
export class VariableTable {
  readonly list: DesignVariable[] = [];
  private readonly indexByName = new Map<string, number>();
  private readonly context: EvaluationContext;

  constructor(context: EvaluationContext) {
    this.context = context;
  }

  /** @throws FormulaNameError, FormulaTypeError when it cannot be evaluated or is no column. */
  index(node: Expr): number {
    const name = printExpr(node);
    const known = this.indexByName.get(name);
    if (known !== undefined) return known;
    const value = evaluate(node, this.context);
    const variable: DesignVariable = {
      name,
      expression: name,
      kind: 'number',
      suffixes: [],
      ordered: false,
      levels: null,
      unusedLevels: [],
      allLevels: null,
    };
    switch (value.kind) {
      case 'number':
        break;
      case 'logical':
        variable.kind = 'logical';
        break;
      case 'matrix':
        variable.kind = 'matrix';
        variable.suffixes = [...value.suffixes];
        break;
      case 'factor':
        variable.kind = 'factor';
        variable.ordered = value.ordered;
        break;
      default:
        if (value.kind === 'constant' && typeof value.value === 'number') break;
        throw this.error(node, `${name} is ${describeValue(value)}, not a column.`);
    }
    const index = this.list.push(variable) - 1;
    this.indexByName.set(name, index);
    return index;
  }

  /** A variable that must be a number: response, weights, offset. */
  numeric(node: Expr, role: string): number {
    const index = this.index(node);
    const { kind, name } = this.list[index]!;
    if (kind === 'number' || (kind === 'logical' && role === 'offset')) return index;
    const what =
      kind === 'factor' ? 'a factor or text' : kind === 'logical' ? 'a truth value' : 'a matrix of several columns';
    const hint =
      kind === 'logical'
        ? `Write as.numeric(${printExpr(stripParens(node))}) to use it as 0 and 1.`
        : 'It must be one column of numbers.';
    throw this.error(node, `The ${role} ${name} is ${what}.`, hint);
  }

  private error(node: Expr, what: string, hint?: string): FormulaTypeError {
    return new FormulaTypeError(what, {
      place: { source: this.context.source, start: node.start, end: node.end },
      hint,
    });
  }
}
