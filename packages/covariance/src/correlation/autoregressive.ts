import { CovarianceStructureError, type CovarianceStructure } from '../structure.js';
import { correlated, type CorrelatedOptions } from './correlated.js';
import type { CorrelationFamily } from './family.js';

/**
 * The correlations rho^|t_i - t_j| of a Markov chain observed at ascending times, by its recursion: with gaps d_j = t_j - t_{j-1},
 *
 *     x_0 = e_0,   x_j = rho^d_j x_{j-1} + sqrt(1 - rho^(2 d_j)) e_j,   so   L[i, j] = rho^(t_i - t_j) c_j,  c_0 = 1, c_j = sqrt(1 - rho^(2 d_j)).
 *
 * Nothing is factorised, so it stays accurate as rho tends to 1 or -1. O(nc^2).
 */
function markovFamily(times: Float64Array, lowest: number, start: number): CorrelationFamily {
  const nc = times.length;
  const several = nc > 1;
  const c = (rho: number, j: number) => (j === 0 ? 1 : Math.sqrt(1 - rho ** (2 * (times[j] - times[j - 1]))));
  const odd = times.findIndex((t, j) => j > 0 && (t - times[j - 1]) % 2 !== 0);
  return {
    nc,
    names: several ? ['rho'] : [],
    lower: several ? [lowest] : [],
    upper: several ? [1] : [],
    start: several ? [start] : [],
    stepScale: several ? [0.3] : [],
    searchScale: several ? ['atanh'] : [],
    factorInto(phi, L) {
      for (let j = 0; j < nc; j++) {
        const cj = c(phi[0], j);
        for (let i = j; i < nc; i++) L[j * nc + i] = i === j ? cj : phi[0] ** (times[i] - times[j]) * cj;
      }
    },
    factorDerivativeInto(phi, _k, L, dL) {
      const rho = phi[0];
      for (let j = 0; j < nc; j++) {
        const cj = L[j * nc + j];
        const d = j === 0 ? 0 : times[j] - times[j - 1];
        const dc = j === 0 ? 0 : (-d * rho ** (2 * d - 1)) / cj;
        for (let i = j; i < nc; i++) {
          const lag = times[i] - times[j];
          dL[j * nc + i] = lag === 0 ? dc : lag * rho ** (lag - 1) * cj + rho ** lag * dc;
        }
      }
    },
    ...(several && {
      fromMatrixInto(R: Float64Array, phi: Float64Array) {
        // The neighbours at an odd distance know the sign.
        const j = odd > 0 ? odd : 1;
        const r = R[(j - 1) * nc + j];
        const root = Math.abs(r) ** (1 / (times[j] - times[j - 1]));
        phi[0] = Math.min(0.99, Math.max(Math.max(lowest, -0.99), odd > 0 ? Math.sign(r) * root : root));
      },
    }),
  };
}

export interface Ar1Options extends Partial<CorrelatedOptions> {
  /** Places of the columns in the series, ascending whole numbers; 0, 1, 2, ... when left out. Lags count by them, so a gap is a gap. */
  readonly times?: ArrayLike<number>;
}

/**
 * Stationary AR(1) over the columns: correlation rho^lag, |rho| < 1; `par` = (sd, rho), or (sd of each column, rho) with `hom: false`.
 * @throws CovarianceStructureError for times that are not ascending whole numbers
 */
export function ar1(nc: number, { hom = true, times }: Ar1Options = {}): CovarianceStructure {
  const at = timesOf('ar1', nc, times);
  if (!at.every(Number.isInteger)) {
    const bad = at.find((t) => !Number.isInteger(t));
    throw new CovarianceStructureError(
      `the times of ar1 must be whole numbers, not ${bad}; ou and car1 take any times`,
    );
  }
  return correlated('ar1', markovFamily(at, -1, 0.3), { hom });
}

/**
 * Continuous-time AR(1): correlation rho^|t_i - t_j| with 0 < rho < 1 at any ascending times (Jones and Boadi-Boateng 1991, Biometrics 47,
 * 161-175); `par` = (sd, rho), rho the correlation at distance 1.
 * @throws CovarianceStructureError for times that are not ascending
 */
export function car1(times: ArrayLike<number>, { hom = true }: Partial<CorrelatedOptions> = {}): CovarianceStructure {
  return correlated('car1', markovFamily(timesOf('car1', times.length, times), 0, 0.5), { hom });
}

/** Ascending finite times; 0, 1, 2, ... when none are given. */
export function timesOf(kind: string, nc: number, times?: ArrayLike<number>): Float64Array {
  const at = times ? Float64Array.from(times) : Float64Array.from({ length: nc }, (_, j) => j);
  if (at.length !== nc)
    throw new CovarianceStructureError(
      `${kind} has ${nc} columns and ${at.length} times: give one time for each column`,
    );
  for (let j = 0; j < nc; j++) {
    if (!Number.isFinite(at[j]))
      throw new CovarianceStructureError(`time ${j + 1} of ${kind} is ${at[j]}: times must be finite`);
    if (j > 0 && !(at[j] > at[j - 1]))
      throw new CovarianceStructureError(
        `the times of ${kind} must ascend without repeats; ${at[j]} comes after ${at[j - 1]}`,
      );
  }
  return at;
}
