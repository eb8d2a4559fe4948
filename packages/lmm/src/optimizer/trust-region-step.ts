import { symmetricEigen, type SymmetricEigen } from './symmetric-eigen.js';

export interface TrustRegionStep {
  /** The step, length n. */
  readonly step: Float64Array;
  /** Decrease that the quadratic model predicts, not negative. */
  readonly predicted: number;
  /** sqrt(g'H^-1 g): the gradient in units of the parameters' standard errors (up to sqrt 2); Infinity where H is not positive definite. */
  readonly decrement: number;
  /** Smallest and largest eigenvalue of H. */
  readonly smallest: number;
  readonly largest: number;
}

/** A quadratic model g's + s'Hs / 2 through the eigenvectors of H, from which the step of any radius is cheap. */
export interface QuadraticModel {
  readonly eigen: SymmetricEigen;
  /** g by eigenvectors. */
  readonly along: Float64Array;
  /** sqrt(g'H^-1 g), as {@link TrustRegionStep} has it. */
  readonly decrement: number;
}

export function quadraticModel(H: Float64Array, g: Float64Array): QuadraticModel {
  const n = g.length;
  const eigen = symmetricEigen(H, n);
  const { values, vectors } = eigen;
  const along = new Float64Array(n);
  for (let k = 0; k < n; k++) for (let i = 0; i < n; i++) along[k] += vectors[k * n + i] * g[i];
  return { eigen, along, decrement: decrementOf(values, along) };
}

/**
 * Minimises g's + s'Hs / 2 subject to |s| <= radius, exactly, through the eigenvectors of H; H may be indefinite (Nocedal and Wright 2006,
 * section 4.3, the hard case included).
 */
export function trustRegionStep({ eigen, along, decrement }: QuadraticModel, radius: number): TrustRegionStep {
  const { values, vectors } = eigen;
  const n = values.length;
  const smallest = n ? values[0] : 0;
  const largest = n ? values[n - 1] : 0;
  const coefficients = subproblem(eigen, along, radius);
  const step = new Float64Array(n);
  let predicted = 0;
  for (let k = 0; k < n; k++) {
    predicted -= along[k] * coefficients[k] + 0.5 * values[k] * coefficients[k] ** 2;
    for (let i = 0; i < n; i++) step[i] += vectors[k * n + i] * coefficients[k];
  }
  return { step, predicted: Math.max(0, predicted), decrement, smallest, largest };
}

/**
 * Directions along which the objective is flat to rounding (rotations of a singular factor) are given the curvature of the rounding level,
 * so that noise in the gradient along them does not count as a slope.
 */
function decrementOf(values: Float64Array, along: Float64Array): number {
  const n = values.length;
  if (n === 0) return 0;
  const floor = 1e-9 * Math.max(values[n - 1], 0);
  let s = 0;
  for (let k = 0; k < n; k++) {
    if (values[k] < -floor || values[n - 1] <= 0) return Infinity;
    s += along[k] ** 2 / Math.max(values[k], floor);
  }
  return Math.sqrt(s);
}

/** The step in the coordinates of the eigenvectors. */
function subproblem({ values }: SymmetricEigen, along: Float64Array, radius: number): Float64Array {
  const n = values.length;
  const out = new Float64Array(n);
  if (n === 0) return out;
  const floor = 1e-12 * Math.max(Math.abs(values[0]), Math.abs(values[n - 1]), Number.MIN_VALUE);
  const length = (mu: number) => {
    let s = 0;
    for (let k = 0; k < n; k++) s += (along[k] / Math.max(values[k] + mu, floor)) ** 2;
    return Math.sqrt(s);
  };
  const fill = (mu: number) => {
    for (let k = 0; k < n; k++) out[k] = -along[k] / Math.max(values[k] + mu, floor);
  };
  if (values[0] > floor && length(0) <= radius) {
    fill(0);
    return out;
  }
  const least = Math.max(0, -values[0]);
  let low = least;
  let norm = 0;
  for (let k = 0; k < n; k++) norm += along[k] ** 2;
  let high = least + Math.sqrt(norm) / radius + floor;
  if (length(low + floor) < radius) {
    // Hard case: the gradient has no part along the most negative curvature; go along it to the boundary.
    fill(low + floor);
    let rest = radius ** 2;
    for (let k = 1; k < n; k++) rest -= out[k] ** 2;
    if (values[0] < 0) out[0] = (along[0] > 0 ? -1 : 1) * Math.sqrt(Math.max(0, rest));
    return out;
  }
  for (let i = 0; i < 200 && high - low > 1e-10 * high; i++) {
    const mid = (low + high) / 2;
    if (length(mid) > radius) low = mid;
    else high = mid;
  }
  fill(high);
  return out;
}
