import { coefficientsText, type FittedModel, type TTests } from '@blup/lmm';
import type { SmallSampleTests } from '../small-sample-tests.js';

/** Tables of the tests with denominator degrees of freedom, one after the other, for people. */
export function testsText({ data }: FittedModel, { satterthwaite, kenwardRoger }: SmallSampleTests): string {
  const table = (method: 'satterthwaite' | 'kenward-roger', { estimate, se, df, t, p }: TTests) =>
    `\n${coefficientsText({ method, names: data.beta.names, estimate, se, df, statistic: t, p })}\n`;
  return (
    (satterthwaite ? table('satterthwaite', satterthwaite) : '') +
    (kenwardRoger ? table('kenward-roger', kenwardRoger) : '')
  );
}
