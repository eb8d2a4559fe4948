export { linearCombination, type EffectWeight, type LinearCombination } from './linear-combination.js';
export type { ContrastRows } from './fixed-effects-space.js';
export { satterthwaite, satterthwaiteDf, type SatterthwaiteDf, type TTests } from './satterthwaite.js';
export { kenwardRoger, type KenwardRogerTests } from './kenward-roger.js';
export { contrastTest, rowTests, type DdfMethod, type FTest, type RowTests } from './contrast-test.js';
export { coefficientTable, type CoefficientTable } from './coefficient-table.js';
export { anova, type AnovaTable } from './anova.js';
export { termHypotheses, type AnovaType, type TermHypothesis } from './term-hypotheses.js';
export {
  information,
  likelihoodDerivatives,
  score,
  type LikelihoodDerivatives,
  type VarianceComponentPoint,
} from './likelihood-derivatives.js';
export { hendersonEquations, type HendersonEquations } from './henderson-equations.js';
export { compareModels, compareSavedModels, type ModelComparison } from './compare-models.js';
export type { DataDigest } from './data-digest.js';
export { drop1, type DropTable } from './drop-terms.js';
export { boundaryP, ranova, type BoundaryMethod, type RandomEffectsTable } from './ranova.js';
export { exactRLRT, type ExactRlrt, type ExactRlrtOptions } from './exact-rlrt.js';
export { profile, type ParameterProfile, type Profile } from './profile.js';
export type { ProfiledParameter } from './constrained-deviance.js';
export { varianceIntervals, type VarianceIntervals } from './variance-intervals.js';
export { confint, type BootstrapFacts, type ConfintOptions, type Intervals } from './confint.js';
export { bootstrapConfint, type BootstrapConfintOptions } from './bootstrap-confint.js';
export { emmeans, emtrends, type EmmeansOptions, type MarginalMeans, type MeanWeights } from './emmeans/emmeans.js';
export {
  contrasts,
  pairs,
  type ContrastMethod,
  type ContrastOptions,
  type MeanContrasts,
} from './emmeans/contrasts.js';
export type { Adjustment } from './emmeans/adjust.js';
export type { GridValue } from './emmeans/reference-grid.js';
export { varCorr, type StructureParameters } from './var-corr.js';
