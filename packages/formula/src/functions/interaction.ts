import type { FactorValue } from '../expression/value.js';
import { flagOption, textOption } from './arguments.js';
import type { Call, PlainFunction } from './function.js';

/** More combinations than this are refused; grouping factors go further with `a:b`, which lists only what occurs. */
const MAX_COMBINATIONS = 1_000_000;

/** All combinations of two factors' levels, `slow` outermost. @param slowFirst - whether its level is written first. */
function combine(call: Call, slow: FactorValue, fast: FactorValue, separator: string, slowFirst: boolean): FactorValue {
  const nf = fast.levels.length;
  if (slow.levels.length * nf > MAX_COMBINATIONS) {
    call.fail(`interaction() would have more than ${MAX_COMBINATIONS} levels.`, undefined, 'For grouping write a:b.');
  }
  return {
    kind: 'factor',
    codes: slow.codes.map((code, i) => (code < 0 || fast.codes[i]! < 0 ? -1 : code * nf + fast.codes[i]!)),
    levels: slow.levels.flatMap((a) => fast.levels.map((b) => (slowFirst ? a + separator + b : b + separator + a))),
    ordered: false,
    text: false,
  };
}

/**
 * `interaction(a, b)`: all combinations as the levels of one factor, `a1.b1`; the first factor varies fastest unless
 * `lex.order = TRUE`.
 */
export const interaction: PlainFunction = {
  name: 'interaction',
  params: ['...', 'drop', 'lex.order', 'sep'],
  evaluate(call) {
    const separator = textOption(call, 'sep') ?? '.';
    const lexical = flagOption(call, 'lex.order', false);
    // Levels without rows are dropped from the model anyway.
    flagOption(call, 'drop', false);
    const factors = call.rest.map((value, k): FactorValue => {
      if (value.kind === 'factor') return value;
      return call.fail('interaction() takes factors.', `...${k + 1}`, 'Wrap it in factor().');
    });
    if (factors.length === 0) call.fail('interaction() needs at least one factor.');
    return factors.reduce((left, right) =>
      lexical ? combine(call, left, right, separator, true) : combine(call, right, left, separator, false),
    );
  },
};
