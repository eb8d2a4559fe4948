import type { CodedColumn } from './table.js';

/** Levels never depend on the locale: strings by UTF-16 code unit. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Level label of a number: the shortest text that gives it back (`10`, `0.1`, `1e+21`); -0 is 0. */
export const numberLabel = (value: number): string =>
  value >= 0 && value < WHOLE_LABELS && value === Math.floor(value) ? wholeLabel(value) : String(value);

/** Labels of whole numbers below this are made once: factors are mostly coded by such numbers, and a large one in every fit would be 10^5 new texts. */
const WHOLE_LABELS = 1 << 17;

/** By thousands, each made when it is first needed. */
const wholeLabels: string[][] = [];

function wholeLabel(value: number): string {
  const thousand = (wholeLabels[value >> 10] ??= Array.from({ length: 1024 }, () => ''));
  return (thousand[value & 1023] ||= String(value));
}

/** A label for each number. */
export function labelsOf(numbers: Float64Array, label: (value: number) => string): string[] {
  const labels: string[] = [];
  for (let k = 0; k < numbers.length; k++) labels.push(label(numbers[k]!));
  return labels;
}

/** What is known of codes from their making: the rows need not be asked again. */
export interface CodeFacts {
  /** Every level up to this number has a row. */
  readonly levels: number;
  /** Some code is -1. */
  readonly missing: boolean;
}

/** By the array of codes, which is never changed afterwards. */
export const codeFacts = new WeakMap<Int32Array, CodeFacts>();

/** Ranges of whole numbers up to this wide are coded by a table instead of a hash map. */
const DIRECT_RANGE = 1 << 22;

function integerRange(values: Float64Array | Int32Array): { min: number; max: number } | null {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (v < min) min = v;
    if (v > max) max = v;
  }
  if (values instanceof Float64Array) {
    for (let i = 0; i < values.length; i++) {
      const v = values[i]!;
      if (v !== Math.floor(v) && v === v) return null;
    }
  }
  return max - min < DIRECT_RANGE ? { min, max } : null;
}

function codeIntegers(
  values: Float64Array | Int32Array,
  min: number,
  max: number,
): { codes: Int32Array; distinct: Float64Array } {
  const codes = new Int32Array(values.length);
  const codeOf = new Int32Array(max - min + 1);
  let missing = false;
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (v !== v) {
      codes[i] = -1;
      missing = true;
      continue;
    }
    const at = v - min;
    codes[i] = at;
    codeOf[at] = 1;
  }
  let count = 0;
  for (let k = 0; k < codeOf.length; k++) if (codeOf[k] === 1) codeOf[k] = ++count;
  const distinct = new Float64Array(count);
  for (let k = 0; k < codeOf.length; k++) if (codeOf[k]! > 0) distinct[codeOf[k]! - 1] = k + min;
  // Without gaps the distance from the smallest is the code.
  if (count < codeOf.length) {
    for (let i = 0; i < codes.length; i++) if (codes[i]! >= 0) codes[i] = codeOf[codes[i]!]! - 1;
  }
  codeFacts.set(codes, { levels: count, missing });
  return { codes, distinct };
}

function codeDoubles(values: Float64Array): { codes: Int32Array; distinct: Float64Array } {
  const seen = new Map<number, number>();
  const first = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (v !== v) {
      first[i] = -1;
      continue;
    }
    let code = seen.get(v);
    if (code === undefined) {
      code = seen.size;
      seen.set(v, code);
    }
    first[i] = code;
  }
  const distinct = Float64Array.from(seen.keys());
  const order = Int32Array.from(distinct, (_, k) => k).sort((a, b) => distinct[a]! - distinct[b]!);
  const rank = new Int32Array(order.length);
  for (let k = 0; k < order.length; k++) rank[order[k]!] = k;
  for (let i = 0; i < first.length; i++) if (first[i]! >= 0) first[i] = rank[first[i]!]!;
  return { codes: first, distinct: distinct.sort() };
}

/** Distinct values in ascending order and the code of every row (-1 for NaN). O(n), plus sorting what is distinct. */
export function codeNumbers(values: Float64Array | Int32Array): { codes: Int32Array; distinct: Float64Array } {
  const range = integerRange(values);
  if (range === null) return codeDoubles(values instanceof Float64Array ? values : new Float64Array(values));
  if (range.min > range.max) return { codes: new Int32Array(values.length).fill(-1), distinct: new Float64Array(0) };
  return codeIntegers(values, range.min, range.max);
}

/**
 * Codes of keys in order of first appearance, then renumbered by `compare`.
 *
 * @param key - key of a row, or null where missing.
 */
export function codeKeys<K extends string | bigint>(
  nrow: number,
  key: (row: number) => K | null,
  compare: (a: K, b: K) => number,
): CodedColumn {
  const seen = new Map<K, number>();
  const codes = new Int32Array(nrow);
  let previous: K | null = null;
  let previousCode = -1;
  for (let i = 0; i < nrow; i++) {
    const k = key(i);
    if (k === null) {
      codes[i] = -1;
      continue;
    }
    // Tables are often sorted by group: the last key is the likeliest.
    if (k !== previous) {
      previous = k;
      const found = seen.get(k);
      previousCode = found ?? seen.size;
      if (found === undefined) seen.set(k, previousCode);
    }
    codes[i] = previousCode;
  }
  const keys = [...seen.keys()];
  const order = keys.map((_, k) => k).sort((a, b) => compare(keys[a]!, keys[b]!));
  const rank = new Int32Array(keys.length);
  for (let k = 0; k < order.length; k++) rank[order[k]!] = k;
  for (let i = 0; i < nrow; i++) if (codes[i]! >= 0) codes[i] = rank[codes[i]!]!;
  return { codes, levels: order.map((k) => String(keys[k]!)) };
}

/**
 * Codes with respect to another list of levels.
 *
 * @returns codes into `levels`, followed by the levels that it lacks, in their order.
 */
export function recode(coded: CodedColumn, levels: readonly string[]): CodedColumn {
  if (coded.levels.length === levels.length && coded.levels.every((level, k) => level === levels[k])) return coded;
  const indexOf = new Map(levels.map((level, k) => [level, k]));
  const all = [...levels];
  const target = Int32Array.from(coded.levels, (level) => indexOf.get(level) ?? all.push(level) - 1);
  return { codes: coded.codes.map((code) => (code < 0 ? -1 : target[code]!)), levels: all };
}
