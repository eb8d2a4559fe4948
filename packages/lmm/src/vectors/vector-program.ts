/**
 * A sequence of operations on vectors of doubles in one memory, written once for given sizes and run many times. Vectors and scalars are given
 * by their place (index of a double, or {@link RELATIVE} plus an index into the stretch that a run is given); lengths are multiples of four. z may be x or y, but vectors must not overlap otherwise.
 */
export interface VectorProgram {
  /** Six integers for each operation: its code (in the order below), z, x, y, length, w. */
  readonly code: number[];
  /** z = x */
  copy(z: number, x: number, length: number): void;
  /** z = f x for the scalar at f */
  scale(z: number, f: number, x: number, length: number): void;
  /** z += f x; nothing is done for f = 0 */
  addMultiple(z: number, f: number, x: number, length: number): void;
  /** z -= f x */
  subtractMultiple(z: number, f: number, x: number, length: number): void;
  /** z = x y, entry by entry */
  product(z: number, x: number, y: number, length: number): void;
  /** z -= x y, entry by entry */
  subtractProduct(z: number, x: number, y: number, length: number): void;
  /** z = sqrt(x) and inverse = 1 / z, entry by entry */
  root(z: number, inverse: number, x: number, length: number): void;
  /** The scalar at `sum` += x'y */
  addDot(sum: number, x: number, y: number, length: number): void;
  /** The product at `product` is multiplied by every entry of x; 2^332 is taken out, and counted in the next place, when it is exceeded. */
  addFactors(product: number, x: number, length: number): void;
  /** z = f x + g w for the scalars at f and in the next place; g w is left out for g = 0 */
  combine(z: number, f: number, x: number, w: number, length: number): void;
}

/** Places from here on are relative: to the stretch of memory that a run is given. */
export const RELATIVE = 2 ** 30;

export const FACTOR_TAKEN_OUT = 2 ** 332;

export function vectorProgram(): VectorProgram {
  const code: number[] = [];
  return {
    code,
    copy: (z, x, length) => void code.push(0, z, x, 0, length, 0),
    scale: (z, f, x, length) => void code.push(1, z, x, f, length, 0),
    addMultiple: (z, f, x, length) => void code.push(2, z, x, f, length, 0),
    subtractMultiple: (z, f, x, length) => void code.push(3, z, x, f, length, 0),
    product: (z, x, y, length) => void code.push(4, z, x, y, length, 0),
    subtractProduct: (z, x, y, length) => void code.push(5, z, x, y, length, 0),
    root: (z, inverse, x, length) => void code.push(6, z, x, inverse, length, 0),
    addDot: (sum, x, y, length) => void code.push(7, sum, x, y, length, 0),
    addFactors: (product, x, length) => void code.push(8, product, x, 0, length, 0),
    combine: (z, f, x, w, length) => void code.push(9, z, x, f, length, w),
  };
}
