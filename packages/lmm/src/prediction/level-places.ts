import { ModelError } from '../errors.js';
import type { NewRowsTerm } from './new-rows.js';
import type { PredictionTerm } from './prediction-model.js';
import type { NewLevelPolicy } from './predict-options.js';

/**
 * For each level of the rows its place among the levels of the model, or -1.
 * @throws ModelError `new-level` at the first row with an unknown level when the policy is to refuse it
 */
export function placesOf(term: PredictionTerm, row: NewRowsTerm, policy: NewLevelPolicy): Int32Array {
  const known = new Map(term.levels.map((level, l) => [level, l]));
  const places = Int32Array.from(row.levels, (level) => known.get(level) ?? -1);
  if (policy !== 'refuse') return places;
  for (let i = 0; i < row.levelIdx.length; i++) {
    const l = row.levelIdx[i];
    if (l < 0 || places[l] >= 0) continue;
    throw new ModelError(
      'new-level',
      `row ${i + 1} has ${term.group} = "${row.levels[l]}", which the model has not seen: choose newLevels "population" (its effects are ` +
        'zero) or "integrated" (the same, with the variance between groups in the standard error)',
    );
  }
  return places;
}
