import type { CovarianceStructure, StructureRequest } from '@blup/covariance';
import type { RandomEffectsTerm } from '../model-matrices.js';

/** A random-effects term of a formula before it has a structure, and the table's other columns on the rows of the fit. */
export interface TermContext extends Omit<RandomEffectsTerm, 'structure'> {
  /** The levels of the one factor whose indicators the columns are (`0 + f`), or null. */
  readonly indicator:
    | (StructureRequest['indicator'] & { readonly codes: Int32Array; readonly variable: string })
    | null;
  /** Whether another term of the model has the same grouping factor. */
  readonly sharesGroup: boolean;
  /** A numeric column of the table (dates count days), on the rows of the fit. @throws ModelError when there is none, or a value is missing */
  column(name: string): Float64Array;
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
