import { describe, expect, it } from 'vitest';
import {
  ar1,
  car1,
  composite,
  compoundSymmetry,
  exponential,
  factorAnalytic,
  fixed,
  gaussian,
  homogeneousDiagonal,
  knownCovariance,
  lambdaOf,
  matern,
  ornsteinUhlenbeck,
  reducedRank,
  relativeCovariance,
  toeplitz,
} from '../src/index.js';
import { expectClose, sdsAnd, structureContract } from './contract.js';

/** sd_i sd_j R[i, j] from the definition. */
function scaled(sds: (i: number) => number, R: (i: number, j: number) => number, nc: number): Float64Array {
  return Float64Array.from({ length: nc * nc }, (_, k) => {
    const i = k % nc;
    const j = (k - i) / nc;
    return sds(i) * sds(j) * (i === j ? 1 : R(i, j));
  });
}

const one = (nc: number) => (nc > 1 ? 1 : 0);
const floor = (nc: number) => (nc > 2 ? -1 / (nc - 1) : -1);

structureContract('homogeneous diagonal', homogeneousDiagonal, {
  parLength: () => 1,
  homogeneous: true,
  covariance: (par, nc) =>
    scaled(
      () => par[0],
      () => 0,
      nc,
    ),
});

structureContract('heterogeneous compound symmetry', (nc) => compoundSymmetry(nc), {
  parLength: (nc) => nc + one(nc),
  par: sdsAnd(
    (nc) => nc,
    (nc) => (nc > 1 ? [[0.8 * floor(nc), 0.9]] : []),
  ),
  tolerance: 1e-11,
  derivativeTolerance: 1e-5,
  covariance: (par, nc) =>
    scaled(
      (i) => par[i],
      () => par[nc],
      nc,
    ),
});

structureContract('homogeneous compound symmetry', (nc) => compoundSymmetry(nc, { hom: true }), {
  parLength: (nc) => 1 + one(nc),
  par: sdsAnd(
    () => 1,
    (nc) => (nc > 1 ? [[0.8 * floor(nc), 0.9]] : []),
  ),
  homogeneous: true,
  tolerance: 1e-11,
  derivativeTolerance: 1e-5,
  covariance: (par, nc) =>
    scaled(
      () => par[0],
      () => par[1],
      nc,
    ),
});

/** Whole times with gaps: 0, 1, 3, 4, 6, 7, ... */
const gaps = (nc: number) => Array.from({ length: nc }, (_, j) => j + (j >> 1));

structureContract('AR(1)', (nc) => ar1(nc), {
  parLength: (nc) => 1 + one(nc),
  par: sdsAnd(
    () => 1,
    (nc) => (nc > 1 ? [[-0.9, 0.9]] : []),
  ),
  homogeneous: true,
  covariance: (par, nc) =>
    scaled(
      () => par[0],
      (i, j) => par[1] ** Math.abs(i - j),
      nc,
    ),
});

structureContract('heterogeneous AR(1) with gaps', (nc) => ar1(nc, { hom: false, times: gaps(nc) }), {
  parLength: (nc) => nc + one(nc),
  par: sdsAnd(
    (nc) => nc,
    (nc) => (nc > 1 ? [[-0.9, 0.9]] : []),
  ),
  covariance: (par, nc) =>
    scaled(
      (i) => par[i],
      (i, j) => par[nc] ** Math.abs(gaps(nc)[i] - gaps(nc)[j]),
      nc,
    ),
});

/** Uneven times. */
const times = (nc: number) => Array.from({ length: nc }, (_, j) => j + 0.4 * Math.sin(3 * j));

structureContract('continuous-time AR(1)', (nc) => car1(times(nc)), {
  parLength: (nc) => 1 + one(nc),
  par: sdsAnd(
    () => 1,
    (nc) => (nc > 1 ? [[0.1, 0.9]] : []),
  ),
  homogeneous: true,
  covariance: (par, nc) =>
    scaled(
      () => par[0],
      (i, j) => par[1] ** Math.abs(times(nc)[i] - times(nc)[j]),
      nc,
    ),
});

/** Correlations by lag from partial ones: the last coefficient of each order's normal equations, solved by Gauss elimination. */
function correlationsFromPartial(partial: ArrayLike<number>): number[] {
  const r: number[] = [];
  for (let k = 0; k < partial.length; k++) {
    // Regression of x_{k+1} on x_1..x_k has error variance v and prediction p of r[k]; r_{k+1} = p + partial v
    const A = Array.from({ length: k }, (_, i) =>
      Array.from({ length: k }, (_, j) => (i === j ? 1 : r[Math.abs(i - j) - 1])),
    );
    const a = solveDense(A, r.slice(0, k));
    const v = 1 - a.reduce((s, c, i) => s + c * r[i], 0);
    const p = a.reduce((s, c, i) => s + c * r[k - 1 - i], 0);
    r.push(p + partial[k] * v);
  }
  return r;
}

function solveDense(A: number[][], b: number[]): number[] {
  const n = b.length;
  const M = A.map((row, i) => [...row, b[i]]);
  for (let k = 0; k < n; k++)
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const f = M[i][k] / M[k][k];
      for (let j = k; j <= n; j++) M[i][j] -= f * M[k][j];
    }
  return M.map((row, i) => row[n] / row[i]);
}

structureContract('Toeplitz', (nc) => toeplitz(nc), {
  parLength: (nc) => 2 * nc - 1,
  sizes: [1, 2, 3, 4, 16],
  par: sdsAnd(
    (nc) => nc,
    (nc) => Array.from({ length: nc - 1 }, () => [-0.7, 0.7] as const),
  ),
  tolerance: 1e-10,
  derivativeTolerance: 1e-7,
  covariance(par, nc) {
    const r = correlationsFromPartial(par.subarray(nc));
    return scaled(
      (i) => par[i],
      (i, j) => r[Math.abs(i - j) - 1],
      nc,
    );
  },
});

structureContract('banded homogeneous Toeplitz', (nc) => toeplitz(nc, { hom: true, band: 2 }), {
  parLength: () => 3,
  sizes: [4, 16],
  homogeneous: true,
  par: sdsAnd(
    () => 1,
    () => [
      [-0.3, 0.3],
      [-0.15, 0.15],
    ],
  ),
  covariance: (par, nc) =>
    scaled(
      () => par[0],
      (i, j) => (Math.abs(i - j) <= 2 ? par[Math.abs(i - j)] : 0),
      nc,
    ),
});

/** Places in the plane. */
const places = (nc: number) => Array.from({ length: nc }, (_, j) => [3 * Math.sin(2.4 * j), j / 3]);
const distance = (nc: number, i: number, j: number) => {
  const p = places(nc);
  return Math.sqrt((p[i][0] - p[j][0]) ** 2 + (p[i][1] - p[j][1]) ** 2);
};
const spatialPar = sdsAnd(
  () => 1,
  (nc) => (nc > 1 ? [[0.3, 2]] : []),
);

structureContract('exponential', (nc) => exponential(places(nc)), {
  parLength: (nc) => 1 + one(nc),
  sizes: [1, 2, 3, 4, 16],
  homogeneous: true,
  par: spatialPar,
  covariance: (par, nc) =>
    scaled(
      () => par[0],
      (i, j) => Math.exp(-distance(nc, i, j) / par[1]),
      nc,
    ),
});

structureContract('Ornstein-Uhlenbeck, heterogeneous', (nc) => ornsteinUhlenbeck(places(nc), { hom: false }), {
  parLength: (nc) => nc + one(nc),
  sizes: [1, 2, 3, 4, 16],
  par: sdsAnd(
    (nc) => nc,
    (nc) => (nc > 1 ? [[0.3, 2]] : []),
  ),
  covariance: (par, nc) =>
    scaled(
      (i) => par[i],
      (i, j) => Math.exp(-distance(nc, i, j) * par[nc]),
      nc,
    ),
});

structureContract('Gaussian', (nc) => gaussian(places(nc)), {
  parLength: (nc) => 1 + one(nc),
  sizes: [1, 2, 3, 4],
  homogeneous: true,
  par: spatialPar,
  derivativeTolerance: 1e-6,
  covariance: (par, nc) =>
    scaled(
      () => par[0],
      (i, j) => Math.exp(-((distance(nc, i, j) / par[1]) ** 2)),
      nc,
    ),
});

structureContract('Matern', (nc) => matern(places(nc)), {
  parLength: (nc) => 1 + 2 * one(nc),
  sizes: [1, 2, 3, 4],
  homogeneous: true,
  par: sdsAnd(
    () => 1,
    (nc) =>
      nc > 1
        ? [
            [0.3, 2],
            [0.5, 0.5 + 1e-13],
          ]
        : [],
  ),
  derivativeTolerance: 1e-6,
  // Smoothness 1/2 is the exponential.
  covariance: (par, nc) =>
    scaled(
      () => par[0],
      (i, j) => Math.exp(-distance(nc, i, j) / par[1]),
      nc,
    ),
  tolerance: 1e-11,
});

const trapezoid = (nc: number, d: number) => nc * d - (d * (d - 1)) / 2;
function outer(par: Float64Array, nc: number, d: number): Float64Array {
  const S = new Float64Array(nc * nc);
  for (let c = 0, from = 0; c < d; from += nc - c, c++)
    for (let i = c; i < nc; i++) for (let j = c; j < nc; j++) S[j * nc + i] += par[from + i - c] * par[from + j - c];
  return S;
}

structureContract('reduced rank', (nc) => reducedRank(nc, Math.min(2, nc)), {
  parLength: (nc) => trapezoid(nc, Math.min(2, nc)),
  covariance: (par, nc) => outer(par, nc, Math.min(2, nc)),
  tolerance: 1e-11,
});

structureContract('factor-analytic', (nc) => factorAnalytic(nc, 1), {
  parLength: (nc) => 2 * nc,
  sizes: [2, 3, 4, 16],
  par: (nc) =>
    sdsAnd(
      () => 2 * nc,
      () => [],
    )(nc),
  derivativeTolerance: 1e-6,
  tolerance: 1e-11,
  covariance(par, nc) {
    const S = outer(par, nc, 1);
    for (let j = 0; j < nc; j++) S[j * nc + j] += par[nc + j] ** 2;
    return S;
  },
});

const exchangeable = (nc: number) =>
  Array.from({ length: nc }, (_, i) => Array.from({ length: nc }, (_, j) => (i === j ? 1.5 : 0.5)));

structureContract('known covariance', (nc) => knownCovariance(exchangeable(nc)), {
  parLength: () => 1,
  homogeneous: true,
  covariance: (par, nc) =>
    Float64Array.from({ length: nc * nc }, (_, k) => par[0] ** 2 * (k % (nc + 1) === 0 ? 1.5 : 0.5)),
});

describe('fixed', () => {
  it('has the given covariance and nothing to estimate', () => {
    const structure = fixed(exchangeable(3));
    expect(structure.parLength).toBe(0);
    expectClose(
      relativeCovariance(lambdaOf(structure, new Float64Array(0)), 3),
      Float64Array.of(1.5, 0.5, 0.5, 0.5, 1.5, 0.5, 0.5, 0.5, 1.5),
      1e-14,
    );
    expect(composite([structure, homogeneousDiagonal(2)]).parLength).toBe(1);
  });
});

describe('the Matern function', () => {
  it('has the closed forms at half-integer smoothness, and Bessel values of tables', () => {
    const at = (d: number, nu: number) => {
      const S = relativeCovariance(lambdaOf(matern([0, d]), Float64Array.of(1, 1, nu)), 2);
      return S[1];
    };
    for (const d of [1e-6, 0.01, 0.3, 1, 4, 20]) {
      expect(at(d, 0.5) / Math.exp(-d)).toBeCloseTo(1, 12);
      expect(at(d, 1.5) / ((1 + d) * Math.exp(-d))).toBeCloseTo(1, 12);
      expect(at(d, 2.5) / ((1 + d + (d * d) / 3) * Math.exp(-d))).toBeCloseTo(1, 12);
    }
    // x K_1(x) with K_1(1) = 0.6019072301972346, K_1(0.1) = 9.853844780870606 (Abramowitz and Stegun, table 9.8)
    expect(at(1, 1)).toBeCloseTo(0.6019072301972346, 13);
    expect(at(0.1, 1)).toBeCloseTo(0.9853844780870606, 13);
  });
});
