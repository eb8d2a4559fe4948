import { dot } from '../../dense.js';
import { ModelError } from '../../errors.js';
import type { Optimum } from '../../optimum.js';
import { membersOf } from '../../par-constraints.js';
import { applyRowBasis } from '../../residual-rows.js';
import { activeParameters } from '../variance-curvature.js';
import { connectedRows } from './connected-rows.js';
import { rowCovariance, type RowCovariance } from './row-covariance.js';
import { rowPrecision } from './row-precision.js';

/** Rows times solves beyond this would take minutes. */
const MOST_WORK = 6e7;

/**
 * What Kenward and Roger (1997) need of any V, in the coordinates (active par, log sigma^2) and relative to sigma^2: with H = V / sigma^2 and
 * G_a = dH/dpar_a, or H itself for log sigma^2. Matrices are p by p in the orthonormal basis of the fixed effects, column-major.
 */
export interface RowInformation {
  /** Indices of the par that take part, ascending; those on the boundary are held there. */
  readonly active: Int32Array;
  /** Whether log sigma^2 is the last coordinate. */
  readonly sigma: boolean;
  /** Number of coordinates. */
  readonly size: number;
  /** X'H^-1X. */
  readonly XHX: Float64Array;
  /** X'H^-1 G_a H^-1X. */
  readonly first: readonly Float64Array[];
  /** X'H^-1 G_a H^-1 G_b H^-1X for b <= a; the transpose serves for b > a. */
  readonly second: readonly (readonly Float64Array[])[];
  /** tr(H^-1 G_a H^-1 G_b), size by size, column-major. */
  readonly traces: Float64Array;
  /** E'P^-1 E with E = H^-1X: the part of the residuals in X'H^-1X. */
  readonly residualForm: Float64Array;
  /** E'G_a(par) E at any par, by active par, with E as it is at the optimum. */
  formsAt(par: Float64Array): Float64Array[];
}

/**
 * By rows: one solve for each row of the largest component of connected rows and each coordinate, memory O(n (p + coordinates)).
 *
 * @throws ModelError `bad-option` where that would take too long
 */
export function rowInformation(optimum: Optimum): RowInformation {
  const { matrices, cp, objective, par, theta, source } = optimum;
  const n = matrices.y.length;
  const { p } = cp;
  const active = activeParameters(optimum);
  const members = membersOf(active, source);
  const sigma = objective.sigma === null;
  const size = active.length + (sigma ? 1 : 0);
  const rows = connectedRows(optimum);
  if (rows.slots * n * (1 + size) > MOST_WORK)
    throw new ModelError(
      'bad-option',
      `Kenward-Roger with this covariance takes a solve for each of ${rows.slots} rows that are correlated with each other, which is too many: ` +
        "use Satterthwaite's degrees of freedom",
    );
  objective.evaluate(theta);
  const precision = rowPrecision(optimum);
  const covariance = rowCovariance(optimum, par);
  const work = new Float64Array(n);
  /** out = G_a x */
  const moveInto = (H: RowCovariance, a: number, x: Float64Array, out: Float64Array): void => {
    if (a === active.length) return H.multiplyInto(x, out);
    out.fill(0);
    for (const k of members[a]) {
      H.derivativeInto(k, x, work);
      for (let i = 0; i < n; i++) out[i] += work[i];
    }
  };

  const { Q } = applyRowBasis(matrices, { fixed: cp.fixed, terms: cp.terms.map((t) => t.basis) });
  const column = (k: number) => Float64Array.from({ length: n }, (_, i) => Q[i * p + k]);
  const X = Array.from({ length: p }, (_, k) => column(k));
  const solved = (x: Float64Array): Float64Array => {
    const out = new Float64Array(n);
    precision.multiplyInto(x, out);
    return out;
  };
  const E = X.map(solved);
  const moved = Array.from({ length: size }, (_, a) =>
    E.map((e) => {
      const out = new Float64Array(n);
      moveInto(covariance, a, e, out);
      return out;
    }),
  );
  const again = moved.map((columns) => columns.map(solved));
  const products = (A: readonly Float64Array[], B: readonly Float64Array[]): Float64Array => {
    const out = new Float64Array(p * p);
    for (let j = 0; j < p; j++) for (let i = 0; i < p; i++) out[j * p + i] = dot(A[i], 0, B[j], 0, n);
    return out;
  };
  return {
    active,
    sigma,
    size,
    XHX: symmetric(products(X, E), p),
    first: moved.map((columns) => symmetric(products(E, columns), p)),
    second: moved.map((a, i) => again.slice(0, i + 1).map((b) => products(a, b))),
    residualForm: symmetric(
      products(
        E,
        E.map((e) => {
          const out = new Float64Array(n);
          covariance.residualInto(e, out);
          return out;
        }),
      ),
      p,
    ),
    traces: traces(n, size, rows, solved, (a, x, out) => moveInto(covariance, a, x, out)),
    formsAt(at) {
      const H = rowCovariance(optimum, at);
      const out = new Float64Array(n);
      return Array.from({ length: active.length }, (_, a) =>
        symmetric(
          products(
            E,
            E.map((e) => {
              moveInto(H, a, e, out);
              return out.slice();
            }),
          ),
          p,
        ),
      );
    },
  };
}

/** tr(H^-1 G_a H^-1 G_b) as the sum over rows of (G_a H^-1 e_i)'(H^-1 G_b e_i), a slot of rows at a time. */
function traces(
  n: number,
  size: number,
  { members, memberStart, slots }: ReturnType<typeof connectedRows>,
  solved: (x: Float64Array) => Float64Array,
  moveInto: (a: number, x: Float64Array, out: Float64Array) => void,
): Float64Array {
  const out = new Float64Array(size * size);
  const unit = new Float64Array(n);
  const moved = new Float64Array(n);
  const left = Array.from({ length: size }, () => new Float64Array(n));
  for (let slot = 0; slot < slots; slot++) {
    unit.fill(0);
    for (let c = 0; c + 1 < memberStart.length; c++)
      if (memberStart[c] + slot < memberStart[c + 1]) unit[members[memberStart[c] + slot]] = 1;
    const h = solved(unit);
    for (let a = 0; a < size; a++) moveInto(a, h, left[a]);
    for (let b = 0; b < size; b++) {
      moveInto(b, unit, moved);
      const right = solved(moved);
      for (let a = 0; a < size; a++) out[b * size + a] += dot(left[a], 0, right, 0, n);
    }
  }
  for (let a = 0; a < size; a++)
    for (let b = 0; b < a; b++) out[b * size + a] = out[a * size + b] = (out[b * size + a] + out[a * size + b]) / 2;
  return out;
}

function symmetric(A: Float64Array, p: number): Float64Array {
  return A.map((v, k) => (v + A[(k % p) * p + Math.floor(k / p)]) / 2);
}
