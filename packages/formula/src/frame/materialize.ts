import type { ColumnFactor, Design, DesignColumn } from '../design/design.js';
import type { Value } from '../expression/value.js';
import { FormulaDataError } from '../errors.js';
import { DEFAULT_MAX_BYTES, requireRoomForColumns } from './column-size.js';
import { gatherCodes, gatherNumbers } from './complete-cases.js';
import { allFinite } from './finite.js';

/** The kept rows of the design's variables, computed once each. Codes index the design's levels; -1 missing or unknown. */
export class BaseColumns {
  private readonly numbers = new Map<string, Float64Array>();
  private readonly coded = new Map<number, Int32Array>();
  private readonly lacking = new Map<Int32Array, boolean>();
  private ones: Float64Array | null = null;
  private readonly design: Design;
  private readonly values: readonly Value[];
  private readonly nobs: number;
  readonly rows: Int32Array | null;
  private readonly allowMissing: boolean;
  private readonly finite: ReadonlySet<Float64Array>;
  private readonly maxBytes: number;

  /**
   * @param allowMissing - prediction: infinite values are still errors, missing ones stay.
   * @param finite - columns, of all rows, that are known to be finite.
   * @param maxBytes - that the columns of a random term may take.
   */
  constructor(
    design: Design,
    values: readonly Value[],
    nobs: number,
    rows: Int32Array | null,
    allowMissing: boolean,
    finite: ReadonlySet<Float64Array> = new Set(),
    maxBytes = DEFAULT_MAX_BYTES,
  ) {
    this.design = design;
    this.values = values;
    this.nobs = nobs;
    this.rows = rows;
    this.allowMissing = allowMissing;
    this.finite = finite;
    this.maxBytes = maxBytes;
  }

  /** All columns of a random term. @throws FormulaSizeError before they would take more memory than they may */
  columns(label: string, columns: readonly DesignColumn[]): Float64Array[] {
    requireRoomForColumns(label, columns.length, this.nobs, this.maxBytes);
    return columns.map((column) => this.column(column));
  }

  /** @throws FormulaDataError at an infinite value. */
  number(variable: number, component = 0): Float64Array {
    const key = `${variable},${component}`;
    let column = this.numbers.get(key);
    if (column === undefined) {
      const all = this.rawNumbers(variable, component);
      column = gatherNumbers(all, this.rows);
      if (!this.finite.has(all) && !allFinite(column)) this.refuseInfinite(column, variable);
      this.numbers.set(key, column);
    }
    return column;
  }

  private rawNumbers(variable: number, component: number): Float64Array {
    const value = this.values[variable]!;
    if (value.kind === 'number' || value.kind === 'logical') return value.values;
    if (value.kind === 'matrix') return value.columns[component]!;
    throw new TypeError('not a number');
  }

  private refuseInfinite(column: Float64Array, variable: number): void {
    for (let i = 0; i < column.length; i++) {
      const v = column[i]!;
      // v - v is 0 for finite numbers, else NaN.
      if (v - v === 0 || (this.allowMissing && v !== v)) continue;
      const row = this.rows === null ? i : this.rows[i]!;
      const { name } = this.design.variables[variable]!;
      throw new FormulaDataError(`${name} is ${v > 0 ? 'Inf' : '-Inf'} in row ${row + 1}.`, {
        column: name,
        row,
        hint: 'Correct the value, make it missing, or leave the row out by a subset.',
      });
    }
  }

  /** A product of finite numbers that is not finite. */
  private refuseOverflow(column: Float64Array, product: readonly ColumnFactor[]): void {
    const i = column.findIndex((v) => v - v !== 0);
    const row = this.rows === null ? i : this.rows[i]!;
    const name = product.map(({ variable }) => this.design.variables[variable]!.name).join(':');
    throw new FormulaDataError(`${name} overflows in row ${row + 1}.`, {
      column: name,
      row,
      hint: 'Rescale the variables.',
    });
  }

  /** Index into the levels of the design variable. */
  codes(variable: number): Int32Array {
    let codes = this.coded.get(variable);
    if (codes === undefined) {
      codes = this.recode(variable);
      this.coded.set(variable, codes);
    }
    return codes;
  }

  private recode(variable: number): Int32Array {
    const value = this.values[variable]!;
    if (value.kind === 'logical') {
      return Int32Array.from(gatherNumbers(value.values, this.rows), (v) => (v !== v ? -1 : v));
    }
    if (value.kind !== 'factor') throw new TypeError('not a factor');
    const levels = this.design.variables[variable]!.levels!;
    const codes = gatherCodes(value.codes, this.rows);
    if (levels.length === value.levels.length && levels.every((level, k) => level === value.levels[k])) return codes;
    const indexOf = new Map(levels.map((level, k) => [level, k]));
    const target = Int32Array.from(value.levels, (level) => indexOf.get(level) ?? -1);
    return codes.map((code) => (code < 0 ? -1 : target[code]!));
  }

  /** The column, a product of numbers, indicators and contrasts. The base column itself when it is a single number. */
  column({ product }: DesignColumn): Float64Array {
    const [only, ...others] = product;
    if (only !== undefined && others.length === 0) {
      if ('component' in only) return this.number(only.variable, only.component);
      if ('level' in only) return this.indicator(only.variable, only.level);
    }
    // X and Z share their intercept column.
    if (only === undefined) return (this.ones ??= new Float64Array(this.nobs).fill(1));
    const out =
      'component' in only
        ? this.number(only.variable, only.component).slice()
        : 'level' in only
          ? this.indicator(only.variable, only.level)
          : this.weighted(only.variable, only.weights);
    for (const factor of others) this.multiplyInPlace(out, factor);
    if (!this.allowMissing && !allFinite(out)) this.refuseOverflow(out, product);
    return out;
  }

  private indicator(variable: number, level: number): Float64Array {
    const codes = this.codes(variable);
    const out = new Float64Array(codes.length);
    for (let i = 0; i < out.length; i++) out[i] = codes[i] === level ? 1 : 0;
    if (this.lacks(codes)) for (let i = 0; i < out.length; i++) if (codes[i]! < 0) out[i] = Number.NaN;
    return out;
  }

  private weighted(variable: number, weights: ArrayLike<number>): Float64Array {
    const codes = this.codes(variable);
    const out = new Float64Array(codes.length);
    for (let i = 0; i < out.length; i++) out[i] = codes[i]! < 0 ? Number.NaN : weights[codes[i]!]!;
    return out;
  }

  /** Whether some code is missing. */
  private lacks(codes: Int32Array): boolean {
    let known = this.lacking.get(codes);
    if (known === undefined) {
      let signs = 0;
      for (let i = 0; i < codes.length; i++) signs |= codes[i]!;
      this.lacking.set(codes, (known = signs < 0));
    }
    return known;
  }

  private multiplyInPlace(out: Float64Array, factor: ColumnFactor): void {
    if ('component' in factor) {
      const values = this.number(factor.variable, factor.component);
      for (let i = 0; i < out.length; i++) out[i] = out[i]! * values[i]!;
      return;
    }
    const codes = this.codes(factor.variable);
    if ('level' in factor) {
      const { level } = factor;
      if (!this.lacks(codes) && !this.allowMissing) {
        for (let i = 0; i < out.length; i++) out[i] = codes[i] === level ? out[i]! : 0;
        return;
      }
      // A missing value stays missing whatever the level is.
      for (let i = 0; i < out.length; i++) {
        if (codes[i] !== level && out[i] === out[i]) out[i] = codes[i]! < 0 ? Number.NaN : 0;
      }
      return;
    }
    const { weights } = factor;
    for (let i = 0; i < out.length; i++) out[i] = codes[i]! < 0 ? Number.NaN : out[i]! * weights[codes[i]!]!;
  }
}
