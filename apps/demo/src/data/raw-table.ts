/** A column as it was read. Missing: NaN in numbers, -1 in codes. */
export type RawColumn =
  | { readonly kind: 'number'; readonly name: string; readonly values: Float64Array }
  /** 0 and 1. */
  | { readonly kind: 'boolean'; readonly name: string; readonly values: Float64Array }
  /** Days since 1970-01-01. */
  | { readonly kind: 'date'; readonly name: string; readonly values: Float64Array }
  | {
      readonly kind: 'text';
      readonly name: string;
      readonly codes: Int32Array;
      readonly levels: readonly string[];
      /** The order of the levels came with the data. */
      readonly declared: boolean;
      readonly ordered: boolean;
    };

export interface RawTable {
  readonly nrow: number;
  readonly columns: readonly RawColumn[];
  /** What a reader of the data should know: renamed columns and the like. */
  readonly remarks: readonly string[];
}

/** Data that cannot be read. The message says what is wrong and where. */
export class DataError extends Error {
  override name = 'DataError';
}

/** Names for columns as found: blanks get a number, repeated names a suffix. */
export function uniqueNames(found: readonly string[], remarks: string[]): string[] {
  const used = new Set<string>();
  return found.map((name, j) => {
    const wanted = name.trim() === '' ? `column${j + 1}` : name;
    let unique = wanted;
    for (let k = 2; used.has(unique); k++) unique = `${wanted}_${k}`;
    used.add(unique);
    if (unique !== name) remarks.push(`Column ${j + 1}, named "${name}", is called "${unique}" here.`);
    return unique;
  });
}

/** Codes texts; levels stand in order of their code units, which does not depend on the language of the machine. */
export function textColumn(name: string, values: readonly (string | null)[]): RawColumn {
  const found = new Map<string, number>();
  const codes = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const text = values[i];
    if (text === null) {
      codes[i] = -1;
      continue;
    }
    let code = found.get(text);
    if (code === undefined) found.set(text, (code = found.size));
    codes[i] = code;
  }
  return sortedText(name, codes, [...found.keys()]);
}

/** A text column from codes and levels in any order. */
export function sortedText(name: string, codes: Int32Array, labels: readonly string[]): RawColumn {
  const levels = [...labels].sort((a, b) => (a < b ? -1 : 1));
  const rank = new Map(levels.map((level, k) => [level, k]));
  const final = codes.map((code) => (code < 0 ? -1 : rank.get(labels[code])!));
  return { kind: 'text', name, codes: final, levels, declared: false, ordered: false };
}
