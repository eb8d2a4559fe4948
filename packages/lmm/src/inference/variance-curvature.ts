import { lambdaOf } from '@blup/covariance';
import { membersOf, tieInPlace } from '../par-constraints.js';
import { pullBackInto } from '../term-basis.js';
import type { Optimum } from '../optimum.js';
import { differencesByPar } from './differences-by-par.js';

/**
 * Curvature of -2 log-likelihood (or of the REML criterion) at the optimum, as a function of the variance parameters
 * (par of the structures, log sigma), with beta profiled out and sigma not.
 */
export interface VarianceCurvature {
  /** Indices of the par that take part, ascending: free, and not on the boundary. Par that are tied to one of them move with it. */
  readonly active: Int32Array;
  /** Whether log sigma is the last parameter (it is not when sigma was held fixed). */
  readonly sigma: boolean;
  /** active.length, plus one for sigma. */
  readonly size: number;
  /** Second derivatives, size by size, column-major. */
  readonly hessian: Float64Array;
  /** d theta / d par of the active par, thetaLength by active.length, column-major. */
  readonly jacobian: Float64Array;
  /**
   * d (X'H^-1X)^-1 / d par by differences (basis of the fixed effects), where a term is known by its precision over levels or residuals are correlated; null where the
   * exact derivative through the factors serves.
   */
  readonly covariance: readonly Float64Array[] | null;
}

/** Relative to the scale of a parameter, the first of three steps of the extrapolation. */
const FIRST_STEP = 0.1;

/**
 * The Hessian by Richardson-extrapolated central differences of the exact gradient (three steps, error of order h^6; Ridders 1982). Six
 * evaluations with gradient for each active parameter; nothing depends on n. The derivatives by log sigma are exact.
 *
 * A par on the boundary is left out when it moves the covariance by second order only (a zero standard deviation, or the last diagonal entry
 * of a singular factor): the criterion is even in it, so it is uncorrelated with the others and has no first-order effect on anything.
 */
export function varianceCurvature(optimum: Optimum): VarianceCurvature {
  const { objective, composite, par, theta } = optimum;
  const active = activeParameters(optimum);
  const k = active.length;
  const sigma = objective.sigma === null;
  const size = k + (sigma ? 1 : 0);
  const H = new Float64Array(size * size);
  const J = new Float64Array(composite.thetaLength * composite.parLength);
  objective.evaluate(theta);
  objective.jacobianInto(par, J);
  const jacobian = new Float64Array(composite.thetaLength * k);
  membersOf(active, optimum.source).forEach((members, a) => {
    for (const i of members)
      for (let t = 0; t < composite.thetaLength; t++)
        jacobian[a * composite.thetaLength + t] += J[i * composite.thetaLength + t];
  });

  const steps = new Float64Array(k);
  const profiled = profiledHessian(optimum, active, steps);
  const byPrecision = optimum.cp.residual !== undefined || objective.pls.precisions.some((v) => v !== null);
  const differences = byPrecision ? differencesByPar(optimum, active, steps) : null;
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) H[j * size + i] = profiled[j * k + i];
  objective.evaluate(theta);
  if (sigma) {
    // d(par, log sigma) = determinants + nu log(2 pi sigma^2) + r^2(par) / sigma^2; the profiled Hessian is its Schur complement.
    const r = differences ? differences.pwrss : residualGradient(optimum, jacobian);
    const s2 = objective.scale();
    const last = 4 * objective.nu;
    H[k * size + k] = last;
    for (let i = 0; i < k; i++) H[k * size + i] = H[i * size + k] = (-2 * r[i]) / s2;
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) H[j * size + i] += (H[k * size + i] * H[k * size + j]) / last;
    }
  }
  return { active, sigma, size, hessian: H, jacobian, covariance: differences && differences.covariance };
}

/** Free par that move the covariance of their term to first order. */
export function activeParameters({ composite, par, fixedPar }: Optimum): Int32Array {
  const out: number[] = [];
  composite.parts.forEach((part, t) => {
    const { nc, thetaIndex } = part;
    const from = composite.parOffset[t];
    const own = par.subarray(from, composite.parOffset[t + 1]);
    const lower = part.parBounds().lower;
    for (let i = 0; i < part.parLength; i++) {
      if (fixedPar[from + i]) continue;
      if (lower[i] === 0 && own[i] === 0) continue;
      if (part.anyColumns) {
        // Entries below a zero on the diagonal of the canonical factor are zero too.
        const at = thetaIndex.indexOf(i);
        const column = Math.floor(at / nc);
        if (lambdaOf(part, own)[column * nc + column] === 0 && own[i] === 0) continue;
      }
      out.push(from + i);
    }
  });
  return Int32Array.from(out);
}

/** Second derivatives of the profiled criterion by the active par, column-major; writes the steps that served. */
function profiledHessian(
  { objective, composite, par, source, certificate }: Optimum,
  active: Int32Array,
  steps: Float64Array,
): Float64Array {
  const k = active.length;
  const members = membersOf(active, source);
  const m = composite.thetaLength;
  const theta = new Float64Array(m);
  const byTheta = new Float64Array(m);
  const J = new Float64Array(m * composite.parLength);
  const gradientAt = (at: Float64Array): Float64Array | null => {
    composite.thetaInto(at, theta);
    if (!Number.isFinite(objective.evaluate(theta))) return null;
    objective.gradientInto(byTheta);
    objective.jacobianInto(at, J);
    return Float64Array.from(members, (together) => {
      let s = 0;
      for (const i of together) for (let t = 0; t < m; t++) s += byTheta[t] * J[i * m + t];
      return s;
    });
  };
  const difference = (i: number, h: number): Float64Array | null => {
    const moved = par.slice();
    moved[i] = par[i] + h;
    tieInPlace(moved, source);
    const up = gradientAt(moved);
    moved[i] = par[i] - h;
    tieInPlace(moved, source);
    const down = gradientAt(moved);
    return up && down && up.map((g, a) => (g - down[a]) / (2 * h));
  };
  const { lower, upper } = composite.parBounds();
  const out = new Float64Array(k * k);
  active.forEach((i, a) => {
    // Where the criterion is flat its curvature sets no scale.
    const flat = 10 * Math.max(1, Math.abs(par[i]));
    const error = Math.min(flat, Math.sqrt(2 / Math.max(certificate.hessian[i][i], Number.MIN_VALUE)));
    // Bounds at zero are no barrier (the criterion is even there), others are.
    const room = Math.min(upper[i] - par[i], lower[i] === 0 ? Infinity : par[i] - lower[i]);
    let h = FIRST_STEP * Math.min(error, Math.max(Math.abs(par[i]), 0.1 * error), 4 * room);
    let columns: (Float64Array | null)[] = [];
    for (let attempt = 0; attempt < 20; attempt++, h /= 4) {
      columns = [difference(i, h), difference(i, h / 2), difference(i, h / 4)];
      if (columns.every((c) => c !== null)) break;
    }
    steps[a] = h;
    // No finite differences: nothing is known along this parameter.
    if (!columns.every((c) => c !== null)) return;
    const [c0, c1, c2] = columns;
    for (let b = 0; b < k; b++) {
      const first = (4 * c1![b] - c0![b]) / 3;
      const second = (4 * c2![b] - c1![b]) / 3;
      out[a * k + b] = (16 * second - first) / 15;
    }
  });
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < i; j++) out[j * k + i] = out[i * k + j] = (out[j * k + i] + out[i * k + j]) / 2;
  }
  return out;
}

/** d r^2 / d par = -2 (Z'e)'dLambda u of the active par; the solution must stand in the objective. */
function residualGradient({ objective, composite, cp }: Optimum, jacobian: Float64Array): Float64Array {
  const { Zte, u } = objective.pls;
  const m = composite.thetaLength;
  const byTheta = new Float64Array(m);
  cp.terms.forEach(({ nc, nl, start, basis }, t) => {
    const D = new Float64Array(nc * nc);
    for (let b = 0; b < nc; b++) {
      for (let a = 0; a < nc; a++) {
        let s = 0;
        for (let l = 0; l < nl; l++) s += Zte[start + l * nc + a] * u[start + l * nc + b];
        D[b * nc + a] = -2 * s;
      }
    }
    addByTheta(composite.parts[t].thetaIndex, composite.thetaOffset[t], basis, D, byTheta);
  });
  return chain(jacobian, byTheta);
}

/** Adds a derivative by the changed factor of a term to the derivative by theta. */
export function addByTheta(
  thetaIndex: Int32Array,
  offset: number,
  basis: Parameters<typeof pullBackInto>[0],
  byChangedFactor: Float64Array,
  byTheta: Float64Array,
): void {
  const D = new Float64Array(byChangedFactor.length);
  pullBackInto(basis, byChangedFactor, D);
  for (let k = 0; k < thetaIndex.length; k++) if (thetaIndex[k] >= 0) byTheta[offset + thetaIndex[k]] += D[k];
}

/** J' g for a Jacobian of g.length rows. */
export function chain(jacobian: Float64Array, g: Float64Array): Float64Array {
  const m = g.length;
  const out = new Float64Array(m === 0 ? 0 : jacobian.length / m);
  for (let a = 0; a < out.length; a++) for (let t = 0; t < m; t++) out[a] += jacobian[a * m + t] * g[t];
  return out;
}
