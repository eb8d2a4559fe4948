import { requireColumns, type CovarianceStructure, type NaturalParameter, type SearchScale } from '../structure.js';
import { smallestSingularValue } from '../triangular.js';
import type { CorrelationFamily } from './family.js';

/** How standard deviations stand beside a correlation family. */
export interface CorrelatedOptions {
  /** One standard deviation for all columns, or one for each. */
  readonly hom: boolean;
}

/**
 * The structure `lambda = diag(sd) L(phi)`: standard deviations relative to sigma, and the factor of a correlation matrix of the family.
 * `par` is (sd, phi) with one sd (`hom`) or nc of them; `theta` the lower triangle of lambda, column by column.
 *
 * With one standard deviation the objective is even in it, and the search may pass through zero; with several it is not (a sign turns
 * correlations round), so each moves on the logarithmic scale.
 */
export function correlated(kind: string, family: CorrelationFamily, { hom }: CorrelatedOptions): CovarianceStructure {
  const { nc } = family;
  requireColumns(kind, nc);
  const sds = hom ? 1 : nc;
  const parLength = sds + family.names.length;
  const thetaLength = (nc * (nc + 1)) / 2;
  const thetaIndex = new Int32Array(nc * nc).fill(-1);
  for (let j = 0, t = 0; j < nc; j++) for (let i = j; i < nc; i++) thetaIndex[j * nc + i] = t++;

  // The factor at the last phi: thetaInto and the derivatives ask for the same one many times.
  const L = new Float64Array(nc * nc);
  const dL = new Float64Array(nc * nc);
  const last = new Float64Array(family.names.length).fill(Number.NaN);
  let known = false;
  const phiOf = (par: Float64Array) => par.subarray(sds, parLength);
  const factor = (phi: Float64Array): Float64Array => {
    let same = known;
    for (let k = 0; k < last.length; k++) same &&= phi[k] === last[k];
    if (same) return L;
    family.factorInto(phi, L);
    last.set(phi.subarray(0, last.length));
    known = true;
    return L;
  };
  const sd = (par: Float64Array, row: number) => par[hom ? 0 : row];
  const scaleOfAll = (scale: Float64Array) => {
    let s = 0;
    for (let j = 0; j < nc; j++) s += Math.log(scale[j]);
    return Math.exp(s / nc);
  };
  const sdScale: SearchScale = hom || nc === 1 ? 'linear' : 'log';

  const structure: CovarianceStructure = {
    kind,
    nc,
    parLength,
    thetaLength,
    thetaIndex,
    searchScale: [...Array.from({ length: sds }, () => sdScale), ...family.searchScale],
    startInto(scale, par) {
      if (hom) par[0] = 1 / scaleOfAll(scale);
      else for (let j = 0; j < nc; j++) par[j] = 1 / scale[j];
      par.set(family.start, sds);
    },
    stepScaleInto(scale, out) {
      if (hom) out[0] = 1 / scaleOfAll(scale);
      else for (let j = 0; j < nc; j++) out[j] = 1 / scale[j];
      out.set(family.stepScale, sds);
    },
    thetaInto(par, theta) {
      factor(phiOf(par));
      for (let j = 0, t = 0; j < nc; j++) for (let i = j; i < nc; i++) theta[t++] = sd(par, i) * L[j * nc + i];
    },
    thetaDerivativeInto(par, k, out) {
      const phi = phiOf(par);
      factor(phi);
      if (k >= sds) {
        family.factorDerivativeInto(phi, k - sds, L, dL);
        for (let j = 0, t = 0; j < nc; j++) for (let i = j; i < nc; i++) out[t++] = sd(par, i) * dL[j * nc + i];
        return;
      }
      for (let j = 0, t = 0; j < nc; j++) for (let i = j; i < nc; i++) out[t++] = hom || i === k ? L[j * nc + i] : 0;
    },
    canonicalizeInPlace(par) {
      if (sdScale === 'linear') par[0] = Math.abs(par[0]);
    },
    isSingular(par, scale, tolerance) {
      if (hom) {
        if (Math.abs(par[0]) * scaleOfAll(scale) < tolerance) return true;
      } else for (let j = 0; j < nc; j++) if (par[j] * scale[j] < tolerance) return true;
      const phi = phiOf(par);
      if (family.isSingular) return family.isSingular(phi, tolerance);
      return smallestSingularValue(factor(phi).slice(), new Float64Array(nc).fill(1), nc) < tolerance;
    },
    parNames: (columns) => [...(hom ? ['*'] : columns), ...family.names],
    thetaNames(columns) {
      const names: string[] = [];
      for (let j = 0; j < nc; j++)
        for (let i = j; i < nc; i++) names.push(i === j ? columns[j] : `${columns[i]}.${columns[j]}`);
      return names;
    },
    parBounds: () => ({
      lower: Float64Array.of(...new Float64Array(sds), ...family.lower),
      upper: Float64Array.of(...new Float64Array(sds).fill(Infinity), ...family.upper),
    }),
    natural(par, columns) {
      const out: NaturalParameter[] = [];
      for (let j = 0; j < sds; j++)
        out.push({ name: hom ? 'sd' : `sd ${columns[j]}`, value: Math.abs(par[j]), sigmaPower: 1 });
      const own = family.names.map((name, k) => ({ name, value: par[sds + k], ...lowest(family.lower[k]) }));
      for (const told of family.report?.(phiOf(par)) ?? own) out.push({ ...told, sigmaPower: 0 });
      return out;
    },
  };
  if (family.fromMatrixInto || family.names.length === 0) {
    structure.startFromCovarianceInto = (S, par) => {
      let mean = 0;
      for (let j = 0; j < nc; j++) {
        mean += S[j * nc + j] / nc;
        if (!hom) par[j] = Math.sqrt(S[j * nc + j]);
      }
      if (hom) par[0] = Math.sqrt(mean);
      const R = S.map((v, at) => {
        const i = at % nc;
        const j = (at - i) / nc;
        return hom ? v / mean : v / Math.sqrt(S[i * nc + i] * S[j * nc + j]);
      });
      family.fromMatrixInto?.(R, phiOf(par));
    };
  }
  return structure;
}

/** A bound above -1 that is to be told. */
const lowest = (lower: number): { readonly lower?: number } => (lower > -1 && lower < 1 ? { lower } : {});
