import { naturalParameters, type CovarianceStructure } from '@blup/covariance';

/**
 * The variance parameters of one structure as textbooks and SAS have them: variances and covariances where V is linear in these, else
 * variances beside correlations, ranges and powers. `logScale` is log sigma^2; a residual structure has sigma^2 first.
 *
 * @returns as many numbers as par (and sigma^2), or null where the structure does not tell itself by as many
 */
export function naturalCoordinates(
  structure: CovarianceStructure,
  par: Float64Array,
  columns: readonly string[],
  logScale: number,
): number[] | null {
  const s2 = Math.exp(logScale);
  const { residual, parLength, kind } = structure;
  let natural = naturalParameters(structure, par, columns);
  // Strata tell the standard deviation of the first one, which is sigma.
  const first = natural.findIndex(({ sigmaPower, value }) => sigmaPower === 1 && value === 1);
  if (residual && natural.length > parLength && first >= 0) natural = natural.filter((_, k) => k !== first);
  if (natural.length < parLength) return null;
  natural = natural.slice(0, parLength);
  const sds = natural.filter(({ name }) => name.startsWith('sd '));
  const correlations = natural.filter(({ name }) => name.startsWith('cor '));
  const whole = natural.length > 0 && natural[0].name === 'sd' ? natural[0].value : residual ? 1 : null;
  const unstructured = correlations.length > 0 && correlations.length === (sds.length * (sds.length - 1)) / 2;
  let pair = 0;
  const pairs = sds.flatMap((_, j) => sds.slice(j + 1).map((__, i) => [j, j + 1 + i] as const));
  const values = natural.map(({ name, value, sigmaPower }) => {
    if (sigmaPower === 1) return s2 * value * value;
    if (sigmaPower === 2) return s2 * value;
    if (name.startsWith('ratio ')) return s2 * value * value;
    if (unstructured && name.startsWith('cor ')) {
      const [i, j] = pairs[pair++];
      return s2 * value * sds[i].value * sds[j].value;
    }
    // One variance for all and correlations: the covariances are linear.
    if (isLinearInCorrelations(kind) && whole !== null) return s2 * value * whole * whole;
    return value;
  });
  return residual ? [s2, ...values] : values;
}

const isLinearInCorrelations = (kind: string): boolean => kind === 'cs' || kind === 'homcs' || kind === 'toep';

/** Kinds of which V is linear in the coordinates above whatever they are. */
export function isLinear(structure: CovarianceStructure): boolean {
  const { kind, parLength, anyColumns, residual, levels } = structure;
  if (parLength === 0 || anyColumns) return true;
  if (levels) return false;
  if (residual) return kind === 'us' || kind === 'cs' || kind === 'strata';
  if (kind === 'diag' || kind === 'scalar') return true;
  const one = structure.natural?.(startOf(structure), columnNames(structure))[0]?.name === 'sd';
  return one && (kind === 'cs' || kind === 'homcs' || kind === 'toep' || kind === 'homtoep');
}

const columnNames = ({ nc }: CovarianceStructure): string[] => Array.from({ length: nc }, (_, c) => String(c));

function startOf(structure: CovarianceStructure): Float64Array {
  const par = new Float64Array(structure.parLength);
  structure.startInto(new Float64Array(structure.nc).fill(1), par);
  return par;
}
