import { readGolden } from '@blup/golden';
import { describe, expect, test } from 'vitest';
import type { Contrast, ModelFrame, ModelFrameOptions } from '../src/index.js';
import { applyDesign, buildModelFrame, readDesign } from '../src/index.js';
import { expectClose } from './close.js';

type Column = (number | string | boolean | null)[];

interface Encoded {
  columns: Record<string, Column>;
  categories: Record<string, string[]>;
  ordered: string[];
}

interface Matrix {
  columns: string[];
  assign: number[];
  matrix: number[][];
}

interface Base {
  data: string;
  formula: string;
  contrasts?: Record<string, Contrast>;
  offset?: number[];
}

interface RandomCase extends Base {
  rows: number[];
  X: { columns: string[]; matrix: number[][] };
  terms: { group: string; columns: string[] }[];
  flist: Record<string, { levels: string[]; codes: number[] }>;
  termToFlist: number[];
  Zt: { nrow: number; ncol: number; i: number[]; j: number[]; x: number[] };
}

const golden = readGolden<{
  data: Record<string, Encoded>;
  fixed: (Base & Matrix & { subset?: string; rows: number[]; termLabels: string[]; response?: number[] })[];
  random: RandomCase[];
  predict: (Base & Matrix)[];
}>('formula-extra/formula-extra.json');

function frameOf(data: string, formula: string, options: ModelFrameOptions): ModelFrame {
  const { columns, categories, ordered } = golden.data[data]!;
  return buildModelFrame(formula, columns, { categories, ordered, ...options });
}

/** Rows kept, counted from 1. */
const keptRows = ({ rows, nrow }: ModelFrame): number[] =>
  Array.from(rows ?? Int32Array.from({ length: nrow }, (_, i) => i), (i) => i + 1);

function expectMatrix(columns: readonly Float64Array[], matrix: (number | null)[][]): void {
  columns.forEach((column, j) => {
    const expected = matrix.map((row) => row[j]);
    // A missing predictor gives NA in some columns of R's matrix and NaN here.
    const present = expected.flatMap((v, i) => (v === null ? [] : [i]));
    expect(expected.flatMap((v, i) => (v === null && !Number.isNaN(column[i]) ? [i] : []))).toEqual([]);
    expectClose(
      present.map((i) => column[i]!),
      present.map((i) => expected[i]!),
      1e-12,
    );
  });
}

describe('fixed parts', () => {
  test.each(golden.fixed.map((c) => [c.data, c.formula, c.subset ?? '', c] as const))(
    '%s: %s %s',
    (data, formula, _, c) => {
      const frame = frameOf(data, formula, { contrasts: c.contrasts, subset: c.subset });
      expect(frame.fixed.names).toEqual(c.columns);
      expect(frame.fixed.termLabels).toEqual(c.termLabels);
      expect(frame.fixed.assign).toEqual(c.assign);
      expect(keptRows(frame)).toEqual(c.rows);
      expectMatrix(frame.fixed.columns, c.matrix);
      if (c.response === undefined) expect(frame.response).toBeNull();
      else expectClose(frame.response!.values, c.response, 1e-12);
      if (c.offset === undefined) expect(frame.offset).toBeNull();
      else expectClose(frame.offset!, c.offset, 1e-12);
    },
  );
});

describe('random-effects terms', () => {
  test.each(golden.random.map((c) => [c.data, c.formula, c] as const))('%s: %s', (data, formula, c) => {
    const frame = frameOf(data, formula, { contrasts: c.contrasts });
    expect(frame.fixed.names).toEqual(c.X.columns);
    expectMatrix(frame.fixed.columns, c.X.matrix);
    expect(keptRows(frame)).toEqual(c.rows);
    const found = new Map(frame.random.map((term) => [JSON.stringify([term.group, term.names]), term]));
    const Z = Array.from({ length: c.Zt.nrow }, () => new Float64Array(c.Zt.ncol));
    c.Zt.x.forEach((x, k) => (Z[c.Zt.i[k]!]![c.Zt.j[k]!] = x));
    let at = 0;
    c.terms.forEach(({ group, columns }, t) => {
      const term = found.get(JSON.stringify([group, columns]));
      expect(term, `${group}: ${columns.join(', ')}`).toBeDefined();
      const { levels, codes } = Object.values(c.flist)[c.termToFlist[t]! - 1]!;
      expect(term!.levels).toEqual(levels);
      expect(Array.from(term!.levelIdx, (k) => k + 1)).toEqual(codes);
      levels.forEach((_, level) => {
        for (const column of term!.columns) {
          expectClose(
            column.map((v, i) => (term!.levelIdx[i] === level ? v : 0)),
            Z[at++]!,
            1e-12,
          );
        }
      });
    });
    expect(at).toBe(c.Zt.nrow);
    expect(frame.random.length).toBe(c.terms.length);
  });
});

describe('new rows', () => {
  test.each(golden.predict.map((c) => [c.formula, c] as const))('%s', (formula, c) => {
    const { design } = frameOf('fx', formula, { contrasts: c.contrasts });
    const reread = readDesign(JSON.parse(JSON.stringify(design)));
    const frame = applyDesign(reread, golden.data['new']!.columns);
    expect(frame.fixed.names).toEqual(c.columns);
    expect(frame.response).toBeNull();
    expectMatrix(frame.fixed.columns, c.matrix);
    if (c.offset !== undefined) expectClose(frame.offset!, c.offset, 1e-12);
  });
});
