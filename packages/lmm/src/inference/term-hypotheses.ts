import { applyDesign, type ColumnFactor, type Design, type DesignColumn } from '@blup/formula';
import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import { leastSquares } from './least-squares.js';

/**
 * Which hypotheses an analysis of variance tests: I sequential, II each term after all that do not contain it, III each term orthogonal to
 * those that contain it (Goodnight 1978, SAS Technical Report R-101; the SAS definitions).
 */
export type AnovaType = 'I' | 'II' | 'III';

/** A term of the fixed part with the rows of its hypothesis L beta = 0, by the columns that were kept. */
export interface TermHypothesis {
  readonly label: string;
  readonly L: readonly Float64Array[];
}

/**
 * The hypotheses of all terms, in the order of the formula.
 *
 * @throws ModelError `bad-option` for a model that was not fitted from a formula, or has no terms
 */
export function termHypotheses(model: FittedModel, type: AnovaType): TermHypothesis[] {
  const { frame, optimum } = model;
  if (!frame)
    throw new ModelError('bad-option', 'the model has no formula, so its columns belong to no terms: test contrasts');
  const kept = optimum.cp.fixed.kept;
  const termOf = Array.from(kept, (k) => frame.fixed.assign[k]);
  const labels = frame.fixed.termLabels;
  const columnsOf = labels.map((_, t) => termOf.flatMap((term, k) => (term === t + 1 ? [k] : [])));
  const contains = containment(frame.design);
  let rows: (t: number) => Float64Array[];
  // One term alone has the same hypothesis by all types; degrees of freedom depend on the basis of its rows, which is then that of type I.
  if (type === 'III' && labels.length > 1) {
    const cells = cellMap(model);
    rows = (t) => typeThree(cells, columnsOf, contains, t);
  } else {
    const R = unweightedTriangle(model);
    const p = kept.length;
    const all = [...termOf.keys()];
    rows = (t) => {
      if (type === 'I' || labels.length === 1) return sequentialRows(R, p, all, columnsOf[t]);
      const above = new Set(contains[t].map((s) => s + 1));
      if (above.size === 0) return columnsOf[t].map((k) => unitRow(p, k));
      const before = all.filter((k) => termOf[k] !== t + 1 && !above.has(termOf[k]));
      const after = all.filter((k) => above.has(termOf[k]));
      return sequentialRows(R, p, [...before, ...columnsOf[t], ...after], columnsOf[t]);
    };
  }
  return labels.map((label, t) => ({ label, L: rows(t) }));
}

/**
 * For each term the terms that contain it: they have all its factors and more, and the same numeric variables.
 */
export function containment(design: Design): number[][] {
  const { terms } = design.fixed;
  const split = terms.map(({ variables }) => ({
    factors: variables.filter((v) => isFactor(design, v)),
    numbers: variables.filter((v) => !isFactor(design, v)),
  }));
  return split.map((own, t) =>
    split.flatMap((other, s) =>
      s !== t &&
      other.factors.length > own.factors.length &&
      own.factors.every((v) => other.factors.includes(v)) &&
      own.numbers.length === other.numbers.length &&
      own.numbers.every((v) => other.numbers.includes(v))
        ? [s]
        : [],
    ),
  );
}

const isFactor = (design: Design, v: number): boolean =>
  design.variables[v].kind === 'factor' || design.variables[v].kind === 'logical';

/** Upper triangle of X (kept columns) without weights, p by p, column-major. */
function unweightedTriangle({ optimum }: FittedModel): Float64Array {
  const { matrices, cp } = optimum;
  return leastSquares(Array.from(cp.fixed.kept, (k) => matrices.X.columns[k])).R;
}

/** Rows `wanted` of the triangle of X with its columns in the given order, with unit pivots, in the original order. */
function sequentialRows(
  R: Float64Array,
  p: number,
  order: readonly number[],
  wanted: readonly number[],
): Float64Array[] {
  const columns = order.map((k) => R.slice(k * p, (k + 1) * p));
  const triangle = leastSquares(columns).R;
  return wanted.map((column) => {
    const at = order.indexOf(column);
    const out = new Float64Array(p);
    for (let k = at; k < p; k++) out[order[k]] = triangle[k * p + at] / triangle[at * p + at];
    return out;
  });
}

/** Indicators (times numeric variables) of every combination of levels of every term, for the model's rows, and each one's term. */
export function cellColumnsOf(model: FittedModel): { columns: Float64Array[]; terms: number[] } {
  const { frame, source, rows } = model;
  if (!frame || !source)
    throw new ModelError('bad-option', 'hypotheses about cells need a model that was fitted from a table');
  const wanted = cellColumns(frame.design);
  const design: Design = {
    ...frame.design,
    offsets: [],
    fixed: { ...frame.design.fixed, columns: wanted },
    random: [],
  };
  const { columns } = applyDesign(design, source.table, { functions: source.functions, random: false }).fixed;
  return {
    columns: rows ? columns.map((x) => Float64Array.from(rows, (i) => x[i])) : columns,
    terms: wanted.map(({ term }) => term),
  };
}

/**
 * How the fixed effects follow from the parameters of cells: rows of B with X B = W, where W has one column for every combination of
 * levels of every term (times its numeric variables). beta = B gamma, so row k of B is the estimable function that beta_k stands for.
 */
function cellMap(model: FittedModel): Float64Array[] {
  const { cp, matrices } = model.optimum;
  const { p, fixed } = cp;
  const cells = cellColumnsOf(model).columns;
  const kept = Array.from(fixed.kept, (k) => matrices.X.columns[k]);
  const { solutions } = leastSquares(kept, cells);
  return Array.from({ length: p }, (_, k) => Float64Array.from(solutions, (column) => column[k]));
}

/** One column for every combination of levels of every term's factors. */
function cellColumns(design: Design): DesignColumn[] {
  const columns: DesignColumn[] = design.fixed.intercept ? [{ name: '', term: 0, product: [] }] : [];
  design.fixed.terms.forEach(({ variables }, t) => {
    let products: ColumnFactor[][] = [[]];
    for (const v of variables) {
      const { kind, levels, suffixes } = design.variables[v];
      const count =
        kind === 'matrix' ? suffixes.length : kind === 'logical' ? 2 : kind === 'factor' ? levels!.length : 1;
      const factor = (k: number): ColumnFactor =>
        isFactor(design, v) ? { variable: v, level: k } : { variable: v, component: k };
      products = Array.from({ length: count }, (_, k) => factor(k)).flatMap((f) =>
        products.map((product) => [...product, f]),
      );
    }
    for (const product of products) columns.push({ name: '', term: t + 1, product });
  });
  return columns;
}

/** Rows for term t: its estimable functions less their projection on those of the terms that contain it. */
function typeThree(
  cells: readonly Float64Array[],
  columnsOf: readonly (readonly number[])[],
  contains: readonly (readonly number[])[],
  t: number,
): Float64Array[] {
  const p = cells.length;
  const above = contains[t].flatMap((s) => columnsOf[s]);
  if (above.length === 0) return columnsOf[t].map((k) => unitRow(p, k));
  const { solutions } = leastSquares(
    above.map((k) => cells[k]),
    columnsOf[t].map((k) => cells[k]),
  );
  return columnsOf[t].map((k, j) => {
    const row = unitRow(p, k);
    above.forEach((s, i) => (row[s] = -solutions[j][i]));
    return row;
  });
}

function unitRow(p: number, k: number): Float64Array {
  const row = new Float64Array(p);
  row[k] = 1;
  return row;
}
