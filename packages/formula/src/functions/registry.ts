import { FormulaTypeError } from '../errors.js';
import { basicFunctions } from './basic.js';
import { cut } from './cut.js';
import { factorFunctions } from './factor.js';
import type { FormulaFunction } from './function.js';
import { interaction } from './interaction.js';
import { mathFunctions } from './math.js';
import { momentFunctions } from './moments.js';
import { poly } from './poly.js';
import { splineFunctions } from './splines.js';

const builtIn: readonly FormulaFunction[] = [
  ...mathFunctions,
  ...basicFunctions,
  ...factorFunctions,
  ...momentFunctions,
  ...splineFunctions,
  poly,
  cut,
  interaction,
];

const builtInTable: ReadonlyMap<string, FormulaFunction> = new Map(builtIn.map((fn) => [fn.name, fn]));

/** Names of the functions that formulas know without the user's own. */
export const builtInFunctionNames: readonly string[] = builtIn.map((fn) => fn.name);

/**
 * A function of the user's: takes one number of each argument and gives a number. Missing values never reach it.
 * It is called row by row, so it can have no memory; pass a {@link FormulaFunction} where it needs one.
 */
export type UserFunction = (...args: number[]) => number;

/** The user's functions by name. Not part of a design's JSON: pass the same ones again when a design is read back. */
export type UserFunctions =
  | Readonly<Record<string, UserFunction | FormulaFunction>>
  | ReadonlyMap<string, UserFunction | FormulaFunction>;

function wrap(name: string, f: UserFunction): FormulaFunction {
  return {
    name,
    params: ['...'],
    evaluate(call) {
      const columns = call.rest.map((value, k) => {
        if (value.kind === 'number' || value.kind === 'logical') return value.values;
        if (value.kind === 'constant' && typeof value.value !== 'string')
          return new Float64Array(call.nrow).fill(Number(value.value));
        return call.fail(`${name}() takes numbers.`, `...${k + 1}`);
      });
      const out = new Float64Array(call.nrow);
      const args = new Array<number>(columns.length);
      for (let i = 0; i < out.length; i++) {
        let missing = false;
        for (let k = 0; k < args.length; k++) {
          args[k] = columns[k]![i]!;
          missing ||= args[k] !== args[k];
        }
        const result = missing ? Number.NaN : f(...args);
        if (typeof result !== 'number')
          throw new FormulaTypeError(`The function ${name} must return a number; it returned ${typeof result}.`);
        out[i] = result;
      }
      return { kind: 'number', values: out };
    },
  };
}

/** The built-in functions together with the user's, which win. */
export function functionTable(user?: UserFunctions): ReadonlyMap<string, FormulaFunction> {
  if (user === undefined) return builtInTable;
  const table = new Map(builtInTable);
  const entries = user instanceof Map ? user : new Map(Object.entries(user));
  for (const [name, fn] of entries as ReadonlyMap<string, UserFunction | FormulaFunction>) {
    table.set(name, typeof fn === 'function' ? wrap(name, fn) : fn);
  }
  return table;
}
