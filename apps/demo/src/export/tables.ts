import Papa from 'papaparse';
import type { GroupEffects } from '../engine/questions/group-effects.js';
import type { SummaryData } from '../engine/fit-report.js';

/**
 * Cells that a spreadsheet would take for a formula get an apostrophe before them: names of columns and levels come from files of
 * strangers.
 */
const csv = (rows: Record<string, string | number>[]): string =>
  `${Papa.unparse(rows, { escapeFormulae: /^[=@\t\r]|^[+-](?![\d.])/, newline: '\n' })}\n`;

export const fixedEffectsCsv = ({ beta, se }: SummaryData): string =>
  csv(beta.names.map((term, k) => ({ term, estimate: beta.values[k], stdError: se[k] })));

export function varianceComponentsCsv({ varcorr, sigma }: SummaryData): string {
  const rows = varcorr.flatMap(({ group, names, sd, corr }) =>
    names.flatMap((name, r) => [
      { group, effect: name, with: '', sd: sd[r], correlation: '' as number | string },
      ...names.slice(0, corr ? r : 0).map((other, c) => ({
        group,
        effect: name,
        with: other,
        sd: '' as number | string,
        correlation: corr![r][c] as number | string,
      })),
    ]),
  );
  return csv([...rows, { group: 'Residual', effect: '', with: '', sd: sigma, correlation: '' }]);
}

export const effectsCsv = ({ group, levels, names, modes, sds }: GroupEffects): string =>
  csv(
    levels.flatMap((level, l) =>
      names.map((effect, c) => ({ group, level, effect, mode: modes[c][l], conditionalSd: sds[c][l] })),
    ),
  );
