import {
  kenwardRoger,
  ModelError,
  satterthwaite,
  type FittedModel,
  type KenwardRogerTests,
  type TTests,
} from '@blup/lmm';
import type { DdfMethod } from './arguments/fit.js';

/** t tests of the single fixed effects with denominator degrees of freedom, by the methods that were asked for. */
export interface SmallSampleTests {
  readonly satterthwaite: TTests | undefined;
  readonly kenwardRoger: KenwardRogerTests | undefined;
}

/**
 * `all` is what the fit allows: Kenward and Roger's method is defined for REML, and for covariances that are linear in their parameters.
 * @throws ModelError when a method that was asked for by name is not defined for the fit
 */
export function smallSampleTests(model: FittedModel, ddf: DdfMethod): SmallSampleTests {
  return {
    satterthwaite: ddf === 'satterthwaite' || ddf === 'all' ? satterthwaite(model) : undefined,
    kenwardRoger:
      ddf === 'kenward-roger' ? kenwardRoger(model) : ddf === 'all' ? kenwardRogerIfDefined(model) : undefined,
  };
}

function kenwardRogerIfDefined(model: FittedModel): KenwardRogerTests | undefined {
  if (model.data.criterion !== 'REML' || model.data.terms.length === 0) return undefined;
  try {
    return kenwardRoger(model);
  } catch (error) {
    if (error instanceof ModelError && error.code === 'bad-option') return undefined;
    throw error;
  }
}
