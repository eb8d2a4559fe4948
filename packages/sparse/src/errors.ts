/** What was wrong with an argument; one kind per broken invariant. */
export type SparseErrorKind =
  | 'dimension'
  | 'col-ptr-length'
  | 'col-ptr-start'
  | 'col-ptr-decreasing'
  | 'row-idx-length'
  | 'row-out-of-range'
  | 'rows-not-ascending'
  | 'duplicate-row'
  | 'values-length'
  | 'not-finite'
  | 'not-square'
  | 'not-lower'
  | 'not-a-permutation'
  | 'length-mismatch'
  | 'bad-option'
  | 'too-large'
  | 'not-factorized'
  | 'singular'
  | 'parse';

/**
 * A caller's mistake: an argument that breaks a documented invariant, or a request that cannot be met.
 * Numerical outcomes (a pivot that is not positive) are return values, never errors.
 */
export class SparseError extends Error {
  readonly kind: SparseErrorKind;

  constructor(kind: SparseErrorKind, message: string) {
    super(message);
    this.name = 'SparseError';
    this.kind = kind;
  }
}
