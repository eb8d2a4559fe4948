import { factorDerivative, choleskyLowerInPlace } from './correlation/family.js';
import { CovarianceStructureError, requireColumns, type CovarianceStructure } from './structure.js';

/** Positions (row, column) of the entries of an nc by d lower trapezoid, column by column. */
function trapezoid(nc: number, d: number): { row: number; column: number }[] {
  const at: { row: number; column: number }[] = [];
  for (let column = 0; column < d; column++) for (let row = column; row < nc; row++) at.push({ row, column });
  return at;
}

function requireRank(kind: string, nc: number, d: number): void {
  requireColumns(kind, nc);
  if (!Number.isInteger(d) || d < 1 || d > nc)
    throw new CovarianceStructureError(`the rank d of ${kind} must be a whole number from 1 to ${nc}, not ${d}`);
}

/** Turns the sign of every column of loadings whose first number other than zero is negative. */
function canonicalLoadings(par: Float64Array, at: readonly { row: number; column: number }[]): void {
  const sign: number[] = [];
  at.forEach(({ column }, k) => {
    sign[column] ||= Math.sign(par[k]);
    par[k] = (sign[column] < 0 ? -par[k] : par[k]) + 0;
  });
}

/** Loadings from the first d columns of the Cholesky factor of S. */
function loadingsOf(
  S: Float64Array,
  par: Float64Array,
  nc: number,
  at: readonly { row: number; column: number }[],
): void {
  const L = S.slice();
  choleskyLowerInPlace(L, nc);
  at.forEach(({ row, column }, k) => (par[k] = L[column * nc + row]));
}

const loadingNames = (columns: readonly string[], at: readonly { row: number; column: number }[]): string[] =>
  at.map(({ row, column }) => `${columns[row]}.f${column + 1}`);

function startLoadings(scale: Float64Array, par: Float64Array, at: readonly { row: number; column: number }[]): void {
  at.forEach(({ row, column }, k) => (par[k] = (row === column ? 1 : column === 0 ? 0.5 : 0.2) / scale[row]));
}

/**
 * Reduced rank: `lambda lambda' = Gamma Gamma'` with nc by d loadings Gamma in lower-trapezoidal form, which takes out the rotations
 * (Geweke and Zhou 1996, Rev. Financ. Stud. 9, 557-587). `par = theta`, nc d - d (d - 1) / 2 numbers. Columns d+1, ... of lambda are zero.
 * @throws CovarianceStructureError when d is not a whole number from 1 to nc
 */
export function reducedRank(nc: number, d = 2): CovarianceStructure {
  requireRank('rr', nc, d);
  const at = trapezoid(nc, d);
  const m = at.length;
  const thetaIndex = new Int32Array(nc * nc).fill(-1);
  at.forEach(({ row, column }, k) => (thetaIndex[column * nc + row] = k));
  return {
    kind: 'rr',
    nc,
    parLength: m,
    thetaLength: m,
    thetaIndex,
    startInto: (scale, par) => startLoadings(scale, par, at),
    startFromCovarianceInto: (S, par) => loadingsOf(S, par, nc, at),
    stepScaleInto: (scale, out) => at.forEach(({ row }, k) => (out[k] = 1 / scale[row])),
    thetaInto(par, theta) {
      for (let k = 0; k < m; k++) theta[k] = par[k];
    },
    thetaDerivativeInto(_par, k, out) {
      for (let t = 0; t < m; t++) out[t] = t === k ? 1 : 0;
    },
    parFromThetaInto(theta, par) {
      for (let k = 0; k < m; k++) par[k] = theta[k];
    },
    canonicalizeInPlace: (par) => canonicalLoadings(par, at),
    isSingular(par, scale, tolerance) {
      // The rank is below d when a diagonal entry of the trapezoid vanishes against its row.
      return at.some(({ row, column }, k) => row === column && Math.abs(par[k]) * scale[row] < tolerance);
    },
    parNames: (columns) => loadingNames(columns, at),
    thetaNames: (columns) => loadingNames(columns, at),
    parBounds: () => ({
      lower: Float64Array.from(at, ({ row, column }) => (row === column ? 0 : -Infinity)),
      upper: new Float64Array(m).fill(Infinity),
    }),
    natural: (par, columns) =>
      loadingNames(columns, at).map((name, k) => ({ name: `loading ${name}`, value: par[k], sigmaPower: 1 })),
  };
}

/**
 * Factor-analytic: `lambda lambda' = Gamma Gamma' + Psi` with d factors and one specific standard deviation for each column.
 * `par` = (loadings as {@link reducedRank}, specific sds). Source: Smith, Cullis and Thompson (2001), Biometrics 57, 1138-1147.
 * @throws CovarianceStructureError when d is not a whole number from 1 to nc
 */
export function factorAnalytic(nc: number, d = 1): CovarianceStructure {
  requireRank('fa', nc, d);
  const at = trapezoid(nc, d);
  const m = at.length;
  const thetaIndex = new Int32Array(nc * nc).fill(-1);
  for (let j = 0, t = 0; j < nc; j++) for (let i = j; i < nc; i++) thetaIndex[j * nc + i] = t++;
  const L = new Float64Array(nc * nc);
  const dL = new Float64Array(nc * nc);
  const dS = new Float64Array(nc * nc);
  const gamma = (par: Float64Array, row: number, column: number) =>
    row < column ? 0 : par[column * nc - (column * (column - 1)) / 2 + row - column];
  const factor = (par: Float64Array) => {
    for (let j = 0; j < nc; j++) {
      for (let i = j; i < nc; i++) {
        let s = i === j ? par[m + i] ** 2 : 0;
        for (let k = 0; k < d; k++) s += gamma(par, i, k) * gamma(par, j, k);
        L[j * nc + i] = s;
      }
    }
    choleskyLowerInPlace(L, nc);
  };
  return {
    kind: 'fa',
    nc,
    parLength: m + nc,
    thetaLength: (nc * (nc + 1)) / 2,
    thetaIndex,
    searchScale: [...at.map(() => 'linear' as const), ...Array.from({ length: nc }, () => 'log' as const)],
    startInto(scale, par) {
      startLoadings(scale, par, at);
      for (let j = 0; j < nc; j++) par[m + j] = 0.5 / scale[j];
    },
    stepScaleInto(scale, out) {
      at.forEach(({ row }, k) => (out[k] = 1 / scale[row]));
      for (let j = 0; j < nc; j++) out[m + j] = 1 / scale[j];
    },
    thetaInto(par, theta) {
      factor(par);
      for (let j = 0, t = 0; j < nc; j++) for (let i = j; i < nc; i++) theta[t++] = L[j * nc + i];
    },
    thetaDerivativeInto(par, k, out) {
      factor(par);
      dS.fill(0);
      if (k >= m) dS[(k - m) * (nc + 1)] = 2 * par[k];
      else {
        const { row, column } = at[k];
        for (let i = 0; i < nc; i++) {
          const g = gamma(par, i, column);
          dS[Math.min(i, row) * nc + Math.max(i, row)] += i === row ? 2 * g : g;
        }
      }
      factorDerivative(L, dS, nc, dL);
      for (let j = 0, t = 0; j < nc; j++) for (let i = j; i < nc; i++) out[t++] = dL[j * nc + i];
    },
    canonicalizeInPlace(par) {
      canonicalLoadings(par.subarray(0, m), at);
      for (let j = 0; j < nc; j++) par[m + j] = Math.abs(par[m + j]);
    },
    isSingular(par, scale, tolerance) {
      for (let j = 0; j < nc; j++) if (Math.abs(par[m + j]) * scale[j] < tolerance) return true;
      return at.some(({ row, column }, k) => row === column && Math.abs(par[k]) * scale[row] < tolerance);
    },
    parNames: (columns) => [...loadingNames(columns, at), ...columns.map((name) => `${name}.specific`)],
    thetaNames(columns) {
      const names: string[] = [];
      for (let j = 0; j < nc; j++)
        for (let i = j; i < nc; i++) names.push(i === j ? columns[j] : `${columns[i]}.${columns[j]}`);
      return names;
    },
    parBounds: () => ({
      lower: Float64Array.from({ length: m + nc }, (_, k) => (k < m && at[k].row !== at[k].column ? -Infinity : 0)),
      upper: new Float64Array(m + nc).fill(Infinity),
    }),
    natural: (par, columns) => [
      ...loadingNames(columns, at).map((name, k) => ({
        name: `loading ${name}`,
        value: par[k],
        sigmaPower: 1 as const,
      })),
      ...columns.map((name, j) => ({ name: `specific sd ${name}`, value: par[m + j], sigmaPower: 1 as const })),
    ],
  };
}
