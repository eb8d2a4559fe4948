import { naturalParameters, type CovarianceStructure } from '@blup/covariance';

/** A natural parameter that is one par, times sigma where it is a standard deviation. */
export interface DirectParameter {
  readonly name: string;
  /** Position among the structure's par. */
  readonly k: number;
  readonly sigmaPower: 0 | 1;
}

/**
 * Which natural parameters of a structure are single par of it, and the names of those that are functions of several. A standard deviation
 * that is sigma itself (the first stratum, the first visit) is neither.
 */
export function directParameters(
  structure: CovarianceStructure,
  par: Float64Array,
  columns: readonly string[],
): { readonly direct: DirectParameter[]; readonly composed: string[] } {
  const { lower, upper } = structure.parBounds();
  // Two other points, each par moved by an amount of its own and kept inside its bounds.
  const points = [0.031, 0.017].map((step) =>
    par.map((v, k) => {
      const moved = v + step * (k + 1) * Math.max(Math.abs(v), 0.1);
      const room = upper[k] - v;
      return moved < upper[k] && moved > lower[k] ? moved : Number.isFinite(room) ? v + room / (k + 3) : v;
    }),
  );
  const seen = [par, ...points].map((at) => ({ at, natural: naturalParameters(structure, at, columns) }));
  const direct: DirectParameter[] = [];
  const composed: string[] = [];
  seen[0].natural.forEach(({ name, sigmaPower }, j) => {
    const equals = (wanted: (at: Float64Array) => number) =>
      seen.every(({ at, natural }) => Math.abs(natural[j].value - wanted(at)) <= 1e-12 * Math.abs(wanted(at)));
    if (sigmaPower === 1 && equals(() => 1)) return;
    const k = par.findIndex((_, i) => equals((at) => (lower[i] === 0 ? Math.abs(at[i]) : at[i])));
    if (k >= 0 && sigmaPower < 2) direct.push({ name, k, sigmaPower: sigmaPower as 0 | 1 });
    else composed.push(name);
  });
  return { direct, composed };
}
