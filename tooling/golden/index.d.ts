export interface GoldenTable {
  /** Every column in file order; numbers for numeric fields, else strings; null where missing. */
  columns: Record<string, (number | string | null)[]>;
  /** Level order of the categorical columns. */
  categories: Record<string, string[]>;
  schema: { fields: { name: string; type: string; categories?: string[]; categoriesOrdered?: boolean }[]; missingValues?: string[] };
}
/** Absolute path of a file of this folder. */
export function goldenPath(path: string): string;
/** A JSON file of this folder; its shape is described in the README. */
export function readGolden<T = any>(path: string): T;
export function caseIds(): string[];
export function sparseCaseIds(): string[];
export function readCase<T = any>(id: string): T;
export function readTable(name: string): GoldenTable;
