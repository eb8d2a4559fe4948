import { thetaDerivativeInto, type CompositeStructure } from '@blup/covariance';

/** The derivative of one term's lambda by one parameter, as the entries that it moves. */
export interface FactorDirection {
  readonly term: number;
  /** Positions in lambda (column-major). */
  readonly entries: Int32Array;
  /** d lambda[entries[k]], overwritten when par moves. */
  readonly values: Float64Array;
}

/** One direction for each theta: the entries of lambda that hold it. */
export function thetaDirections(composite: CompositeStructure): FactorDirection[] {
  return composite.parts.flatMap(({ thetaIndex, thetaLength }, term) => {
    const holders: number[][] = Array.from({ length: thetaLength }, () => []);
    thetaIndex.forEach((t, k) => t >= 0 && holders[t].push(k));
    return holders.map((entries) => ({
      term,
      entries: Int32Array.from(entries),
      values: new Float64Array(entries.length).fill(1),
    }));
  });
}

/** One direction for each par: every entry of lambda, but where par is theta itself. Values are set by {@link updateParDirections}. */
export function parDirections(composite: CompositeStructure): FactorDirection[] {
  const byTheta = thetaDirections(composite);
  return composite.parts.flatMap((part, term) => {
    if (parIsTheta(part)) return byTheta.slice(composite.thetaOffset[term], composite.thetaOffset[term + 1]);
    const entries = Int32Array.from([...part.thetaIndex.keys()].filter((k) => part.thetaIndex[k] >= 0));
    return Array.from({ length: part.parLength }, () => ({ term, entries, values: new Float64Array(entries.length) }));
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
    for (let k = 0; k < part.parLength; k++) {
      thetaDerivativeInto(part, own, k, work, derivative);
      const { entries, values } = directions[from + k];
      for (let e = 0; e < entries.length; e++) values[e] = derivative[part.thetaIndex[entries[e]]];
    }
  });
}

/** Scalar, diagonal and unstructured terms, whose par is theta. */
function parIsTheta(part: CompositeStructure['parts'][number]): boolean {
  return part.kind === 'scalar' || part.kind === 'us' || (part.kind === 'diag' && part.parLength === part.thetaLength);
}
