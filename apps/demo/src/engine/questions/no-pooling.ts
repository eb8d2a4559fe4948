import type { FittedModel } from '@blup/lmm';

/** Coefficients of the columns of one random term, fitted to every group by itself. */
export interface NoPooling {
  readonly group: string;
  /** Columns of the term, at most two. */
  readonly names: readonly string[];
  readonly levels: readonly string[];
  /** Least-squares coefficients of each group alone, by column; NaN where its rows do not determine them. */
  readonly alone: readonly Float64Array[];
  /** For each of `names` its place among the fixed effects, or -1. */
  readonly fixed: readonly number[];
}

/**
 * Weighted least squares within each group of what the other fixed effects leave, on the first one or two columns of a term: the "no
 * pooling" end of shrinkage. O(n).
 */
export function noPooling(model: FittedModel, t: number): NoPooling {
  const { matrices, cp } = model.optimum;
  const term = matrices.terms[t];
  const names = term.names.slice(0, 2);
  const two = names.length === 2;
  const kept = [...cp.fixed.kept];
  const fixed = names.map((name) => kept.findIndex((k) => matrices.X.names[k] === name));
  const nl = term.levels.length;
  const sums = Array.from({ length: 5 }, () => new Float64Array(nl));
  const [aa, ab, bb, ay, by] = sums;
  const others = kept.flatMap((k, j) =>
    fixed.includes(j) ? [] : [{ x: matrices.X.columns[k], beta: model.data.beta.values[j] }],
  );
  for (let i = 0; i < matrices.y.length; i++) {
    let y = matrices.y[i] - (matrices.offset ? matrices.offset[i] : 0);
    for (const { x, beta } of others) y -= beta * x[i];
    const w = matrices.weights ? matrices.weights[i] : 1;
    const l = term.levelIdx[i];
    const a = term.columns[0][i];
    const b = two ? term.columns[1][i] : 0;
    aa[l] += w * a * a;
    ab[l] += w * a * b;
    bb[l] += w * b * b;
    ay[l] += w * a * y;
    by[l] += w * b * y;
  }
  const alone = names.map(() => new Float64Array(nl).fill(Number.NaN));
  for (let l = 0; l < nl; l++) {
    if (!two) {
      if (aa[l] > 0) alone[0][l] = ay[l] / aa[l];
      continue;
    }
    const determinant = aa[l] * bb[l] - ab[l] ** 2;
    if (!(determinant > 1e-10 * aa[l] * bb[l])) continue;
    alone[0][l] = (bb[l] * ay[l] - ab[l] * by[l]) / determinant;
    alone[1][l] = (aa[l] * by[l] - ab[l] * ay[l]) / determinant;
  }
  return { group: term.group, names, levels: term.levels, alone, fixed };
}
