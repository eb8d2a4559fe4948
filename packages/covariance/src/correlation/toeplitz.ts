import { CovarianceStructureError, type CovarianceStructure } from '../structure.js';
import { correlated, type CorrelatedOptions } from './correlated.js';
import { byCholesky, type CorrelationFamily, type MatrixFamily } from './family.js';

export interface ToeplitzOptions extends Partial<CorrelatedOptions> {
  /** Correlations beyond this lag are zero; all lags are free when left out. */
  readonly band?: number;
}

/**
 * Toeplitz: one correlation for each lag. With all lags free `par` holds partial autocorrelations, which may be any numbers in (-1, 1)
 * (Barndorff-Nielsen and Schou 1973, J. Multivariate Anal. 3, 408-419); the report gives the correlations by lag. With a band, `par` holds
 * the correlations themselves, and values that make no correlation matrix have no objective.
 *
 * @throws CovarianceStructureError when the band is not a whole number from 1 to nc - 1
 */
export function toeplitz(nc: number, { hom = false, band }: ToeplitzOptions = {}): CovarianceStructure {
  if (band !== undefined && !(Number.isInteger(band) && band >= 1 && band < Math.max(2, nc)))
    throw new CovarianceStructureError(`the band of toep must be a whole number from 1 to ${nc - 1}, not ${band}`);
  const family = band === undefined || band === nc - 1 ? partialFamily(nc) : bandedFamily(nc, Math.min(band, nc - 1));
  return correlated('toep', family, { hom });
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, k) => `${prefix}${k + 1}`);
}

/** Correlations at lags 1 to m and their derivatives by the partial autocorrelations (Durbin 1960, Levinson 1947). */
function levinson(partial: Float64Array, r: Float64Array, dr: Float64Array | null): void {
  const m = r.length;
  let a = new Float64Array(m);
  let da = Array.from({ length: m }, () => new Float64Array(m));
  for (let k = 0; k < m; k++) {
    let error = 1;
    const dError = new Float64Array(m);
    for (let i = 0; i < k; i++) error -= a[i] * r[i];
    let s = 0;
    for (let i = 0; i < k; i++) s += a[i] * r[k - 1 - i];
    r[k] = s + partial[k] * error;
    if (dr) {
      for (let h = 0; h <= k; h++) {
        let ds = 0;
        for (let i = 0; i < k; i++) {
          dError[h] -= da[h][i] * r[i] + a[i] * dr[h * m + i];
          ds += da[h][i] * r[k - 1 - i] + a[i] * dr[h * m + k - 1 - i];
        }
        dr[h * m + k] = ds + partial[k] * dError[h] + (h === k ? error : 0);
      }
    }
    const next = a.slice();
    next[k] = partial[k];
    const dNext = da.map((v) => v.slice());
    if (dr) dNext[k][k] = 1;
    for (let i = 0; i < k; i++) {
      next[i] = a[i] - partial[k] * a[k - 1 - i];
      if (!dr) continue;
      for (let h = 0; h <= k; h++)
        dNext[h][i] = da[h][i] - partial[k] * da[h][k - 1 - i] - (h === k ? a[k - 1 - i] : 0);
    }
    a = next;
    da = dNext;
  }
}

/** The partial autocorrelations of correlations by lag: the inverse of {@link levinson}. */
function partialFrom(r: Float64Array, out: Float64Array): void {
  let a = new Float64Array(r.length);
  for (let k = 0; k < r.length; k++) {
    let error = 1;
    let s = r[k];
    for (let i = 0; i < k; i++) {
      error -= a[i] * r[i];
      s -= a[i] * r[k - 1 - i];
    }
    out[k] = s / error;
    const next = a.slice();
    next[k] = out[k];
    for (let i = 0; i < k; i++) next[i] = a[i] - out[k] * a[k - 1 - i];
    a = next;
  }
}

/** Mean correlation at each lag 1..m. */
function byLag(R: Float64Array, nc: number, m: number): Float64Array {
  return Float64Array.from({ length: m }, (_, k) => {
    let s = 0;
    for (let j = 0; j + k + 1 < nc; j++) s += R[j * nc + j + k + 1];
    return s / (nc - 1 - k);
  });
}

function partialFamily(nc: number): CorrelationFamily {
  const m = nc - 1;
  const r = new Float64Array(m);
  const dr = new Float64Array(m * m);
  return byCholesky({
    ...openFamily(nc, m, 'pacf'),
    matrixInto(phi, R) {
      levinson(phi, r, null);
      fillToeplitz(R, nc, 1, (lag) => r[lag - 1]);
    },
    matrixDerivativeInto(phi, k, dR) {
      levinson(phi, r, dr);
      fillToeplitz(dR, nc, 0, (lag) => dr[k * m + lag - 1]);
    },
    fromMatrixInto(R, phi) {
      const partial = new Float64Array(m);
      partialFrom(byLag(R, nc, m), partial);
      for (let k = 0; k < m; k++) phi[k] = Math.min(0.95, Math.max(-0.95, partial[k] || 0));
    },
    report(phi) {
      const lags = new Float64Array(m);
      levinson(phi, lags, null);
      return Array.from(lags, (value, k) => ({ name: `rho${k + 1}`, value }));
    },
  });
}

function bandedFamily(nc: number, band: number): CorrelationFamily {
  return byCholesky({
    ...openFamily(nc, band, 'rho'),
    matrixInto: (phi, R) => fillToeplitz(R, nc, 1, (lag) => (lag <= band ? phi[lag - 1] : 0)),
    matrixDerivativeInto: (_phi, k, dR) => fillToeplitz(dR, nc, 0, (lag) => (lag === k + 1 ? 1 : 0)),
  });
}

function openFamily(nc: number, m: number, prefix: string): Omit<MatrixFamily, 'matrixInto' | 'matrixDerivativeInto'> {
  const all = <T>(v: T): T[] => Array.from({ length: m }, () => v);
  return {
    nc,
    names: names(prefix, m),
    lower: all(-1),
    upper: all(1),
    start: Array.from({ length: m }, (_, k) => 0.1 / (k + 1)),
    stepScale: all(0.3),
    searchScale: all('atanh'),
  };
}

function fillToeplitz(R: Float64Array, nc: number, diagonal: number, at: (lag: number) => number): void {
  for (let j = 0; j < nc; j++) {
    R[j * nc + j] = diagonal;
    for (let i = j + 1; i < nc; i++) R[j * nc + i] = at(i - j);
  }
}
