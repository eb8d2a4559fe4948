import type { FittedModel } from '../fitted-model.js';

/** Coefficients of the levels of one grouping factor: beta plus the random effects of the same name. */
export interface GroupCoefficients {
  readonly group: string;
  readonly levels: readonly string[];
  /** Fixed effects in their order, then random effects without a fixed one of that name. */
  readonly names: readonly string[];
  /** One row for each level. */
  readonly values: readonly (readonly number[])[];
}

/** beta + b for every level of every grouping factor (`coef` of lme4): each group's own line. */
export function groupCoefficients(model: FittedModel): GroupCoefficients[] {
  const { beta, ranef } = model.data;
  return Object.entries(ranef).map(([group, modes]) => {
    const names = [...beta.names];
    for (const name of modes.names) if (!names.includes(name)) names.push(name);
    const values = modes.values.map((row) => {
      const out = names.map((_, k) => beta.values[k] ?? 0);
      // Terms on the same factor may repeat a name: their effects add up.
      row.forEach((b, c) => (out[names.indexOf(modes.names[c])] += b));
      return out;
    });
    return { group, levels: modes.levels, names, values };
  });
}
