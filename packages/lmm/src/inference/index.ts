export { linearCombination, type EffectWeight, type LinearCombination } from './linear-combination.js';
export type { ContrastRows } from './fixed-effects-space.js';
export { satterthwaite, satterthwaiteDf, type SatterthwaiteDf, type TTests } from './satterthwaite.js';
export { kenwardRoger, type KenwardRogerTests } from './kenward-roger.js';
