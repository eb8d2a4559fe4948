import { readFileSync } from 'node:fs';
import { goldenPath, readCase, readGolden } from '@blup/golden';
import { describe, expect, test } from 'vitest';
import { Session } from '../src/engine/session.js';
import type { ModelSettings } from '../src/model/settings.js';

const settings = (part: Partial<ModelSettings>): ModelSettings => ({
  formula: '',
  reml: true,
  weights: null,
  offset: null,
  subset: null,
  columns: [],
  ...part,
});

const bytesOf = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer;

async function opened(name: string): Promise<Session> {
  const session = new Session();
  const fields: { name: string; categories?: unknown[]; categoriesOrdered?: boolean }[] = readGolden(
    `data/${name}.schema.json`,
  ).fields;
  const declared = fields
    .filter(({ categories }) => categories)
    .map((f) => ({ name: f.name, levels: f.categories!.map(String), ordered: f.categoriesOrdered === true }));
  const text = readFileSync(goldenPath(`data/${name}.csv`), 'utf8');
  const outcome = await session.open(`${name}.csv`, bytesOf(text), declared);
  expect(outcome.ok).toBe(true);
  return session;
}

const sum = { role: 'auto', reference: null, contrast: 'sum' } as const;

describe('fits in the worker equal lme4', () => {
  test.each([
    ['sleepstudy', 'sleepstudy-rs-reml', {}],
    ['sleepstudy', 'sleepstudy-weights-offset-reml', { weights: 'w', offset: 'off' }],
    ['sleepstudyNA', 'sleepstudy-na-reml', {}],
    ['cake', 'cake-sum-reml', { columns: [['recipe', sum] as const, ['temperature', sum] as const] }],
  ] as const)('%s: %s', async (table, id, part) => {
    const expected = readCase(id);
    const session = await opened(table);
    const outcome = await session.fit(1, settings({ formula: expected.formula, reml: expected.reml, ...part }));
    if (!outcome.ok) throw new Error(outcome.problem.message);
    const { data } = outcome.value;
    expect(data.objective).toBeCloseTo(expected.results.objective, 6);
    expect(data.sigma / expected.results.sigma).toBeCloseTo(1, 6);
    expect(data.nobs).toBe(expected.results.nobs);
    expect(data.beta.values[0] / expected.results.beta.values[0]).toBeCloseTo(1, 6);
  });
});

test('a mistake in the formula comes back with its place', async () => {
  const session = await opened('sleepstudy');
  const outcome = await session.fit(1, settings({ formula: 'Reaction ~ Dyas + (1 | Subject)' }));
  expect(outcome).toMatchObject({ ok: false, problem: { place: { start: 11, end: 15 } } });
});

test('progress is told once for every evaluation', async () => {
  const session = await opened('sleepstudy');
  const counts: number[] = [];
  const outcome = await session.fit(1, settings({ formula: 'Reaction ~ Days + (Days | Subject)' }), ({ count }) =>
    counts.push(count),
  );
  if (!outcome.ok) throw new Error(outcome.problem.message);
  expect(counts).toEqual(Array.from({ length: outcome.value.data.certificate.evaluations }, (_, k) => k + 1));
});
