import type { Value } from '../expression/value.js';
import { countOption, finiteValues, flagOption, numbersOf } from './arguments.js';
import type { Call, StatefulFunction } from './function.js';
import { evaluateRecurrence, orthonormalPolynomials } from './orthogonal-polynomials.js';

const degreeOf = (call: Call): number => countOption(call, 'degree', 1) ?? 1;

/** Powers x, x^2, ... by repeated multiplication. */
function powers(x: Float64Array, degree: number): Float64Array[] {
  const columns = [x];
  while (columns.length < degree) columns.push(columns.at(-1)!.map((v, i) => v * x[i]!));
  return columns;
}

/** `poly(x, degree)`: orthonormal over all rows; `poly(x, degree, raw = TRUE)`: powers. */
export const poly: StatefulFunction = {
  name: 'poly',
  params: ['x', 'degree', 'raw', 'simple'],
  fit(call, distribution) {
    const degree = degreeOf(call);
    const values = finiteValues(call, distribution);
    if (flagOption(call, 'raw', false)) return {};
    const polynomials = orthonormalPolynomials(values, distribution.counts, degree);
    if (polynomials === null)
      return call.fail(`poly() of degree ${degree} needs more than ${degree} distinct values.`, 'degree');
    const { alpha, norm } = polynomials.recurrence;
    return { alpha, norm };
  },
  apply(call, state): Value {
    const x = numbersOf(call, 'x');
    const degree = degreeOf(call);
    const suffixes = Array.from({ length: degree }, (_, k) => String(k + 1));
    if (flagOption(call, 'raw', false)) return { kind: 'matrix', columns: powers(x, degree), suffixes };
    if (state === null) return { kind: 'matrix', columns: suffixes.map(() => new Float64Array(call.nrow)), suffixes };
    const { alpha, norm } = state as unknown as { alpha: number[]; norm: number[] };
    return { kind: 'matrix', columns: evaluateRecurrence({ alpha, norm }, x), suffixes };
  },
};
