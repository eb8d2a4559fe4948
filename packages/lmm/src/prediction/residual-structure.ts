import { ModelError } from '../errors.js';
import type { ModelMatrices, RandomEffectsTerm } from '../model-matrices.js';

/** A residual structure stands last among the terms and has no columns. */
const isResidual = (term: RandomEffectsTerm): boolean => term.columns.length === 0;

/** The terms with random effects; their positions are those among all terms. */
export function randomTerms({ terms }: ModelMatrices): RandomEffectsTerm[] {
  return terms.filter((term) => !isResidual(term));
}

/** Whether residuals are correlated, or their variances differ by more than weights. */
export function hasResidualStructure({ terms }: ModelMatrices): boolean {
  return terms.some(isResidual);
}

/**
 * For what is not there yet where residuals are structured.
 * @param what in words, `simulation` for example
 * @throws ModelError `bad-option`
 */
export function requireIndependentResiduals(matrices: ModelMatrices, what: string): void {
  if (hasResidualStructure(matrices)) throw structuredResiduals(what);
}

export const structuredResiduals = (what: string): ModelError =>
  new ModelError(
    'bad-option',
    `${what}: so far only for models with independent residuals, without a residual structure`,
  );
