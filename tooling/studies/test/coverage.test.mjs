import { beforeAll, describe, expect, it } from 'vitest';
import { binomialLimits } from '../binomial.mjs';
import { coverageStudy } from '../coverage-study.mjs';
import { designs, SEED } from '../designs.mjs';

/** The first data sets of the study that docs/coverage.md shows. Seeds are fixed: a pass stays a pass. */
const NSIM = 200;

/** Limits for one number; a share of 95 % is outside with probability 0.001. */
const limits = (n) => binomialLimits(n, 0.95, 0.001);

describe('limits of the binomial distribution', () => {
  it("are R's qbinom", () => {
    // qbinom(c(.0005, .9995), n, .95) for n = 200, 100, 20
    expect(binomialLimits(200, 0.95, 0.001)).toEqual([179, 198]);
    expect(binomialLimits(100, 0.95, 0.001)).toEqual([87, 100]);
    expect(binomialLimits(20, 0.95, 0.001)).toEqual([15, 20]);
  });
});

describe('95 % intervals on small unbalanced designs', () => {
  const studies = new Map();
  beforeAll(async () => {
    for (const design of designs) studies.set(design.id, await coverageStudy(design, { nsim: NSIM, seed: SEED }));
  }, 60_000);

  it.each([
    ['fixed', 'Satterthwaite'],
    ['fixed', 'Kenward-Roger'],
    ['prediction', 'Satterthwaite'],
  ])('hold: %s by %s', (kind, method) => {
    const [low, high] = limits(NSIM);
    for (const [id, { rows }] of studies) {
      const own = rows.filter((row) => row.kind === kind && row.method === method);
      expect(own.length).toBeGreaterThan(1);
      for (const { what, held, counted } of own) {
        expect(counted).toBe(NSIM);
        expect(held, `${id}: ${what}`).toBeGreaterThanOrEqual(low);
        expect(held, `${id}: ${what}`).toBeLessThanOrEqual(high);
      }
    }
  });

  it.each([
    ['joint tests', 'Wald z', /^joint/],
    ['new observations', 'normal', /^new row/],
  ])('do not hold by the quantiles of large samples: %s', (_, method, belongs) => {
    const rows = [...studies.values()].flatMap((study) =>
      study.rows.filter((row) => row.method === method && belongs.test(row.what)),
    );
    const counted = rows.reduce((s, row) => s + row.counted, 0);
    expect(counted % (designs.length * NSIM)).toBe(0);
    expect(rows.reduce((s, row) => s + row.held, 0)).toBeLessThan(limits(counted)[0]);
  });
});

describe('intervals of standard deviations and bootstrap intervals', () => {
  it('hold as often as their theory lets them with few groups', async () => {
    const { rows } = await coverageStudy(designs[0], {
      nsim: 60,
      seed: SEED,
      profiled: 60,
      bootstrapped: 20,
      replicates: 99,
    });
    const held = (what, method) => rows.find((row) => row.what === what && row.method === method).held;
    // What is estimated from within the groups has 30 degrees of freedom: nothing is lost.
    expect(held('sigma', 'profile')).toBeGreaterThanOrEqual(limits(60)[0]);
    expect(held('x', 'percentile')).toBeGreaterThanOrEqual(limits(20)[0]);
    // Profiles are of the ML likelihood, by which variances between eight groups are too small.
    const [low, high] = binomialLimits(60, 0.87, 0.001);
    expect(held('sd g.(Intercept)', 'profile')).toBeGreaterThanOrEqual(low);
    expect(held('sd g.(Intercept)', 'profile')).toBeLessThanOrEqual(high);
  });
});
