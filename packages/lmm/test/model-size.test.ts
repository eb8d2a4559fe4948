import { composite, scalar, unstructured } from '@blup/covariance';
import { FormulaSizeError } from '@blup/formula';
import { readTable } from '@blup/golden';
import { describe, expect, it } from 'vitest';
import { fitModel, ModelError, ModelSizeError, type ModelMatrices } from '../src/index.js';
import { countPairs } from '../src/pair-products.js';
import { checkProductsSize } from '../src/size/products-size.js';
import { uniform } from './random-models.js';

function refusal(run: () => unknown): ModelSizeError {
  try {
    run();
  } catch (error) {
    if (error instanceof ModelSizeError) return error;
    throw error;
  }
  throw new Error('the model was not refused');
}

/** Rows whose levels of all factors are drawn at random. */
function randomLevels(n: number, sizes: Readonly<Record<string, number>>) {
  const draw = uniform(7);
  const columns = Object.entries(sizes).map(([name, size]): [string, Int32Array] => [
    name,
    Int32Array.from({ length: n }, () => Math.floor(draw() * size)),
  ]);
  return { y: Float64Array.from({ length: n }, draw), ...Object.fromEntries(columns) };
}

describe('a model that is too large', () => {
  it('is told by the pair of crossed factors that fills in, with the entries of L known in closed form', () => {
    // Every level of a meets every one of b: a is eliminated first, b is left as a dense triangle.
    const [na, nb] = [60, 40];
    const index = Array.from({ length: na * nb }, (_, k) => k);
    const table = {
      y: Float64Array.from(index, (k) => Math.sin(3 * k)),
      a: Int32Array.from(index, (k) => k % na),
      b: Int32Array.from(index, (k) => Math.floor(k / na)),
      c: Int32Array.from(index, (k) => k % 5),
    };
    // c is a function of a (k % 60 % 5), so its levels add a dense triangle and a block, and a column of a one entry.
    const entries = na * (1 + nb + 1) + ((nb + 5) * (nb + 6)) / 2;
    const { message, parts, bytes, code } = refusal(() =>
      fitModel('y ~ 1 + (1 | c) + (1 | a) + (1 | b)', table, { factors: ['a', 'b', 'c'], maxBytes: 250_000 }),
    );
    expect(code).toBe('too-large');
    expect(parts[0].what).toContain(`${entries} entries each`);
    expect(parts[0].what).toContain(
      'b (40 levels) and a (60 levels) are crossed, 2400 pairs of their levels share rows',
    );
    expect(parts[0].cure).toContain('rare levels of b');
    expect(message).toContain(`${bytes} bytes`);
    expect(bytes).toBe(parts.reduce((s, part) => s + part.bytes, 0));
  });

  it('is refused below the bytes that it tells, and fitted with them', () => {
    const formula = 'diameter ~ 1 + (1 | plate) + (1 | sample)';
    const { columns } = readTable('Penicillin');
    let maxBytes = 1;
    for (let round = 0; round < 4; round++) {
      const { bytes } = refusal(() => fitModel(formula, columns, { maxBytes: Math.max(maxBytes, 4000) }));
      expect(bytes).toBeGreaterThan(maxBytes);
      maxBytes = bytes;
      try {
        const model = fitModel(formula, columns, { maxBytes });
        expect(model.data.objective).toBe(fitModel(formula, columns).data.objective);
        expect(() => fitModel(formula, columns, { maxBytes: maxBytes - 1 })).toThrow(ModelSizeError);
        return;
      } catch (error) {
        if (!(error instanceof ModelSizeError)) throw error;
      }
    }
    throw new Error('never fitted');
  });

  it('whose factor no array can hold is refused whatever is allowed, from counts alone', () => {
    const table = randomLevels(800_000, { u: 160_000, v: 160_000 });
    const error = refusal(() =>
      fitModel('y ~ 1 + (1 | u) + (1 | v)', table, { factors: ['u', 'v'], maxBytes: Infinity }),
    );
    expect(error.raisable).toBe(false);
    expect(error.bytes).toBeGreaterThan(8 * 2 ** 31);
    expect(error.message).toContain('no array can hold');
    expect(error.message).not.toContain('maxBytes');
  }, 120_000);

  it('by its covariance parameters, its fixed effects, or their products with random effects', () => {
    const table = randomLevels(5000, { f: 150, g: 1000 });
    const factors = ['f', 'g'];
    const wide = refusal(() => fitModel('y ~ 1 + (f | g)', table, { factors }));
    expect(wide.parts[0].what).toContain(
      '11325 variance parameters, 11325 of them those of (1 + f1 + f2 + ... + f149 | g)',
    );
    expect(wide.parts[0].cure).toContain('a structure with fewer parameters');
    const dense = refusal(() => fitModel('y ~ f + (1 | g)', table, { factors, maxBytes: 8e6 }));
    expect(dense.message).toContain('random effects of (1 | g) with the 150 fixed-effects columns');
    expect(() => fitModel('y ~ f + (1 | g)', table, { factors, maxBytes: 4e6 })).toThrow(FormulaSizeError);
    const series = refusal(() =>
      fitModel('y ~ 1 + (1 | g)', table, { factors, residual: 'ar1(1 | f)', maxBytes: 8e5 }),
    );
    expect(series.message).toContain('the residual structure ar1');
  });

  it('needs a sensible limit', () => {
    const { columns } = readTable('sleepstudy');
    for (const maxBytes of [0, -1, Number.NaN])
      expect(() => fitModel('Reaction ~ Days + (Days | Subject)', columns, { maxBytes })).toThrow(ModelError);
  });
});

describe('sizes', () => {
  it('count pairs of levels where their bound is too much', () => {
    const n = 4000;
    const draw = uniform(3);
    const term = (group: string, nl: number, nc: number) => ({
      group,
      names: Array.from({ length: nc }, (_, c) => `z${c}`),
      levels: Array.from({ length: nl }, (_, l) => String(l)),
      levelIdx: Int32Array.from({ length: n }, () => Math.floor(nl * draw() ** 3)),
      columns: Array.from({ length: nc }, () => new Float64Array(n).fill(1)),
      structure: nc === 1 ? scalar() : unstructured(nc),
    });
    const [a, b] = [term('a', 50, 2), term('b', 90, 1)];
    const pairs = new Set(Array.from(a.levelIdx, (l, i) => 90 * l + b.levelIdx[i])).size;
    expect(countPairs(a, b)).toBe(pairs);
    expect(pairs).toBeLessThan(Math.min(n, 50 * 90));
    const m: ModelMatrices = {
      responseName: 'y',
      y: new Float64Array(n),
      X: { names: [], columns: [] },
      terms: [a, b],
      weights: null,
      offset: null,
    };
    const structure = composite([a.structure, b.structure]);
    const loose = checkProductsSize(m, structure, 1e9);
    const bound = loose.at(-1)!.bytes;
    expect(loose.at(-1)!.what).toContain(`${n} pairs`);
    const tight = checkProductsSize(m, structure, loose.reduce((s, part) => s + part.bytes, 0) - 1);
    expect(tight.at(-1)!.what).toContain(`${pairs} pairs of levels of b and a`);
    expect(tight.at(-1)!.bytes / bound).toBeCloseTo(pairs / n, 10);
  });
});
