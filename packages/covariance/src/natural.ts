import { lambdaOf, relativeCovariance } from './lambda.js';
import type { CovarianceStructure, NaturalParameter } from './structure.js';

/**
 * The parameters of a structure as people read them, standard deviations relative to sigma: by the structure's own rule, or the standard
 * deviations and correlations of `lambda lambda'`.
 */
export function naturalParameters(
  structure: CovarianceStructure,
  par: Float64Array,
  columns: readonly string[],
): NaturalParameter[] {
  if (structure.natural) return structure.natural(par, columns);
  const { nc } = structure;
  const S = relativeCovariance(lambdaOf(structure, par), nc);
  const sd = Array.from({ length: nc }, (_, j) => Math.sqrt(S[j * nc + j]));
  const out: NaturalParameter[] = columns.map((name, j) => ({ name: `sd ${name}`, value: sd[j], sigmaPower: 1 }));
  for (let j = 0; j < nc; j++) {
    for (let i = j + 1; i < nc; i++) {
      out.push({ name: `cor ${columns[i]}.${columns[j]}`, value: S[j * nc + i] / (sd[i] * sd[j]), sigmaPower: 0 });
    }
  }
  return out;
}
