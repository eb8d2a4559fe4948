import { caseIds, readCase, readGolden, readTable } from '@blup/golden';
import { describe, expect, test } from 'vitest';
import type { Contrast, ModelFrameOptions } from '../src/index.js';
import { buildModelFrame } from '../src/index.js';
import { expectClose } from './close.js';

interface FixedCase {
  id: string;
  data: string;
  formula: string;
  contrasts?: Record<string, Contrast>;
  termLabels: string[];
  intercept: boolean;
  columns: string[];
  assign: number[];
  matrix: number[][];
  response?: number[];
  offset?: number[];
  omittedRows?: number[];
}

interface RandomCase {
  id: string;
  data: string;
  formula: string;
  X: { columns: string[] };
  terms: { group: string; columns: string[] }[];
  flist: Record<string, { levels: string[]; codes: number[] }>;
  termToFlist: number[];
  omittedRows?: number[];
  Zt: { nrow: number; ncol: number; i: number[]; j: number[]; x: number[] };
}

const golden = readGolden<{ fixed: FixedCase[]; random: RandomCase[] }>('formula/formula-cases.json');

/** Table and the options that its Table Schema asks for. */
function goldenTable(name: string): { columns: ReturnType<typeof readTable>['columns']; options: ModelFrameOptions } {
  const { columns, categories, schema } = readTable(name);
  return {
    columns,
    options: { categories, ordered: schema.fields.filter((f) => f.categoriesOrdered).map((f) => f.name) },
  };
}

describe("R's model matrices", () => {
  test.each(golden.fixed.map((c) => [c.id, c.formula, c] as const))('%s %s', (_, formula, c) => {
    const { columns, options } = goldenTable(c.data);
    // The recorded matrices are model.matrix's, which keeps levels without rows.
    const frame = buildModelFrame(formula, columns, { ...options, contrasts: c.contrasts, unusedLevels: 'keep' });
    expect(frame.fixed.names).toEqual(c.columns);
    expect(frame.fixed.termLabels).toEqual(c.termLabels);
    expect(frame.fixed.intercept).toBe(c.intercept);
    expect(frame.fixed.assign).toEqual(c.assign);
    expect(Array.from(frame.omitted.missing, (row) => row + 1)).toEqual(c.omittedRows ?? []);
    expect(frame.nobs).toBe(c.matrix.length);
    frame.fixed.columns.forEach((column, j) =>
      expectClose(
        column,
        c.matrix.map((row) => row[j]!),
        1e-12,
      ),
    );
    if (c.response === undefined) expect(frame.response).toBeNull();
    else expectClose(frame.response!.values, c.response, 1e-12);
    if (c.offset === undefined) expect(frame.offset).toBeNull();
    else expectClose(frame.offset!, c.offset, 1e-12);
  });
});

/** lme4 sorts terms by decreasing number of levels; the frame keeps the formula's order. Match them by group and columns. */
const termKey = (group: string, columns: readonly string[]): string => JSON.stringify([group, columns]);

describe("lme4's random-effects terms", () => {
  // lme4 keeps the full covariance of a factor inside ||; here its columns are independent. See double-bar.test.ts.
  const cases = golden.random.filter(({ id }) => id !== 'r19');
  test.each(cases.map((c) => [c.id, c.formula, c] as const))('%s %s', (_, formula, c) => {
    const { columns, options } = goldenTable(c.data);
    const frame = buildModelFrame(formula, columns, options);
    expect(frame.fixed.names).toEqual(c.X.columns);
    expect(Array.from(frame.omitted.missing, (row) => row + 1)).toEqual(c.omittedRows ?? []);
    const found = new Map(frame.random.map((term) => [termKey(term.group, term.names), term]));
    expect(found.size).toBe(c.terms.length);
    const Z = Array.from({ length: c.Zt.nrow }, () => new Float64Array(c.Zt.ncol));
    c.Zt.x.forEach((x, k) => (Z[c.Zt.i[k]!]![c.Zt.j[k]!] = x));
    let at = 0;
    c.terms.forEach(({ group, columns: names }, t) => {
      const term = found.get(termKey(group, names))!;
      expect(term).toBeDefined();
      const factor = Object.entries(c.flist)[c.termToFlist[t]! - 1]!;
      expect(term.levels).toEqual(factor[1].levels);
      expect(Array.from(term.levelIdx, (k) => k + 1)).toEqual(factor[1].codes);
      for (let level = 0; level < term.levels.length; level++) {
        for (const column of term.columns) {
          const expected = Z[at++]!;
          expectClose(
            column.map((v, i) => (term.levelIdx[i] === level ? v : 0)),
            expected,
            1e-12,
          );
        }
      }
    });
    expect(at).toBe(c.Zt.nrow);
  });
});

describe('the fitted reference cases', () => {
  test.each(caseIds())('%s', (id) => {
    const c = readCase(id);
    const { columns, options } = goldenTable(c.data);
    const frame = buildModelFrame(c.formula, columns, {
      ...options,
      weights: c.weights,
      offset: c.offset,
      subset: c.subset,
      contrasts: c.contrasts,
    });
    const { results } = c;
    expect(frame.nobs).toBe(results.nobs);
    const dropped = new Set<string>(results.droppedColumns ?? []);
    if (results.beta !== undefined)
      expect(frame.fixed.names.filter((name) => !dropped.has(name))).toEqual(results.beta.names);
    if (results.omittedRows !== undefined) {
      expect(Array.from(frame.omitted.missing, (row) => row + 1)).toEqual(results.omittedRows);
    }
    for (const [group, { levels = [] }] of Object.entries<{ levels?: string[] }>(results.ranef ?? {})) {
      const terms = frame.random.filter((term) => term.group === group);
      expect(terms.length).toBeGreaterThan(0);
      for (const term of terms) expect(term.levels.slice(0, levels.length)).toEqual(levels);
    }
  });
});
