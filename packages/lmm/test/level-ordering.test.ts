import { analyze } from '@blup/sparse';
import { describe, expect, it } from 'vitest';
import { accumulateCrossProducts } from '../src/accumulate.js';
import { largestTermFirst } from '../src/elimination-order.js';
import { checkMatrices } from '../src/index.js';
import { levelOrdering } from '../src/level-ordering.js';
import { penalizedPattern } from '../src/penalized-pattern.js';
import { modelOf, type ModelShape } from './random-models.js';

const term = (nl: number, nc: number, nested = false) => ({ nl, nc, diagonal: false, nested });

const systemOf = (terms: ModelShape['terms'], n: number) => {
  const model = modelOf({ seed: 5, n, p: 1, terms, weighted: false, offset: false });
  const cp = accumulateCrossProducts(checkMatrices(model).matrices);
  return { cp, placed: penalizedPattern(cp) };
};

describe('the ordering of effects by levels', () => {
  it.each([
    [300, [term(30, 4), term(20, 4)]],
    [400, [term(90, 2), term(60, 2), term(11, 2)]],
    [250, [term(12, 3), term(4, 3, true), term(25, 3)]],
  ])('keeps the effects of a level together and takes no more flops than that of effects: %i rows', (n, terms) => {
    const { cp, placed } = systemOf(terms, n);
    const perm = levelOrdering(cp, placed)!;
    const { nc } = cp.terms[0];
    expect(Array.from(perm).sort((a, b) => a - b)).toEqual(Array.from({ length: cp.q }, (_, k) => k));
    for (let k = 0; k < cp.q; k++) {
      expect(perm[k] % nc).toBe(k % nc);
      expect(Math.floor(perm[k] / nc)).toBe(Math.floor(perm[k - (k % nc)] / nc));
    }
    const byEffects = analyze(placed.pattern, { ordering: ['amd', largestTermFirst(cp)] });
    expect(analyze(placed.pattern, { ordering: perm }).flops).toBeLessThan(1.05 * byEffects.flops);
  });

  it('is left to the effects where terms have one column, or different numbers of them', () => {
    for (const terms of [[term(30, 1), term(20, 1)], [term(30, 2), term(20, 1)], [term(30, 3)]]) {
      const { cp, placed } = systemOf(terms, 200);
      expect(levelOrdering(cp, placed)).toBe(null);
    }
  });
});
