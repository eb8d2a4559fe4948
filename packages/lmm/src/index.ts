export { fitModel, matricesOf, type FitModelOptions } from './fit.js';
export { fitMatrices } from './fit-matrices.js';
export { findOptimum, type FitOptions, type Optimum } from './optimum.js';
export { FittedModel, type ObjectiveAt } from './fitted-model.js';
export { lmm, type TextbookEstimates } from './textbook.js';
export { CovarianceStructureError } from '@blup/covariance';
export { ModelError, type ModelErrorCode } from './errors.js';
export { ModelSizeError, type SizePart } from './size/model-size-error.js';
export {
  checkMatrices,
  type CheckedMatrices,
  type ModelMatrices,
  type ModelMatricesInput,
  type RandomEffectsTerm,
} from './model-matrices.js';
export { accumulateCrossProducts, findBases, type Bases } from './accumulate.js';
export type { CrossProducts, PairProducts, TermProducts } from './cross-products.js';
export { profiledObjective, type Criterion, type ProfiledObjective } from './profiled-objective.js';
export {
  minimize,
  type Evaluation,
  type Minimum,
  type MinimizeOptions,
  type SmoothProblem,
  type StopReason,
} from './optimizer/minimize.js';
export type {
  Certificate,
  ConditionalModes,
  FittedModelData,
  NamedVector,
  TermDescription,
  VarianceComponents,
} from './fitted-model-data.js';
export * from './structured-terms/index.js';
export * from './inference/index.js';
export * from './prediction/index.js';
export * from './simulation/index.js';
export * from './diagnostics/index.js';
export * from './shapes/index.js';
export * from './printing/index.js';
export { modelFromJSON } from './model-json.js';
export { summarize } from './summary.js';
