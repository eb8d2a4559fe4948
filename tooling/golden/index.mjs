import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Papa from 'papaparse';

export const goldenPath = (path) => fileURLToPath(new URL(path, import.meta.url));

export const readGolden = (path) => JSON.parse(readFileSync(goldenPath(path), 'utf8'));

const idsIn = (folder) =>
  readdirSync(goldenPath(folder))
    .filter((f) => f.endsWith('.json'))
    .map((f) => f.slice(0, -5))
    .sort();

export const caseIds = () => idsIn('cases');
export const sparseCaseIds = () => idsIn('sparse-cases');
export const readCase = (id) => readGolden(`cases/${id}.json`);

/** Reads data/NAME.csv with its Table Schema; an empty field is null. */
export function readTable(name) {
  const schema = readGolden(`data/${name}.schema.json`);
  const parsed = Papa.parse(readFileSync(goldenPath(`data/${name}.csv`), 'utf8'), { skipEmptyLines: true });
  const [header, ...rows] = parsed.data;
  const columns = {};
  const categories = {};
  header.forEach((column, j) => {
    const field = schema.fields.find((f) => f.name === column);
    const numeric = field.type === 'number' || field.type === 'integer';
    columns[column] = rows.map((r) => (r[j] === '' ? null : numeric ? Number(r[j]) : r[j]));
    if (field.categories) categories[column] = field.categories.map(String);
  });
  return { columns, categories, schema };
}
