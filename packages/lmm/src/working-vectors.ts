import type { InformationWork } from './average-information.js';
import type { FactorDirection } from './factor-directions.js';
import {
  multiplyPrecisionInto,
  precisionDerivative,
  precisionForm,
  solvePrecisionInPlace,
  type LevelPrecision,
} from './level-precision.js';
import type { PenalizedLeastSquares } from './penalized-least-squares.js';
import type { TermBasis } from './term-basis.js';

/** The working vectors of the average information, c_i, with a_i = (Z'e)'dLambda_i u, for every direction, in changed columns. */
export function workingVectorsInto(
  pls: PenalizedLeastSquares,
  bases: readonly TermBasis[],
  directions: readonly FactorDirection[],
  work: InformationWork,
): void {
  const { cp, lambdas, u, Zte } = pls;
  const { q } = cp;
  work.c.fill(0);
  work.a.fill(0);
  directions.forEach(({ term, level, entries, values }, i) => {
    const { nc, nl, start } = cp.terms[term];
    const { A } = bases[term];
    const lambda = lambdas[term];
    const precision = pls.precisions[term];
    if (level >= 0) {
      levelVectorInto(pls, term, level, i, work);
      return;
    }
    if (precision) {
      precisionVectorsInto(pls, precision, A, directions[i], i, work);
      return;
    }
    if (entries.length > nc) {
      denseVectorsInto(pls, A, directions[i], i, work);
      return;
    }
    for (let k = 0; k < entries.length; k++) {
      const a = entries[k] % nc;
      const b = (entries[k] - a) / nc;
      const d = values[k];
      for (let l = 0; l < nl; l++) {
        const at = start + l * nc;
        let w = 0; // (A'Z'e)[a]
        for (let r = 0; r < nc; r++) w += A[a * nc + r] * Zte[at + r];
        w *= d;
        const ub = d * u[at + b];
        work.a[i] += w * u[at + b];
        for (let r = 0; r < nc; r++) work.c[i * q + at + r] += A[a * nc + r] * ub + lambda[b * nc + r] * w;
      }
    }
  });
}

/** c = A (dlambda u) + Lambda (dlambda'A'Z'e) and a = (A'Z'e)'dlambda u for a parameter that moves much of lambda. O(nl (entries + nc^2)). */
function denseVectorsInto(
  pls: PenalizedLeastSquares,
  A: Float64Array,
  { term, entries, values }: FactorDirection,
  i: number,
  work: InformationWork,
): void {
  const { cp, lambdas, u, Zte } = pls;
  const { nc, nl, start } = cp.terms[term];
  const lambda = lambdas[term];
  const rows = entries.map((e) => e % nc);
  const columns = entries.map((e, k) => (e - rows[k]) / nc);
  const z = new Float64Array(nc);
  const s = new Float64Array(nc);
  const t = new Float64Array(nc);
  for (let l = 0; l < nl; l++) {
    const at = start + l * nc;
    const to = i * cp.q + at;
    for (let a = 0; a < nc; a++) {
      z[a] = 0;
      for (let r = 0; r < nc; r++) z[a] += A[a * nc + r] * Zte[at + r];
    }
    s.fill(0);
    t.fill(0);
    for (let k = 0; k < entries.length; k++) {
      const a = rows[k];
      const b = columns[k];
      s[a] += values[k] * u[at + b];
      t[b] += values[k] * z[a];
    }
    for (let a = 0; a < nc; a++) {
      work.a[i] += z[a] * s[a];
      for (let r = 0; r < nc; r++) work.c[to + r] += A[a * nc + r] * s[a] + lambda[a * nc + r] * t[a];
    }
  }
}

/** c = -Lambda K^-1 dK u and a = -u'dK u / 2 for a parameter of a precision over levels, since dK^-1 = -K^-1 dK K^-1 and K u = Lambda'Z'e. */
function levelVectorInto(
  pls: PenalizedLeastSquares,
  term: number,
  level: number,
  i: number,
  work: InformationWork,
): void {
  const { cp, lambdas, u } = pls;
  const precision = pls.precisions[term]!;
  const { structure, nc } = precision;
  const offset = i * cp.q;
  const derivative = precisionDerivative(precision, level);
  multiplyPrecisionInto(precision, derivative, u, 0, work.v);
  work.c.set(work.v.subarray(precision.start, precision.start + structure.nl * nc), offset + precision.start);
  work.a[i] = -precisionForm(precision, derivative, u) / 2;
  solvePrecisionInPlace(precision, work.c, offset);
  applyBlocksInPlace(lambdas[term], nc, structure.nl, work.c, offset + precision.start, -1);
}

/** c = dLambda u + Lambda K^-1 dLambda'Z'e and a = (Z'e)'dLambda u for a parameter of lambda in a term with a precision over levels. */
function precisionVectorsInto(
  pls: PenalizedLeastSquares,
  precision: LevelPrecision,
  A: Float64Array,
  { term, entries, values }: FactorDirection,
  i: number,
  work: InformationWork,
): void {
  const { cp, lambdas, u, Zte } = pls;
  const { nc, start, structure } = precision;
  const { nl } = structure;
  const offset = i * cp.q;
  // dLambda in the changed columns
  const D = new Float64Array(nc * nc);
  for (let k = 0; k < entries.length; k++) {
    const a = entries[k] % nc;
    for (let r = 0; r < nc; r++) D[entries[k] - a + r] += A[a * nc + r] * values[k];
  }
  for (let l = 0; l < nl; l++) {
    const at = start + l * nc;
    for (let b = 0; b < nc; b++) {
      let w = 0;
      for (let r = 0; r < nc; r++) w += D[b * nc + r] * Zte[at + r];
      work.a[i] += w * u[at + b];
      work.c[offset + at + b] = w;
    }
  }
  solvePrecisionInPlace(precision, work.c, offset);
  applyBlocksInPlace(lambdas[term], nc, nl, work.c, offset + start, 1);
  for (let l = 0; l < nl; l++) {
    const at = start + l * nc;
    for (let b = 0; b < nc; b++) for (let r = 0; r < nc; r++) work.c[offset + at + r] += D[b * nc + r] * u[at + b];
  }
}

/** x := factor (I (x) lambda) x on nl blocks of nc. */
function applyBlocksInPlace(
  lambda: Float64Array,
  nc: number,
  nl: number,
  x: Float64Array,
  from: number,
  factor: number,
): void {
  const block = new Float64Array(nc);
  for (let l = 0; l < nl; l++) {
    const at = from + l * nc;
    for (let r = 0; r < nc; r++) {
      block[r] = 0;
      for (let c = 0; c < nc; c++) block[r] += lambda[c * nc + r] * x[at + c];
    }
    for (let r = 0; r < nc; r++) x[at + r] = factor * block[r];
  }
}
