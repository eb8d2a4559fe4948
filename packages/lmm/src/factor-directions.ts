import { thetaDerivativeInto, type CompositeStructure } from '@blup/covariance';

/** The derivative of one term's lambda by one parameter, as the entries that it moves; or one parameter of its precision over levels. */
export interface FactorDirection {
  readonly term: number;
  /** Which parameter of the precision over levels this is; -1 for a parameter of lambda. */
  readonly level: number;
  /** Positions in lambda (column-major). */
  readonly entries: Int32Array;
  /** d lambda[entries[k]], overwritten when par moves. */
  readonly values: Float64Array;
}

/** One direction for each theta: the entries of lambda that hold it. */
export function thetaDirections(composite: CompositeStructure): FactorDirection[] {
  return composite.parts.flatMap((part, term) => {
    const { thetaIndex, thetaLength } = part;
    const ofLevels = part.levels?.parLength ?? 0;
    const holders: number[][] = Array.from({ length: thetaLength - ofLevels }, () => []);
    thetaIndex.forEach((t, k) => t >= 0 && holders[t].push(k));
    const own = holders.map((entries) => ({
      term,
      level: -1,
      entries: Int32Array.from(entries),
      values: new Float64Array(entries.length).fill(1),
    }));
    return [...own, ...levelDirections(term, ofLevels)];
  });
}

function levelDirections(term: number, count: number): FactorDirection[] {
  const none = { entries: new Int32Array(0), values: new Float64Array(0) };
  return Array.from({ length: count }, (_, level) => ({ term, level, ...none }));
}

/** One direction for each par: every entry of lambda, but where par is theta itself. Values are set by {@link updateParDirections}. */
export function parDirections(composite: CompositeStructure): FactorDirection[] {
  const byTheta = thetaDirections(composite);
  return composite.parts.flatMap((part, term) => {
    if (parIsTheta(part)) return byTheta.slice(composite.thetaOffset[term], composite.thetaOffset[term + 1]);
    const entries = Int32Array.from([...part.thetaIndex.keys()].filter((k) => part.thetaIndex[k] >= 0));
    const ofLevels = part.levels?.parLength ?? 0;
    const own = Array.from({ length: part.parLength - ofLevels }, () => ({
      term,
      level: -1,
      entries,
      values: new Float64Array(entries.length),
    }));
    return [...own, ...levelDirections(term, ofLevels)];
  });
}

/** Sets the values of the directions by par. `work` has at least parLength + 2 thetaLength entries, `derivative` thetaLength. */
export function updateParDirections(
  composite: CompositeStructure,
  par: Float64Array,
  directions: readonly FactorDirection[],
  work: Float64Array,
  derivative: Float64Array,
): void {
  composite.parts.forEach((part, term) => {
    if (parIsTheta(part)) return;
    const from = composite.parOffset[term];
    const own = par.subarray(from, composite.parOffset[term + 1]);
    for (let k = 0; k < part.parLength - (part.levels?.parLength ?? 0); k++) {
      thetaDerivativeInto(part, own, k, work, derivative);
      const { entries, values } = directions[from + k];
      for (let e = 0; e < entries.length; e++) values[e] = derivative[part.thetaIndex[entries[e]]];
    }
  });
}

/** Scalar, diagonal and unstructured terms without constraints, whose par is theta. */
function parIsTheta(part: CompositeStructure['parts'][number]): boolean {
  return part.parLength === part.thetaLength && (part.kind === 'scalar' || part.kind === 'us' || part.kind === 'diag');
}
