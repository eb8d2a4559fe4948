import type { FittedModel } from '@blup/lmm';

/** Conditional modes of one grouping factor with their conditional standard deviations. */
export interface GroupEffects {
  readonly group: string;
  readonly names: readonly string[];
  readonly levels: readonly string[];
  /** One array for each name, by level. */
  readonly modes: readonly Float64Array[];
  readonly sds: readonly Float64Array[];
}

export function groupEffects(model: FittedModel, group: string): GroupEffects {
  const { levels, names, values } = model.data.ranef[group];
  const variances = model.conditionalVariances(group);
  return {
    group,
    names,
    levels,
    modes: names.map((_, c) => Float64Array.from(values, (row) => row[c])),
    sds: names.map((_, c) => Float64Array.from(variances, (V) => Math.sqrt(V[c][c]))),
  };
}
