export { predict, type PredictTableOptions } from './predict.js';
export { predictRows } from './predict-rows.js';
export { predictionDf } from './prediction-df.js';
export type { NewLevelPolicy, PredictOptions, Predictions } from './predict-options.js';
export { newRows, type NewRows, type NewRowsTerm, type TermNeed } from './new-rows.js';
export {
  predictionModel,
  type PredictionModel,
  type PredictionSystem,
  type PredictionTerm,
  type ScoredSystem,
} from './prediction-model.js';
export type { AliasedColumn } from './aliased-columns.js';
export type { ExportedModel } from './exported-model.js';
export { exportModel, type ExportOptions } from './export-model.js';
export { readModel } from './read-model.js';
export { rowPredictor, type Row, type RowPredictorOptions } from './row-predictor.js';
export { scoreGroups, scoreRows, type ScoreOptions } from './score-groups.js';
export { randomEffects, type GroupEffects } from './random-effects.js';
