import { choleskyInPlace, dot, solveLowerInPlace, solveLowerTransposedInPlace, solveUpperInPlace } from '../dense.js';
import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import { covarianceDirections, type CovarianceDirection } from './covariance-directions.js';
import { covarianceTraces } from './covariance-traces.js';
import { fixedEffectsProducts } from './fixed-effects-products.js';
import {
  requireContrast,
  unitContrasts,
  contrastToBasisInPlace,
  estimateOf,
  sandwich,
  type ContrastRows,
} from './fixed-effects-space.js';
import { curvatureTerm } from './kenward-roger-curvature.js';
import { rowInformation } from './rows/row-information.js';
import { tTests, type TTests } from './satterthwaite.js';
import { positiveInverse } from './symmetric-inverse.js';

/** What one model needs once for Kenward-Roger tests of any contrasts; in the orthonormal basis, relative to sigma^2. */
export interface KenwardRogerFacts {
  /** Phi = (X'H^-1X)^-1, p by p, column-major. */
  readonly Phi: Float64Array;
  /** Phi P_i Phi of every variance parameter, with P_i = -X'H^-1 G_i H^-1X. */
  readonly moved: readonly Float64Array[];
  /** Covariance of the variance parameters, twice the inverse of their expected information, column-major. */
  readonly W: Float64Array;
  /** Adjusted covariance matrix of beta by the columns as given, on the scale of the response; rows of p numbers. */
  readonly vcov: readonly (readonly number[])[];
}

const known = new WeakMap<FittedModel, KenwardRogerFacts>();

/**
 * The small-sample covariance of beta and its ingredients (Kenward and Roger 1997, Biometrics 53, 983-997) from the cross-products: no
 * matrix of the size of the rows, one solve with the factor for each effect of the largest connected component of grouping levels.
 *
 * A variance at its boundary counts as an interior estimate, so singular fits have finite answers.
 *
 * Where V is not linear in variances and covariances (AR(1), spatial, residual structures, relationships between levels) the same by rows:
 * one solve for each row of the largest component of correlated rows. Second derivatives of V are those by variances, covariances,
 * correlations and ranges ({@link naturalCoordinates}), as in SAS; parameters on the boundary are held there.
 *
 * @throws ModelError `bad-option` for a fit by ML, or too many rows that are all correlated with each other
 */
export function kenwardRogerFacts(model: FittedModel): KenwardRogerFacts {
  const done = known.get(model);
  if (done) return done;
  const { optimum } = model;
  const { objective, cp } = optimum;
  const { p } = cp;
  if (!objective.reml) {
    throw new ModelError('bad-option', 'the Kenward-Roger approximation is defined for REML fits: fit with reml: true');
  }
  const directions = directionsOf(optimum);
  objective.evaluate(optimum.theta);
  const { XHX, P, Q, traces, curvature } = directions
    ? ingredientsByDirections(model, directions)
    : ingredientsByRows(model);
  const m = P.length;
  const Phi = inverseOf(XHX, p);
  const moved = P.map((Pi) =>
    sandwichPhi(
      Phi,
      Pi.map((v) => -v),
      p,
    ),
  );

  const information = new Float64Array(m * m);
  for (let a = 0; a < m; a++) {
    for (let b = 0; b <= a; b++) {
      // tr(Phi P_a Phi P_b) with Phi P_a Phi at hand
      const value = traces[b * m + a] - 2 * dot(Phi, 0, Q[a][b], 0, p * p) - dot(moved[a], 0, P[b], 0, p * p);
      information[b * m + a] = information[a * m + b] = value;
    }
  }
  const W = positiveInverse(information, m).inverse.map((v) => 2 * v);

  const U = new Float64Array(p * p);
  for (let a = 0; a < m; a++) {
    for (let b = 0; b <= a; b++) {
      const w = (a === b ? 1 : 2) * W[b * m + a];
      const PPP = multiply(P[a], multiply(Phi, P[b], p), p);
      for (let k = 0; k < p * p; k++) U[k] += w * (Q[a][b][k] - PPP[k]);
    }
  }
  curvature?.(W).forEach((v, k) => (U[k] -= v / 4));
  for (let i = 0; i < p; i++)
    for (let j = 0; j < i; j++) U[i * p + j] = U[j * p + i] = (U[i * p + j] + U[j * p + i]) / 2;
  const correction = sandwichPhi(Phi, U, p);
  const s2 = objective.scale();
  const facts: KenwardRogerFacts = {
    Phi,
    moved,
    W,
    vcov: byColumns(
      cp.fixed.R,
      Phi.map((v, k) => s2 * (v + 2 * correction[k])),
      p,
    ),
  };
  known.set(model, facts);
  return facts;
}

/** What the adjustment is made of, by variance parameters; p by p matrices in the orthonormal basis, relative to sigma^2. */
interface Ingredients {
  readonly XHX: Float64Array;
  /** X'H^-1 G_a H^-1X. */
  readonly P: readonly Float64Array[];
  /** Symmetric parts of X'H^-1 G_a H^-1 G_b H^-1X, b <= a. */
  readonly Q: readonly (readonly Float64Array[])[];
  /** tr(H^-1 G_a H^-1 G_b), column-major. */
  readonly traces: Float64Array;
  /** sum W_ab R_ab, where V is not linear in the parameters. */
  readonly curvature?: (W: Float64Array) => Float64Array;
}

/** Null where V is not linear in variances and covariances, or these are no free parameters. */
function directionsOf(optimum: FittedModel['optimum']): CovarianceDirection[] | null {
  try {
    return covarianceDirections(optimum, 'changed');
  } catch (error) {
    if (error instanceof ModelError) return null;
    throw error;
  }
}

/** From the cross-products, for random effects in whose variances and covariances V is linear. */
function ingredientsByDirections({ optimum }: FittedModel, directions: readonly CovarianceDirection[]): Ingredients {
  const { objective, cp } = optimum;
  const { p } = cp;
  const sums = covarianceTraces(objective.pls, directions);
  const X = fixedEffectsProducts(objective.pls, directions);
  // Parameters that were held fixed move with sigma^2: G_0 becomes I + sum of their ratios times G_r.
  const free = directions.flatMap((d, r) => (d.fixed || d.source !== r ? [] : [r + 1]));
  const rows = (objective.sigma === null ? [0] : []).concat(free);
  const raw = directions.length + 1;
  const J = rows.map((k) => {
    const column = new Float64Array(raw);
    column[k] = 1;
    directions.forEach((d, r) => d.source === k - 1 && (column[r + 1] = 1));
    if (k === 0) directions.forEach((d, r) => (column[r + 1] = d.fixed ? d.ratio : 0));
    return column;
  });
  const m = J.length;
  const traces = new Float64Array(m * m);
  for (let a = 0; a < m; a++)
    for (let b = 0; b < m; b++)
      for (let r = 0; r < raw; r++)
        for (let s = 0; s < raw; s++) traces[b * m + a] += J[a][r] * J[b][s] * sums.second[s * raw + r];
  return {
    XHX: X.XHX,
    P: J.map((j) => combine(j, X.first, p)),
    Q: J.map((j, a) => J.slice(0, a + 1).map((other) => combinePairs(j, other, X.second, p))),
    traces,
  };
}

/** From the rows, for any structure. */
function ingredientsByRows({ optimum }: FittedModel): Ingredients {
  const information = rowInformation(optimum);
  const { XHX, first, second, traces } = information;
  const { p } = optimum.cp;
  return {
    XHX,
    P: first,
    Q: second.map((row) => row.map((A) => A.map((v, k) => (v + A[(k % p) * p + Math.floor(k / p)]) / 2))),
    traces,
    curvature: (W) => curvatureTerm(optimum, information, W),
  };
}

/** t tests with Kenward-Roger standard errors and degrees of freedom, and the adjusted covariance matrix. */
export interface KenwardRogerTests extends TTests {
  /** Adjusted covariance matrix of the combinations, rows. */
  readonly vcov: readonly (readonly number[])[];
}

/**
 * t tests of l'beta = 0 by Kenward and Roger (1997).
 *
 * @param L rows of weights; the single fixed effects when left out
 * @throws ModelError `bad-option` as {@link kenwardRogerFacts}, and for rows of a wrong length
 */
export function kenwardRoger(model: FittedModel, L?: ContrastRows): KenwardRogerTests {
  const rows = L ?? unitContrasts(model.data.beta.values.length);
  requireContrast(model, rows);
  const facts = kenwardRogerFacts(model);
  const vcov = sandwich(rows, facts.vcov);
  const tests = tTests(
    rows.map((l) => estimateOf(model, l)),
    vcov.map((row, i) => Math.sqrt(row[i])),
    rows.map((l) => kenwardRogerF(model, [l]).df),
  );
  return { ...tests, vcov };
}

/** The scale factor and the denominator degrees of freedom of the F test of L beta = 0. */
export interface KenwardRogerF {
  readonly scale: number;
  readonly df: number;
}

/**
 * Moments of the Wald statistic matched to a scaled F (Kenward and Roger 1997, section 4).
 *
 * @param L independent rows
 */
export function kenwardRogerF(model: FittedModel, L: ContrastRows): KenwardRogerF {
  const { Phi, moved, W } = kenwardRogerFacts(model);
  const { cp } = model.optimum;
  const { p } = cp;
  const q = L.length;
  const m = moved.length;
  const rows = L.map((l) => {
    const v = Float64Array.from(l);
    contrastToBasisInPlace(cp, v);
    return v;
  });
  // B_i = C^-1 L Phi P_i Phi L'C^-T with L Phi L' = C C'
  const C = quadratic(rows, Phi, p);
  choleskyInPlace(C, q);
  const B = moved.map((A) => {
    const out = quadratic(rows, A, p);
    for (let side = 0; side < 2; side++) {
      for (let j = 0; j < q; j++) solveLowerInPlace(C, q, out, j * q);
      transposeInPlace(out, q);
    }
    return out;
  });
  const trace = B.map((b) => {
    let s = 0;
    for (let i = 0; i < q; i++) s += b[i * q + i];
    return s;
  });
  let A1 = 0;
  let A2 = 0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) {
      A1 += W[j * m + i] * trace[i] * trace[j];
      A2 += W[j * m + i] * dot(B[i], 0, B[j], 0, q * q);
    }
  }
  if (!(A2 > 0)) return { scale: 1, df: Infinity };
  if (q === 1) return { scale: 1, df: 2 / A2 };
  const g = ((q + 1) * A1 - (q + 4) * A2) / ((q + 2) * A2);
  const b = (A1 + 6 * A2) / (2 * q);
  const d = 3 * q + 2 * (1 - g);
  const expected = 1 - A2 / q;
  const spread = (1 + (g / d) * b) / ((1 - ((q - g) / d) * b) ** 2 * (1 - ((q + 2 - g) / d) * b));
  const rho = (expected * expected * spread) / q;
  const df = 4 + (q + 2) / (q * rho - 1);
  // At df = 2 the mean of F does not exist; the statistic is then left as it is.
  return { scale: Math.abs(df - 2) < 1e-2 ? 1 : (df * expected) / (df - 2), df };
}

/** L A L' for rows L and A (p by p, column-major): r by r, column-major. */
function quadratic(L: readonly Float64Array[], A: Float64Array, p: number): Float64Array {
  const r = L.length;
  const out = new Float64Array(r * r);
  const Al = new Float64Array(p);
  L.forEach((l, j) => {
    for (let k = 0; k < p; k++) Al[k] = dot(A, k * p, l, 0, p);
    L.forEach((other, i) => (out[j * r + i] = dot(other, 0, Al, 0, p)));
  });
  return out;
}

function combine(weights: Float64Array, A: readonly Float64Array[], p: number): Float64Array {
  const out = new Float64Array(p * p);
  weights.forEach((w, r) => {
    if (w !== 0) for (let k = 0; k < p * p; k++) out[k] += w * A[r][k];
  });
  return out;
}

/** Symmetric part of sum a_r b_s A_rs, where A_sr = A_rs'. */
function combinePairs(
  a: Float64Array,
  b: Float64Array,
  A: readonly (readonly Float64Array[])[],
  p: number,
): Float64Array {
  const out = new Float64Array(p * p);
  for (let r = 0; r < a.length; r++) {
    for (let s = 0; s < b.length; s++) {
      const w = a[r] * b[s];
      if (w === 0) continue;
      const from = A[Math.max(r, s)][Math.min(r, s)];
      for (let j = 0; j < p; j++) {
        for (let i = 0; i < p; i++) out[j * p + i] += (w * (from[j * p + i] + from[i * p + j])) / 2;
      }
    }
  }
  return out;
}

function multiply(A: Float64Array, B: Float64Array, p: number): Float64Array {
  const out = new Float64Array(p * p);
  for (let j = 0; j < p; j++) {
    for (let k = 0; k < p; k++) {
      const v = B[j * p + k];
      if (v !== 0) for (let i = 0; i < p; i++) out[j * p + i] += A[k * p + i] * v;
    }
  }
  return out;
}

/** Phi A Phi. */
function sandwichPhi(Phi: Float64Array, A: Float64Array, p: number): Float64Array {
  return multiply(Phi, multiply(A, Phi, p), p);
}

/** Inverse of a symmetric positive definite matrix. */
function inverseOf(A: Float64Array, p: number): Float64Array {
  const L = A.slice();
  choleskyInPlace(L, p);
  const out = new Float64Array(p * p);
  for (let k = 0; k < p; k++) {
    out[k * p + k] = 1;
    solveLowerInPlace(L, p, out, k * p);
    solveLowerTransposedInPlace(L, p, out, k * p);
  }
  return out;
}

/** R^-1 A R^-T as rows: from the orthonormal basis to the columns as given. */
function byColumns(R: Float64Array, A: Float64Array, p: number): number[][] {
  const out = A.slice();
  for (let side = 0; side < 2; side++) {
    for (let k = 0; k < p; k++) solveUpperInPlace(R, p, out, k * p);
    transposeInPlace(out, p);
  }
  return Array.from({ length: p }, (_, i) =>
    Array.from({ length: p }, (_, j) => (out[j * p + i] + out[i * p + j]) / 2),
  );
}

function transposeInPlace(A: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < j; i++) {
      const v = A[j * n + i];
      A[j * n + i] = A[i * n + j];
      A[i * n + j] = v;
    }
  }
}
