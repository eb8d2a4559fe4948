import type { CrossProducts } from '../cross-products.js';

/** Workspace of which only Z'y and X'y are needed at once. */
export class LazyWork {
  readonly small: Float64Array;
  readonly p1: Float64Array;
  readonly gram = null;
  readonly Zty: Float64Array;
  readonly Xty: Float64Array;
  readonly #cp: CrossProducts;
  #q1: Float64Array | null = null;
  #q2: Float64Array | null = null;
  #qp: Float64Array | null = null;

  constructor(cp: CrossProducts) {
    const largest = cp.terms.reduce((m, t) => Math.max(m, t.nc), 1);
    this.#cp = cp;
    this.small = new Float64Array(largest * largest);
    this.p1 = new Float64Array(cp.p);
    this.Zty = cp.Zty.slice();
    this.Xty = cp.Xty.slice();
  }

  get q1(): Float64Array {
    return (this.#q1 ??= new Float64Array(this.#cp.q));
  }

  get q2(): Float64Array {
    return (this.#q2 ??= new Float64Array(this.#cp.q));
  }

  get qp(): Float64Array {
    return (this.#qp ??= new Float64Array(this.#cp.q * this.#cp.p));
  }
}
