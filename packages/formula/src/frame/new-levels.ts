import { levelsOf } from '../design/design-columns.js';
import type { Design } from '../design/design.js';
import { UnknownLevelError } from '../errors.js';
import type { Value } from '../expression/value.js';

/**
 * Checks the factors that X and the Z are made of; grouping factors may have any levels.
 *
 * @throws UnknownLevelError at the first row with a level that has no columns in the design.
 */
export function refuseNewLevels(design: Design, values: readonly (Value | null)[]): void {
  const matrices = [design.fixed, ...design.random.map(({ matrix }) => matrix)];
  for (const v of new Set(matrices.flatMap(({ terms }) => terms.flatMap(({ variables }) => variables)))) {
    const value = values[v];
    if (value?.kind !== 'factor') continue;
    const { name } = design.variables[v]!;
    const levels = levelsOf(design.variables[v]!)!;
    const known = new Set(levels);
    const unknown = value.levels.map((level) => !known.has(level));
    const row = value.codes.findIndex((code) => code >= 0 && unknown[code]!);
    if (row === -1) continue;
    const level = value.levels[value.codes[row]!]!;
    throw new UnknownLevelError(`Row ${row + 1} has ${name} = "${level}", which the model has not seen.`, {
      column: name,
      row,
      hint: `It knows ${levels.slice(0, 20).join(', ')}.`,
    });
  }
}
