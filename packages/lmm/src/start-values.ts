import type { CompositeStructure } from '@blup/covariance';
import type { CrossProducts } from './cross-products.js';

/** Root mean squares of the columns of all terms, in the order of the composite's columns. */
export function columnScales(cp: CrossProducts, composite: CompositeStructure): Float64Array {
  const out = new Float64Array(composite.nc);
  cp.terms.forEach((t, i) => out.set(t.basis.rms, composite.columnOffset[i]));
  return out;
}

export function startPar(composite: CompositeStructure, scales: Float64Array): Float64Array {
  const par = new Float64Array(composite.parLength);
  composite.startInto(scales, par);
  return par;
}
