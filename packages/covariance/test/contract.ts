import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  lambdaOf,
  naturalParameters,
  relativeCovariance,
  thetaDerivativeInto,
  type CovarianceStructure,
} from '../src/index.js';

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
  /** par inside the structure's bounds; any numbers when left out. */
  par?(nc: number): fc.Arbitrary<Float64Array>;
  /** Numbers of columns to try. */
  sizes?: readonly number[];
  /** One standard deviation for all columns: scales are met on average only. */
  homogeneous?: boolean;
  /** Error allowed in covariances; ill-conditioned families need more. */
  tolerance?: number;
  /** Error allowed in derivatives against extrapolated differences. */
  derivativeTolerance?: number;
}

/** Standard deviations first, then correlation parameters, each between its own bounds. */
export const sdsAnd =
  (sds: (nc: number) => number, others: (nc: number) => readonly (readonly [number, number])[]) =>
  (nc: number): fc.Arbitrary<Float64Array> =>
    fc
      .tuple(
        ...Array.from({ length: sds(nc) }, () => fc.double({ min: 0.05, max: 3, noNaN: true })),
        ...others(nc).map(([min, max]) => fc.double({ min, max, noNaN: true })),
      )
      .map((a) => Float64Array.from(a as number[]));

/** The suite that every covariance structure runs through, at sizes 1 to 4, 16 and 64. */
export function structureContract(
  name: string,
  make: (nc: number) => CovarianceStructure,
  options: ContractOptions,
): void {
  describe(`${name} keeps the contract`, () => {
    const tolerance = options.tolerance ?? 1e-12;
    for (const nc of options.sizes ?? [1, 2, 3, 4, 16, 64]) {
      const structure = make(nc);
      const { parLength, thetaLength, thetaIndex } = structure;
      const pars = options.par?.(nc) ?? numbers(parLength);
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
        expect(structure.searchScale?.length ?? parLength).toBe(parLength);
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
          fc.property(pars, (par) => {
            expectClose(relativeCovariance(lambdaOf(structure, par), nc), options.covariance(par, nc), tolerance);
          }),
          runs,
        );
      });

      it(`has the derivative of its own theta at nc = ${nc}`, () => {
        fc.assert(
          fc.property(pars, (par) => {
            const work = new Float64Array(parLength + 2 * thetaLength);
            const own = new Float64Array(thetaLength);
            const differences = new Float64Array(thetaLength);
            const plain: CovarianceStructure = { ...structure };
            delete (plain as { thetaDerivativeInto?: unknown }).thetaDerivativeInto;
            for (const k of new Set([0, parLength >> 1, parLength - 1])) {
              if (parLength === 0) continue;
              thetaDerivativeInto(structure, par, k, work, own);
              thetaDerivativeInto(plain, par, k, work, differences);
              expectClose(own, differences, options.derivativeTolerance ?? (options.par ? 1e-6 : 1e-9));
            }
          }),
          runs,
        );
      });

      it(`turns theta back into par at nc = ${nc}`, () => {
        const { parFromThetaInto } = structure;
        if (!parFromThetaInto) return;
        fc.assert(
          fc.property(pars, (par) => {
            const theta = new Float64Array(thetaLength);
            structure.thetaInto(par, theta);
            const back = new Float64Array(parLength);
            parFromThetaInto(theta, back);
            const again = new Float64Array(thetaLength);
            structure.thetaInto(back, again);
            expectClose(again, theta, 1e-12);
          }),
          runs,
        );
      });

      it(`reports finite natural parameters with names of their own at nc = ${nc}`, () => {
        const par = new Float64Array(parLength);
        structure.startInto(new Float64Array(nc).fill(2), par);
        const natural = naturalParameters(structure, par, columnNames(nc));
        for (const { value } of natural) expect(Number.isFinite(value)).toBe(true);
        expect(new Set(natural.map(({ name }) => name)).size).toBe(natural.length);
      });

      it(`keeps the covariance when it chooses canonical signs at nc = ${nc}`, () => {
        fc.assert(
          fc.property(pars, (par) => {
            const canonical = par.slice();
            structure.canonicalizeInPlace(canonical);
            const lambda = lambdaOf(structure, canonical);
            expectClose(relativeCovariance(lambda, nc), relativeCovariance(lambdaOf(structure, par), nc), tolerance);
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
        expectClose(relativeCovariance(lambdaOf(structure, par), nc), S, Math.max(1e-12, tolerance));
      });

      it(`starts at a regular point with standard deviations of about 1 / scale at nc = ${nc}`, () => {
        const scale = Float64Array.from({ length: nc }, (_, j) => 10 ** ((j % 7) - 3));
        const par = new Float64Array(parLength);
        structure.startInto(scale, par);
        expect(structure.isSingular(par, scale, 1e-4)).toBe(false);
        const S = relativeCovariance(lambdaOf(structure, par), nc);
        const sizes = Array.from({ length: nc }, (_, j) => Math.log10(Math.sqrt(S[j * nc + j]) * scale[j]));
        if (options.homogeneous) expect(Math.abs(sizes.reduce((a, b) => a + b, 0) / nc)).toBeLessThan(1);
        else for (const size of sizes) expect(Math.abs(size)).toBeLessThan(1);
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
