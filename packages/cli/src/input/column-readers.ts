import { InputError } from '../errors.js';
import type { CategoryColumn, ColumnReader } from './column.js';
import { abbreviate } from './csv.js';
import { parseNumber, plainNumbers, type NumberFormat } from './number.js';
import type { FieldSchema } from './table-schema.js';

/** A Float64Array or Int32Array that grows by doubling. */
function growing<T extends Float64Array | Int32Array>(create: (length: number) => T) {
  let values = create(1024);
  let length = 0;
  return {
    push(value: number): void {
      if (length === values.length) {
        const larger = create(2 * length);
        larger.set(values);
        values = larger;
      }
      values[length++] = value;
    },
    take: (): T => values.slice(0, length) as T,
  };
}

const float64 = () => growing((length) => new Float64Array(length));
const int32 = () => growing((length) => new Int32Array(length));

const place = (name: string, row: number) => ({ column: name, row });

/** Reads numbers; a text that is none is an error, because the column's type was declared or seen before. */
export function numberReader(
  name: string,
  options: { missing: ReadonlySet<string>; numbers?: NumberFormat; integer?: boolean; hint?: string },
): ColumnReader {
  const { missing, numbers = plainNumbers, integer = false, hint = '' } = options;
  const values = float64();
  return {
    push(text, row) {
      const value = missing.has(text) ? Number.NaN : parseNumber(text, numbers);
      if (value === undefined || (integer && !Number.isNaN(value) && !Number.isInteger(value))) {
        const what = integer ? 'an integer' : 'a number';
        const message = `Column "${abbreviate(name)}", row ${row}: "${abbreviate(text)}" is not ${what}.${hint}`;
        throw new InputError('bad-value', message, place(name, row));
      }
      values.push(value);
    },
    finish: () => ({ kind: 'number', name, values: values.take() }),
  };
}

/** Reads categories whose levels are declared; another value is an error. */
export function declaredCategoryReader(field: FieldSchema): ColumnReader {
  const { name, ordered, missingValues, kind, numbers } = field;
  const categories = field.categories ?? [];
  const codeOf = new Map(categories.map(({ value }, code) => [value, code]));
  if (kind === 'number' || kind === 'integer') {
    // The file may write the category 1 as 1.0.
    for (const [code, { value }] of categories.entries()) codeOf.set(String(Number(value)), code);
  }
  const codes = int32();
  return {
    push(text, row) {
      const code = missingValues.has(text) ? -1 : (codeOf.get(text) ?? codeOf.get(String(parseNumber(text, numbers))));
      if (code === undefined) {
        const message = `Column "${abbreviate(name)}", row ${row}: "${abbreviate(text)}" is not one of the categories in the schema.`;
        throw new InputError('unknown-level', message, place(name, row));
      }
      codes.push(code);
    },
    finish: () => ({
      kind: 'category',
      name,
      codes: codes.take(),
      levels: categories.map(({ label }) => label),
      ordered,
      levelsSorted: true,
    }),
  };
}

/** Reads labels; levels stand in order of first appearance. */
export function labelReader(name: string, missing: ReadonlySet<string>): ColumnReader {
  const codeOf = new Map<string, number>();
  const codes = int32();
  return {
    push(text) {
      let code = missing.has(text) ? -1 : codeOf.get(text);
      if (code === undefined) {
        code = codeOf.size;
        codeOf.set(text, code);
      }
      codes.push(code);
    },
    finish: () => ({
      kind: 'category',
      name,
      codes: codes.take(),
      levels: [...codeOf.keys()],
      ordered: false,
      levelsSorted: false,
    }),
  };
}

/**
 * Reads a column that the user declares to be a factor. When all labels are numbers, `1` and `1.0` are the same level and levels stand
 * in numeric order; else in order of first appearance.
 */
export function factorReader(name: string, missing: ReadonlySet<string>): ColumnReader {
  const labels = labelReader(name, missing);
  return {
    push: labels.push,
    finish() {
      const column = labels.finish() as CategoryColumn;
      const numbers = column.levels.map((level) => parseNumber(level));
      if (numbers.some((value) => value === undefined || Number.isNaN(value))) return column;
      const sorted = Float64Array.from(new Set(numbers as number[])).sort();
      const newCode = new Map(Array.from(sorted, (value, code) => [value, code]));
      const recode = numbers.map((value) => newCode.get(value!)!);
      return {
        ...column,
        codes: column.codes.map((code) => (code < 0 ? -1 : recode[code]!)),
        levels: Array.from(sorted, String),
        levelsSorted: true,
      };
    },
  };
}

/** Reads true and false as the levels `FALSE` and `TRUE`, in this order, whatever spelling the file uses. */
export function booleanReader(field: FieldSchema): ColumnReader {
  const { name, trueValues, falseValues, missingValues } = field;
  const codes = int32();
  return {
    push(text, row) {
      const code = missingValues.has(text) ? -1 : trueValues.has(text) ? 1 : falseValues.has(text) ? 0 : undefined;
      if (code === undefined) {
        const message = `Column "${abbreviate(name)}", row ${row}: "${abbreviate(text)}" is neither true nor false.`;
        throw new InputError('bad-value', message, place(name, row));
      }
      codes.push(code);
    },
    finish: () => ({
      kind: 'category',
      name,
      codes: codes.take(),
      levels: ['FALSE', 'TRUE'],
      ordered: false,
      levelsSorted: true,
    }),
  };
}
