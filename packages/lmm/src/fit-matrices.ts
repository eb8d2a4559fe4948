import { now } from './clock.js';
import { FittedModel } from './fitted-model.js';
import { checkMatrices, type ModelMatricesInput } from './model-matrices.js';
import { findOptimum, type FitOptions } from './optimum.js';

/**
 * Fits a linear mixed model to ready-made y, X and random-effects terms.
 *
 * @throws ModelError for mistakes in data or options; a search that does not converge is told by `data.certificate`
 */
export function fitMatrices(input: ModelMatricesInput, options: FitOptions = {}): FittedModel {
  const began = now();
  const { matrices, rows } = checkMatrices(input);
  const optimum = findOptimum(matrices, options);
  return new FittedModel(optimum, { formula: null, rows, warnings: [], frame: null, total: now() - began });
}
