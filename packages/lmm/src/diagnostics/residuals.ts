import { factorToCsc, type CscMatrix } from '@blup/sparse';
import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import { membershipsOf, type TermMembership } from '../memberships.js';
import { residualFactor, type ResidualFactor } from '../residual-factor.js';

/**
 * `response`: y less the fitted values (random effects included). `pearson`: times sqrt(w), divided by the relative standard deviation that a
 * residual structure gives the row. `scaled`: Pearson divided by sigma (what nlme calls Pearson). `whitened`: scaled, and made uncorrelated by
 * taking out what the rows before say, within the groups of a residual structure (what nlme calls normalized); the same as scaled without one.
 * `marginal`: y - offset - X beta. `normalised`: marginal residuals made uncorrelated with variance 1 by a square root of the inverse of their
 * covariance: independent standard normal under the model, but for the estimation of its parameters.
 */
export type ResidualKind = 'response' | 'pearson' | 'scaled' | 'whitened' | 'marginal' | 'normalised';

/**
 * Residuals of the rows that took part, length nobs.
 * @throws ModelError `bad-option` for an unknown kind, or normalised residuals where levels are correlated
 */
export function residuals(model: FittedModel, kind: ResidualKind = 'response'): Float64Array {
  switch (kind) {
    case 'response':
      return model.residuals.slice();
    case 'pearson':
      return model.pearsonResiduals();
    case 'scaled':
      return model.scaledResiduals();
    case 'whitened':
      return whitenedResiduals(model);
    case 'marginal':
      return marginalResiduals(model);
    case 'normalised':
      return normalisedResiduals(model);
    default:
      throw new ModelError('bad-option', `there are no residuals of the kind ${String(kind)}`);
  }
}

function marginalResiduals({ optimum, data }: FittedModel): Float64Array {
  const { matrices: m, cp } = optimum;
  const r = m.offset ? m.y.map((v, i) => v - m.offset![i]) : m.y.slice();
  cp.fixed.kept.forEach((column, k) => {
    const x = m.X.columns[column];
    for (let i = 0; i < r.length; i++) r[i] -= data.beta.values[k] * x[i];
  });
  return r;
}

/** The factor of the residual structure at the estimates; null where residuals are independent. */
function factorOf({ optimum }: FittedModel): ResidualFactor | null {
  const { matrices, composite, par } = optimum;
  const t = matrices.terms.length - 1;
  const residual = matrices.terms[t]?.structure.residual;
  return residual ? residualFactor(residual, par.slice(composite.parOffset[t])) : null;
}

function whitenedResiduals(model: FittedModel): Float64Array {
  const factor = factorOf(model);
  if (!factor) return model.scaledResiduals();
  const { weights } = model.optimum.matrices;
  const { sigma } = model.data;
  const out = model.residuals.map((r, i) => (r / sigma) * (weights ? Math.sqrt(weights[i]) : 1));
  factor.whitenInPlace(out);
  return out;
}

/**
 * M W^1/2 (y - X beta) / sigma with M = I - G P'(I + L')^-1 L^-1 P G', where G = W^1/2 Z Lambda and L L' = P (G'G + I) P'. Then
 * M'M = (I + G G')^-1, so that the result has the identity as covariance; M is the identity less a term of rank q, so that each entry
 * still belongs to its row. O(n sum nc + nnz(L)); no n by n matrix. Under a residual structure T W^1/2 takes the place of W^1/2, with T'T the
 * inverse of the residuals' relative covariance.
 *
 * Source: the square-root form of Andrews (1968), AIAA Journal 6, 1165-1166.
 */
function normalisedResiduals(model: FittedModel): Float64Array {
  const { matrices: m, objective, theta, cp } = model.optimum;
  objective.evaluate(theta);
  const { pls } = objective;
  const { sigma } = model.data;
  const r = marginalResiduals(model);
  if (m.weights) for (let i = 0; i < r.length; i++) r[i] *= Math.sqrt(m.weights[i]);
  const scaled = r.map((v) => v / sigma);
  const factor = factorOf(model);
  factor?.whitenInPlace(scaled);
  if (cp.q === 0) return scaled;
  if (pls.precisions.some(Boolean)) {
    throw new ModelError(
      'bad-option',
      'normalised residuals are there for terms with independent levels only, so far: use marginal or scaled ones',
    );
  }
  const members = membershipsOf(m.terms);
  const spherical = sphericalColumns(model, members);
  const v = new Float64Array(cp.q);
  const from = scaled.slice();
  factor?.whitenTransposedInPlace(from);
  members.forEach(({ t, levelIdx }, k) => {
    const { nc, start } = cp.terms[t];
    spherical[k].forEach((g, c) => {
      for (let i = 0; i < g.length; i++) v[start + levelIdx[i] * nc + c] += g[i] * from[i];
    });
  });
  const { perm } = pls.symbolic;
  const x = Float64Array.from(perm, (old) => v[old]);
  const L = factorToCsc(pls.factor);
  solveLower(L, x);
  solveShiftedTransposed(L, x);
  perm.forEach((old, k) => (v[old] = x[k]));
  const shift = new Float64Array(scaled.length);
  members.forEach(({ t, levelIdx }, k) => {
    const { nc, start } = cp.terms[t];
    spherical[k].forEach((g, c) => {
      for (let i = 0; i < g.length; i++) shift[i] += g[i] * v[start + levelIdx[i] * nc + c];
    });
  });
  factor?.whitenInPlace(shift);
  return scaled.map((e, i) => e - shift[i]);
}

/** Columns of W^1/2 Z lambda by membership, each of length n. */
function sphericalColumns({ optimum }: FittedModel, members: readonly TermMembership[]): Float64Array[][] {
  const { matrices: m, cp, objective } = optimum;
  const root = m.weights && m.weights.map(Math.sqrt);
  return members.map(({ t, columns }) => {
    const { nc, basis } = cp.terms[t];
    const changed = objective.pls.lambdas[t];
    return columns.map((_, c) => {
      const g = new Float64Array(m.y.length);
      for (let r = 0; r < nc; r++) {
        const f = changed[c * nc + r] / basis.spread[r];
        const shift = basis.shift[r];
        for (let i = 0; i < g.length; i++) g[i] += f * (columns[r][i] - shift);
      }
      if (root) for (let i = 0; i < g.length; i++) g[i] *= root[i];
      return g;
    });
  });
}

/** x := L^-1 x; the first entry of each column is the diagonal. */
function solveLower({ colPtr, rowIdx, values }: CscMatrix, x: Float64Array): void {
  for (let j = 0; j < x.length; j++) {
    const v = x[j] / values[colPtr[j]];
    x[j] = v;
    for (let k = colPtr[j] + 1; k < colPtr[j + 1]; k++) x[rowIdx[k]] -= values[k] * v;
  }
}

/** x := (I + L')^-1 x. */
function solveShiftedTransposed({ colPtr, rowIdx, values }: CscMatrix, x: Float64Array): void {
  for (let j = x.length - 1; j >= 0; j--) {
    let s = x[j];
    for (let k = colPtr[j] + 1; k < colPtr[j + 1]; k++) s -= values[k] * x[rowIdx[k]];
    x[j] = s / (1 + values[colPtr[j]]);
  }
}
