import { describe, expect, it } from 'vitest';
import { matern } from '../src/correlation/matern.js';

describe('the Matern function far out', () => {
  // Value, derivative by x and by nu: mpmath 1.2 with 40 digits (besselk, diff)
  it.each([
    [0.1, 100, 0.9999747477968433, -0.00050503762127508, 2.5506947249616e-7],
    [5, 30.25, 0.8082568022489564, -0.068567295015757, 0.0058378136271738],
    [40, 400.5, 0.3678802059000619, -0.018370989508376, 0.00091854565601866],
    [100, 1000, 0.08213628334523079, -0.0041006683007964, 0.00020498214895326],
    [900, 1e5, 0.1319938766072286, -0.00059396635658038, 2.6728482703332e-6],
    [0.01, 0.05, 0.3762641075620621, -6.2353291203224, 5.8859743991185],
    [3, 0.3, 0.026574909900391644, -0.028164188977459, 0.10617451060717],
    [30, 20, 6.727057001528089e-5, -3.6781029672763e-5, 2.3889502625739e-5],
  ])('at x = %d, nu = %d', (x, nu, value, byX, byShape) => {
    // Exponents of size nu cancel
    const digits = Math.min(11, 12 - Math.ceil(Math.log10(nu)));
    const m = matern(x, nu);
    expect(m.value / value).toBeCloseTo(1, digits);
    expect(m.byX / byX).toBeCloseTo(1, digits);
    // A difference of numbers of the size of log(nu), 1 / nu of which remains
    expect(Math.abs(m.byShape - byShape)).toBeLessThan(1e-11 * Math.max(1, nu / 1000) * Math.max(1, Math.abs(byShape)));
  });

  it('is finite wherever a search may come, and goes over to its limit', () => {
    for (const x of [0, 5e-324, 1e-200, 1e-8, 1, 700, 1e5, 1e300, Infinity])
      for (const nu of [5e-324, 1e-12, 1e-3, 1, 1e3, 1e5, 1e7, 1e300, Infinity]) {
        const { value, byX, byShape } = matern(x, nu);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1 + 1e-6);
        expect(Number.isNaN(byX) || Number.isNaN(byShape)).toBe(false);
      }
    expect(matern(1500, 0.9999e6).value / matern(1500, 1.0001e6).value).toBeCloseTo(1, 3);
    expect(matern(Number.NaN, 1).value).toBeNaN();
    expect(matern(1, Number.NaN).value).toBeNaN();
  });
});
