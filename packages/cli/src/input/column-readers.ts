import { InputError } from '../errors.js';
import type { ColumnReader } from './column.js';
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

/** A column whose first rows looked like numbers holds something else further down. */
export class ContradictedType extends InputError {
  override readonly column: string;
  constructor(message: string, column: string, row: number) {
    super('bad-value', message, place(column, row));
    this.column = column;
  }
}

/**
 * Reads numbers; a text that is none is an error, because the type of the column was declared, or inferred from its first rows.
 *
 * @param options.inferredFrom how many rows the type was inferred from, if it was
 */
export function numberReader(
  name: string,
  options: { missing: ReadonlySet<string>; numbers?: NumberFormat; integer?: boolean; inferredFrom?: number },
): ColumnReader {
  const { missing, numbers = plainNumbers, integer = false, inferredFrom } = options;
  const values = float64();
  return {
    push(text, row) {
      const value = missing.has(text) ? Number.NaN : parseNumber(text, numbers);
      if (value === undefined || (integer && !Number.isNaN(value) && !Number.isInteger(value))) {
        const what = integer ? 'an integer' : 'a number';
        const message = `Column "${abbreviate(name)}", row ${row}: "${abbreviate(text)}" is not ${what}.`;
        if (inferredFrom === undefined) throw new InputError('bad-value', message, place(name, row));
        const hint = `The first ${inferredFrom} rows hold numbers; if the column holds labels, declare it with --factor or --schema.`;
        throw new ContradictedType(`${message} ${hint}`, name, row);
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
      declared: true,
      ordered,
    }),
  };
}

/** Reads labels; levels stand in order of their code units, which does not depend on the locale. */
export function labelReader(name: string, missing: ReadonlySet<string>): ColumnReader {
  return codedReader(name, missing, false, (labels) => {
    const levels = labels.toSorted(byCodeUnit);
    const codeOf = new Map(levels.map((level, code) => [level, code]));
    return { levels, newCode: labels.map((label) => codeOf.get(label)!) };
  });
}

/**
 * Reads a column that the user declares to be a factor. When all labels are numbers, `1` and `1.0` are the same level and levels stand
 * in numeric order; else as {@link labelReader}.
 */
export function factorReader(name: string, missing: ReadonlySet<string>): ColumnReader {
  return codedReader(name, missing, true, (labels) => {
    const numbers = labels.map((label) => parseNumber(label));
    const allNumbers = numbers.every((value) => value !== undefined && !Number.isNaN(value));
    const levels = allNumbers
      ? Array.from(Float64Array.from(new Set(numbers as number[])).sort(), String)
      : labels.toSorted(byCodeUnit);
    const codeOf = new Map(levels.map((level, code) => [level, code]));
    return { levels, newCode: labels.map((label, k) => codeOf.get(allNumbers ? String(numbers[k]) : label)!) };
  });
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Codes labels in order of first appearance; at the end `arrange` gives the final levels and the new code of each old one. */
function codedReader(
  name: string,
  missing: ReadonlySet<string>,
  declared: boolean,
  arrange: (labels: string[]) => { levels: string[]; newCode: number[] },
): ColumnReader {
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
    finish() {
      const { levels, newCode } = arrange([...codeOf.keys()]);
      const final = codes.take();
      for (let i = 0; i < final.length; i++) if (final[i]! >= 0) final[i] = newCode[final[i]!]!;
      return { kind: 'category', name, codes: final, levels, declared, ordered: false };
    },
  };
}

/** Reads true and false in whatever spelling the schema gives. */
export function booleanReader(field: FieldSchema): ColumnReader {
  const { name, trueValues, falseValues, missingValues } = field;
  const values = float64();
  return {
    push(text, row) {
      const value = missingValues.has(text)
        ? Number.NaN
        : trueValues.has(text)
          ? 1
          : falseValues.has(text)
            ? 0
            : undefined;
      if (value === undefined) {
        const message = `Column "${abbreviate(name)}", row ${row}: "${abbreviate(text)}" is neither true nor false.`;
        throw new InputError('bad-value', message, place(name, row));
      }
      values.push(value);
    },
    finish: () => ({ kind: 'boolean', name, values: values.take() }),
  };
}
