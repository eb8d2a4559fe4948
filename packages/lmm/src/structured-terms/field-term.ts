import {
  ar1Levels,
  homogeneousDiagonal,
  independentLevels,
  kroneckerLevels,
  overLevels,
  unstructured,
  type LevelStructure,
} from '@blup/covariance';
import { ModelError } from '../errors.js';
import type { RandomEffectsTerm } from '../model-matrices.js';
import type { TermContext, TermCovariance } from './term-covariance.js';

/** A separable process over the rows and columns of a field. */
export interface FieldOptions {
  /** Column of the table with the row of each plot; whole numbers for `ar1`. */
  readonly row: string;
  /** Column of the table with the column of each plot. */
  readonly column: string;
  /** The process in each direction, rows first; `ar1` in both when left out. */
  readonly kinds?: readonly [FieldProcess, FieldProcess];
}

/** `ar1`: lags count by whole numbers; `car1`: any distances, 0 < rho < 1; `iid`: no correlation. */
export type FieldProcess = 'ar1' | 'car1' | 'iid';

/**
 * Effects over the plots of a field whose covariance is a product of one along the rows and one along the columns, AR(1) x AR(1) at first:
 * correlation rho_r^|r - r'| rho_c^|c - c'|. `(1 | trial)` has one field for each trial. Plots without observations take part, so fields need not
 * be rectangular; the precision has nine entries for a plot, so cost and memory do not know the square of their number.
 *
 * Source: Cullis and Gleeson (1991), Biometrics 47, 1449-1460.
 *
 * @throws ModelError `bad-option` for columns that are not there or have missing values; CovarianceStructureError for places that are not
 * whole numbers
 */
export function field(options: FieldOptions): TermCovariance {
  return (term) => fieldTerm(term, options);
}

function fieldTerm(term: TermContext, { row, column, kinds = ['ar1', 'ar1'] }: FieldOptions): RandomEffectsTerm {
  const { group, names, columns, levels, levelIdx } = term;
  const along = [row, column].map((name) => positions(term.column(name)));
  const [rows, cols] = along;
  const processes = along.map(({ values }, d) => processOf(kinds[d], values, [row, column][d]));
  const plane = kroneckerLevels(processes[0], processes[1], [row, column]);
  const nf = levels.length;
  const structure = nf > 1 ? kroneckerLevels(independentLevels(nf), plane, ['', '']) : plane;
  const perField = rows.values.length * cols.values.length;
  const nc = names.length;
  return {
    group: `${group}:${row}:${column}`,
    names,
    columns,
    levels: Array.from({ length: nf * perField }, (_, k) => {
      const at = k % perField;
      const r = rows.values[Math.floor(at / cols.values.length)];
      return `${levels[Math.floor(k / perField)]}:${r}:${cols.values[at % cols.values.length]}`;
    }),
    levelIdx: levelIdx.map((l, i) => l * perField + rows.index[i] * cols.values.length + cols.index[i]),
    structure: overLevels(
      nc === 1 ? homogeneousDiagonal(1) : unstructured(nc),
      nf > 1 ? withNamesOf(structure, plane) : structure,
      plane.kind,
    ),
  };
}

/** The names of one field are those of all. */
const withNamesOf = (structure: LevelStructure, plane: LevelStructure): LevelStructure => ({
  ...structure,
  parNames: plane.parNames,
  natural: (par) => plane.natural(par),
});

function positions(x: Float64Array): { values: Float64Array; index: Int32Array } {
  const values = Float64Array.from(new Set(x)).sort();
  const place = new Map(Array.from(values, (v, k) => [v, k]));
  return { values, index: Int32Array.from(x, (v) => place.get(v)!) };
}

function processOf(kind: FieldProcess, places: Float64Array, name: string): LevelStructure {
  if (kind === 'iid') return independentLevels(places.length);
  if (kind !== 'ar1' && kind !== 'car1')
    throw new ModelError('bad-option', `"${String(kind)}" is no process along ${name}: write ar1, car1 or iid`);
  return ar1Levels({ times: places, starts: [0, places.length] }, kind === 'car1');
}
