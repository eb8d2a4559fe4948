import type { LevelStructure } from '../levels/level-structure.js';
import type { NaturalParameter } from '../structure.js';
import type { VarianceFunction } from './variance-function.js';

/** Independent points of variance 1. */
export function independentLevels(nl: number): LevelStructure {
  return {
    kind: 'independent',
    nl,
    pattern: {
      colPtr: Int32Array.from({ length: nl + 1 }, (_, i) => i),
      rowIdx: Int32Array.from({ length: nl }, (_, i) => i),
    },
    parLength: 0,
    parNames: [],
    searchScale: [],
    lower: [],
    upper: [],
    start: [],
    stepScale: [],
    precisionInto: (_par, values) => void values.fill(1),
    precisionDerivativeInto: (_par, _k, values) => void values.fill(0),
    logDeterminant: () => 0,
    logDeterminantDerivative: () => 0,
    meanVariance: () => 1,
    natural: () => [],
    isSingular: () => false,
  };
}

/**
 * Points whose standard deviations are multiplied by s = exp(l): K[i, j] / (s_i s_j), log|K| - 2 sum l. `par` are those of `base`, then those
 * of the variance functions in their order.
 *
 * @param rowOfPoint row of each point: variance functions speak of rows
 */
export function scaledLevels(
  base: LevelStructure,
  variances: readonly VarianceFunction[],
  rowOfPoint: Int32Array | null,
): LevelStructure {
  if (variances.length === 0) return base;
  const { nl, pattern } = base;
  const m = base.parLength;
  const offset = [m];
  for (const v of variances) offset.push(offset[offset.length - 1] + v.parNames.length);
  const own = (par: Float64Array, f: number) => par.subarray(offset[f], offset[f + 1]);
  const rowLogs = new Float64Array(nl);
  const logs = new Float64Array(nl);
  const moved = new Float64Array(nl);
  const byPoint = (out: Float64Array): Float64Array => {
    for (let i = 0; i < nl; i++) out[i] = rowLogs[rowOfPoint ? rowOfPoint[i] : i];
    return out;
  };
  const logsAt = (par: Float64Array): Float64Array => {
    rowLogs.fill(0);
    variances.forEach((v, f) => v.addLogSd(own(par, f), rowLogs));
    return byPoint(logs);
  };
  const functionOf = (k: number): number => offset.findLastIndex((from) => from <= k);
  const derivativeAt = (par: Float64Array, k: number): Float64Array => {
    const f = functionOf(k);
    rowLogs.fill(0);
    variances[f].addLogSdDerivative(own(par, f), k - offset[f], rowLogs);
    return byPoint(moved);
  };
  const scale = (values: Float64Array, l: Float64Array): void => {
    for (let j = 0; j < nl; j++)
      for (let e = pattern.colPtr[j]; e < pattern.colPtr[j + 1]; e++)
        values[e] *= Math.exp(-l[j] - l[pattern.rowIdx[e]]);
  };
  const sum = (x: Float64Array): number => {
    let s = 0;
    for (const v of x) s += v;
    return s;
  };
  const join = <T>(of: LevelStructure, from: (v: VarianceFunction | LevelStructure) => readonly T[]): T[] => [
    ...from(of),
    ...variances.flatMap(from),
  ];
  const correlated = base.kind !== 'independent';
  const kinds = [...variances.map((v) => v.kind), ...(correlated ? [base.kind] : [])];
  // Only one function with strata can tell their standard deviations, and only where visits do not differ besides.
  const alone = base.kind !== 'us' && variances.filter((v) => v.parNames.length > 0).length === 1;
  return {
    kind: kinds.join(' * '),
    nl,
    pattern,
    parLength: offset[variances.length],
    parNames: join(base, (v) => v.parNames),
    searchScale: join(base, (v) => v.searchScale),
    lower: join(base, (v) => v.lower),
    upper: join(base, (v) => v.upper),
    start: join(base, (v) => v.start),
    stepScale: join(base, (v) => v.stepScale),
    precisionInto(par, values) {
      base.precisionInto(par.subarray(0, m), values);
      scale(values, logsAt(par));
    },
    precisionDerivativeInto(par, k, values) {
      if (k < m) {
        base.precisionDerivativeInto(par.subarray(0, m), k, values);
        scale(values, logsAt(par));
        return;
      }
      base.precisionInto(par.subarray(0, m), values);
      scale(values, logsAt(par));
      const d = derivativeAt(par, k);
      for (let j = 0; j < nl; j++)
        for (let e = pattern.colPtr[j]; e < pattern.colPtr[j + 1]; e++) values[e] *= -d[j] - d[pattern.rowIdx[e]];
    },
    logDeterminant: (par) => base.logDeterminant(par.subarray(0, m)) - 2 * sum(logsAt(par)),
    logDeterminantDerivative: (par, k) =>
      k < m ? base.logDeterminantDerivative(par.subarray(0, m), k) : -2 * sum(derivativeAt(par, k)),
    meanVariance: () => 1,
    natural(par): NaturalParameter[] {
      return [...base.natural(par.subarray(0, m)), ...variances.flatMap((v, f) => v.natural(own(par, f), alone))];
    },
    isSingular: (par, tolerance) => base.isSingular(par.subarray(0, m), tolerance),
  };
}
