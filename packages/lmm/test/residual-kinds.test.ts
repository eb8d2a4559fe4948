import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBases } from '../src/accumulate.js';
import { fitModel } from '../src/index.js';
import { residualCrossProducts } from '../src/residual-products.js';
import { normal, uniform } from './random-models.js';

const shapes = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  lengths: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 6 }),
  p: fc.integer({ min: 1, max: 5 }),
  weighted: fc.boolean(),
  offset: fc.boolean(),
});

/** Rows of series in no order, with gaps. */
function tableOf({ seed, lengths, p }: { seed: number; lengths: number[]; p: number }) {
  const random = uniform(seed);
  const gauss = normal(random);
  const rows = lengths.flatMap((length, s) => {
    let t = 0;
    return Array.from({ length: length + 30 }, () => ({ g: `s${s}`, t: (t += random() < 0.8 ? 1 : 3) }));
  });
  rows.sort(() => random() - 0.5);
  return rows.map((row) => ({
    ...row,
    y: 5 + gauss(),
    w: 0.3 + random(),
    o: gauss(),
    ...Object.fromEntries(Array.from({ length: p }, (_, k) => [`x${k}`, gauss()])),
  }));
}

describe('cross-products of rows with AR(1) residuals by kinds of entries', () => {
  it('are those entry by entry, their derivatives too, also for another response', () => {
    fc.assert(
      fc.property(shapes, fc.double({ min: -0.95, max: 0.95, noNaN: true }), (shape, rho) => {
        const table = tableOf(shape);
        const x = Array.from({ length: shape.p }, (_, k) => `x${k}`).join(' + ');
        const { matrices } = fitModel(`y ~ ${x}`, table, {
          residual: 'ar1(t | g)',
          maxEvaluations: 1,
          ...(shape.weighted && { weights: 'w' }),
          ...(shape.offset && { offset: 'o' }),
        }).optimum;
        const [term] = matrices.terms;
        const residual = term.structure.residual!;
        const precision = { ...residual.precision, entryKinds: () => null };
        const apart = {
          ...matrices,
          terms: [{ ...term, structure: { ...term.structure, residual: { ...residual, precision } } }],
        };
        const bases = findBases(matrices);
        const both = [matrices, apart].map((m) => residualCrossProducts(m, bases));
        const compare = () => {
          const [a, b] = both.flatMap((cp) => {
            cp.residual!.update(Float64Array.of(rho));
            cp.residual!.derivativeInto(0);
            return [[cp, cp.residual!.derivative].flatMap(({ XtX, Xty, yty }) => [...XtX, ...Xty, yty])];
          });
          const scale = Math.max(...b.map(Math.abs));
          a.forEach((v, k) => expect(Math.abs(v - b[k])).toBeLessThan(1e-12 * scale));
        };
        compare();
        const gauss = normal(uniform(shape.seed + 1));
        const other = matrices.y.map(() => gauss());
        for (const cp of both) cp.residual!.respond(other);
        compare();
      }),
      { numRuns: 40 },
    );
  });
});
