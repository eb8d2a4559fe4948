export { predict, type PredictTableOptions } from './predict.js';
export { predictRows } from './predict-rows.js';
export type { NewLevelPolicy, PredictOptions, Predictions } from './predict-options.js';
export { newRows, type NewRows, type NewRowsTerm, type TermNeed } from './new-rows.js';
export {
  predictionModel,
  type PredictionModel,
  type PredictionSystem,
  type PredictionTerm,
} from './prediction-model.js';
export type { AliasedColumn } from './aliased-columns.js';
