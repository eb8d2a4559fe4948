import { parseExpression, type ColumnFactor, type Design, type UserFunctions } from '@blup/formula';
import { ModelError } from '../errors.js';
import { FittedModel } from '../fitted-model.js';
import { predict } from './predict.js';
import { predictionModel, type PredictionModel, type PredictionTerm } from './prediction-model.js';
import { selectTerms, type PredictOptions } from './predict-options.js';

export interface RowPredictorOptions extends Pick<PredictOptions, 'terms' | 'newLevels' | 'nonEstimable'> {
  readonly functions?: UserFunctions;
}

/** One row: values by column name. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * A function that predicts one row at a time with little delay: a few microseconds where the formula uses columns as they are, and the
 * time of {@link predict} where it calls functions, or where a value is missing, new or of an unexpected type. The numbers are those of
 * `predict(model, [row], options).fit[0]`.
 *
 * @throws ModelError `bad-option`; the function throws what predict throws
 */
export function rowPredictor(
  model: FittedModel | PredictionModel,
  options: RowPredictorOptions = {},
): (row: Row) => number {
  const source = model instanceof FittedModel ? predictionModel(model) : model;
  const included = selectTerms(source, options.terms);
  const { terms: wanted, newLevels, nonEstimable, functions } = options;
  const plain = {
    terms: wanted ?? 'all',
    newLevels: newLevels ?? 'refuse',
    nonEstimable: nonEstimable ?? 'missing',
  } as const;
  const careful = (row: Row): number => predict(source, [row], functions ? { ...plain, functions } : plain).fit[0];
  const { design } = source;
  if (!design) throw new ModelError('bad-option', 'the model was fitted to ready-made matrices: use predictRows');
  const unread = source.terms.some((term, t) => included[t] && !term.fromDesign);
  if (unread || source.fixed.aliased.length > 0) return careful;
  const read = readerOf(design, included);
  if (!read) return careful;
  const { fixed } = source;
  const columns = design.fixed.columns!;
  const kept = fixed.kept.map((k) => columns[k].product);
  const terms = termReaders(design, source, included);
  return (row) => {
    const values = read(row);
    if (!values) return careful(row);
    let fit = 0;
    for (const v of design.offsets) fit += values[v];
    for (let k = 0; k < kept.length; k++) fit += fixed.beta[k] * product(kept[k], values);
    for (const { term, products, levelOf } of terms) {
      const level = levelOf(row);
      if (level === undefined) return careful(row);
      const nc = products.length;
      for (let c = 0; c < nc; c++) fit += product(products[c], values) * term.modes[level * nc + c];
    }
    return fit;
  };
}

/** A matrix column at one row; `values` holds the numbers, or the codes of factors, by variable. */
function product(factors: readonly ColumnFactor[], values: Float64Array): number {
  let v = 1;
  for (const f of factors) {
    const value = values[f.variable];
    if ('component' in f) v *= value;
    else if ('level' in f) v *= value === f.level ? 1 : 0;
    else v *= f.weights[value];
  }
  return v;
}

/** Reads the variables of X, Z and the offset from a row into one array; null when they are not plain columns. */
function readerOf(design: Design, included: readonly boolean[]): ((row: Row) => Float64Array | null) | null {
  const wanted = new Set([...design.offsets, ...design.fixed.terms.flatMap((t) => t.variables)]);
  modelTerms(design).forEach(({ term }, t) => {
    if (included[t]) for (const v of term.matrix.terms.flatMap((m) => m.variables)) wanted.add(v);
  });
  const readers: { v: number; column: string; code: (value: unknown) => number }[] = [];
  for (const v of wanted) {
    const column = plainColumn(design, v);
    if (column === null) return null;
    readers.push({ v, column, code: coderOf(design, v) });
  }
  const values = new Float64Array(design.variables.length);
  return (row) => {
    for (const { v, column, code } of readers) {
      const value = code(row[column]);
      // Infinite values, missing ones and unknown levels are for the careful way.
      if (!Number.isFinite(value)) return null;
      values[v] = value;
    }
    return values;
  };
}

/** The table column that a variable is, or null when it is computed. */
function plainColumn(design: Design, v: number): string | null {
  const { expression, kind } = design.variables[v];
  if (kind === 'matrix') return null;
  const node = parseExpression(expression);
  if (node.kind !== 'name') return null;
  const type = design.columns.find((c) => c.name === node.name)?.type;
  return type === 'number' || type === 'boolean' || type === 'string' || type === 'factor' ? node.name : null;
}

function coderOf(design: Design, v: number): (value: unknown) => number {
  const { kind, levels } = design.variables[v];
  if (kind === 'number') return (value) => (typeof value === 'number' ? value : Number.NaN);
  if (kind === 'logical') return (value) => (typeof value === 'boolean' ? Number(value) : Number.NaN);
  const codes = new Map((levels ?? []).map((level, k) => [level, k]));
  return (value) => codes.get(labelOf(value)!) ?? Number.NaN;
}

/** The level that a value is, where that is plain. */
function labelOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  // -0 is the level 0.
  if (typeof value === 'number' && Number.isFinite(value)) return String(value === 0 ? 0 : value);
  return undefined;
}

interface TermReader {
  readonly term: PredictionTerm;
  readonly products: readonly (readonly ColumnFactor[])[];
  readonly levelOf: (row: Row) => number | undefined;
}

function termReaders(design: Design, model: PredictionModel, included: readonly boolean[]): TermReader[] {
  return modelTerms(design).flatMap(({ term, columns }, t): TermReader[] => {
    if (!included[t]) return [];
    const names = term.group.variables.map((v) => plainColumn(design, v));
    const numeric = term.group.variables.map((v) => design.variables[v].kind === 'number');
    const places = new Map(model.terms[t].levels.map((level, l) => [level, l]));
    const levelOf = (row: Row): number | undefined => {
      let label = '';
      for (let k = 0; k < names.length; k++) {
        const value = names[k] === null ? undefined : row[names[k]!];
        const part = labelOf(value);
        if (part === undefined || numeric[k] !== (typeof value === 'number')) return undefined;
        label = k === 0 ? part : `${label}:${part}`;
      }
      return places.get(label);
    };
    return [{ term: model.terms[t], products: columns.map((c) => c.product), levelOf }];
  });
}

/** The design's random terms as the model counts them: `(e || g)` has one for each column. */
function modelTerms(design: Design) {
  return design.random.flatMap((term) => {
    const columns = term.matrix.columns!;
    return term.independent ? columns.map((column) => ({ term, columns: [column] })) : [{ term, columns }];
  });
}
