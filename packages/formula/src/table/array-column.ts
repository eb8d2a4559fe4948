import { FormulaDataError } from '../errors.js';
import { byCodeUnit, codeKeys, codeNumbers, labelsOf, numberLabel } from './levels.js';
import type { CodedColumn, Column, ColumnType } from './table.js';

const MS_PER_DAY = 86_400_000;

/** null, undefined, NaN and invalid dates are missing. */
const isMissing = (value: unknown): boolean =>
  value === null || value === undefined || value !== value || (value instanceof Date && Number.isNaN(value.getTime()));

function typeOf(value: unknown): ColumnType | null {
  switch (typeof value) {
    case 'number':
    case 'boolean':
    case 'string':
    case 'bigint':
      return typeof value as ColumnType;
    default:
      return value instanceof Date ? 'date' : null;
  }
}

const fail = (name: string, row: number, what: string): never => {
  throw new FormulaDataError(`Row ${row + 1} of column "${name}" ${what}.`, { column: name, row });
};

function firstType(values: ArrayLike<unknown>): ColumnType {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return 'bigint';
  if (ArrayBuffer.isView(values)) return 'number';
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (isMissing(value)) continue;
    return typeOf(value) ?? 'other';
  }
  return 'number';
}

/** A column from an array or typed array. The type is that of the first value present; a value of another type is an error. */
export class ArrayColumn implements Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly categories: readonly string[] | null = null;
  private readonly values: ArrayLike<unknown>;
  private cachedNumbers: Float64Array | null = null;
  private cachedCodes: CodedColumn | null = null;

  constructor(name: string, values: ArrayLike<unknown>) {
    this.name = name;
    this.values = values;
    this.type = firstType(values);
  }

  private mixed(row: number): never {
    return fail(
      this.name,
      row,
      `holds a ${typeOf(this.values[row]) ?? typeof this.values[row]} where the others hold a ${this.type}`,
    );
  }

  private unusable(): never {
    throw new FormulaDataError(`Column "${this.name}" holds neither numbers, text, truth values nor dates.`, {
      column: this.name,
    });
  }

  numbers(): Float64Array {
    this.cachedNumbers ??= this.convert();
    return this.cachedNumbers;
  }

  private convert(): Float64Array {
    const { values, type, name } = this;
    if (values instanceof Float64Array) return values;
    if (ArrayBuffer.isView(values) && type === 'number')
      return new Float64Array(values as unknown as ArrayLike<number>);
    if (type === 'string') fail(name, 0, 'is text, not a number');
    if (type === 'other') this.unusable();
    const out = new Float64Array(values.length);
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (typeof value === 'number' && type === 'number') out[i] = value;
      else if (isMissing(value)) out[i] = Number.NaN;
      else if (typeOf(value) !== type) this.mixed(i);
      else out[i] = type === 'date' ? (value as Date).getTime() / MS_PER_DAY : Number(value);
    }
    return out;
  }

  coded(): CodedColumn {
    this.cachedCodes ??= this.code();
    return this.cachedCodes;
  }

  private code(): CodedColumn {
    const { values, type } = this;
    const nrow = values.length;
    if (type === 'other') this.unusable();
    const key = (row: number): unknown => {
      const value = values[row];
      if (typeof value === type) return value;
      return isMissing(value) ? null : this.mixed(row);
    };
    if (type === 'string') return codeKeys(nrow, key as (row: number) => string | null, byCodeUnit);
    if (type === 'bigint') {
      return codeKeys(nrow, key as (row: number) => bigint | null, (a, b) => (a < b ? -1 : a > b ? 1 : 0));
    }
    if (values instanceof Int32Array) {
      const { codes, distinct } = codeNumbers(values);
      return { codes, levels: labelsOf(distinct, numberLabel) };
    }
    const numbers = this.numbers();
    if (type === 'boolean') {
      return { codes: Int32Array.from(numbers, (v) => (v === v ? v : -1)), levels: ['FALSE', 'TRUE'] };
    }
    const { codes, distinct } = codeNumbers(numbers);
    const label = type === 'date' ? dateLabel : numberLabel;
    return { codes, levels: labelsOf(distinct, label) };
  }
}

/** Level label of a day: `2024-02-29`, with the time of day if it has one. */
function dateLabel(days: number): string {
  const text = new Date(days * MS_PER_DAY).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, -14) : text;
}
