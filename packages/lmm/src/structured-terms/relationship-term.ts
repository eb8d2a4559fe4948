import {
  knownPrecision,
  overLevels,
  readPedigree,
  relationshipLevels,
  semidefiniteCholeskyInPlace,
  type LevelStructure,
  type PedigreeTable,
  type SparseLower,
} from '@blup/covariance';
import { solveLowerInPlace, solveLowerTransposedInPlace } from '../dense.js';
import { ModelError } from '../errors.js';
import type { DerivedLevels, Membership, RandomEffectsTerm } from '../model-matrices.js';
import { plainColumns, type ColumnStructure } from './column-structure.js';
import type { TermContext, TermCovariance } from './term-covariance.js';

/** A known matrix over named levels. */
export interface KnownMatrix {
  readonly names: readonly string[];
  /** By rows. */
  readonly matrix: readonly (readonly number[])[];
}

/**
 * Additive genetic effects: covariance over levels is the relationship matrix of a pedigree, whose inverse is set up directly and sparse.
 * `(1 | animal)` is the animal model, `(0 + trait | animal)` a multi-trait one. Animals without rows take part.
 * @throws CovarianceStructureError for a pedigree with a cycle or an animal listed twice; ModelError when a level is not in the pedigree
 */
export function pedigree(table: PedigreeTable, columns: ColumnStructure = plainColumns): TermCovariance {
  const read = readPedigree(table);
  const levels = relationshipLevels(read);
  return (term) => overNamedLevels(term, read.names, levels, columns, 'pedigree');
}

/**
 * Effects whose covariance over levels is a known matrix, up to a variance.
 *
 * The matrix may be semi-definite (copies of one genotype, a genomic matrix of low rank): levels that depend on earlier ones are
 * combinations of their effects, and are reported as such.
 *
 * @throws ModelError for a matrix that is not symmetric positive semi-definite or whose names do not cover the levels of the term
 */
export function relationship({ names, matrix }: KnownMatrix, columns: ColumnStructure = plainColumns): TermCovariance {
  const { independent, K, logDet, mean, derived } = inverseOf(names, matrix);
  const levels = knownPrecision('relationship', K, -logDet, mean);
  const own = independent.map((l) => names[l]);
  if (!derived) return (term) => overNamedLevels(term, own, levels, columns, 'relationship');
  return (term) =>
    withDerivedLevels(term, own, derived, (known) => overNamedLevels(known, own, levels, columns, 'relationship'));
}

/**
 * The same, given the sparse inverse of the matrix: its lower triangle by columns, the diagonal first in each.
 * @param logDeterminant log of the determinant of the inverse
 */
export function precision(
  names: readonly string[],
  inverse: SparseLower,
  logDeterminant: number,
  columns: ColumnStructure = plainColumns,
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
  if (position.size < names.length)
    throw new ModelError('bad-option', `the ${kind} over ${term.group} names "${repeated(names)}" twice`);
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

const repeated = (names: readonly string[]): string => names.find((name, k) => names.indexOf(name) < k) ?? '';

/**
 * Rows of a derived level take the effects of the levels that it is a combination of.
 * @param make the term over the independent levels
 */
function withDerivedLevels(
  term: TermContext,
  own: readonly string[],
  derived: DerivedLevels,
  make: (term: TermContext) => RandomEffectsTerm,
): RandomEffectsTerm {
  const place = new Map(derived.levels.map((level, d) => [level, d]));
  const at = term.levels.map((level) => place.get(level) ?? -1);
  // Rows of derived levels stand on the first of their levels, and have the others beside it.
  const firstOf = (l: number) => (at[l] < 0 ? term.levels[l] : own[derived.levelIdx[derived.starts[at[l]]]]);
  const made = make({ ...term, levels: term.levels.map((_, l) => firstOf(l)) });
  const most = Math.max(1, ...at.map((d) => (d < 0 ? 1 : derived.starts[d + 1] - derived.starts[d])));
  const members = Array.from({ length: most }, (_, k): Membership => {
    const level = made.levelIdx.slice();
    const weight = new Float64Array(level.length);
    term.levelIdx.forEach((l, i) => {
      const d = at[l];
      if (d < 0) weight[i] = k === 0 ? 1 : 0;
      else if (derived.starts[d] + k < derived.starts[d + 1]) {
        level[i] = derived.levelIdx[derived.starts[d] + k];
        weight[i] = derived.weights[derived.starts[d] + k];
      }
    });
    const copy = weight.every((w) => w === 1);
    return { levelIdx: level, columns: copy ? made.columns : made.columns.map((z) => z.map((v, i) => v * weight[i])) };
  });
  const [first, ...more] = members;
  return { ...made, ...first, ...(more.length > 0 && { memberships: more }), derived };
}

/** A pivot below this times its diagonal entry, times the number of levels, is zero. */
const ZERO_PIVOT = 1e-12;

/** A known matrix as the inverse over levels that are independent, and the others as combinations of them. */
interface KnownInverse {
  /** Positions of the levels that are not combinations of earlier ones. */
  readonly independent: readonly number[];
  /** Lower triangle of the inverse of the matrix over them, nonzero entries. */
  readonly K: SparseLower;
  readonly logDet: number;
  /** Mean diagonal entry. */
  readonly mean: number;
  readonly derived: DerivedLevels | null;
}

/** @throws ModelError where the matrix is not square, symmetric and positive semi-definite */
function inverseOf(names: readonly string[], matrix: readonly (readonly number[])[]): KnownInverse {
  const n = names.length;
  if (matrix.length !== n || matrix.some((row) => row.length !== n))
    throw new ModelError('structure-size', `the relationship matrix must have ${n} rows and columns, as many as names`);
  const whole = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const v = matrix[i][j];
      if (!(Math.abs(v - matrix[j][i]) <= 1e-10 * Math.sqrt(Math.abs(matrix[i][i] * matrix[j][j]))))
        throw new ModelError(
          'bad-option',
          `the relationship matrix is not symmetric: (${names[i]}, ${names[j]}) is ${v}, (${names[j]}, ${names[i]}) is ${matrix[j][i]}`,
        );
      whole[j * n + i] = v;
    }
  }
  const bad = semidefiniteCholeskyInPlace(whole, n, n * ZERO_PIVOT);
  if (bad >= 0)
    throw new ModelError(
      'bad-option',
      `the relationship matrix is not positive semi-definite (at ${names[bad]}): some combination of levels would have a negative variance`,
    );
  const independent = names.flatMap((_, j) => (whole[j * n + j] > 0 ? [j] : []));
  const r = independent.length;
  if (r === 0) throw new ModelError('bad-option', 'the relationship matrix is zero');
  const L = new Float64Array(r * r);
  let mean = 0;
  let logDet = 0;
  independent.forEach((column, j) => {
    for (let i = j; i < r; i++) L[j * r + i] = whole[column * n + independent[i]];
    mean += matrix[column][column] / r;
    logDet += 2 * Math.log(L[j * r + j]);
  });
  return { independent, K: inverseOfProduct(L, r), logDet, mean, derived: derivedLevels(names, whole, independent, L) };
}

/** The lower triangle of (L L')^-1, entries that are not negligible. */
function inverseOfProduct(L: Float64Array, r: number): SparseLower {
  const rows: number[] = [];
  const values: number[] = [];
  const colPtr = new Int32Array(r + 1);
  const x = new Float64Array(r);
  for (let j = 0; j < r; j++) {
    x.fill(0);
    x[j] = 1;
    solveLowerInPlace(L, r, x);
    solveLowerTransposedInPlace(L, r, x);
    for (let i = j; i < r; i++) {
      if (i > j && Math.abs(x[i]) < 1e-14 * x[j]) continue;
      rows.push(i);
      values.push(x[i]);
    }
    colPtr[j + 1] = rows.length;
  }
  return { n: r, colPtr, rowIdx: Int32Array.from(rows), values: Float64Array.from(values) };
}

/** Row d of A[derived, independent] A[independent, independent]^-1 = L_d L^-1, entries that are not negligible. */
function derivedLevels(
  names: readonly string[],
  whole: Float64Array,
  independent: readonly number[],
  L: Float64Array,
): DerivedLevels | null {
  const n = names.length;
  const r = independent.length;
  if (r === n) return null;
  const dependent = names.flatMap((_, j) => (whole[j * n + j] > 0 ? [] : [j]));
  const starts = new Int32Array(dependent.length + 1);
  const levelIdx: number[] = [];
  const weights: number[] = [];
  const x = new Float64Array(r);
  dependent.forEach((row, d) => {
    independent.forEach((column, j) => (x[j] = column < row ? whole[column * n + row] : 0));
    solveLowerTransposedInPlace(L, r, x);
    const largest = x.reduce((top, v) => Math.max(top, Math.abs(v)), 0);
    x.forEach((v, j) => {
      if (!(Math.abs(v) > 1e-9 * largest)) return;
      levelIdx.push(j);
      weights.push(v);
    });
    // A level without variance: weight zero on some level
    if (levelIdx.length === starts[d]) {
      levelIdx.push(0);
      weights.push(0);
    }
    starts[d + 1] = levelIdx.length;
  });
  return {
    levels: dependent.map((j) => names[j]),
    starts,
    levelIdx: Int32Array.from(levelIdx),
    weights: Float64Array.from(weights),
  };
}
