export { groupCoefficients, type GroupCoefficients } from './group-coefficients.js';
export { randomEffectsComponents, type RandomEffectsComponents } from './principal-components.js';
export { explainedVariance, type ExplainedVariance } from './explained-variance.js';
export { residuals, type ResidualKind } from './residuals.js';
export { cooksDistance } from './cooks-distance.js';
