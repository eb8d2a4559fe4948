import { labelOf } from '../identifiability.js';
import type { RandomEffectsTerm } from '../model-matrices.js';

/** The term as a formula has it, shortened where it has many columns. */
export function shortLabel({ names, group }: RandomEffectsTerm): string {
  return labelOf({ names: names.length > 6 ? [...names.slice(0, 3), '...', names[names.length - 1]] : names, group });
}
