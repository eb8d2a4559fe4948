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
  if (policy === 'integrated' && term.levelVariances) {
    const l = row.levelIdx.find((at) => at < 0 || places[at] < 0);
    if (l !== undefined) throw correlatedLevels(term, row.levels[l] ?? 'a missing level');
  }
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

/** The variance of a level that is not in the fit depends on how it is related to the others, which nobody said. */
export function correlatedLevels(term: PredictionTerm, level: string): ModelError {
  return new ModelError(
    'new-level',
    `the levels of ${term.label} are correlated, and nothing is known of the new level "${level}": choose newLevels "population", or leave ` +
      'the term out',
  );
}
