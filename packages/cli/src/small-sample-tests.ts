import { kenwardRoger, satterthwaite, type FittedModel, type KenwardRogerTests, type TTests } from '@blup/lmm';
import type { DdfMethod } from './arguments.js';

/** t tests of the single fixed effects with denominator degrees of freedom, by the methods that were asked for. */
export interface SmallSampleTests {
  readonly satterthwaite: TTests | undefined;
  readonly kenwardRoger: KenwardRogerTests | undefined;
}

/** `all` is what the fit allows: Kenward and Roger's method is defined for REML alone. */
export function smallSampleTests(model: FittedModel, ddf: DdfMethod): SmallSampleTests {
  const reml = model.data.criterion === 'REML';
  const wantsKenwardRoger = ddf === 'kenward-roger' || (ddf === 'all' && reml && model.data.terms.length > 0);
  return {
    satterthwaite: ddf === 'satterthwaite' || ddf === 'all' ? satterthwaite(model) : undefined,
    kenwardRoger: wantsKenwardRoger ? kenwardRoger(model) : undefined,
  };
}
