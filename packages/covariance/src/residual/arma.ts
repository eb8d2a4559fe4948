/** Autocorrelations of a stationary ARMA(p, q) process and their derivatives by its parameters. */
export interface ArmaAutocorrelation {
  /** rho[k] at lag k, 0 to the largest lag. */
  readonly rho: Float64Array;
  /** d rho / d par[j]: one array for each of the p + q parameters. */
  readonly byPar: readonly Float64Array[];
}

/**
 * The autoregressive coefficients phi_1 ... phi_p of a stationary process from its partial autocorrelations r_1 ... r_p, each in (-1, 1), by
 * the Durbin-Levinson recursion, and d phi_i / d r_j (p by p, column-major).
 * Source: Barndorff-Nielsen and Schou (1973), J. Multivariate Anal. 3, 408-419.
 */
export function autoregressiveCoefficients(r: ArrayLike<number>): { phi: Float64Array; J: Float64Array } {
  const p = r.length;
  const phi = new Float64Array(p);
  const J = new Float64Array(p * p);
  const before = new Float64Array(p);
  const beforeJ = new Float64Array(p * p);
  for (let k = 0; k < p; k++) {
    before.set(phi);
    beforeJ.set(J);
    for (let j = 0; j < k; j++) {
      phi[j] = before[j] - r[k] * before[k - 1 - j];
      for (let l = 0; l < k; l++) J[l * p + j] = beforeJ[l * p + j] - r[k] * beforeJ[l * p + k - 1 - j];
      J[k * p + j] = -before[k - 1 - j];
    }
    phi[k] = r[k];
    J[k * p + k] = 1;
  }
  return { phi, J };
}

/** Coefficients of 1 - phi_1 B - ... and 1 + theta_1 B + ... by partial autocorrelations; the moving average is invertible. */
export function armaCoefficients(
  par: ArrayLike<number>,
  p: number,
): { phi: Float64Array; theta: Float64Array; phiJ: Float64Array; thetaJ: Float64Array } {
  const all = Float64Array.from(par);
  const ar = autoregressiveCoefficients(all.subarray(0, p));
  // The roots of 1 + theta_1 B + ... lie outside the unit circle where -theta are stationary autoregressive coefficients; signs such that
  // q = 1 has theta = par.
  const ma = autoregressiveCoefficients(all.subarray(p).map((v) => -v));
  return { phi: ar.phi, theta: ma.phi.map((v) => -v), phiJ: ar.J, thetaJ: ma.J };
}

/**
 * Autocorrelations up to `lags` of x_t = phi_1 x_{t-1} + ... + e_t + theta_1 e_{t-1} + ..., by the linear equations for the first p + 1
 * autocovariances and the recursion after them. O((p + q)^3 + lags (p + q)^2).
 *
 * Source: Brockwell and Davis (1991), Time Series: Theory and Methods, section 3.3, the third method.
 *
 * @param par p + q partial autocorrelations as in {@link armaCoefficients}
 */
export function armaAutocorrelation(par: ArrayLike<number>, p: number, lags: number): ArmaAutocorrelation {
  const count = par.length;
  const q = count - p;
  const { phi, theta, phiJ, thetaJ } = armaCoefficients(par, p);
  const dPhi = (i: number, k: number) => (k < p ? phiJ[k * p + i] : 0);
  const dTheta = (j: number, k: number) => (k < p || j === 0 ? 0 : thetaJ[(k - p) * q + j - 1]);
  const thetaAt = (j: number) => (j === 0 ? 1 : theta[j - 1]);

  // psi_0 ... psi_q of the MA(infinity) form
  const psi = new Float64Array(q + 1);
  const dPsi = Array.from({ length: count }, () => new Float64Array(q + 1));
  for (let j = 0; j <= q; j++) {
    psi[j] = thetaAt(j);
    for (let i = 0; i < Math.min(j, p); i++) psi[j] += phi[i] * psi[j - 1 - i];
    for (let k = 0; k < count; k++) {
      let d = dTheta(j, k);
      for (let i = 0; i < Math.min(j, p); i++) d += dPhi(i, k) * psi[j - 1 - i] + phi[i] * dPsi[k][j - 1 - i];
      dPsi[k][j] = d;
    }
  }
  const right = (lag: number): number => {
    let s = 0;
    for (let j = lag; j <= q; j++) s += thetaAt(j) * psi[j - lag];
    return s;
  };
  const dRight = (lag: number, k: number): number => {
    let s = 0;
    for (let j = lag; j <= q; j++) s += dTheta(j, k) * psi[j - lag] + thetaAt(j) * dPsi[k][j - lag];
    return s;
  };

  // gamma_0 ... gamma_p and their derivatives: one matrix, count + 1 right-hand sides
  const n = p + 1;
  const A = new Float64Array(n * n);
  for (let lag = 0; lag < n; lag++) {
    A[lag * n + lag] += 1;
    for (let i = 0; i < p; i++) A[Math.abs(lag - 1 - i) * n + lag] -= phi[i];
  }
  const B = [Float64Array.from({ length: n }, (_, lag) => right(lag))];
  const solve = luSolver(A, n);
  solve(B[0]);
  for (let k = 0; k < count; k++) {
    B.push(
      Float64Array.from({ length: n }, (_, lag) => {
        let s = dRight(lag, k);
        for (let i = 0; i < p; i++) s += dPhi(i, k) * B[0][Math.abs(lag - 1 - i)];
        return s;
      }),
    );
    solve(B[k + 1]);
  }
  const gamma = B.map((b) => {
    const out = new Float64Array(Math.max(lags + 1, n));
    out.set(b);
    return out;
  });
  for (let lag = n; lag <= lags; lag++) {
    gamma[0][lag] = right(lag);
    for (let i = 0; i < p; i++) gamma[0][lag] += phi[i] * gamma[0][lag - 1 - i];
    for (let k = 0; k < count; k++) {
      let s = dRight(lag, k);
      for (let i = 0; i < p; i++) s += dPhi(i, k) * gamma[0][lag - 1 - i] + phi[i] * gamma[k + 1][lag - 1 - i];
      gamma[k + 1][lag] = s;
    }
  }
  const rho = gamma[0].map((g) => g / gamma[0][0]).subarray(0, lags + 1);
  const byPar = gamma.slice(1).map((d) => d.map((v, lag) => (v - (gamma[0][lag] / gamma[0][0]) * d[0]) / gamma[0][0]));
  return { rho, byPar };
}

/** b -> A^-1 b in place by elimination with row exchanges; A (n by n, column-major) is overwritten. */
function luSolver(A: Float64Array, n: number): (b: Float64Array) => void {
  const pivots = new Int32Array(n);
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(A[k * n + i]) > Math.abs(A[k * n + best])) best = i;
    pivots[k] = best;
    for (let j = 0; j < n; j++) {
      const v = A[j * n + k];
      A[j * n + k] = A[j * n + best];
      A[j * n + best] = v;
    }
    for (let i = k + 1; i < n; i++) {
      const f = (A[k * n + i] /= A[k * n + k]);
      for (let j = k + 1; j < n; j++) A[j * n + i] -= f * A[j * n + k];
    }
  }
  return (b) => {
    for (let k = 0; k < n; k++) {
      const v = b[pivots[k]];
      b[pivots[k]] = b[k];
      b[k] = v;
    }
    for (let k = 0; k < n; k++) for (let i = k + 1; i < n; i++) b[i] -= A[k * n + i] * b[k];
    for (let k = n - 1; k >= 0; k--) {
      b[k] /= A[k * n + k];
      for (let i = 0; i < k; i++) b[i] -= A[k * n + i] * b[k];
    }
  };
}
