import {
  knownPrecision,
  overLevels,
  readPedigree,
  relationshipLevels,
  scalar,
  unstructured,
  type CovarianceStructure,
  type LevelStructure,
  type PedigreeTable,
  type SparseLower,
} from '@blup/covariance';
import { choleskyInPlace, solveLowerInPlace, solveLowerTransposedInPlace } from '../dense.js';
import { ModelError } from '../errors.js';
import type { RandomEffectsTerm } from '../model-matrices.js';
import type { TermContext, TermCovariance } from './term-covariance.js';

/** A known matrix over named levels. */
export interface KnownMatrix {
  readonly names: readonly string[];
  /** By rows. */
  readonly matrix: readonly (readonly number[])[];
}

/** The structure of the columns beside a matrix over levels; unstructured when left out. */
export type ColumnStructure = (nc: number) => CovarianceStructure;

const plain: ColumnStructure = (nc) => (nc === 1 ? scalar() : unstructured(nc));

/**
 * Additive genetic effects: covariance over levels is the relationship matrix of a pedigree, whose inverse is set up directly and sparse.
 * `(1 | animal)` is the animal model, `(0 + trait | animal)` a multi-trait one. Animals without rows take part.
 * @throws CovarianceStructureError for a pedigree with a cycle or an animal listed twice; ModelError when a level is not in the pedigree
 */
export function pedigree(table: PedigreeTable, columns: ColumnStructure = plain): TermCovariance {
  const read = readPedigree(table);
  const levels = relationshipLevels(read);
  return (term) => overNamedLevels(term, read.names, levels, columns, 'pedigree');
}

/**
 * Effects whose covariance over levels is a known matrix, up to a variance.
 * @throws ModelError for a matrix that is not symmetric positive definite or whose names do not cover the levels of the term
 */
export function relationship({ names, matrix }: KnownMatrix, columns: ColumnStructure = plain): TermCovariance {
  const { K, logDet, mean } = inverseOf(names, matrix);
  const levels = knownPrecision('relationship', K, -logDet, mean);
  return (term) => overNamedLevels(term, names, levels, columns, 'relationship');
}

/**
 * The same, given the sparse inverse of the matrix: its lower triangle by columns, the diagonal first in each.
 * @param logDeterminant log of the determinant of the inverse
 */
export function precision(
  names: readonly string[],
  inverse: SparseLower,
  logDeterminant: number,
  columns: ColumnStructure = plain,
): TermCovariance {
  if (inverse.n !== names.length)
    throw new ModelError('structure-size', `the inverse has ${inverse.n} columns and ${names.length} names`);
  return (term) =>
    overNamedLevels(term, names, knownPrecision('precision', inverse, logDeterminant), columns, 'precision');
}

function overNamedLevels(
  term: TermContext,
  names: readonly string[],
  levels: LevelStructure,
  columns: ColumnStructure,
  kind: string,
): RandomEffectsTerm {
  const position = new Map(names.map((name, k) => [name, k]));
  const place = term.levels.map((level) => {
    const at = position.get(level);
    if (at !== undefined) return at;
    throw new ModelError(
      'bad-option',
      `the ${kind} over ${term.group} has no "${level}", which is a level of the data`,
    );
  });
  return {
    group: term.sharesGroup ? `${term.group}.${kind}` : term.group,
    names: term.names,
    columns: term.columns,
    levels: names,
    levelIdx: term.levelIdx.map((l) => place[l]),
    structure: overLevels(columns(term.names.length), levels, kind),
  };
}

/** The inverse of a symmetric positive definite matrix (its lower triangle, nonzero entries), its log-determinant and mean diagonal. */
function inverseOf(
  names: readonly string[],
  matrix: readonly (readonly number[])[],
): { K: SparseLower; logDet: number; mean: number } {
  const n = names.length;
  if (matrix.length !== n || matrix.some((row) => row.length !== n))
    throw new ModelError('structure-size', `the relationship matrix must have ${n} rows and columns, as many as names`);
  const L = new Float64Array(n * n);
  let mean = 0;
  for (let i = 0; i < n; i++) {
    mean += matrix[i][i] / n;
    for (let j = 0; j < n; j++) {
      const v = matrix[i][j];
      if (!(Math.abs(v - matrix[j][i]) <= 1e-10 * Math.sqrt(Math.abs(matrix[i][i] * matrix[j][j]))))
        throw new ModelError(
          'bad-option',
          `the relationship matrix is not symmetric: (${names[i]}, ${names[j]}) is ${v}, (${names[j]}, ${names[i]}) is ${matrix[j][i]}`,
        );
      L[j * n + i] = v;
    }
  }
  const bad = choleskyInPlace(L, n);
  if (bad >= 0)
    throw new ModelError(
      'bad-option',
      `the relationship matrix is not positive definite (at ${names[bad]}): levels that are copies of each other must be one level`,
    );
  let logDet = 0;
  for (let j = 0; j < n; j++) logDet += 2 * Math.log(L[j * n + j]);
  const rows: number[] = [];
  const values: number[] = [];
  const colPtr = new Int32Array(n + 1);
  const x = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    x.fill(0);
    x[j] = 1;
    solveLowerInPlace(L, n, x);
    solveLowerTransposedInPlace(L, n, x);
    for (let i = j; i < n; i++) {
      if (i > j && Math.abs(x[i]) < 1e-14 * x[j]) continue;
      rows.push(i);
      values.push(x[i]);
    }
    colPtr[j + 1] = rows.length;
  }
  return { K: { n, colPtr, rowIdx: Int32Array.from(rows), values: Float64Array.from(values) }, logDet, mean };
}
