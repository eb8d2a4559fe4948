import { lambdaOf, lowerFactorInPlace, relativeCovariance, type CompositeStructure } from '@blup/covariance';
import type { CrossProducts } from './cross-products.js';
import { symmetricEigen } from './optimizer/symmetric-eigen.js';
import { multiplyInto } from './scale-by-lambda.js';
import type { TermBasis } from './term-basis.js';

/**
 * The search runs in other columns where a term's structure permits (unstructured terms): centred, of unit spread, and turned to the
 * principal axes of the covariance at hand. The objective is then as well conditioned for x + 10^6 as for x, and the factor's diagonal falls
 * from large to small, so that a covariance of low rank has its zeros at the end, where the objective is smooth. Other terms keep their par.
 */
export interface WorkingColumns {
  /** Which columns the search's theta speaks of, by term. */
  readonly bases: readonly TermBasis[];
  /** par by the columns as given -> par of the search. */
  into(par: Float64Array): Float64Array;
  /** par of the search -> par by the columns as given, in canonical form. */
  outOf(par: Float64Array): Float64Array;
  /** Columns turned to the principal axes of the covariances at this par of the search, and its par by them. */
  turnedAt(par: Float64Array): { columns: WorkingColumns; par: Float64Array };
  /** Whether some factor has an entry below its diagonal that dwarfs the diagonal entry: then turning pays. */
  needTurning(par: Float64Array): boolean;
}

/** An entry that is more than this times the diagonal entry above it makes the objective curve like a banana. */
const DWARFED_PIVOT = 1;

/** @param movable whether all par of a term are free */
export function workingColumns(
  cp: CrossProducts,
  composite: CompositeStructure,
  movable: (term: number) => boolean,
): WorkingColumns {
  const changed = composite.parts.map((part, t) => part.anyColumns === true && movable(t));
  return turned(
    cp,
    composite,
    changed,
    cp.terms.map((t) => identity(t.nc)),
  );
}

/** @param axes an orthogonal nc by nc matrix for each term: changed columns' effects are `axes` times those of the search */
function turned(
  cp: CrossProducts,
  composite: CompositeStructure,
  changed: readonly boolean[],
  axes: readonly Float64Array[],
): WorkingColumns {
  const parOf = (par: Float64Array, t: number) => par.subarray(composite.parOffset[t], composite.parOffset[t + 1]);
  const factorOf = (par: Float64Array, t: number) => lambdaOf(composite.parts[t], parOf(par, t));

  /** Replaces each changed term's factor by the lower-triangular factor of `map(factor)`. */
  const convert = (par: Float64Array, map: (factor: Float64Array, t: number) => Float64Array): Float64Array => {
    const out = par.slice();
    composite.parts.forEach(({ nc, thetaIndex }, t) => {
      if (!changed[t]) return;
      const factor = map(factorOf(par, t), t);
      lowerFactorInPlace(factor, nc);
      for (let k = 0; k < nc * nc; k++) if (thetaIndex[k] >= 0) parOf(out, t)[thetaIndex[k]] = factor[k];
    });
    return out;
  };

  return {
    bases: cp.terms.map((t, k) => (changed[k] ? orthogonalBasis(axes[k], t.nc) : t.basis)),
    into: (par) =>
      convert(par, (factor, t) => times(transposed(axes[t], cp.terms[t].nc), times(cp.terms[t].basis.A, factor))),
    outOf: (par) => convert(par, (factor, t) => times(cp.terms[t].basis.inverseA, times(axes[t], factor))),
    turnedAt(par) {
      const turns = axes.map((_, t) => (changed[t] ? principalAxes(factorOf(par, t), cp.terms[t].nc) : null));
      const next = axes.map((Q, t) => (turns[t] ? times(Q, turns[t]) : Q));
      return {
        columns: turned(cp, composite, changed, next),
        par: convert(par, (factor, t) => times(transposed(turns[t]!, cp.terms[t].nc), factor)),
      };
    },
    needTurning: (par) =>
      composite.parts.some(({ nc }, t) => {
        if (!changed[t]) return false;
        const factor = factorOf(par, t);
        for (let c = 0; c < nc; c++) {
          for (let r = c + 1; r < nc; r++) {
            if (Math.abs(factor[c * nc + r]) > DWARFED_PIVOT * Math.abs(factor[c * nc + c])) return true;
          }
        }
        return false;
      }),
  };
}

/** Eigenvectors of factor factor', largest eigenvalue first, as columns. */
function principalAxes(factor: Float64Array, nc: number): Float64Array {
  const { vectors } = symmetricEigen(relativeCovariance(factor, nc), nc);
  const out = new Float64Array(nc * nc);
  for (let c = 0; c < nc; c++) out.set(vectors.subarray((nc - 1 - c) * nc, (nc - c) * nc), c * nc);
  return out;
}

function times(A: Float64Array, B: Float64Array): Float64Array {
  const n = Math.sqrt(A.length);
  const out = new Float64Array(A.length);
  multiplyInto(A, 0, n, n, B, n, out);
  return out;
}

function transposed(A: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let c = 0; c < n; c++) for (let r = 0; r < n; r++) out[r * n + c] = A[c * n + r];
  return out;
}

function identity(n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let j = 0; j < n; j++) out[j * n + j] = 1;
  return out;
}

/** Columns of root mean square 1, turned by an orthogonal matrix. */
function orthogonalBasis(Q: Float64Array, nc: number): TermBasis {
  const ones = new Float64Array(nc).fill(1);
  return { nc, shift: new Float64Array(nc), spread: ones, intercept: -1, rms: ones, A: Q, inverseA: transposed(Q, nc) };
}
