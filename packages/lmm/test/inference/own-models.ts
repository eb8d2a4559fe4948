import { readFileSync } from 'node:fs';
import { goldenPath, readGolden, readTable } from '@blup/golden';
import { fitModel, type FitModelOptions, type FittedModel } from '../../src/index.js';

/** Columns of a small CSV file without quotes; a column of numbers is numeric. */
function ownTable(name: string): Record<string, (number | string)[]> {
  const [header, ...rows] = readFileSync(goldenPath(`inference/${name}.csv`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  return Object.fromEntries(
    header!.map((column, j) => {
      const cells = rows.map((row) => row[j]!);
      return [column, cells.every((cell) => cell !== '' && Number.isFinite(Number(cell))) ? cells.map(Number) : cells];
    }),
  );
}

/** Data of the folder `inference` of the golden numbers, or of its folder `data`. */
export function fitOwn(data: string, formula: string, options: FitModelOptions = {}): FittedModel {
  if (data === 'BodyWeight') return fitModel(formula, ownTable('bodyweight'), options);
  if (data === 'crossed' || data === 'nested') return fitModel(formula, ownTable(data), options);
  const { columns, categories } = readTable(data);
  return fitModel(formula, columns, { categories, ...options });
}

export const readOwn = <T>(file: string): T => readGolden<T>(`inference/${file}.json`);
