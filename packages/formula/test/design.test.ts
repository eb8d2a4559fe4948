import { readGolden, readTable } from '@blup/golden';
import { describe, expect, test } from 'vitest';
import type { Design, DesignColumn, Distribution, ModelFrame } from '../src/index.js';
import {
  applyDesign,
  buildModelFrame,
  completeDesign,
  createDesign,
  designRequests,
  estimateDesign,
  inferSchema,
  modelFrame,
  readDesign,
  supplyStates,
} from '../src/index.js';
import { expectClose } from './close.js';

const { columns, categories, schema } = readTable('f2');
const overrides = { categories, ordered: schema.fields.filter((f) => f.categoriesOrdered).map((f) => f.name) };
const inferred = inferSchema(columns, overrides);

const formulas = [
  'y ~ x + (1 | g)',
  'y ~ a * b * z + (a | g)',
  'y ~ o * poly(x, 2) + (0 + a:z | b) + (z || g)',
  'log(y) ~ scale(x) + poly(scale(z), 2) + ns(x, 3) + offset(z)',
  'y ~ factor(round(z)) + relevel(a, "a2") + (1 | a/b)',
  'y ~ cut(x, 3) + I(x - mean(x)) + (dummy(a) | g) + (1 | round(x))',
  'y ~ interaction(a, b) + (x > 3) + (1 | x > 6)',
];

/** The rows that a plain reader of the design would keep, and a column computed from the design's JSON alone. */
function fromData(column: DesignColumn, design: Design, frame: ModelFrame): number[] {
  const values = design.variables.map(({ name }) => name);
  return Array.from({ length: frame.nobs }, (_, i) =>
    column.product.reduce((product, factor) => {
      const row = frame.rows === null ? i : frame.rows[i]!;
      const cell = columns[values[factor.variable]!]![row]!;
      if ('component' in factor) return product * (cell as number);
      const level = design.variables[factor.variable]!.levels!.indexOf(String(cell));
      return product * ('level' in factor ? Number(level === factor.level) : factor.weights[level]!);
    }, 1),
  );
}

describe('the design says for every column what it is a product of', () => {
  test.each(['y ~ x', 'y ~ a * b', 'y ~ a * x + o:z', 'y ~ 0 + a:b + o * x', 'y ~ x * a + (a:x | g) + (0 + o | b)'])(
    '%s',
    (formula) => {
      const frame = buildModelFrame(formula, columns, { ...overrides, contrasts: { b: 'sum' } });
      const design = readDesign(JSON.parse(JSON.stringify(frame.design)));
      frame.fixed.columns.forEach((column, j) =>
        expectClose(column, fromData(design.fixed.columns![j]!, design, frame), 1e-15),
      );
      frame.random.forEach((term) => {
        const described = design.random[term.term]!.matrix.columns!;
        term.columns.forEach((column, j) => expectClose(column, fromData(described[j]!, design, frame), 1e-15));
      });
    },
  );
});

describe('planning needs no rows', () => {
  test.each(formulas)('%s', (formula) => {
    const planned = createDesign(formula, inferred);
    expect(planned.complete).toBe(false);
    expect(planned.states).toEqual([]);
    const reread = readDesign(JSON.parse(JSON.stringify(planned)));
    expect(reread).toEqual(planned);
    expect(modelFrame(reread, columns).fixed).toEqual(modelFrame(planned, columns).fixed);
  });
});

describe('a complete design survives JSON and gives the same frame again', () => {
  test.each(formulas)('%s', (formula) => {
    const design = estimateDesign(createDesign(formula, inferred), columns);
    const text = JSON.stringify(design);
    const reread = readDesign(JSON.parse(text));
    expect(JSON.stringify(reread)).toBe(text);
    const frames = [modelFrame(design, columns), modelFrame(reread, columns)];
    expect(frames[1]!.fixed).toEqual(frames[0]!.fixed);
    const applied = applyDesign(reread, columns, { newLevels: 'missing' });
    frames[0]!.fixed.columns.forEach((column, j) => {
      const kept = Array.from(frames[0]!.rows ?? column.keys(), (row) => applied.fixed.columns[j]![row]!);
      expect(kept).toEqual(Array.from(column));
    });
  });
});

describe('a back-end that only aggregates comes to the same design', () => {
  /** Stands for a database: evaluates an expression over all rows through a formula of its own. */
  const evaluated = (expression: string): Distribution => {
    const frame = buildModelFrame(`~ 0 + ${expression}`, columns, { ...overrides, unusedLevels: 'keep' });
    const [variable] = frame.design.variables;
    if (variable!.kind === 'factor') return { values: null, counts: null, levels: variable!.levels };
    const counts = new Map<number, number>();
    for (const v of frame.fixed.columns[0]!) counts.set(v, (counts.get(v) ?? 0) + 1);
    return { values: Float64Array.from(counts.keys()), counts: Float64Array.from(counts.values()), levels: null };
  };

  test.each(formulas)('%s', (formula) => {
    const reference = estimateDesign(createDesign(formula, inferred), columns);
    let design = createDesign(formula, inferred);
    for (let round = 0; round < 5; round++) {
      const { states } = designRequests(design);
      if (states.length === 0) break;
      const ready = states.filter(({ after }) => after.length === 0);
      // An argument with a state of its own is evaluated with that state.
      const known = new Map(
        ready.map(({ call, argument }) => [call, argumentOf(argument, reference) ?? evaluated(argument)]),
      );
      design = supplyStates(design, known);
    }
    const { levels, groups } = designRequests(design);
    const used = new Map(
      levels.map(({ name }) => [name, reference.variables.find((v) => v.name === name)!.levels!.toReversed()]),
    );
    const combinations = groups.map((_, t) =>
      reference.random[t]!.group.levels!.map((level) => level.split(':')).toReversed(),
    );
    const completed = completeDesign(design, { levels: used, groups: combinations });
    expect({ ...completed, states: [] }).toEqual({ ...reference, states: [] });
    for (const { call, state } of reference.states) {
      const own = completed.states.find((entry) => entry.call === call)!.state;
      for (const [key, value] of Object.entries(state)) {
        if (typeof value === 'number') expectClose([own[key] as number], [value], 1e-13);
        else if (Array.isArray(value) && typeof value[0] === 'number')
          expectClose(own[key] as number[], value as number[], 1e-12);
        else expect(own[key]).toEqual(value);
      }
    }
  });

  function argumentOf(argument: string, reference: Design): Distribution | null {
    if (!reference.states.some(({ call }) => argument.includes(call))) return null;
    const { center, scale } = reference.states.find(({ call }) => call === argument)!.state as {
      center: number;
      scale: number;
    };
    const raw = columns['z'] as (number | null)[];
    return {
      values: Float64Array.from(raw, (v) => (v === null ? Number.NaN : (v - center) / scale)),
      counts: null,
      levels: null,
    };
  }

  test('what is still lacking is an error', () => {
    const design = createDesign('y ~ scale(x) + a + (1 | g)', inferred);
    expect(() => completeDesign(design, { levels: new Map(), groups: [] })).toThrow('The state of scale(x)');
    const scaled = supplyStates(design, new Map([['scale(x)', evaluated('x')]]));
    expect(() => completeDesign(scaled, { levels: new Map(), groups: [] })).toThrow('levels of a');
    expect(() => completeDesign(scaled, { levels: new Map([['a', ['a1', 'a2']]]), groups: [] })).toThrow('levels of g');
  });
});

test('only the columns in use are read', () => {
  const design = createDesign('y ~ x + (1 | g)', inferred, { weights: 'z', subset: 'b == "hi"' });
  expect(design.columns.map(({ name }) => name).sort()).toEqual(['b', 'g', 'x', 'y', 'z']);
  expect(design.subset).toBe('b == "hi"');
});

test('what is no design is refused', () => {
  expect(() => readDesign(null)).toThrow('not a design');
  expect(() => readDesign({ format: 'blup-design-0' })).toThrow('not a design');
  expect(() => readDesign({ format: 'blup-design-1' })).toThrow('damaged');
});

test('every golden formula plans to JSON and back', () => {
  const golden = readGolden<{ fixed: { data: string; formula: string }[] }>('formula/formula-cases.json');
  for (const { data, formula } of golden.fixed) {
    const table = readTable(data);
    const { design } = buildModelFrame(formula, table.columns, { categories: table.categories });
    expect(readDesign(JSON.parse(JSON.stringify(design)))).toEqual(design);
  }
});
