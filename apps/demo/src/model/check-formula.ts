import {
  createDesign,
  expandFormula,
  FormulaError,
  parseFormula,
  type Design,
  type ModelTerms,
  type Schema,
} from '@blup/formula';
import type { ColumnSummary, TableSummary } from '../data/summarize-table.js';
import { problemOf } from '../engine/problem.js';
import type { Problem } from '../engine/fit-report.js';
import { contrastsOf, type ColumnSetting, type ModelSettings } from './settings.js';

/** A formula that makes sense for the table, taken apart. */
export interface CheckedFormula {
  readonly terms: ModelTerms;
  readonly design: Design;
}

export type FormulaCheck =
  | { readonly ok: true; readonly value: CheckedFormula }
  | { readonly ok: false; readonly problem: Problem };

/** Reads a formula as far as it goes without the rows: syntax, terms, names and types of columns. Cheap enough for every keystroke. */
export function checkFormula(settings: ModelSettings, table: TableSummary): FormulaCheck {
  try {
    const parsed = parseFormula(settings.formula);
    const terms = expandFormula(
      parsed,
      table.columns.map(({ name }) => name),
    );
    if (terms.response === null)
      throw new FormulaError('The formula has no response.', { hint: 'Write what is to be explained before the ~.' });
    const design = createDesign(parsed, schemaOf(table, new Map(settings.columns)), {
      weights: settings.weights ?? undefined,
      offset: settings.offset ?? undefined,
      subset: settings.subset ?? undefined,
      contrasts: contrastsOf(settings.columns),
    });
    return { ok: true, value: { terms, design } };
  } catch (error) {
    return { ok: false, problem: problemOf(error, settings.formula) };
  }
}

/** The type under which a column takes part. */
export function roleOf(
  column: ColumnSummary,
  setting: ColumnSetting | undefined,
): 'number' | 'factor' | 'boolean' | 'date' {
  const role = setting?.role ?? 'auto';
  if (role === 'number') return 'number';
  if (role === 'factor' || role === 'ordered' || column.kind === 'text') return 'factor';
  return column.kind;
}

function schemaOf(table: TableSummary, settings: ReadonlyMap<string, ColumnSetting>): Schema {
  return {
    columns: table.columns.map((column) => {
      const setting = settings.get(column.name);
      const type = roleOf(column, setting);
      const complete = column.levels.length === column.distinct;
      const auto = (setting?.role ?? 'auto') === 'auto';
      return {
        name: column.name,
        type,
        levels: type === 'factor' && complete ? [...column.levels] : null,
        ordered: setting?.role === 'ordered' || (auto && column.ordered),
      };
    }),
  };
}
