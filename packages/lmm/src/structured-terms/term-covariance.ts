import type { CovarianceStructure, StructureRequest } from '@blup/covariance';
import type { RandomEffectsTerm } from '../model-matrices.js';

/** A random-effects term of a formula before it has a structure, and the table's other columns on the rows of the fit. */
export interface TermContext extends Omit<RandomEffectsTerm, 'structure' | 'memberships' | 'derived'> {
  /** The levels of the one factor whose indicators the columns are (`0 + f`), or null. */
  readonly indicator:
    | (StructureRequest['indicator'] & { readonly codes: Int32Array; readonly variable: string })
    | null;
  /** Whether another term of the model has the same grouping factor. */
  readonly sharesGroup: boolean;
  /**
   * A numeric column of the table (dates count days), on the rows of the fit.
   * @param needed rows that must have a value (all when left out); a missing one is 0 elsewhere
   * @param what in words what the column is for, for the error
   * @throws ModelError when there is no such column, or a value that is needed is missing
   */
  column(name: string, needed?: (row: number) => boolean, what?: string): Float64Array;
  /**
   * A column of the table as a factor, on the rows of the fit: its levels, those included that do not occur, and the level of each row.
   * @param needed rows that must have a level (none when left out); a missing one is -1
   * @throws ModelError when there is no such column, or a level that is needed is missing
   */
  factor(
    name: string,
    needed?: (row: number) => boolean,
  ): { readonly levels: readonly string[]; readonly codes: Int32Array };
  /** Whether a column of the table holds dates. */
  isDate(name: string): boolean;
}

/** Gives a term its structure; it may also change the levels that the term runs over. */
export type TermCovariance = (term: TermContext) => RandomEffectsTerm;

/** A structure of the columns, independent over levels. */
export function columnCovariance(make: (nc: number) => CovarianceStructure): TermCovariance {
  return ({ group, names, columns, levels, levelIdx }) => ({
    group,
    names,
    columns,
    levels,
    levelIdx,
    structure: make(names.length),
  });
}
