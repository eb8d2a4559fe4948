import { lambdaOf } from '@blup/covariance';
import type { FittedModel } from '../fitted-model.js';
import { randomTerms } from '../prediction/residual-structure.js';
import { symmetricEigen } from '../optimizer/symmetric-eigen.js';

/** A combination of the random effects of one term that has no variance. */
export interface SingularDirection {
  readonly group: string;
  readonly names: readonly string[];
  /** Weights of the effects, the largest 1 in size; entries that do not matter are exactly zero. */
  readonly direction: readonly number[];
}

/** Relative standard deviation below which a direction counts as without variance, in units of the columns' root mean squares. */
const TOLERANCE = 1e-4;

/** Every direction in which the covariance of a term's random effects vanishes, term by term. */
export function singularDirections(model: FittedModel): SingularDirection[] {
  const { matrices, composite, par, cp } = model.optimum;
  return randomTerms(matrices).flatMap((_, t) => {
    const part = composite.parts[t];
    const { nc } = part;
    const { rms } = cp.terms[t].basis;
    const lambda = lambdaOf(part, par.subarray(composite.parOffset[t], composite.parOffset[t + 1]));
    const S = new Float64Array(nc * nc);
    for (let i = 0; i < nc; i++) {
      for (let j = 0; j < nc; j++) {
        let s = 0;
        for (let c = 0; c < nc; c++) s += lambda[c * nc + i] * lambda[c * nc + j];
        S[j * nc + i] = s * rms[i] * rms[j];
      }
    }
    const { values, vectors } = symmetricEigen(S, nc);
    return Array.from(values.keys())
      .filter((k) => values[k] < TOLERANCE ** 2)
      .map((k) => ({
        group: matrices.terms[t].group,
        names: matrices.terms[t].names,
        direction: legible(
          Array.from(vectors.subarray(k * nc, (k + 1) * nc), (v, c) => v * rms[c]),
          rms,
        ),
      }));
  });
}

/** The largest entry 1, entries that contribute next to nothing 0. */
function legible(v: readonly number[], rms: Float64Array): number[] {
  const weight = v.map((x, c) => Math.abs(x) / rms[c]);
  const most = Math.max(...weight);
  const kept = v.map((x, c) => (weight[c] < 1e-3 * most ? 0 : x));
  const largest = kept.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return kept.map((x) => (x === 0 ? 0 : x / largest));
}
