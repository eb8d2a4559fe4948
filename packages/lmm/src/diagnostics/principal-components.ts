import { lambdaOf } from '@blup/covariance';
import { termsByGroup } from '../conditional-modes.js';
import type { FittedModel } from '../fitted-model.js';
import { randomTerms } from '../prediction/residual-structure.js';
import { symmetricEigen } from '../optimizer/symmetric-eigen.js';

/** Principal components of the random effects of one grouping factor. */
export interface RandomEffectsComponents {
  readonly group: string;
  readonly names: readonly string[];
  /** Standard deviations of the components relative to sigma, largest first. */
  readonly sd: readonly number[];
  /** Share of the variance of each component. */
  readonly proportion: readonly number[];
  /** Directions: one list for each component, of unit length, its largest entry positive. */
  readonly directions: readonly (readonly number[])[];
}

/**
 * Principal components of the relative covariance of each grouping factor (terms on one factor together). A component whose standard
 * deviation is zero shows along which direction the fit is singular.
 */
export function randomEffectsComponents(model: FittedModel): RandomEffectsComponents[] {
  const { matrices, composite, par } = model.optimum;
  return [...termsByGroup(randomTerms(matrices))].map(([group, members]) => {
    const names = members.flatMap((t) => matrices.terms[t].names);
    const k = names.length;
    const S = new Float64Array(k * k);
    let at = 0;
    for (const t of members) {
      const { nc } = composite.parts[t];
      const lambda = lambdaOf(composite.parts[t], par.subarray(composite.parOffset[t], composite.parOffset[t + 1]));
      for (let i = 0; i < nc; i++) {
        for (let j = 0; j < nc; j++) {
          let s = 0;
          for (let c = 0; c < nc; c++) s += lambda[c * nc + i] * lambda[c * nc + j];
          S[(at + j) * k + at + i] = s;
        }
      }
      at += nc;
    }
    const { values, vectors } = symmetricEigen(S, k);
    const order = Array.from(values.keys()).sort((a, b) => values[b] - values[a]);
    const total = values.reduce((a, b) => a + Math.max(b, 0), 0);
    return {
      group,
      names,
      sd: order.map((i) => Math.sqrt(Math.max(values[i], 0))),
      proportion: order.map((i) => (total > 0 ? Math.max(values[i], 0) / total : 0)),
      directions: order.map((i) => pointed(vectors.subarray(i * k, (i + 1) * k))),
    };
  });
}

/** The direction whose largest entry is positive. */
function pointed(v: Float64Array): number[] {
  let largest = 0;
  for (const x of v) if (Math.abs(x) > Math.abs(largest) * (1 + 1e-9)) largest = x;
  return Array.from(v, (x) => (largest < 0 ? -x : x));
}
