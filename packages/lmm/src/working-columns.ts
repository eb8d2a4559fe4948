import { lambdaOf, lowerFactorInPlace, type CompositeStructure } from '@blup/covariance';
import type { CrossProducts } from './cross-products.js';
import { changeFactorInto, unchangeFactorInto, type TermBasis } from './term-basis.js';

/**
 * The search runs in the changed columns (centred, of unit spread) where a term's structure permits: the objective of an unstructured term
 * is then as well conditioned for x + 10^6 as for x. Other terms keep their own par.
 */
export interface WorkingColumns {
  /** Which columns the search's theta speaks of, by term. */
  readonly bases: readonly TermBasis[];
  /** par by the columns as given -> par of the search. */
  into(par: Float64Array): Float64Array;
  /** par of the search -> par by the columns as given, in canonical form. */
  outOf(par: Float64Array): Float64Array;
}

/** @param movable whether all par of a term are free */
export function workingColumns(
  cp: CrossProducts,
  composite: CompositeStructure,
  movable: (term: number) => boolean,
): WorkingColumns {
  const changed = composite.parts.map((part, t) => part.anyColumns === true && movable(t));
  const convert = (par: Float64Array, change: typeof changeFactorInto): Float64Array => {
    const out = par.slice();
    composite.parts.forEach((part, t) => {
      if (!changed[t]) return;
      const { nc, thetaIndex } = part;
      const from = composite.parOffset[t];
      const factor = new Float64Array(nc * nc);
      change(cp.terms[t].basis, lambdaOf(part, par.subarray(from, composite.parOffset[t + 1])), factor);
      lowerFactorInPlace(factor, nc);
      for (let k = 0; k < nc * nc; k++) if (thetaIndex[k] >= 0) out[from + thetaIndex[k]] = factor[k];
    });
    return out;
  };
  return {
    bases: cp.terms.map((t, k) => (changed[k] ? identityBasis(t.nc) : t.basis)),
    into: (par) => convert(par, changeFactorInto),
    outOf: (par) => convert(par, unchangeFactorInto),
  };
}

/** Columns that are taken as they are, each of root mean square 1. */
function identityBasis(nc: number): TermBasis {
  const A = new Float64Array(nc * nc);
  for (let j = 0; j < nc; j++) A[j * nc + j] = 1;
  const ones = new Float64Array(nc).fill(1);
  return { nc, shift: new Float64Array(nc), spread: ones, intercept: -1, rms: ones, A };
}
