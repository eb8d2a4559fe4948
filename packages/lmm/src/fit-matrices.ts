import { now } from './clock.js';
import { FittedModel } from './fitted-model.js';
import { checkMatrices, type ModelMatricesInput } from './model-matrices.js';
import type { FitOptions } from './optimum.js';
import { findOptimumByFitted } from './fitted-covariate.js';

/**
 * Fits a linear mixed model to ready-made y, X and random-effects terms.
 *
 * @throws ModelError for mistakes in data or options; a search that does not converge is told by `data.certificate`
 */
export function fitMatrices(input: ModelMatricesInput, options: FitOptions = {}): FittedModel {
  const began = now();
  const { matrices, rows } = checkMatrices(input);
  const optimum = findOptimumByFitted(matrices, options);
  return new FittedModel(optimum, { formula: null, rows, warnings: [], frame: null, total: now() - began });
}
