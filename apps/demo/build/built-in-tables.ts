import { readFileSync } from 'node:fs';
import { goldenPath } from '@blup/golden';
import Papa from 'papaparse';
import type { Plugin } from 'vite';
import { catalog } from '../src/data/catalog.js';

interface Field {
  name: string;
  categories?: (string | number)[];
  categoriesOrdered?: boolean;
}

/** Emits `data/NAME.csv` and `data/NAME.json` (levels of factors) for the data sets of the catalog, original columns only. */
export function builtInTables(): Plugin {
  return {
    name: 'built-in-tables',
    apply: 'build',
    generateBundle() {
      for (const { id, columns } of catalog) {
        const source = readFileSync(goldenPath(`data/${id}.csv`), 'utf8');
        const schema = JSON.parse(readFileSync(goldenPath(`data/${id}.schema.json`), 'utf8')) as { fields: Field[] };
        const { data } = Papa.parse<string[]>(source, { skipEmptyLines: true });
        const kept = columns.map((name) => data[0].indexOf(name));
        if (kept.includes(-1)) this.error(`${id} has no column ${columns[kept.indexOf(-1)]}`);
        this.emitFile({
          type: 'asset',
          fileName: `data/${id}.csv`,
          source: Papa.unparse(
            data.map((row) => kept.map((k) => row[k])),
            { newline: '\n' },
          ),
        });
        const factors = schema.fields.filter((f) => columns.includes(f.name) && f.categories);
        const levels = factors.map((f) => ({
          name: f.name,
          levels: f.categories!.map(String),
          ordered: f.categoriesOrdered === true,
        }));
        this.emitFile({ type: 'asset', fileName: `data/${id}.json`, source: JSON.stringify(levels) });
      }
    },
  };
}
