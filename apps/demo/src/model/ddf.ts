import type { DdfMethod } from '@blup/lmm';

/** Methods for denominator degrees of freedom, for people. */
export const ddfTexts: readonly { readonly method: DdfMethod; readonly title: string }[] = [
  { method: 'satterthwaite', title: 'Satterthwaite' },
  { method: 'kenward-roger', title: 'Kenward and Roger (REML)' },
  { method: 'none', title: 'none: normal distribution' },
];
