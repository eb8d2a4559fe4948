import { describe, expect, it } from 'vitest';
import { composite, CovarianceStructureError, diagonal, scalar, structureFor, unstructured } from '../src/index.js';
import { structureContract } from './contract.js';

structureContract('diagonal', diagonal, {
  parLength: (nc) => nc,
  covariance(par, nc) {
    const S = new Float64Array(nc * nc);
    for (let j = 0; j < nc; j++) S[j * nc + j] = par[j] ** 2;
    return S;
  },
});

structureContract('unstructured', unstructured, {
  parLength: (nc) => (nc * (nc + 1)) / 2,
  covariance(par, nc) {
    // Sum of outer products of the columns of the triangle.
    const S = new Float64Array(nc * nc);
    let from = 0;
    for (let c = 0; c < nc; c++) {
      for (let i = c; i < nc; i++) for (let j = c; j < nc; j++) S[j * nc + i] += par[from + i - c] * par[from + j - c];
      from += nc - c;
    }
    return S;
  },
});

const halves = (nc: number) => (nc === 1 ? [unstructured(1)] : [unstructured(nc >> 1), diagonal(nc - (nc >> 1))]);
const triangle = (nc: number) => (nc * (nc + 1)) / 2;

structureContract('composite of unstructured and diagonal', (nc) => composite(halves(nc)), {
  parLength: (nc) => (nc === 1 ? 1 : triangle(nc >> 1) + nc - (nc >> 1)),
  covariance(par, nc) {
    const first = nc === 1 ? 1 : nc >> 1;
    const S = new Float64Array(nc * nc);
    let from = 0;
    for (let c = 0; c < first; c++) {
      for (let i = c; i < first; i++)
        for (let j = c; j < first; j++) S[j * nc + i] += par[from + i - c] * par[from + j - c];
      from += first - c;
    }
    for (let j = first; j < nc; j++) S[j * nc + j] = par[from + j - first] ** 2;
    return S;
  },
});

describe('names', () => {
  it('of an unstructured term go down the columns of the triangle', () => {
    expect(unstructured(3).thetaNames(['(Intercept)', 'a', 'b'])).toEqual([
      '(Intercept)',
      'a.(Intercept)',
      'b.(Intercept)',
      'a',
      'b.a',
      'b',
    ]);
  });
  it('of a composite are those of its parts', () => {
    expect(composite([unstructured(2), scalar()]).parNames(['x', 'y', 'z'])).toEqual(['x', 'y.x', 'y', 'z']);
  });
});

describe('canonical form of a singular factor', () => {
  it('moves what stands below a zero diagonal into its own column', () => {
    const par = Float64Array.from([0, 3, 4]);
    unstructured(2).canonicalizeInPlace(par);
    expect([...par]).toEqual([0, 0, 5]);
  });
  it('leaves the rank visible: one zero for each lost dimension', () => {
    // lambda = [0 0 0; 2 0 0; 1 2 0], covariance of rank 2 on the last two effects
    const par = Float64Array.from([0, 2, 1, 0, 2, 0]);
    unstructured(3).canonicalizeInPlace(par);
    expect([...par]).toEqual([0, 0, 0, 2, 1, 2]);
  });
});

describe('singularity', () => {
  it('is judged in units of the columns', () => {
    const slope = scalar();
    expect(slope.isSingular(Float64Array.of(1e-6), Float64Array.of(1e6), 1e-4)).toBe(false);
    expect(slope.isSingular(Float64Array.of(1e-6), Float64Array.of(1), 1e-4)).toBe(true);
  });
  it('sees a correlation of one behind a healthy diagonal', () => {
    expect(unstructured(2).isSingular(Float64Array.of(1, 1, 0), Float64Array.of(1, 1), 1e-4)).toBe(true);
    expect(unstructured(2).isSingular(Float64Array.of(1, 1, 0.5), Float64Array.of(1, 1), 1e-4)).toBe(false);
  });
});

describe('mistakes', () => {
  it('a number of columns that cannot be', () => {
    for (const nc of [0, -1, 1.5, Number.NaN]) {
      expect(() => diagonal(nc)).toThrow(CovarianceStructureError);
      expect(() => unstructured(nc)).toThrow(CovarianceStructureError);
    }
  });
  it('an unknown tag names the known ones', () => {
    expect(() => structureFor({ name: 'uz', args: {}, nc: 2 })).toThrow(
      /no covariance structure "uz", did you mean "us"\?; known structures: us, diag/,
    );
  });
  it('an argument that a structure does not have', () => {
    expect(() => structureFor({ name: 'us', args: { hom: true }, nc: 2 })).toThrow(/"us" has no argument hom/);
  });
  it('a tag that is the name of an object property', () => {
    expect(() => structureFor({ name: '__proto__', args: {}, nc: 1 })).toThrow(CovarianceStructureError);
    expect(() => structureFor({ name: 'constructor', args: {}, nc: 1 })).toThrow(CovarianceStructureError);
  });
});

describe('the registry', () => {
  it('gives a scalar for one column and takes own structures first', () => {
    expect(structureFor({ name: 'us', args: {}, nc: 1 }).kind).toBe('scalar');
    const own = new Map([['us', ({ nc }: { nc: number }) => diagonal(nc)]]);
    expect(structureFor({ name: 'us', args: {}, nc: 3 }, own).kind).toBe('diag');
  });
});
