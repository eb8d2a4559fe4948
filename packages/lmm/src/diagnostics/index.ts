export { groupCoefficients, type GroupCoefficients } from './group-coefficients.js';
export { randomEffectsComponents, type RandomEffectsComponents } from './principal-components.js';
export { explainedVariance, type ExplainedVariance } from './explained-variance.js';
export { residuals, type ResidualKind } from './residuals.js';
export { cooksDistance } from './cooks-distance.js';
export { influence, type GroupInfluence, type InfluenceMethod, type InfluenceOptions } from './influence.js';
export { explainFit, type Finding } from './explain-fit.js';
export { singularDirections, type SingularDirection } from './singular-directions.js';
