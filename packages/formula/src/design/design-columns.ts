import { FormulaDataError } from '../errors.js';
import type { Contrast } from './contrasts.js';
import { contrastColumns } from './contrasts.js';
import type { ColumnFactor, DesignColumn, DesignMatrix, DesignVariable } from './design.js';
import type { Coding } from './coding.js';

/** One factor of a product together with its part of the column name. */
interface Piece {
  name: string;
  factor: ColumnFactor;
}

const LOGICAL_LEVELS = ['FALSE', 'TRUE'];

/** Levels of a variable that is coded as a factor. */
export const levelsOf = (variable: DesignVariable): string[] | null =>
  variable.kind === 'logical' ? LOGICAL_LEVELS : variable.levels;

/** The contrasts of a variable: those asked for by its name, else polynomials for ordered levels and treatment contrasts for others. */
export function contrastFor(variable: DesignVariable, contrasts: ReadonlyMap<string, Contrast>): Contrast {
  const bare = variable.name.startsWith('`') ? variable.name.slice(1, -1) : variable.name;
  return contrasts.get(variable.name) ?? contrasts.get(bare) ?? (variable.ordered ? 'poly' : 'treatment');
}

function valuePieces({ name, kind, suffixes }: DesignVariable, v: number): Piece[] {
  if (kind !== 'matrix') return [{ name, factor: { variable: v, component: 0 } }];
  // R writes the ending only where there are several components.
  return suffixes.map((suffix, component) => ({
    name: suffixes.length > 1 ? name + suffix : name,
    factor: { variable: v, component },
  }));
}

function contrastPieces(
  variable: DesignVariable,
  v: number,
  levels: string[],
  contrasts: ReadonlyMap<string, Contrast>,
): Piece[] {
  const { name } = variable;
  if (levels.length < 2) {
    throw new FormulaDataError(`The factor ${name} has only one level (${levels[0] ?? 'none'}) in the rows used.`, {
      column: name,
      hint: 'Take it out of the formula: its effect cannot be told from the intercept.',
    });
  }
  const { suffixes, columns } = contrastColumns(
    contrastFor(variable, contrasts),
    levels,
    variable.allLevels ?? levels,
    name,
  );
  return columns.map((column, j) => ({ name: name + suffixes[j]!, factor: { variable: v, ...column } }));
}

function pieces(
  variable: DesignVariable,
  v: number,
  coding: Coding,
  contrasts: ReadonlyMap<string, Contrast>,
): Piece[] {
  if (coding === 'value') return valuePieces(variable, v);
  const levels = levelsOf(variable)!;
  if (coding === 'contrast') return contrastPieces(variable, v, levels, contrasts);
  return levels.map((level, k) => ({ name: variable.name + level, factor: { variable: v, level: k } }));
}

/**
 * The columns of a matrix in R's order: terms in turn, within an interaction the first variable varying fastest. Names are R's.
 * All levels must be known.
 *
 * @throws FormulaDataError when a factor that needs contrasts has a single level.
 */
export function designColumns(
  matrix: DesignMatrix,
  variables: readonly DesignVariable[],
  contrasts: ReadonlyMap<string, Contrast>,
): DesignColumn[] {
  const columns: DesignColumn[] = matrix.intercept ? [{ name: '(Intercept)', term: 0, product: [] }] : [];
  matrix.terms.forEach((term, t) => {
    let partial: { name: string; product: ColumnFactor[] }[] = [{ name: '', product: [] }];
    term.variables.forEach((v, k) => {
      const next = pieces(variables[v]!, v, term.coding[k]!, contrasts);
      partial = next.flatMap((piece) =>
        partial.map(({ name, product }) => ({
          name: k === 0 ? piece.name : `${name}:${piece.name}`,
          product: [...product, piece.factor],
        })),
      );
    });
    for (const { name, product } of partial) columns.push({ name, term: t + 1, product });
  });
  return columns;
}
