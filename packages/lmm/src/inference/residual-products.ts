import type { CrossProducts } from '../cross-products.js';
import { dot } from '../dense.js';
import { multiplyZtZInto } from '../scale-by-lambda.js';

/** Cross-products of a residual r = W^1/2 (y - offset - X beta) with everything, without reading the rows. */
export interface ResidualProducts {
  /** Z'r in changed columns, length q. */
  readonly Ztr: Float64Array;
  /** Q1'r, length p. */
  readonly Xtr: Float64Array;
  readonly rtr: number;
}

/** @param betaInBasis R beta, length p */
export function residualProducts(cp: CrossProducts, betaInBasis: Float64Array): ResidualProducts {
  const { q, p, ZtX, XtX, b0 } = cp;
  // r = y~ + Q1 d + Z b0 with d = c - R beta
  const d = cp.fixed.c.map((c, k) => c - betaInBasis[k]);
  const Ztr = cp.Zty.slice();
  const Xtr = cp.Xty.slice();
  let rtr = cp.yty;
  for (let k = 0; k < p; k++) {
    rtr += 2 * d[k] * cp.Xty[k];
    for (let i = 0; i < q; i++) Ztr[i] += ZtX[k * q + i] * d[k];
    for (let m = 0; m < p; m++) {
      Xtr[k] += XtX[m * p + k] * d[m];
      rtr += d[k] * XtX[m * p + k] * d[m];
    }
  }
  if (b0) {
    const Zb = new Float64Array(q);
    multiplyZtZInto(cp, b0, 1, Zb);
    rtr += dot(b0, 0, Ztr, 0, q) + dot(b0, 0, cp.Zty, 0, q) + dot(b0, 0, Zb, 0, q);
    for (let k = 0; k < p; k++) {
      const xz = dot(ZtX, k * q, b0, 0, q);
      rtr += d[k] * xz;
      Xtr[k] += xz;
    }
    for (let i = 0; i < q; i++) Ztr[i] += Zb[i];
  }
  return { Ztr, Xtr, rtr };
}
