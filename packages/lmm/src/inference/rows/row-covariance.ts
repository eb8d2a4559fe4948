import { lambdaInto, relativeCovariance, thetaDerivativeInto } from '@blup/covariance';
import {
  factorizePrecision,
  levelPrecisions,
  multiplyPrecisionInto,
  solvePrecisionInPlace,
} from '../../level-precision.js';
import { membershipsOf } from '../../memberships.js';
import type { Optimum } from '../../optimum.js';
import { pointPrecision } from './point-precision.js';

/**
 * H = V / sigma^2 = Z (K^-1 (x) lambda lambda') Z' + P^-1 over rows weighted by W^1/2, and its derivatives by par, as maps of vectors. Vectors
 * have length n. One product costs O(n + entries of the factors of K and P).
 */
export interface RowCovariance {
  /** out = H x; out and x may not be the same. */
  multiplyInto(x: Float64Array, out: Float64Array): void;
  /** f := (K^-1 (x) lambda lambda') f for the effects of term t, and out += Z_t f. */
  effectsInto(t: number, f: Float64Array, out: Float64Array): void;
  /** out = P^-1 x, the part of the residuals. */
  residualInto(x: Float64Array, out: Float64Array): void;
  /** out = dH/dpar_k x */
  derivativeInto(k: number, x: Float64Array, out: Float64Array): void;
}

/** @param par any par of the model, strictly inside its bounds where a precision over levels or residuals depends on it */
export function rowCovariance({ matrices, composite, cp }: Optimum, par: Float64Array): RowCovariance {
  const n = matrices.y.length;
  const rows = effectProducts(matrices, cp);
  const theta = new Float64Array(composite.thetaLength);
  composite.thetaInto(par, theta);
  const precisions = levelPrecisions(cp, composite);
  precisions.forEach((precision) => {
    if (!precision) return;
    const { structure, thetaStart } = precision;
    structure.precisionInto(theta.slice(thetaStart, thetaStart + structure.parLength), precision.values);
    factorizePrecision(precision);
  });
  const ownPar = (t: number) => par.slice(composite.parOffset[t], composite.parOffset[t + 1]);
  const lambdas = composite.parts.map((part, t) => {
    const lambda = new Float64Array(part.nc * part.nc);
    lambdaInto(part, theta.subarray(composite.thetaOffset[t], composite.thetaOffset[t + 1]), lambda);
    return lambda;
  });
  const columns = lambdas.map((lambda, t) => relativeCovariance(lambda, composite.parts[t].nc));
  const last = composite.parts.length - 1;
  const { residual } = composite.parts[last] ?? {};
  const points = residual ? pointPrecision(residual, ownPar(last)) : null;
  const f = new Float64Array(cp.q);
  const g = new Float64Array(cp.q);
  const byLevels = (t: number, M: Float64Array, effects: Float64Array = f): void => {
    const precision = precisions[t];
    if (precision) solvePrecisionInPlace(precision, effects, 0);
    blocksInPlace(cp.terms[t], M, effects);
  };
  return {
    multiplyInto(x, out) {
      out.set(x);
      points?.solveInPlace(out);
      for (let t = 0; t <= last; t++) {
        if (composite.parts[t].nc === 0) continue;
        rows.gatherInto(t, x, f);
        byLevels(t, columns[t]);
        rows.addInto(t, f, out);
      }
    },
    effectsInto(t, effects, out) {
      byLevels(t, columns[t], effects);
      rows.addInto(t, effects, out);
    },
    residualInto(x, out) {
      out.set(x);
      points?.solveInPlace(out);
    },
    derivativeInto(k, x, out) {
      let t = 0;
      while (k >= composite.parOffset[t + 1]) t++;
      const part = composite.parts[t];
      const own = k - composite.parOffset[t];
      out.fill(0);
      if (points && t === last) {
        // -P^-1 dP P^-1 x
        const moved = x.slice();
        points.solveInPlace(moved);
        points.derivativeTimesInto(own, moved, out);
        points.solveInPlace(out);
        for (let i = 0; i < n; i++) out[i] = -out[i];
        return;
      }
      rows.gatherInto(t, x, f);
      const precision = precisions[t];
      if (precision && own >= part.parLength - precision.structure.parLength) {
        const { structure, derivative } = precision;
        const at = own - (part.parLength - structure.parLength);
        structure.precisionDerivativeInto(ownPar(t).slice(part.parLength - structure.parLength), at, derivative);
        solvePrecisionInPlace(precision, f, 0);
        multiplyPrecisionInto(precision, derivative, f, 0, g);
        const { start, nl, nc } = cp.terms[t];
        for (let i = start; i < start + nl * nc; i++) f[i] = -g[i];
        byLevels(t, columns[t]);
      } else byLevels(t, columnsDerivative(part, ownPar(t), own, lambdas[t]));
      rows.addInto(t, f, out);
    },
  };
}

/** d (lambda lambda') / d par_k, nc by nc. */
function columnsDerivative(
  part: Optimum['composite']['parts'][number],
  par: Float64Array,
  k: number,
  lambda: Float64Array,
): Float64Array {
  const { nc, thetaLength, parLength } = part;
  const moved = new Float64Array(thetaLength);
  thetaDerivativeInto(part, par, k, new Float64Array(parLength + 2 * thetaLength), moved);
  const d = new Float64Array(nc * nc);
  lambdaInto(part, moved, d);
  const out = new Float64Array(nc * nc);
  for (let b = 0; b < nc; b++) {
    for (let a = 0; a < nc; a++) {
      for (let c = 0; c < nc; c++)
        out[b * nc + a] += d[c * nc + a] * lambda[c * nc + b] + lambda[c * nc + a] * d[c * nc + b];
    }
  }
  return out;
}

/** Products with the weighted columns of each term, as given. */
export interface EffectProducts {
  /** out[effects of t] = Z_t'x */
  gatherInto(t: number, x: Float64Array, out: Float64Array): void;
  /** out += Z_t f */
  addInto(t: number, f: Float64Array, out: Float64Array): void;
}

export function effectProducts(matrices: Optimum['matrices'], cp: Optimum['cp']): EffectProducts {
  const sqrtWeights = matrices.weights?.map(Math.sqrt) ?? null;
  const members = membershipsOf(matrices.terms);
  return {
    gatherInto(t, x, out) {
      const { start, nl, nc } = cp.terms[t];
      out.fill(0, start, start + nl * nc);
      for (const { t: own, levelIdx, columns } of members) {
        if (own !== t) continue;
        columns.forEach((z, c) => {
          for (let i = 0; i < x.length; i++)
            out[start + levelIdx[i] * nc + c] += z[i] * (sqrtWeights ? sqrtWeights[i] * x[i] : x[i]);
        });
      }
    },
    addInto(t, f, out) {
      const { start, nc } = cp.terms[t];
      for (const { t: own, levelIdx, columns } of members) {
        if (own !== t) continue;
        columns.forEach((z, c) => {
          for (let i = 0; i < out.length; i++) {
            const v = z[i] * f[start + levelIdx[i] * nc + c];
            out[i] += sqrtWeights ? sqrtWeights[i] * v : v;
          }
        });
      }
    },
  };
}

/** f_l := M f_l for every level of a term. */
export function blocksInPlace(
  { start, nl, nc }: Pick<Optimum['cp']['terms'][number], 'start' | 'nl' | 'nc'>,
  M: Float64Array,
  f: Float64Array,
  transposed = false,
): void {
  const work = new Float64Array(nc);
  for (let l = 0; l < nl; l++) {
    const at = start + l * nc;
    for (let r = 0; r < nc; r++) {
      let s = 0;
      for (let c = 0; c < nc; c++) s += (transposed ? M[r * nc + c] : M[c * nc + r]) * f[at + c];
      work[r] = s;
    }
    f.set(work, at);
  }
}
