import { InputError } from '../errors.js';
import type { ColumnReader } from './column.js';
import { abbreviate } from './csv.js';
import { parseDecimal } from './decimal.js';
import { labelTable } from './label-table.js';
import { parseNumber, plainNumbers, type NumberFormat } from './number.js';
import { fieldText, type ScannedRecords } from './record-scanner.js';
import type { FieldSchema } from './table-schema.js';

/** A Float64Array or Int32Array that grows: values are written to `values` from `length` on, after `reserve`. */
class Growing<T extends Float64Array | Int32Array> {
  values: T;
  length = 0;
  private readonly create: (length: number) => T;

  constructor(create: (length: number) => T) {
    this.create = create;
    this.values = create(0);
  }

  /** Room for `count` more. */
  reserve(count: number): void {
    if (this.length + count <= this.values.length) return;
    const larger = this.create(Math.max(this.length + count, Math.ceil(1.5 * this.values.length)));
    larger.set(this.values.subarray(0, this.length));
    this.values = larger;
  }

  take(): T {
    return (this.length === this.values.length ? this.values : this.values.slice(0, this.length)) as T;
  }
}

const float64 = () => new Growing((length) => new Float64Array(length));
const int32 = () => new Growing((length) => new Int32Array(length));

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
  const out = float64();
  // A number may stand for a missing value; then every field is looked up.
  const direct = numbers === plainNumbers && ![...missing].some((text) => parseNumber(text) !== undefined);
  const slowly = (text: string, row: number): number => {
    const value = missing.has(text) ? Number.NaN : parseNumber(text, numbers);
    if (value !== undefined) return value;
    throw refuse(text, row);
  };
  const refuse = (text: string, row: number): InputError => {
    const what = integer ? 'an integer' : 'a number';
    const message = `Column "${abbreviate(name)}", row ${row}: "${abbreviate(text)}" is not ${what}.`;
    if (inferredFrom === undefined) return new InputError('bad-value', message, place(name, row));
    const hint = `The first ${inferredFrom} rows hold numbers; if the column holds labels, declare it with --factor or --schema.`;
    return new ContradictedType(`${message} ${hint}`, name, row);
  };
  return {
    push({ bytes, count, width, ranges }, field, row) {
      out.reserve(count);
      const { values, length } = out;
      for (let r = 0, k = 2 * field; r < count; r++, k += 2 * width) {
        const start = ranges[k]!;
        const end = ranges[k + 1]!;
        const quick = direct && end > start ? parseDecimal(bytes, start, end) : undefined;
        const value = quick ?? slowly(fieldText(bytes, start, end), row + r);
        if (integer && !Number.isNaN(value) && !Number.isInteger(value))
          throw refuse(fieldText(bytes, start, end), row + r);
        values[length + r] = value;
      }
      out.length += count;
    },
    finish: () => ({ kind: 'number', name, values: out.take() }),
  };
}

/** Whether a column of these records is numeric: every field that is not missing looks like a number. */
export function looksNumeric(
  { bytes, count, width, ranges }: ScannedRecords,
  field: number,
  missing: ReadonlySet<string>,
  numbers: NumberFormat,
): boolean {
  for (let r = 0, k = 2 * field; r < count; r++, k += 2 * width) {
    const start = ranges[k]!;
    const end = ranges[k + 1]!;
    if (numbers === plainNumbers && end > start && parseDecimal(bytes, start, end) !== undefined) continue;
    const text = fieldText(bytes, start, end);
    if (!missing.has(text) && parseNumber(text, numbers) === undefined) return false;
  }
  return true;
}

/** Codes of the labels of a column, as `codeOf` gives them for each spelling. */
function readCodes(codeOf: (label: string, row: number) => number): {
  push: ColumnReader['push'];
  take: () => Int32Array;
} {
  const out = int32();
  const table = labelTable(codeOf);
  return {
    push({ bytes, count, width, ranges }, field, row) {
      out.reserve(count);
      const { values, length } = out;
      for (let r = 0, k = 2 * field; r < count; r++, k += 2 * width) {
        values[length + r] = table.code(bytes, ranges[k]!, ranges[k + 1]!, row + r);
      }
      out.length += count;
    },
    take: () => out.take(),
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
  const { push, take } = readCodes((text, row) => {
    const code = missingValues.has(text) ? -1 : (codeOf.get(text) ?? codeOf.get(String(parseNumber(text, numbers))));
    if (code !== undefined) return code;
    const message = `Column "${abbreviate(name)}", row ${row}: "${abbreviate(text)}" is not one of the categories in the schema.`;
    throw new InputError('unknown-level', message, place(name, row));
  });
  return {
    push,
    finish: () => ({
      kind: 'category',
      name,
      codes: take(),
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
  const { push, take } = readCodes((label) => {
    if (missing.has(label)) return -1;
    // Two spellings in the file, quoted and not, may be one label.
    const known = codeOf.get(label) ?? codeOf.size;
    codeOf.set(label, known);
    return known;
  });
  return {
    push,
    finish() {
      const { levels, newCode } = arrange([...codeOf.keys()]);
      const final = take();
      const target = Int32Array.from(newCode);
      if (target.some((code, k) => code !== k)) {
        for (let i = 0; i < final.length; i++) if (final[i]! >= 0) final[i] = target[final[i]!]!;
      }
      return { kind: 'category', name, codes: final, levels, declared, ordered: false };
    },
  };
}

/** Reads true and false in whatever spelling the schema gives. */
export function booleanReader(field: FieldSchema): ColumnReader {
  const { name, trueValues, falseValues, missingValues } = field;
  const { push, take } = readCodes((text, row) => {
    if (missingValues.has(text)) return -1;
    if (trueValues.has(text)) return 1;
    if (falseValues.has(text)) return 0;
    const message = `Column "${abbreviate(name)}", row ${row}: "${abbreviate(text)}" is neither true nor false.`;
    throw new InputError('bad-value', message, place(name, row));
  });
  return {
    push,
    finish: () => ({ kind: 'boolean', name, values: Float64Array.from(take(), (v) => (v < 0 ? Number.NaN : v)) }),
  };
}
