import { SplineBasis, knotSequence } from './b-splines.js';

/** H v for the Householder reflection H that `u` defines: H = I - u u' / u_pivot. */
function reflectInPlace(v: Float64Array, u: Float64Array, pivot: number): void {
  let dot = 0;
  for (let k = pivot; k < u.length; k++) dot += u[k]! * v[k]!;
  const t = dot / u[pivot]!;
  for (let k = pivot; k < u.length; k++) v[k] = v[k]! - t * u[k]!;
}

/** The vector of the reflection that clears v below its pivot (Golub and Van Loan 2013, section 5.1). */
function reflector(v: Float64Array, pivot: number): Float64Array {
  const u = new Float64Array(v.length);
  let norm = 0;
  for (let k = pivot; k < v.length; k++) norm = Math.hypot(norm, v[k]!);
  const signed = v[pivot]! < 0 ? -norm : norm;
  for (let k = pivot; k < v.length; k++) u[k] = v[k]! / signed;
  u[pivot] = u[pivot]! + 1;
  return u;
}

/**
 * Natural cubic splines: the cubic B-splines restricted to second derivative 0 at the boundary knots (Hastie 1992, section
 * 7.3.1). The restriction C b = 0 is solved by two Householder reflections of C', whose remaining columns are the basis; outside the
 * boundary the functions are straight lines.
 */
export class NaturalSplineBasis {
  readonly size: number;
  private readonly cubic: SplineBasis;
  private readonly drop: number;
  private readonly reflectors: [Float64Array, Float64Array];
  private readonly ends: { at: number; value: Float64Array; slope: Float64Array }[];

  constructor(inner: readonly number[], boundary: readonly number[], intercept: boolean) {
    this.cubic = new SplineBasis(knotSequence(inner, boundary, 4), 4);
    this.drop = intercept ? 0 : 1;
    this.size = this.cubic.size - this.drop - 2;
    const [first, second] = boundary.map((at) => this.cubic.derivativeRow(at, 2).slice(this.drop)) as [
      Float64Array,
      Float64Array,
    ];
    const u = reflector(first, 0);
    reflectInPlace(second, u, 0);
    this.reflectors = [u, reflector(second, 1)];
    this.ends = boundary.map((at) => ({
      at,
      value: this.reduce(this.cubic.row(at)),
      slope: this.reduce(this.cubic.derivativeRow(at, 1)),
    }));
  }

  private reduce(row: Float64Array): Float64Array {
    const v = row.slice(this.drop);
    reflectInPlace(v, this.reflectors[0], 0);
    reflectInPlace(v, this.reflectors[1], 1);
    return v.subarray(2);
  }

  /** All functions' values at x. */
  row(x: number): Float64Array {
    const [low, high] = this.ends as [(typeof this.ends)[0], (typeof this.ends)[0]];
    const end = x < low.at ? low : x > high.at ? high : null;
    if (end === null) return this.reduce(this.cubic.row(x));
    return end.value.map((value, k) => value + (x - end.at) * end.slope[k]!);
  }
}
