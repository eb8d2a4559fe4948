import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/index.js';
import { deterministicLog } from '../../src/inference/distributions/deterministic-log.js';
import { normalQuantile } from '../../src/inference/distributions/normal-quantile.js';
import { philoxInto } from '../../src/simulation/philox.js';

describe('Philox4x32-10', () => {
  // The known answers that the authors publish with their library.
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('counter %j, key %j', (counter, [key0, key1], expected) => {
    const out = new Uint32Array(4);
    philoxInto(Uint32Array.from(counter), key0, key1, out);
    expect([...out]).toEqual(expected);
  });
});

describe('a stream', () => {
  it('has these bits, computed with whole numbers of any size elsewhere', () => {
    const { uniform } = randomStream(42, 7);
    const expected = [0.42380965253405456, 0.4059819712611138, 0.5617366310068165, 0.8979173507576391];
    expect(Array.from(expected, uniform)).toEqual(expected);
  });

  it('differs by seed and by number, beyond 2^32 too', () => {
    const first = (seed: number, stream: number) => randomStream(seed, stream).uniform();
    const values = [first(1, 1), first(1, 2), first(2, 1), first(1 + 2 ** 32, 1), first(1, 1 + 2 ** 32)];
    expect(new Set(values).size).toBe(5);
    expect(first(1, 1)).toBe(values[0]);
    for (const bad of [-1, 0.5, Number.NaN, 2 ** 53]) expect(() => randomStream(bad, 0)).toThrow(/seed/);
  });

  it('is standard normal in its first four moments and tails', () => {
    const { normal } = randomStream(5, 0);
    const n = 200_000;
    const sums = [0, 0, 0, 0];
    let beyond = 0;
    for (let i = 0; i < n; i++) {
      const z = normal();
      for (let k = 0; k < 4; k++) sums[k] += z ** (k + 1);
      if (Math.abs(z) > 2.5758293035489) beyond++;
    }
    // Five standard errors.
    expect(Math.abs(sums[0] / n)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(sums[1] / n - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(sums[2] / n)).toBeLessThan(5 * Math.sqrt(15 / n));
    expect(Math.abs(sums[3] / n - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
    expect(Math.abs(beyond / n - 0.01)).toBeLessThan(5 * Math.sqrt(0.01 / n));
  });
});

describe('the normal quantile', () => {
  // R 4.2.2, qnorm
  it.each([
    [5e-324, -38.46740561714434],
    [1e-310, -37.66306033194952],
    [1e-300, -37.04709629936120052],
    [1e-20, -9.26234008979840517],
    [1e-10, -6.3613409024040557],
    [0.001, -3.09023230616781319],
    [0.024, -1.9773684281819468],
    [0.3, -0.52440051270804067],
    [0.5, 0],
    [0.9, 1.28155156554460081],
    [0.975, 1.95996398454005361],
    [1 - 1e-10, 6.36134088969742084],
  ])('at %d', (p, z) => {
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThanOrEqual(4e-16 * Math.abs(z));
  });

  it('knows the ends and what lies outside', () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
    expect([normalQuantile(-0.1), normalQuantile(1.1), normalQuantile(Number.NaN)]).toEqual([NaN, NaN, NaN]);
  });
});

describe('the deterministic logarithm', () => {
  it('is within two units in the last place', () => {
    const { uniform } = randomStream(1, 1);
    for (let i = 0; i < 20_000; i++) {
      const x = uniform() * 2 ** Math.floor(600 * (uniform() - 0.5));
      const exact = Math.log(x);
      expect(Math.abs(deterministicLog(x) - exact)).toBeLessThanOrEqual(5e-16 * Math.abs(exact) + 1e-300);
    }
    expect(deterministicLog(1)).toBe(0);
  });
});
