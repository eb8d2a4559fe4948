import { readGolden } from '@blup/golden';
import { expect, test } from 'vitest';
import { buildModelFrame } from '../src/index.js';
import { expectClose } from './close.js';

interface Case {
  data: string;
  formula: string;
  nobs: number;
  columns: string[];
  assign: number[];
  sums: number[];
  sums2: number[];
}

const { data } = readGolden<{
  data: Record<
    string,
    {
      columns: Record<string, (number | string | boolean | null)[]>;
      categories: Record<string, string[]>;
      ordered: string[];
    }
  >;
}>('formula-extra/formula-extra.json');
const { cases } = readGolden<{ cases: Case[] }>('formula-extra/random-formulas.json');

const weighted = (column: Float64Array, weight: (i: number) => number): number =>
  column.reduce((sum, v, i) => sum + v * weight(i + 1), 0);

test("600 random formulas have R's columns", () => {
  expect(cases.length).toBe(600);
  for (const { data: name, formula, nobs, columns, assign, sums, sums2 } of cases) {
    const { columns: table, categories, ordered } = data[name]!;
    const frame = buildModelFrame(formula, table, { categories, ordered });
    expect(frame.fixed.names, formula).toEqual(columns);
    expect(frame.fixed.assign, formula).toEqual(assign);
    expect(frame.nobs, formula).toBe(nobs);
    // The sums have as many as 40 terms of up to 8 times a product of several columns.
    expectClose(
      frame.fixed.columns.map((column) => weighted(column, (i) => (i % 7) + 1)),
      sums,
      1e-11,
    );
    expectClose(
      frame.fixed.columns.map((column) => weighted(column, (i) => (i % 5) - 1.5)),
      sums2,
      1e-11,
    );
  }
});
