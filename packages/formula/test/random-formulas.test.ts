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
interface RandomCase extends Omit<Case, 'assign'> {
  terms: { group: string; columns: string[]; levels: string[] }[];
}

const { cases, random } = readGolden<{ cases: Case[]; random: RandomCase[] }>('formula-extra/random-formulas.json');

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

test("200 random formulas have lme4's random-effects terms", () => {
  expect(random.length).toBe(200);
  for (const { data: name, formula, nobs, columns, terms, sums, sums2 } of random) {
    const { columns: table, categories, ordered } = data[name]!;
    const frame = buildModelFrame(formula, table, { categories, ordered });
    expect(frame.fixed.names, formula).toEqual(columns);
    expect(frame.nobs, formula).toBe(nobs);
    expect(frame.random.length, formula).toBe(terms.length);
    const left = [...frame.random];
    const [own, own2]: number[][] = [[], []];
    for (const { group, columns: names, levels } of terms) {
      const at = left.findIndex((term) => term.group === group && term.names.join() === names.join());
      expect(at, `${formula}: ${group}`).not.toBe(-1);
      const [term] = left.splice(at, 1);
      expect(term!.levels, formula).toEqual(levels);
      levels.forEach((_, level) => {
        for (const column of term!.columns) {
          const rowOfZt = column.map((v, i) => (term!.levelIdx[i] === level ? v : 0));
          own!.push(weighted(rowOfZt, (i) => (i % 7) + 1));
          own2!.push(weighted(rowOfZt, (i) => (i % 5) - 1.5));
        }
      });
    }
    expectClose(own!, sums, 1e-11);
    expectClose(own2!, sums2, 1e-11);
  }
});
