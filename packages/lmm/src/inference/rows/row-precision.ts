import { lambdaOf } from '@blup/covariance';
import { permuteInto, solveLInPlace, solveLtInPlace, unpermuteInto } from '@blup/sparse';
import type { Optimum } from '../../optimum.js';
import { pointPrecision } from './point-precision.js';
import { blocksInPlace, effectProducts } from './row-covariance.js';

/**
 * H^-1 = sigma^2 V^-1 over weighted rows as a map of vectors of length n, by Woodbury: P - P Z Lambda S^-1 Lambda'Z'P, with P the inverse
 * of the residuals' correlation (the identity for independent ones). O(n + nnz(L)).
 */
export interface RowPrecision {
  /** out = H^-1 x; out and x may not be the same. */
  multiplyInto(x: Float64Array, out: Float64Array): void;
}

/** At the optimum, where the solution must stand in the objective as long as this is used. */
export function rowPrecision({ matrices, composite, cp, objective, par }: Optimum): RowPrecision {
  const { pls } = objective;
  const rows = effectProducts(matrices, cp);
  const { residual } = composite.parts.at(-1) ?? {};
  const points = residual ? pointPrecision(residual, par.slice(composite.parOffset[composite.parts.length - 1])) : null;
  const { factor } = pls;
  const f = new Float64Array(cp.q);
  const g = new Float64Array(cp.q);
  const n = matrices.y.length;
  const moved = new Float64Array(n);
  const taken = new Float64Array(n);
  // Z Lambda is the same in the columns as given and in the changed ones, and so is u.
  const given = composite.parts.map((part, t) =>
    lambdaOf(part, par.slice(composite.parOffset[t], composite.parOffset[t + 1])),
  );
  return {
    multiplyInto(x, out) {
      if (points) points.multiplyInto(x, out);
      else out.set(x);
      if (cp.q === 0) return;
      cp.terms.forEach((term, t) => {
        if (term.nc === 0) return;
        rows.gatherInto(t, out, f);
        blocksInPlace(term, given[t], f, true);
      });
      permuteInto(factor, f, g, 1);
      solveLInPlace(factor, g, 1);
      solveLtInPlace(factor, g, 1);
      unpermuteInto(factor, g, f, 1);
      moved.fill(0);
      cp.terms.forEach((term, t) => {
        if (term.nc === 0) return;
        blocksInPlace(term, given[t], f);
        rows.addInto(t, f, moved);
      });
      if (points) points.multiplyInto(moved, taken);
      else taken.set(moved);
      for (let i = 0; i < n; i++) out[i] -= taken[i];
    },
  };
}
