import type { Design, DesignGroup } from '../design/design.js';
import { interactFactors } from '../expression/interact-factors.js';
import type { FactorValue, Value } from '../expression/value.js';
import { codeFacts, codeNumbers, labelsOf, numberLabel } from '../table/levels.js';
import type { Table } from '../table/table.js';
import { gatherCodes, gatherNumbers } from './complete-cases.js';

/** The factor of kept rows that a variable makes, with the levels that occur, in order. */
function variableFactor(value: Value, rows: Int32Array | null): FactorValue {
  if (value.kind === 'factor') return dropUnused({ ...value, codes: gatherCodes(value.codes, rows) });
  if (value.kind === 'logical') {
    const codes = Int32Array.from(gatherNumbers(value.values, rows), (v) => (v === v ? v : -1));
    return dropUnused({ kind: 'factor', codes, levels: ['FALSE', 'TRUE'], ordered: false, text: false });
  }
  if (value.kind !== 'number') throw new TypeError('not a grouping variable');
  const { codes, distinct } = codeNumbers(gatherNumbers(value.values, rows));
  return { kind: 'factor', codes, levels: labelsOf(distinct, numberLabel), ordered: false, text: false };
}

/** The same factor without the levels that no row has. */
export function dropUnused(factor: FactorValue): FactorValue {
  const { codes, levels } = factor;
  if (codeFacts.get(codes)?.levels === levels.length) return factor;
  const target = new Int32Array(levels.length);
  let missing = levels.length;
  for (let i = 0; i < codes.length && missing > 0; i++) {
    const code = codes[i]!;
    if (code < 0 || target[code] === 1) continue;
    target[code] = 1;
    missing--;
  }
  if (missing === 0) return factor;
  const used: string[] = [];
  for (let k = 0; k < target.length; k++) target[k] = target[k] === 1 ? used.push(levels[k]!) - 1 : -1;
  return { ...factor, codes: codes.map((code) => (code < 0 ? -1 : target[code]!)), levels: used };
}

/**
 * Levels of a grouping factor in the kept rows, and each row's level (-1 where missing).
 *
 * @param table - asked for the codes of plain columns, so that whole numbers beyond 2^53 and dates keep their own labels.
 */
export function groupingFactor(
  group: DesignGroup,
  design: Design,
  values: readonly Value[],
  rows: Int32Array | null,
  table: Table,
): FactorValue {
  const parts = group.variables.map((v) => {
    const { name, kind } = design.variables[v]!;
    const column = kind === 'number' ? table.column(name.startsWith('`') ? name.slice(1, -1) : name) : null;
    if (column !== null && (column.type === 'bigint' || column.type === 'date')) {
      const { codes, levels } = column.coded();
      return dropUnused({ kind: 'factor', codes: gatherCodes(codes, rows), levels, ordered: false, text: false });
    }
    return variableFactor(values[v]!, rows);
  });
  return parts.reduce((a, b) => interactFactors(a, b, ':'));
}
