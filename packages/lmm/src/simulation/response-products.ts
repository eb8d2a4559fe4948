import type { Bases } from '../accumulate.js';
import type { TermProducts } from '../cross-products.js';
import { applyBasisInPlace } from '../fixed-effects-columns.js';
import { membershipsOf } from '../memberships.js';
import type { ModelMatrices } from '../model-matrices.js';
import { termBlockInto } from '../term-basis.js';

/** The part of the cross-products that changes with the response. */
export interface ResponseProducts {
  /** Takes a response: y~ = W^1/2 (y - offset) - Q1 c with the least-squares c, which is written to `c`. */
  begin(y: Float64Array, c: Float64Array): void;
  /** y~ -= Z~ b for effects in changed columns, length q. */
  subtract(b: Float64Array): void;
  /** y~ as it is now, length n. */
  readonly y: Float64Array;
  /** Writes Z~'y~ and Q1'y~. @returns y~'y~ */
  into(Zty: Float64Array, Xty: Float64Array): number;
}

/**
 * Weighted columns Q1 and Z~ of all rows, kept: each response then costs n (2 p + 2 sum nc) multiplications.
 * @param solveGram v -> (Q1'Q1)^-1 v in place
 */
export function responseProducts(
  m: ModelMatrices,
  bases: Bases,
  terms: readonly TermProducts[],
  solveGram: (v: Float64Array) => void,
): ResponseProducts {
  const n = m.y.length;
  const sqrtWeights = m.weights && m.weights.map(Math.sqrt);
  const Q = Array.from(bases.fixed.kept, (column) => {
    const x = m.X.columns[column];
    return sqrtWeights ? x.map((v, i) => v * sqrtWeights[i]) : x.slice();
  });
  applyBasisInPlace(bases.fixed, Q, n);
  const members = membershipsOf(m.terms);
  const Z = members.map((one) => {
    const columns = one.columns.map(() => new Float64Array(n));
    termBlockInto(one, bases.terms[one.t], sqrtWeights, 0, n, columns);
    return columns;
  });
  const y = new Float64Array(n);
  const dotInto = (out: Float64Array) =>
    Q.forEach((column, k) => {
      let s = 0;
      for (let i = 0; i < n; i++) s += column[i] * y[i];
      out[k] = s;
    });
  return {
    y,
    begin(response, c) {
      y.set(response);
      if (m.offset) for (let i = 0; i < n; i++) y[i] -= m.offset[i];
      if (sqrtWeights) for (let i = 0; i < n; i++) y[i] *= sqrtWeights[i];
      dotInto(c);
      solveGram(c);
      Q.forEach((column, k) => {
        for (let i = 0; i < n; i++) y[i] -= c[k] * column[i];
      });
    },
    subtract(b) {
      members.forEach(({ t, levelIdx }, k) => {
        const { nc, start } = terms[t];
        Z[k].forEach((column, c) => {
          for (let i = 0; i < n; i++) y[i] -= column[i] * b[start + levelIdx[i] * nc + c];
        });
      });
    },
    into(Zty, Xty) {
      dotInto(Xty);
      Zty.fill(0);
      members.forEach(({ t, levelIdx }, k) => {
        const { nc, start } = terms[t];
        Z[k].forEach((column, c) => {
          for (let i = 0; i < n; i++) Zty[start + levelIdx[i] * nc + c] += column[i] * y[i];
        });
      });
      let yty = 0;
      for (let i = 0; i < n; i++) yty += y[i] * y[i];
      return yty;
    },
  };
}
