import { lambdaOf } from '@blup/covariance';
import { choleskyInPlace, solveLowerInPlace, solveLowerTransposedInPlace, solveUpperInPlace } from '../dense.js';
import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import { solveNormalInPlace } from '../penalized-least-squares.js';
import { multiplyZtZInto } from '../scale-by-lambda.js';
import type { TermBasis } from '../term-basis.js';
import { contrastToBasisInPlace } from './fixed-effects-space.js';
import { congruence, lowerTimes } from './likelihood-derivatives.js';
import { residualProducts } from './residual-products.js';

/** More unknowns than this are refused: the matrices here are dense. */
const LIMIT = 3000;

/**
 * Henderson's mixed model equations at the fit, dense, in the columns as given:
 *
 *     [X'R^-1X   X'R^-1Z       ] [beta]   [X'R^-1y]
 *     [Z'R^-1X   Z'R^-1Z + D^-1] [b   ] = [Z'R^-1y]        R = sigma^2 W^-1,  D = Var(b),  y less the offset
 */
export interface HendersonEquations {
  readonly p: number;
  readonly q: number;
  /** Names of the unknowns: fixed effects, then `group[level].column`, term by term, level by level. */
  readonly names: readonly string[];
  /** (p + q) squared, rows; null where D is singular, since D^-1 does not exist. */
  readonly coefficient: readonly Float64Array[] | null;
  readonly rhs: Float64Array;
  /** (beta, b). */
  readonly solution: Float64Array;
  /** Inverse of the coefficient matrix, rows: the covariance of (beta_hat, b_hat - b). Through u, so it exists at singular D too. */
  readonly inverse: readonly Float64Array[];
}

/**
 * The equations, their solution and their inverse (Henderson 1975, Biometrics 31, 423-447), for teaching and tests.
 *
 * @throws ModelError `bad-option` for more than 3000 unknowns
 */
export function hendersonEquations(model: FittedModel): HendersonEquations {
  const { optimum, data } = model;
  const { cp, objective, matrices, theta, composite, par } = optimum;
  const { p, q } = cp;
  const size = p + q;
  if (size > LIMIT) {
    throw new ModelError(
      'bad-option',
      `the equations have ${size} unknowns; dense matrices are made for at most ${LIMIT}`,
    );
  }
  if (composite.parts.some((part) => part.levels || part.residual))
    throw new ModelError(
      'bad-option',
      'the equations are written for effects that are independent between levels, and independent residuals',
    );
  objective.evaluate(theta);
  const s2 = objective.scale();
  const lambdas = composite.parts.map((part, t) =>
    lambdaOf(part, par.subarray(composite.parOffset[t], composite.parOffset[t + 1])),
  );
  const { Ztr, Xtr } = residualProducts(cp, new Float64Array(p));
  const rhs = new Float64Array(size);
  rhs.set(lowerTimes(cp.fixed.R, p, Xtr).map((v) => v / s2));
  rhs.set(
    pulledBack(model, Ztr).map((v) => v / s2),
    p,
  );

  const inverse = Array.from({ length: size }, (_, i) => {
    // Row i: C e_i through the normal equations of (u, beta)
    const f = new Float64Array(q);
    const g = new Float64Array(p);
    if (i < p) {
      g[i] = 1;
      contrastToBasisInPlace(cp, g);
    } else timesLambdaInPlace(model, lambdas, true, unit(q, i - p), f);
    solveNormalInPlace(objective.pls, f, g);
    solveUpperInPlace(cp.fixed.R, p, g);
    const row = new Float64Array(size);
    const b = new Float64Array(q);
    timesLambdaInPlace(model, lambdas, false, f, b);
    row.set(g.map((v) => s2 * v));
    row.set(
      b.map((v) => s2 * v),
      p,
    );
    return row;
  });
  const solution = new Float64Array(size);
  solution.set(data.beta.values);
  timesLambdaInPlace(model, lambdas, false, objective.pls.u, solution.subarray(p));
  return {
    p,
    q,
    names: [
      ...data.beta.names,
      ...matrices.terms.flatMap((t) =>
        t.levels.flatMap((level) => t.names.map((name) => `${t.group}[${level}].${name}`)),
      ),
    ],
    coefficient: coefficientMatrix(model, lambdas, s2),
    rhs,
    solution,
    inverse,
  };
}

function unit(n: number, i: number): Float64Array {
  const e = new Float64Array(n);
  e[i] = 1;
  return e;
}

/** out = Lambda x or Lambda'x in the columns as given. */
function timesLambdaInPlace(
  { optimum }: FittedModel,
  lambdas: readonly Float64Array[],
  transposed: boolean,
  x: Float64Array,
  out: Float64Array,
): void {
  optimum.cp.terms.forEach(({ nc, nl, start }, t) => {
    for (let l = 0; l < nl; l++) {
      const at = start + l * nc;
      for (let r = 0; r < nc; r++) {
        let s = 0;
        for (let c = 0; c < nc; c++) s += lambdas[t][transposed ? r * nc + c : c * nc + r] * x[at + c];
        out[at + r] = s;
      }
    }
  });
}

/** A'x level by level: from changed columns to those given. */
function pulledBack({ optimum }: FittedModel, x: Float64Array): Float64Array {
  const out = new Float64Array(x.length);
  optimum.cp.terms.forEach(({ nc, nl, start, basis }) => {
    for (let l = 0; l < nl; l++) {
      const at = start + l * nc;
      for (let c = 0; c < nc; c++) for (let r = 0; r < nc; r++) out[at + c] += basis.A[c * nc + r] * x[at + r];
    }
  });
  return out;
}

/** A x within one level's effect. */
function spreadUnit({ optimum }: FittedModel, effect: number): Float64Array {
  const out = new Float64Array(optimum.cp.q);
  for (const { nc, nl, start, basis } of optimum.cp.terms) {
    if (effect < start || effect >= start + nc * nl) continue;
    const c = (effect - start) % nc;
    for (let r = 0; r < nc; r++) out[effect - c + r] = (basis as TermBasis).A[c * nc + r];
  }
  return out;
}

function coefficientMatrix(
  model: FittedModel,
  lambdas: readonly Float64Array[],
  s2: number,
): readonly Float64Array[] | null {
  const { cp } = model.optimum;
  const { p, q } = cp;
  const size = p + q;
  const inverses = lambdas.map((lambda, t) => inverseCovariance(lambda, cp.terms[t].nc, s2));
  if (inverses.some((v) => v === null)) return null;
  const rows = Array.from({ length: size }, () => new Float64Array(size));
  congruence(cp.fixed.R, cp.XtX, p, 1 / s2).forEach((row, i) => rows[i].set(row));
  const Zx = new Float64Array(q);
  for (let i = 0; i < q; i++) {
    const x = spreadUnit(model, i);
    multiplyZtZInto(cp, x, 1, Zx);
    rows[p + i].set(
      pulledBack(model, Zx).map((v) => v / s2),
      p,
    );
    const Xz = Float64Array.from({ length: p }, (_, k) => {
      let s = 0;
      for (let j = 0; j < q; j++) s += cp.ZtX[k * q + j] * x[j];
      return s;
    });
    lowerTimes(cp.fixed.R, p, Xz).forEach((v, k) => (rows[k][p + i] = rows[p + i][k] = v / s2));
  }
  cp.terms.forEach(({ nc, nl, start }, t) => {
    for (let l = 0; l < nl; l++) {
      const at = p + start + l * nc;
      for (let c = 0; c < nc; c++) for (let r = 0; r < nc; r++) rows[at + r][at + c] += inverses[t]![c * nc + r];
    }
  });
  return rows;
}

/** (s2 lambda lambda')^-1, or null. */
function inverseCovariance(lambda: Float64Array, nc: number, s2: number): Float64Array | null {
  const S = new Float64Array(nc * nc);
  for (let j = 0; j < nc; j++) {
    for (let i = 0; i < nc; i++) {
      for (let k = 0; k < nc; k++) S[j * nc + i] += s2 * lambda[k * nc + i] * lambda[k * nc + j];
    }
  }
  const largest = Math.max(...S);
  if (choleskyInPlace(S, nc) >= 0) return null;
  for (let j = 0; j < nc; j++) if (S[j * nc + j] ** 2 < 1e-24 * largest) return null;
  const out = new Float64Array(nc * nc);
  for (let k = 0; k < nc; k++) {
    out[k * nc + k] = 1;
    solveLowerInPlace(S, nc, out, k * nc);
    solveLowerTransposedInPlace(S, nc, out, k * nc);
  }
  return out;
}
