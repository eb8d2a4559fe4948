import { InputError } from '../errors.js';
import type { NumberFormat } from './number.js';

/** What a schema says of one column. */
export interface FieldSchema {
  readonly name: string;
  /** `any` is found out from the values. */
  readonly kind: 'number' | 'integer' | 'boolean' | 'text' | 'any';
  /** Levels in order with the value that stands for each in the file, when the column is declared categorical. */
  readonly categories: readonly { readonly value: string; readonly label: string }[] | undefined;
  readonly ordered: boolean;
  readonly missingValues: ReadonlySet<string>;
  readonly numbers: NumberFormat;
  readonly trueValues: ReadonlySet<string>;
  readonly falseValues: ReadonlySet<string>;
}

/** A Frictionless Table Schema, as far as reading a table needs it. */
export interface TableSchema {
  readonly fields: ReadonlyMap<string, FieldSchema>;
  readonly missingValues: ReadonlySet<string>;
}

const numeric = new Set(['number', 'integer', 'year']);

/**
 * Reads a Table Schema (https://datapackage.org/standard/table-schema, versions 1 and 2): the schema itself, or a resource that
 * holds it under `schema`. Types other than numbers and booleans are text; a field without a type is inferred.
 *
 * @param text JSON
 * @param name name of the file, for messages
 * @throws {InputError} `bad-schema`
 */
export function parseTableSchema(text: string, name: string): TableSchema {
  const fail = (what: string): never => {
    throw new InputError('bad-schema', `The schema ${name} ${what}.`);
  };
  let root: unknown;
  try {
    root = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    fail(`is not JSON: ${(error as Error).message}`);
  }
  const document = asObject(root) ?? fail('must be a JSON object');
  const schema = asObject(document['schema']) ?? document;
  const list = schema['fields'];
  if (!Array.isArray(list)) return fail('has no list "fields"');

  const missingValues = stringSet(schema['missingValues']) ?? new Set(['']);
  const fields = new Map<string, FieldSchema>();
  for (const [i, entry] of list.entries()) {
    const field = asObject(entry) ?? fail(`must have objects in "fields", but entry ${i + 1} is not one`);
    const fieldName = field['name'];
    if (typeof fieldName !== 'string') return fail(`has a field without a name (entry ${i + 1} of "fields")`);
    if (fields.has(fieldName)) fail(`has two fields named "${fieldName}"`);
    fields.set(fieldName, readField(fieldName, field, missingValues, fail));
  }
  return { fields, missingValues };
}

function readField(
  name: string,
  field: Record<string, unknown>,
  tableMissing: ReadonlySet<string>,
  fail: (what: string) => never,
): FieldSchema {
  const type = field['type'] ?? 'any';
  if (typeof type !== 'string') fail(`gives field "${name}" a type that is not text`);
  const kind =
    type === 'integer' || type === 'boolean' || type === 'any' ? type : numeric.has(type as string) ? 'number' : 'text';
  const decimal = field['decimalChar'] ?? '.';
  const group = field['groupChar'] ?? '';
  if (typeof decimal !== 'string' || decimal === '' || typeof group !== 'string') {
    return fail(`has a decimalChar or groupChar of field "${name}" that is not text`);
  }
  return {
    name,
    kind,
    categories: readCategories(name, field['categories'], fail),
    ordered: field['categoriesOrdered'] === true,
    missingValues: stringSet(field['missingValues']) ?? tableMissing,
    numbers: { decimal, group },
    trueValues: stringSet(field['trueValues']) ?? new Set(['true', 'True', 'TRUE', '1']),
    falseValues: stringSet(field['falseValues']) ?? new Set(['false', 'False', 'FALSE', '0']),
  };
}

function readCategories(name: string, list: unknown, fail: (what: string) => never): FieldSchema['categories'] {
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list)) return fail(`has "categories" of field "${name}" that are not a list`);
  const seen = new Set<string>();
  return list.map((entry: unknown) => {
    const object = asObject(entry);
    const value = String(object ? object['value'] : entry);
    const label = typeof object?.['label'] === 'string' ? object['label'] : value;
    if (seen.has(value)) fail(`repeats the category "${value}" of field "${name}"`);
    seen.add(value);
    return { value, label };
  });
}

const asObject = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;

/** A list of texts, or of `{ value }` as in version 2; undefined if there is no list. */
function stringSet(list: unknown): Set<string> | undefined {
  if (!Array.isArray(list)) return undefined;
  return new Set(list.map((entry: unknown) => String(asObject(entry)?.['value'] ?? entry)));
}
