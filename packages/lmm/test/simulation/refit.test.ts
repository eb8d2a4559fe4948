import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitMatrices, fitModel, refitter, simulate } from '../../src/index.js';
import { fitCase, goldenCase, plainCaseIds } from '../golden.js';
import { modelOf, modelShapes, normal, uniform } from '../random-models.js';

const small = plainCaseIds.filter((id) => !/insteval/.test(id));

describe('refitting the response of the fit gives the fit', () => {
  it.each(small)('%s', (id) => {
    const model = fitCase(goldenCase(id));
    const { refit } = refitter(model);
    const again = refit(model.optimum.matrices.y);
    expect(again.objective - model.data.objective).toBeLessThan(1e-8);
    expect(again.sigma / model.data.sigma).toBeCloseTo(1, 6);
    expect(again.singular).toBe(model.data.certificate.singular);
    again.beta.forEach((b, k) => expect(Math.abs(b - model.data.beta.values[k])).toBeLessThan(1e-5 * model.data.se[k]));
    expect(again.converged).toBe(true);
  });
});

describe('refitting other responses', () => {
  it('gives the fit of its own, for any model that has enough rows to have one', () => {
    fc.assert(
      fc.property(modelShapes, fc.boolean(), fc.nat(1000), (shape, reml, seed) => {
        // With about as many effects as rows, or few levels, the likelihood may have no maximum, or several.
        const few = shape.terms.slice(0, 2);
        const terms = few.map((t) => ({ ...t, nested: false, nc: Math.min(t.nc, 2), nl: 6 + t.nl }));
        const input = modelOf({ ...shape, terms, n: 120 });
        const model = fitMatrices(input, { reml });
        const gauss = normal(uniform(seed + 1));
        const y = input.y.map((v) => v + 2 * gauss());
        const own = fitMatrices({ ...input, y }, { reml });
        const got = refitter(model).refit(y);
        expect(got.converged).toBe(own.data.certificate.converged);
        expect(Math.abs(got.objective - own.data.objective)).toBeLessThan(1e-7);
        // A variance is put to zero where that costs the criterion no more than 1e-8: the rest of a singular fit is as exact as that.
        expect(got.sigma / own.data.sigma).toBeCloseTo(1, got.singular ? 5 : 6);
        got.beta.forEach((b, k) => expect(Math.abs(b - own.data.beta.values[k])).toBeLessThan(1e-5 * own.data.se[k]));
      }),
      { numRuns: 60 },
    );
  });

  it('does not depend on the responses before', () => {
    const model = fitCase(goldenCase('sleepstudy-rs-reml'));
    const ys = simulate(model, { nsim: 6, seed: 3 });
    const { refit } = refitter(model);
    const forward = ys.map(refit);
    const backward = ys.toReversed().map(refit).toReversed();
    expect(backward).toEqual(forward);
    expect(ys.map((y) => refitter(model).refit(y))).toEqual(forward);
  });

  it('leaves the model as it was', () => {
    const model = fitCase(goldenCase('penicillin-reml'));
    const before = JSON.stringify(model);
    refitter(model).refit(simulate(model, { seed: 1 })[0]);
    expect(JSON.stringify(model)).toBe(before);
    expect(model.objectiveAt(model.data.theta).objective).toBe(model.data.objective);
  });

  it('leaves zero where the response asks for it, from a singular fit', () => {
    const model = fitCase(goldenCase('dyestuff2-ml'));
    expect(model.data.theta).toEqual([0]);
    const { levelIdx } = model.optimum.matrices.terms[0];
    const spread = model.optimum.matrices.y.map((v, i) => v + 20 * levelIdx[i]);
    const got = refitter(model).refit(spread);
    expect(got.singular).toBe(false);
    const own = fitMatrices({ ...model.optimum.matrices, y: spread }, { reml: false });
    expect(got.objective).toBeCloseTo(own.data.objective, 8);
  });

  it('keeps digits where effects dwarf residuals', () => {
    const gauss = normal(uniform(9));
    const g = Array.from({ length: 40 }, (_, i) => `g${Math.floor(i / 4)}`);
    const noise = g.map(() => gauss());
    const y = g.map((_, i) => 1e5 * Math.sin(1 + Math.floor(i / 4)) + noise[i]);
    const model = fitModel('y ~ 1 + (1 | g)', { y: noise, g });
    const got = refitter(model).refit(Float64Array.from(y));
    // Balanced one-way layout: sigma^2 is the mean square within groups.
    let within = 0;
    for (let k = 0; k < 10; k++) {
      const own = noise.slice(4 * k, 4 * k + 4);
      const mean = own.reduce((a, b) => a + b, 0) / 4;
      within += own.reduce((s, v) => s + (v - mean) ** 2, 0);
    }
    expect(got.sigma ** 2 / (within / 30)).toBeCloseTo(1, 5);
  });

  it('refuses responses of another length or with holes', () => {
    const { refit } = refitter(fitCase(goldenCase('dyestuff-reml')));
    expect(() => refit(new Float64Array(3))).toThrow(/3 values/);
    expect(() => refit(new Float64Array(30).fill(Number.NaN))).toThrow(/row 1/);
  });
});
