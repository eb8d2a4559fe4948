import { interactFactors } from '../expression/interact-factors.js';
import type { FactorValue } from '../expression/value.js';
import { flagOption, textOption } from './arguments.js';
import type { PlainFunction } from './function.js';

/**
 * `interaction(a, b)`: the combinations that occur as one factor, `a1.b1`; the first factor varies fastest unless
 * `lex.order = TRUE`.
 */
export const interaction: PlainFunction = {
  name: 'interaction',
  params: ['...', 'drop', 'lex.order', 'sep'],
  evaluate(call) {
    const separator = textOption(call, 'sep') ?? '.';
    const lexical = flagOption(call, 'lex.order', false);
    flagOption(call, 'drop', false);
    const factors = call.rest.map((value, k): FactorValue => {
      if (value.kind === 'factor') return value;
      return call.fail('interaction() takes factors.', `...${k + 1}`, 'Wrap it in factor().');
    });
    if (factors.length === 0) call.fail('interaction() needs at least one factor.');
    return factors.reduce((left, right) =>
      lexical ? interactFactors(left, right, separator) : interactFactors(right, left, separator, true),
    );
  },
};
