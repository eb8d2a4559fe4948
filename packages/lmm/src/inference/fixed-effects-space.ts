import type { CrossProducts } from '../cross-products.js';
import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';

/** Weights of the fixed effects in one or several linear combinations: rows of length p, by the columns that were kept. */
export type ContrastRows = readonly ArrayLike<number>[];

/**
 * A linear combination l'beta by the columns as given, rewritten in the orthonormal basis of the fixed effects: R^-T l, in place.
 * Forward substitution, O(p^2).
 */
export function contrastToBasisInPlace({ fixed, p }: CrossProducts, l: Float64Array): void {
  const { R } = fixed;
  for (let j = 0; j < p; j++) {
    let s = l[j];
    for (let i = 0; i < j; i++) s -= R[j * p + i] * l[i];
    l[j] = s / R[j * p + j];
  }
}

/** l'beta at the estimates. */
export function estimateOf(model: FittedModel, l: ArrayLike<number>): number {
  const { values } = model.data.beta;
  let s = 0;
  for (let k = 0; k < values.length; k++) s += l[k] * values[k];
  return s;
}

/** @throws ModelError `bad-option` unless every row has p finite numbers */
export function requireContrast(model: FittedModel, L: ContrastRows): void {
  const p = model.data.beta.values.length;
  for (const l of L) {
    if (l.length !== p || !Array.from(l).every(Number.isFinite)) {
      throw new ModelError(
        'bad-option',
        `a contrast needs ${p} finite weights, one for each fixed effect (${model.data.beta.names.join(', ')}); it has ${l.length}`,
      );
    }
  }
}

/** The unit contrasts, one for each fixed effect. */
export function unitContrasts(p: number): Float64Array[] {
  return Array.from({ length: p }, (_, k) => {
    const l = new Float64Array(p);
    l[k] = 1;
    return l;
  });
}

/** A B A' for rows of A (r by p) and a symmetric B (p by p, by rows): r by r, by rows. */
export function sandwich(A: ContrastRows, B: readonly ArrayLike<number>[]): number[][] {
  const half = A.map((a) => B.map((row) => dotOf(row, a)));
  return half.map((h) => A.map((a) => dotOf(h, a)));
}

export function dotOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let s = 0;
  for (let k = 0; k < a.length; k++) s += a[k] * b[k];
  return s;
}
