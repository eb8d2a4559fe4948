import { byCholesky, correlated, type StructureFactory } from '@blup/covariance';

const steps = (i: number, j: number, nc: number) => Math.min(Math.abs(i - j), nc - Math.abs(i - j));

/** Correlation rho^steps, 0 < rho < 1. */
export const circulant: StructureFactory = ({ nc }) =>
  correlated(
    'circulant',
    byCholesky({
      nc,
      names: ['rho'],
      lower: [0],
      upper: [1],
      start: [0.3],
      stepScale: [0.3],
      searchScale: ['atanh'],
      matrixInto([rho], R) {
        for (let j = 0; j < nc; j++) for (let i = j; i < nc; i++) R[j * nc + i] = rho ** steps(i, j, nc);
      },
      matrixDerivativeInto([rho], _k, dR) {
        for (let j = 0; j < nc; j++)
          for (let i = j; i < nc; i++) dR[j * nc + i] = i === j ? 0 : steps(i, j, nc) * rho ** (steps(i, j, nc) - 1);
      },
    }),
    { hom: true },
  );
