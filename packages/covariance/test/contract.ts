import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lambdaOf, relativeCovariance, thetaDerivativeInto, type CovarianceStructure } from '../src/index.js';

/** Vectors of numbers of moderate size, zeros and negatives included. */
const numbers = (length: number) =>
  fc
    .array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: length, maxLength: length })
    .map((a) => Float64Array.from(a));

export interface ContractOptions {
  /** An independent construction of lambda lambda' (nc by nc, column-major) from par. */
  covariance(par: Float64Array, nc: number): Float64Array;
  /** How many par the structure should have for nc columns. */
  parLength(nc: number): number;
}

/** The suite that every covariance structure runs through, at sizes 1 to 4, 16 and 64. */
export function structureContract(
  name: string,
  make: (nc: number) => CovarianceStructure,
  options: ContractOptions,
): void {
  describe(`${name} keeps the contract`, () => {
    for (const nc of [1, 2, 3, 4, 16, 64]) {
      const structure = make(nc);
      const { parLength, thetaLength, thetaIndex } = structure;
      const runs = { numRuns: nc > 4 ? 5 : 60 };

      it(`has consistent sizes at nc = ${nc}`, () => {
        expect(structure.nc).toBe(nc);
        expect(parLength).toBe(options.parLength(nc));
        expect(thetaIndex.length).toBe(nc * nc);
        expect(structure.parNames(columnNames(nc))).toHaveLength(parLength);
        expect(structure.thetaNames(columnNames(nc))).toHaveLength(thetaLength);
        expect(new Set(structure.thetaNames(columnNames(nc))).size).toBe(thetaLength);
        const bounds = structure.parBounds();
        expect([bounds.lower.length, bounds.upper.length]).toEqual([parLength, parLength]);
      });

      it(`uses every theta, on the lower triangle only, at nc = ${nc}`, () => {
        const used = new Set<number>();
        thetaIndex.forEach((t, k) => {
          if (t < 0) return;
          used.add(t);
          expect(k % nc).toBeGreaterThanOrEqual(Math.floor(k / nc));
        });
        expect([...used].sort((a, b) => a - b)).toEqual(Array.from({ length: thetaLength }, (_, i) => i));
      });

      it(`builds the covariance it promises at nc = ${nc}`, () => {
        fc.assert(
          fc.property(numbers(parLength), (par) => {
            expectClose(relativeCovariance(lambdaOf(structure, par), nc), options.covariance(par, nc), 1e-12);
          }),
          runs,
        );
      });

      it(`has the derivative of its own theta at nc = ${nc}`, () => {
        fc.assert(
          fc.property(numbers(parLength), (par) => {
            const work = new Float64Array(parLength + 2 * thetaLength);
            const own = new Float64Array(thetaLength);
            const differences = new Float64Array(thetaLength);
            const plain: CovarianceStructure = { ...structure };
            delete (plain as { thetaDerivativeInto?: unknown }).thetaDerivativeInto;
            for (const k of [0, parLength >> 1, parLength - 1]) {
              thetaDerivativeInto(structure, par, k, work, own);
              thetaDerivativeInto(plain, par, k, work, differences);
              expectClose(own, differences, 1e-9);
            }
          }),
          runs,
        );
      });

      it(`turns theta back into par at nc = ${nc}`, () => {
        fc.assert(
          fc.property(numbers(parLength), (par) => {
            const theta = new Float64Array(thetaLength);
            structure.thetaInto(par, theta);
            const back = new Float64Array(parLength);
            structure.parFromThetaInto(theta, back);
            const again = new Float64Array(thetaLength);
            structure.thetaInto(back, again);
            expectClose(again, theta, 1e-12);
          }),
          runs,
        );
      });

      it(`keeps the covariance when it chooses canonical signs at nc = ${nc}`, () => {
        fc.assert(
          fc.property(numbers(parLength), (par) => {
            const canonical = par.slice();
            structure.canonicalizeInPlace(canonical);
            const lambda = lambdaOf(structure, canonical);
            expectClose(relativeCovariance(lambda, nc), relativeCovariance(lambdaOf(structure, par), nc), 1e-12);
            for (let j = 0; j < nc; j++) expect(lambda[j * nc + j]).toBeGreaterThanOrEqual(0);
            const { lower, upper } = structure.parBounds();
            canonical.forEach((v, k) => {
              expect(v).toBeGreaterThanOrEqual(lower[k]);
              expect(v).toBeLessThanOrEqual(upper[k]);
            });
            const twice = canonical.slice();
            structure.canonicalizeInPlace(twice);
            expect([...twice]).toEqual([...canonical]);
          }),
          runs,
        );
      });

      it(`starts from a covariance that it can represent at nc = ${nc}`, () => {
        if (!structure.startFromCovarianceInto) return;
        const source = new Float64Array(parLength);
        structure.startInto(new Float64Array(nc).fill(2), source);
        source.forEach((v, k) => (source[k] = v + 0.1 / (k + 1)));
        const S = relativeCovariance(lambdaOf(structure, source), nc);
        const par = new Float64Array(parLength);
        structure.startFromCovarianceInto(S, par);
        expectClose(relativeCovariance(lambdaOf(structure, par), nc), S, 1e-12);
      });

      it(`starts at a regular point with standard deviations of about 1 / scale at nc = ${nc}`, () => {
        const scale = Float64Array.from({ length: nc }, (_, j) => 10 ** ((j % 7) - 3));
        const par = new Float64Array(parLength);
        structure.startInto(scale, par);
        expect(structure.isSingular(par, scale, 1e-4)).toBe(false);
        const S = relativeCovariance(lambdaOf(structure, par), nc);
        for (let j = 0; j < nc; j++) expect(Math.abs(Math.log10(Math.sqrt(S[j * nc + j]) * scale[j]))).toBeLessThan(1);
        const unit = new Float64Array(parLength);
        structure.stepScaleInto(scale, unit);
        for (const u of unit) expect(u).toBeGreaterThan(0);
      });
    }
  });
}

export const columnNames = (nc: number): string[] => Array.from({ length: nc }, (_, i) => `c${i}`);

export function expectClose(actual: Float64Array, expected: Float64Array, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    expect(Math.abs(actual[i] - expected[i])).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected[i])));
  }
}
