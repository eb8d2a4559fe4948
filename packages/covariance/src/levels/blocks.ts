import { choleskyLowerInPlace } from '../correlation/family.js';
import { CovarianceStructureError, type NaturalParameter } from '../structure.js';
import type { LevelStructure } from './level-structure.js';

/** Lower triangles of full blocks along the diagonal. */
function blockPattern(starts: ArrayLike<number>): { colPtr: Int32Array; rowIdx: Int32Array } {
  const n = starts[starts.length - 1];
  const colPtr = new Int32Array(n + 1);
  for (let s = 0; s + 1 < starts.length; s++)
    for (let j = starts[s]; j < starts[s + 1]; j++) colPtr[j + 1] = colPtr[j] + starts[s + 1] - j;
  const rowIdx = new Int32Array(colPtr[n]);
  for (let j = 0; j < n; j++) for (let e = colPtr[j]; e < colPtr[j + 1]; e++) rowIdx[e] = j + e - colPtr[j];
  return { colPtr, rowIdx };
}

/**
 * Compound symmetry within blocks of consecutive points: C = (1 - rho) I + rho J, so for a block of m points
 * K = (I - w J) / (1 - rho) with w = rho / (1 + (m - 1) rho), and log|K| = -(m - 1) log(1 - rho) - log(1 + (m - 1) rho).
 * rho > -1 / (largest m - 1).
 * @param starts first point of each block, and the number of points at the end
 */
export function compoundSymmetryLevels(starts: ArrayLike<number>): LevelStructure {
  const pattern = blockPattern(starts);
  const { colPtr } = pattern;
  let largest = 2;
  for (let s = 0; s + 1 < starts.length; s++) largest = Math.max(largest, starts[s + 1] - starts[s]);
  const forEachBlock = (visit: (m: number, from: number, to: number) => void) => {
    for (let s = 0; s + 1 < starts.length; s++) {
      if (starts[s + 1] > starts[s]) visit(starts[s + 1] - starts[s], starts[s], starts[s + 1]);
    }
  };
  const fill = (values: Float64Array, from: number, to: number, diagonal: number, below: number) => {
    for (let j = from; j < to; j++) {
      values[colPtr[j]] = diagonal;
      for (let e = colPtr[j] + 1; e < colPtr[j + 1]; e++) values[e] = below;
    }
  };
  return {
    kind: 'cs',
    nl: starts[starts.length - 1],
    pattern,
    parLength: 1,
    parNames: ['rho'],
    searchScale: ['atanh'],
    lower: [-1 / (largest - 1)],
    upper: [1],
    start: [0.1],
    stepScale: [0.3],
    precisionInto([rho], values) {
      forEachBlock((m, from, to) => {
        const w = m > 1 ? rho / (1 + (m - 1) * rho) : 0;
        const f = m > 1 ? 1 / (1 - rho) : 1;
        fill(values, from, to, f * (1 - w), -f * w);
      });
    },
    precisionDerivativeInto([rho], _k, values) {
      forEachBlock((m, from, to) => {
        if (m === 1) return fill(values, from, to, 0, 0);
        const v = 1 + (m - 1) * rho;
        const f = 1 / (1 - rho);
        const dBelow = -f * f * (rho / v) - f / (v * v);
        fill(values, from, to, f * f + dBelow, dBelow);
      });
    },
    logDeterminant([rho]) {
      let s = 0;
      forEachBlock((m) => (s -= m > 1 ? (m - 1) * Math.log(1 - rho) + Math.log(1 + (m - 1) * rho) : 0));
      return s;
    },
    logDeterminantDerivative([rho]) {
      let s = 0;
      forEachBlock((m) => (s -= m > 1 ? -(m - 1) / (1 - rho) + (m - 1) / (1 + (m - 1) * rho) : 0));
      return s;
    },
    meanVariance: () => 1,
    natural: ([rho]) => [{ name: 'rho', value: rho, sigmaPower: 0 }],
    isSingular: ([rho], tolerance) =>
      1 - rho < tolerance * tolerance || 1 + (largest - 1) * rho < tolerance * tolerance,
  };
}

/**
 * Independent points whose variances differ by stratum: standard deviation 1 in the first stratum, `ratio` times that in each other one.
 * @param stratum of each point, 0 to names.length - 1
 */
export function strataLevels(stratum: Int32Array, names: readonly string[]): LevelStructure {
  const nl = stratum.length;
  const count = names.length - 1;
  if (count < 1)
    throw new CovarianceStructureError(
      `variances by stratum need two strata or more, and there is only ${names[0] ?? 'none'}`,
    );
  const size = new Int32Array(names.length);
  for (const s of stratum) size[s]++;
  const all = <T>(v: T): T[] => Array.from({ length: count }, () => v);
  return {
    kind: 'strata',
    nl,
    pattern: {
      colPtr: Int32Array.from({ length: nl + 1 }, (_, i) => i),
      rowIdx: Int32Array.from({ length: nl }, (_, i) => i),
    },
    parLength: count,
    parNames: names.slice(1).map((name) => `ratio ${name}`),
    searchScale: all('log'),
    lower: all(Number.MIN_VALUE),
    upper: all(Infinity),
    start: all(1),
    stepScale: all(1),
    precisionInto(par, values) {
      for (let i = 0; i < nl; i++) values[i] = stratum[i] === 0 ? 1 : par[stratum[i] - 1] ** -2;
    },
    precisionDerivativeInto(par, k, values) {
      for (let i = 0; i < nl; i++) values[i] = stratum[i] === k + 1 ? -2 * par[k] ** -3 : 0;
    },
    logDeterminant(par) {
      let s = 0;
      for (let k = 0; k < count; k++) s -= 2 * size[k + 1] * Math.log(par[k]);
      return s;
    },
    logDeterminantDerivative: (par, k) => (-2 * size[k + 1]) / par[k],
    meanVariance: () => 1,
    natural: (par) => [
      { name: `sd ${names[0]}`, value: 1, sigmaPower: 1 },
      ...names.slice(1).map((name, k): NaturalParameter => ({ name: `sd ${name}`, value: par[k], sigmaPower: 1 })),
    ],
    isSingular: () => false,
  };
}

/**
 * Any covariance between visits within blocks of consecutive points, some visits missing in some: C = G G' restricted to the visits of the
 * block, with G lower triangular and G[0, 0] = 1 (sigma is the standard deviation at the first visit). `par` is the rest of G, column by
 * column.
 * @param visit of each point, 0 to names.length - 1, each at most once in a block
 */
export function unstructuredLevels(
  starts: ArrayLike<number>,
  visit: Int32Array,
  names: readonly string[],
): LevelStructure {
  const v = names.length;
  const pattern = blockPattern(starts);
  const { colPtr } = pattern;
  const place: { row: number; column: number }[] = [];
  for (let column = 0; column < v; column++)
    for (let row = column; row < v; row++) if (row > 0) place.push({ row, column });
  // Blocks with the same visits share one inverse.
  const sets = new Map<string, { visits: number[]; blocks: number[] }>();
  for (let s = 0; s + 1 < starts.length; s++) {
    const visits = Array.from(visit.subarray(starts[s], starts[s + 1]));
    if (new Set(visits).size < visits.length)
      throw new CovarianceStructureError(
        'a visit occurs twice within one group: an unstructured covariance needs each at most once',
      );
    const key = visits.join(' ');
    const set = sets.get(key);
    if (set) set.blocks.push(s);
    else sets.set(key, { visits, blocks: [s] });
  }
  const G = new Float64Array(v * v);
  const setG = (par: Float64Array) => {
    G[0] = 1;
    place.forEach(({ row, column }, k) => (G[column * v + row] = par[k]));
  };
  const C = (i: number, j: number) => {
    let s = 0;
    for (let k = 0; k <= Math.min(i, j); k++) s += G[k * v + i] * G[k * v + j];
    return s;
  };
  const dC = (i: number, j: number, k: number) => {
    const { row, column } = place[k];
    return (i === row ? G[column * v + j] : 0) + (j === row ? G[column * v + i] : 0);
  };
  /** C^-1 of some visits, m by m, and log|C^-1|. */
  const inverse = (visits: readonly number[]): { P: Float64Array; logDet: number } => {
    const m = visits.length;
    const L = new Float64Array(m * m);
    for (let j = 0; j < m; j++) for (let i = j; i < m; i++) L[j * m + i] = C(visits[i], visits[j]);
    choleskyLowerInPlace(L, m);
    const W = new Float64Array(m * m); // L^-1
    let logDet = 0;
    for (let c = 0; c < m; c++) {
      logDet -= 2 * Math.log(L[c * m + c]);
      for (let i = c; i < m; i++) {
        let s = i === c ? 1 : 0;
        for (let k = c; k < i; k++) s -= L[k * m + i] * W[c * m + k];
        W[c * m + i] = s / L[i * m + i];
      }
    }
    const P = new Float64Array(m * m);
    for (let j = 0; j < m; j++)
      for (let i = j; i < m; i++) {
        let s = 0;
        for (let k = i; k < m; k++) s += W[i * m + k] * W[j * m + k];
        P[j * m + i] = P[i * m + j] = s;
      }
    return { P, logDet };
  };
  const write = (blocks: readonly number[], M: Float64Array, m: number, values: Float64Array) => {
    for (const s of blocks)
      for (let j = 0; j < m; j++) for (let i = j; i < m; i++) values[colPtr[starts[s] + j] + i - j] = M[j * m + i];
  };
  /** -P dC P of some visits, and tr(P dC). */
  const moved = (visits: readonly number[], k: number): { dP: Float64Array; trace: number } => {
    const m = visits.length;
    const { P } = inverse(visits);
    const A = new Float64Array(m * m); // dC P
    let trace = 0;
    for (let j = 0; j < m; j++)
      for (let i = 0; i < m; i++) {
        for (let h = 0; h < m; h++) A[j * m + i] += dC(visits[i], visits[h], k) * P[j * m + h];
        if (i === j) trace += A[j * m + i];
      }
    const dP = new Float64Array(m * m);
    for (let j = 0; j < m; j++)
      for (let i = 0; i < m; i++) for (let h = 0; h < m; h++) dP[j * m + i] -= P[h * m + i] * A[j * m + h];
    return { dP, trace };
  };
  const diagonal = ({ row, column }: { row: number; column: number }) => row === column;
  return {
    kind: 'us',
    nl: visit.length,
    pattern,
    parLength: place.length,
    parNames: place.map(({ row, column }) => (row === column ? names[row] : `${names[row]}.${names[column]}`)),
    searchScale: place.map((at) => (diagonal(at) ? 'log' : 'linear')),
    lower: place.map((at) => (diagonal(at) ? Number.MIN_VALUE : -Infinity)),
    upper: place.map(() => Infinity),
    start: place.map((at) => (diagonal(at) ? 1 : 0)),
    stepScale: place.map(() => 0.5),
    precisionInto(par, values) {
      setG(par);
      for (const { visits, blocks } of sets.values()) write(blocks, inverse(visits).P, visits.length, values);
    },
    precisionDerivativeInto(par, k, values) {
      setG(par);
      for (const { visits, blocks } of sets.values()) write(blocks, moved(visits, k).dP, visits.length, values);
    },
    logDeterminant(par) {
      setG(par);
      let s = 0;
      for (const { visits, blocks } of sets.values()) s += blocks.length * inverse(visits).logDet;
      return s;
    },
    logDeterminantDerivative(par, k) {
      setG(par);
      let s = 0;
      for (const { visits, blocks } of sets.values()) s -= blocks.length * moved(visits, k).trace;
      return s;
    },
    meanVariance: () => 1,
    natural(par) {
      setG(par);
      const sd = names.map((_, i) => Math.sqrt(C(i, i)));
      const out: NaturalParameter[] = names.map((name, i) => ({ name: `sd ${name}`, value: sd[i], sigmaPower: 1 }));
      for (let j = 0; j < v; j++)
        for (let i = j + 1; i < v; i++)
          out.push({ name: `cor ${names[i]}.${names[j]}`, value: C(i, j) / (sd[i] * sd[j]), sigmaPower: 0 });
      return out;
    },
    isSingular: () => false,
  };
}
