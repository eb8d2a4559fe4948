import { FormulaDataError } from '../errors.js';
import { nearestName } from '../nearest.js';
import { orthonormalPolynomials } from '../functions/orthogonal-polynomials.js';

/** A contrast matrix of the user's: `matrix[level][column]`. */
export interface ContrastMatrix {
  matrix: readonly (readonly number[])[];
  /** Column name suffixes; 1, 2, ... if absent. */
  names?: readonly string[];
  /** Levels that the rows belong to; if absent, the factor's levels in order. */
  levels?: readonly string[];
}

/** Coding with one level as reference (the first if absent). */
export interface TreatmentContrast {
  type: 'treatment';
  base: string;
}

/** `sdif`: successive differences. R's names (`contr.sum`) are understood too. */
export type ContrastName = 'treatment' | 'sum' | 'helmert' | 'poly' | 'sdif' | 'SAS' | `contr.${string}`;
export type Contrast = ContrastName | TreatmentContrast | ContrastMatrix;

/** One contrast column: the indicator of a level, or a weight for each level. */
export type ContrastColumn = { level: number } | { weights: number[] };

export interface ContrastColumns {
  suffixes: string[];
  columns: ContrastColumn[];
}

const range = (n: number): number[] => Array.from({ length: n }, (_, k) => k);
const weights = (n: number, weight: (level: number) => number): ContrastColumn => ({ weights: range(n).map(weight) });

function treatment(levels: readonly string[], base: number): ContrastColumns {
  const others = range(levels.length).filter((k) => k !== base);
  return { suffixes: others.map((k) => levels[k]!), columns: others.map((level) => ({ level })) };
}

/** Deviations from the mean of the levels; the last level is minus the sum of the others. */
function sum(levels: readonly string[]): ContrastColumns {
  const n = levels.length;
  const columns = range(n - 1).map((j) => weights(n, (k) => (k === j ? 1 : k === n - 1 ? -1 : 0)));
  return { suffixes: columns.map((_, j) => String(j + 1)), columns };
}

/** Each level against the mean of those before it. */
function helmert(levels: readonly string[]): ContrastColumns {
  const columns = range(levels.length - 1).map((j) =>
    weights(levels.length, (k) => (k <= j ? -1 : k === j + 1 ? j + 1 : 0)),
  );
  return { suffixes: columns.map((_, j) => String(j + 1)), columns };
}

/** Orthonormal polynomials over equally spaced levels. */
function polynomial(levels: readonly string[]): ContrastColumns {
  const points = Float64Array.from(levels, (_, k) => k + 1);
  const columns = orthonormalPolynomials(points, null, levels.length - 1)!.columns.slice(1);
  return {
    suffixes: columns.map((_, j) => ['.L', '.Q', '.C'][j] ?? `^${j + 1}`),
    columns: columns.map((column) => ({ weights: Array.from(column) })),
  };
}

/** Level j + 1 less level j (Venables and Ripley 2002, section 6.2). */
function successiveDifferences(levels: readonly string[]): ContrastColumns {
  const n = levels.length;
  const columns = range(n - 1).map((j) => weights(n, (k) => (k <= j ? (j + 1) / n - 1 : (j + 1) / n)));
  return { suffixes: columns.map((_, j) => `${levels[j + 1]!}-${levels[j]!}`), columns };
}

const BY_NAME = new Map<string, (levels: readonly string[]) => ContrastColumns>([
  ['treatment', (levels) => treatment(levels, 0)],
  ['SAS', (levels) => treatment(levels, levels.length - 1)],
  ['sum', sum],
  ['helmert', helmert],
  ['poly', polynomial],
  ['sdif', successiveDifferences],
]);

/** @param allLevels - the levels before those without rows were dropped: a matrix may be written for them. */
function userMatrix(
  spec: ContrastMatrix,
  levels: readonly string[],
  allLevels: readonly string[],
  name: string,
): ContrastColumns {
  const { matrix } = spec;
  const rowsFor = spec.levels ?? (matrix.length === levels.length ? levels : allLevels);
  if (matrix.length !== rowsFor.length) {
    throw new FormulaDataError(
      `The contrast matrix of ${name} has ${matrix.length} rows, but the factor has ${levels.length} levels.`,
      { column: name },
    );
  }
  const width = matrix[0]?.length ?? 0;
  if (matrix.some((row) => row.length !== width || row.some((v) => !Number.isFinite(v)))) {
    throw new FormulaDataError(`The contrast matrix of ${name} must be rectangular and finite.`, { column: name });
  }
  const rows = levels.map((level) => {
    const at = rowsFor.indexOf(level);
    if (at === -1)
      throw new FormulaDataError(`The contrast matrix of ${name} has no row for the level "${level}".`, {
        column: name,
      });
    return matrix[at]!;
  });
  const columns = range(width).map((j) => ({ weights: rows.map((row) => row[j]!) }));
  return { suffixes: columns.map((_, j) => spec.names?.[j] ?? String(j + 1)), columns };
}

/**
 * Contrast columns of a factor with these levels.
 *
 * @param name - the factor, for messages.
 * @throws FormulaDataError for an unknown contrast, reference level, or an unfitting matrix.
 */
export function contrastColumns(
  spec: Contrast,
  levels: readonly string[],
  allLevels: readonly string[],
  name: string,
): ContrastColumns {
  if (typeof spec === 'string') {
    const code = BY_NAME.get(spec.replace(/^contr\./, ''));
    if (code !== undefined) return code(levels);
    const suggestion = nearestName(spec, BY_NAME.keys());
    throw new FormulaDataError(`There is no contrast "${spec}".`, {
      column: name,
      hint: `The contrasts are ${[...BY_NAME.keys()].join(', ')}, or a matrix.`,
      suggestion: suggestion ?? undefined,
    });
  }
  if ('matrix' in spec) return userMatrix(spec, levels, allLevels, name);
  const base = levels.indexOf(spec.base);
  if (base === -1) {
    throw new FormulaDataError(`The reference level "${spec.base}" of ${name} does not occur.`, {
      column: name,
      hint: `The levels are ${levels.slice(0, 20).join(', ')}.`,
    });
  }
  return treatment(levels, base);
}
