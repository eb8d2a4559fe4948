import type { Distribution, FunctionState } from '../design/state.js';
import type { Value } from '../expression/value.js';
import { constant, number } from '../expression/value.js';
import { finiteValues, numbersOf, required } from './arguments.js';
import type { Call, StatefulFunction } from './function.js';
import { quantiles } from './quantile.js';

/** Count and mean of the values present; the mean is corrected once for its rounding error. */
function meanOf({ values, counts }: Distribution): { count: number; mean: number } {
  const x = values!;
  const total = (shift: number): { count: number; sum: number } => {
    let count = 0;
    let sum = 0;
    for (let i = 0; i < x.length; i++) {
      const v = x[i]!;
      if (v !== v) continue;
      const w = counts === null ? 1 : counts[i]!;
      count += w;
      sum += w * (v - shift);
    }
    return { count, sum };
  };
  const rough = total(0);
  const mean = rough.sum / rough.count;
  const { count, sum } = total(mean);
  return { count, mean: mean + sum / count };
}

function sumOfSquares({ values, counts }: Distribution, centre: number): number {
  let sum = 0;
  values!.forEach((v, i) => {
    if (v === v) sum += (counts === null ? 1 : counts[i]!) * (v - centre) ** 2;
  });
  return sum;
}

function needNumbers(call: Call, distribution: Distribution): Distribution {
  finiteValues(call, distribution);
  return distribution;
}

/** `center =` or `scale =` of scale(): TRUE, FALSE, or a number. */
function centringOption(call: Call, parameter: string): boolean | number {
  const value = call.args.get(parameter);
  if (value === undefined) return true;
  if (value.kind !== 'constant' || typeof value.value === 'string')
    call.fail(`"${parameter}" must be TRUE, FALSE or a number.`, parameter);
  return (value as { value: boolean | number }).value;
}

function shiftAndScale(call: Call, state: FunctionState | null): Value {
  const x = numbersOf(call, 'x');
  if (state === null) return number(x);
  const { center, scale } = state as { center: number; scale: number };
  return number(x.map((v) => (v - center) / scale));
}

/** `scale(x)`: less the mean, by the standard deviation (with `center = FALSE`, by the root mean square, as R does). */
const scale: StatefulFunction = {
  name: 'scale',
  params: ['x', 'center', 'scale'],
  fit(call, distribution) {
    const [centring, scaling] = [centringOption(call, 'center'), centringOption(call, 'scale')];
    const { count, mean } = meanOf(needNumbers(call, distribution));
    const center = centring === true ? mean : Number(centring);
    if (scaling !== true) return { center, scale: scaling === false ? 1 : scaling };
    const spread = Math.sqrt(sumOfSquares(distribution, center) / Math.max(1, count - 1));
    if (!(spread > 0))
      call.fail('scale() cannot scale a constant.', 'x', 'Write scale(x, scale = FALSE) to centre it only.');
    return { center, scale: spread };
  },
  apply: shiftAndScale,
};

/** `center(x)`: less the mean. */
const center: StatefulFunction = {
  name: 'center',
  params: ['x'],
  fit: (call, distribution) => ({ center: meanOf(needNumbers(call, distribution)).mean, scale: 1 }),
  apply: shiftAndScale,
};

/** A summary as one remembered number, so that `I(x - mean(x))` means the same for new rows. */
function summary(name: string, compute: (distribution: Distribution) => number): StatefulFunction {
  return {
    name,
    params: ['x'],
    fit: (call, distribution) => ({ value: compute(needNumbers(call, distribution)) }),
    apply(call, state) {
      required(call, 'x');
      return constant((state?.['value'] as number | undefined) ?? Number.NaN);
    },
  };
}

function extreme(choose: (a: number, b: number) => number): (distribution: Distribution) => number {
  return ({ values }) => {
    let best = Number.NaN;
    for (const v of values!) if (v === v) best = best === best ? choose(best, v) : v;
    return best;
  };
}

export const momentFunctions: StatefulFunction[] = [
  scale,
  center,
  summary('mean', (distribution) => meanOf(distribution).mean),
  summary('sd', (distribution) => {
    const { count, mean } = meanOf(distribution);
    return Math.sqrt(sumOfSquares(distribution, mean) / (count - 1));
  }),
  summary('median', ({ values, counts }) => quantiles(values!, counts, [0.5])[0]!),
  summary('min', extreme(Math.min)),
  summary('max', extreme(Math.max)),
];
