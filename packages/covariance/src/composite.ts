import { hasNumericalDerivatives, thetaDerivativeInto } from './lambda.js';
import { naturalParameters } from './natural.js';
import type { CovarianceStructure } from './structure.js';

/**
 * Several structures side by side: `lambda` is block diagonal with one block for each part, `par` and `theta` are the parts'
 * numbers one after the other, columns likewise.
 *
 * It is a structure itself, so it serves both as one term (independent blocks of columns within a level) and as the whole model's
 * map from all of `par` to all of `theta`; `parOffset[i]`, `thetaOffset[i]` and `columnOffset[i]` say where part i begins.
 */
export interface CompositeStructure extends CovarianceStructure {
  readonly parts: readonly CovarianceStructure[];
  readonly parOffset: Int32Array;
  readonly thetaOffset: Int32Array;
  readonly columnOffset: Int32Array;
}

export function composite(parts: readonly CovarianceStructure[]): CompositeStructure {
  const m = parts.length;
  const parOffset = new Int32Array(m + 1);
  const thetaOffset = new Int32Array(m + 1);
  const columnOffset = new Int32Array(m + 1);
  parts.forEach((part, i) => {
    parOffset[i + 1] = parOffset[i] + part.parLength;
    thetaOffset[i + 1] = thetaOffset[i] + part.thetaLength;
    columnOffset[i + 1] = columnOffset[i] + part.nc;
  });
  const nc = columnOffset[m];
  const thetaIndex = new Int32Array(nc * nc).fill(-1);
  parts.forEach((part, i) => {
    for (let c = 0; c < part.nc; c++) {
      for (let r = 0; r < part.nc; r++) {
        const t = part.thetaIndex[c * part.nc + r];
        if (t >= 0) thetaIndex[(columnOffset[i] + c) * nc + columnOffset[i] + r] = thetaOffset[i] + t;
      }
    }
  });

  const parOf = (par: Float64Array, i: number) => par.subarray(parOffset[i], parOffset[i + 1]);
  const thetaOf = (theta: Float64Array, i: number) => theta.subarray(thetaOffset[i], thetaOffset[i + 1]);
  const columnsOf = <T>(columns: readonly T[], i: number) => columns.slice(columnOffset[i], columnOffset[i + 1]);
  const scaleOf = (scale: Float64Array, i: number) => scale.subarray(columnOffset[i], columnOffset[i + 1]);
  const partOf = (k: number) => {
    let i = 0;
    while (k >= parOffset[i + 1]) i++;
    return i;
  };
  const work = new Float64Array(parts.reduce((size, part) => Math.max(size, part.parLength + 2 * part.thetaLength), 0));

  const structure: CompositeStructure = {
    kind: 'composite',
    parts,
    parOffset,
    thetaOffset,
    columnOffset,
    nc,
    parLength: parOffset[m],
    thetaLength: thetaOffset[m],
    thetaIndex,
    numericalDerivatives: parts.some(hasNumericalDerivatives),
    startInto: (scale, par) => parts.forEach((part, i) => part.startInto(scaleOf(scale, i), parOf(par, i))),
    stepScaleInto: (scale, out) => parts.forEach((part, i) => part.stepScaleInto(scaleOf(scale, i), parOf(out, i))),
    thetaInto: (par, theta) => parts.forEach((part, i) => part.thetaInto(parOf(par, i), thetaOf(theta, i))),
    searchScale: parts.flatMap((part) => part.searchScale ?? Array.from({ length: part.parLength }, () => 'linear')),
    canonicalizeInPlace: (par) => parts.forEach((part, i) => part.canonicalizeInPlace(parOf(par, i))),
    isSingular: (par, scale, tolerance) =>
      parts.some((part, i) => part.isSingular(parOf(par, i), scaleOf(scale, i), tolerance)),
    thetaDerivativeInto(par, k, out) {
      out.fill(0, 0, thetaOffset[m]);
      const i = partOf(k);
      thetaDerivativeInto(parts[i], parOf(par, i), k - parOffset[i], work, thetaOf(out, i));
    },
    natural: (par, columns) =>
      parts.flatMap((part, i) => naturalParameters(part, parOf(par, i), columnsOf(columns, i))),
    parNames: (columns) => parts.flatMap((part, i) => part.parNames(columnsOf(columns, i))),
    thetaNames: (columns) => parts.flatMap((part, i) => part.thetaNames(columnsOf(columns, i))),
    parBounds() {
      const lower = new Float64Array(parOffset[m]);
      const upper = new Float64Array(parOffset[m]);
      parts.forEach((part, i) => {
        const b = part.parBounds();
        lower.set(b.lower, parOffset[i]);
        upper.set(b.upper, parOffset[i]);
      });
      return { lower, upper };
    },
  };
  if (parts.every((part) => part.startFromCovarianceInto)) {
    structure.startFromCovarianceInto = (S, par) =>
      parts.forEach((part, i) => {
        const block = new Float64Array(part.nc * part.nc);
        for (let c = 0; c < part.nc; c++) {
          for (let r = 0; r < part.nc; r++)
            block[c * part.nc + r] = S[(columnOffset[i] + c) * nc + columnOffset[i] + r];
        }
        part.startFromCovarianceInto!(block, parOf(par, i));
      });
  }
  if (parts.every((part) => part.parFromThetaInto)) {
    structure.parFromThetaInto = (theta, par) =>
      parts.forEach((part, i) => part.parFromThetaInto!(thetaOf(theta, i), parOf(par, i)));
  }
  return structure;
}
