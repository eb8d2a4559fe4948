export { linearCombination, type EffectWeight, type LinearCombination } from './linear-combination.js';
