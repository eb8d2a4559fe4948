import { composite, type CovarianceStructure } from '@blup/covariance';
import { ModelError } from '../errors.js';
import type { RandomEffectsTerm } from '../model-matrices.js';
import { plainColumns } from './column-structure.js';
import type { TermContext, TermCovariance } from './term-covariance.js';

/**
 * Separate parameters for each level of a factor: the columns are taken apart by it, `x` into `x:fa`, `x:fb`, each part with a structure of
 * its own, independent of the others. A level of the grouping factor that has rows in several parts has independent effects there.
 *
 * @param factor column of the table
 * @param columns structure of the term's columns, made once for each part; unstructured when left out
 * @throws ModelError `bad-option` when there is no such column, a value is missing, or the factor has one level
 */
export function byGroup(factor: string, columns: (nc: number) => CovarianceStructure = plainColumns): TermCovariance {
  return (term) => byGroupTerm(term, factor, () => columns(term.names.length));
}

/** @param make the structure of one part */
export function byGroupTerm(term: TermContext, factor: string, make: () => CovarianceStructure): RandomEffectsTerm {
  const { group, names, columns, levels, levelIdx } = term;
  const parts = term.factor(factor, () => true);
  const used = parts.levels.filter((_, l) => parts.codes.includes(l));
  if (used.length < 2)
    throw new ModelError(
      'bad-option',
      `"${factor}" has one level in these rows (${used[0]}): there is nothing to take apart in (${names.join(' + ')} | ${group})`,
    );
  const codes = parts.codes.map((code) => used.indexOf(parts.levels[code]));
  return {
    group,
    names: used.flatMap((level) => names.map((name) => partName(name, factor, level))),
    columns: used.flatMap((_, l) => columns.map((z) => z.map((v, i) => (codes[i] === l ? v : 0)))),
    levels,
    levelIdx,
    structure: composite(used.map(make)),
  };
}

const partName = (name: string, factor: string, level: string): string =>
  name === '(Intercept)' ? `${factor}${level}` : `${name}:${factor}${level}`;
