/** A covariance structure of a random term, for people. */
export interface StructureText {
  /** Tag in a formula; `us` needs none. */
  readonly tag: string;
  readonly title: string;
  /** Only for the levels of one factor in order, without an intercept: `ar1(0 + time | g)`. */
  readonly serial?: true;
  /** After "a random ... for each ...". */
  readonly words: string;
}

export const structureTexts: readonly StructureText[] = [
  { tag: 'us', title: 'correlated freely', words: 'all correlated' },
  { tag: 'diag', title: 'uncorrelated', words: 'uncorrelated, each with a variance of its own' },
  { tag: 'homdiag', title: 'uncorrelated, one variance', words: 'uncorrelated, all with the same variance' },
  { tag: 'cs', title: 'equally correlated', words: 'equally correlated, each with a variance of its own' },
  { tag: 'homcs', title: 'equally correlated, one variance', words: 'equally correlated, all with the same variance' },
  {
    tag: 'ar1',
    serial: true,
    title: 'autoregressive, AR(1)',
    words: 'correlated as a first-order autoregression: neighbours most, the farther apart the less',
  },
  { tag: 'toep', serial: true, title: 'Toeplitz', words: 'correlated by their distance in order only' },
];

export const structureText = (tag: string): StructureText | undefined => structureTexts.find((s) => s.tag === tag);
