import type { Design } from '../design/design.js';
import { StateStore } from '../design/state.js';
import { FormulaDataError } from '../errors.js';
import type { FactorValue, Value } from '../expression/value.js';
import type { TableLike } from '../table/open-table.js';
import { openTable } from '../table/open-table.js';
import { markMissing } from './complete-cases.js';
import type { FrameOptions } from './estimate-design.js';
import { evaluateVariables } from './evaluate-variables.js';
import { groupingFactor } from './grouping-factor.js';
import { BaseColumns } from './materialize.js';
import type { GroupIndex } from './model-frame.js';
import { fixedFrame, offsetOf, randomFrames } from './model-frame.js';
import type { ModelFrame } from './model-frame-types.js';
import { refuseNewLevels } from './new-levels.js';

export interface ApplyOptions extends FrameOptions {
  /** Evaluate the random terms too (default); without, their columns need not be in the table. */
  random?: boolean;
  /** Evaluate the response too, to compare with; otherwise it need not be in the table. */
  response?: boolean;
  /** A level of a factor in X or Z that the design does not know: an `error` (default), or its rows are `missing`. */
  newLevels?: 'error' | 'missing';
}

/** Variables that terms, offsets and groups need; not those that were only removed (`- x`), nor weights. */
function wantedVariables(design: Design, random: boolean, response: boolean): { fixed: Set<number>; all: Set<number> } {
  const fixed = new Set([...design.fixed.terms.flatMap(({ variables }) => variables), ...design.offsets]);
  if (response && design.response !== null) fixed.add(design.response);
  const all = new Set(fixed);
  if (random) {
    for (const { matrix, group } of design.random) {
      for (const v of [...matrix.terms.flatMap(({ variables }) => variables), ...group.variables]) all.add(v);
    }
  }
  return { fixed, all };
}

/** Rows with respect to the levels of the design; levels beyond them are listed apart. */
function matchGroup({ codes, levels }: FactorValue, known: readonly string[]): GroupIndex {
  const indexOf = new Map(known.map((level, k) => [level, k]));
  const newLevels: string[] = [];
  const target = Int32Array.from(levels, (level) => indexOf.get(level) ?? -1);
  const newTarget = Int32Array.from(levels, (level) => (indexOf.has(level) ? -1 : newLevels.push(level) - 1));
  const through = (table: Int32Array): Int32Array => codes.map((code) => (code < 0 ? -1 : table[code]!));
  return {
    levels: [...known],
    levelIdx: through(target),
    newLevels,
    newLevelIdx: newLevels.length > 0 ? through(newTarget) : null,
  };
}

function rowsMissing(nrow: number, values: readonly (Value | null)[], variables: Iterable<number>): Int32Array {
  const complete = new Uint8Array(nrow).fill(1);
  for (const v of variables) markMissing(values[v]!, complete);
  return Int32Array.from(complete.keys()).filter((i) => complete[i] === 0);
}

/**
 * The design's columns for new rows, with the states, levels and contrasts of the fit. No row is dropped: columns are NaN where a
 * predictor is missing (`omitted.missing` lists the rows where the fixed part is), `levelIdx` is -1 where a group is missing or
 * new (`newLevels`, `newLevelIdx`). Weights are null, and the subset is not applied.
 *
 * @throws UnknownLevelError for new levels of factors in the columns, FormulaDataError for absent columns or infinite values.
 */
export function applyDesign(design: Design, source: TableLike, options: ApplyOptions = {}): ModelFrame {
  if (!design.complete)
    throw new FormulaDataError('The design is not complete.', { hint: 'Use frame.design, or estimateDesign().' });
  const { random = true, response = false, newLevels = 'error' } = options;
  const table = openTable(source);
  const { nrow } = table;
  const wanted = wantedVariables(design, random, response);
  const states = new StateStore(design.states);
  const { values } = evaluateVariables(design, table, states, 'apply', options.functions, (v) => wanted.all.has(v));
  if (newLevels === 'error') refuseNewLevels(design, values);
  const base = new BaseColumns(design, values as Value[], nrow, null, true);
  return {
    nrow,
    nobs: nrow,
    rows: null,
    omitted: { missing: rowsMissing(nrow, values, wanted.fixed), subset: 0, byVariable: [] },
    response:
      response && design.response !== null
        ? { name: design.variables[design.response]!.name, values: base.number(design.response) }
        : null,
    fixed: fixedFrame(design.fixed, base),
    random: random
      ? design.random.flatMap((term, t) => {
          const factor = groupingFactor(term.group, design, values as Value[], null, table);
          return randomFrames(term, t, design, base, matchGroup(factor, term.group.levels!));
        })
      : [],
    weights: null,
    offset: offsetOf(design, base),
    design,
  };
}
