import { composite } from '@blup/covariance';
import { describe, expect, it } from 'vitest';
import { accumulateCrossProducts, checkMatrices, fitMatrices, profiledObjective } from '../src/index.js';
import { exactTrial } from '../src/moments/exact-trial.js';
import { iteratedTrial } from '../src/moments/iterated-trial.js';
import { levelMoments } from '../src/moments/level-moments.js';
import { solveMoments, type MomentEquations } from '../src/moments/moment-equations.js';
import { probedMoments, type TrialSolution } from '../src/moments/probed-moments.js';
import { leastSquaresOf } from '../src/one-factor/levelwise-least-squares.js';
import { modelOf, type ModelShape } from './random-models.js';

const shape: ModelShape = {
  seed: 11,
  n: 900,
  p: 2,
  terms: [
    { nl: 60, nc: 2, diagonal: false, nested: false },
    { nl: 7, nc: 1, diagonal: false, nested: false },
  ],
  weighted: true,
  offset: false,
};

function trialOf(of: ModelShape) {
  const { matrices } = checkMatrices(modelOf(of));
  const structure = composite(matrices.terms.map((t) => t.structure));
  const cp = accumulateCrossProducts(matrices);
  const objective = profiledObjective(cp, structure, { reml: true, sigma: null });
  const theta = new Float64Array(structure.thetaLength);
  structure.startInto(new Float64Array(structure.nc).fill(0.5), theta);
  objective.evaluate(theta);
  return { matrices, structure, cp, objective, theta };
}

/** The equations with sums over levels taken level by level and S by dense elimination: what random signs estimate. */
function denseMoments(of: ModelShape): Float64Array {
  const { cp, objective } = trialOf(of);
  const { solveInPlace } = exactTrial(objective.pls);
  const { q, terms } = cp;
  const S = Array.from({ length: q }, (_, j) => {
    const x = new Float64Array(q);
    x[j] = 1;
    solveInPlace(x);
    return x;
  });
  const F = S.map((column, j) => column.map((v, i) => Number(i === j) - v));
  const noise = (i: number, j: number) => S[j][i] - S[i].reduce((s, v, k) => s + v * S[j][k], 0);
  const unknowns = terms.flatMap((t, k) =>
    Array.from({ length: t.nc }, (_, b) => Array.from({ length: b + 1 }, (_, a) => ({ k, a, b }))).flat(),
  );
  const size = 1 + unknowns.length;
  const out = new Float64Array(size * size);
  out[0] = cp.n - cp.p - q;
  for (const column of S) for (const v of column) out[0] += v * v;
  const at = (u: { k: number }, l: number, c: number) => terms[u.k].start + l * terms[u.k].nc + c;
  unknowns.forEach((m, r) => {
    for (let l = 0; l < terms[m.k].nl; l++) {
      out[1 + r] += noise(at(m, l, m.a), at(m, l, m.b));
      out[(1 + r) * size] += noise(at(m, l, m.a), at(m, l, m.b)) * (m.a === m.b ? 1 : 2);
      unknowns.forEach((u, c) => {
        for (let h = 0; h < terms[u.k].nl; h++) {
          const f = (x: number, y: number) => F[at(u, h, y)][at(m, l, x)];
          out[(1 + c) * size + 1 + r] += f(m.a, u.a) * f(m.b, u.b) + (u.a === u.b ? 0 : f(m.a, u.b) * f(m.b, u.a));
        }
      });
    }
  });
  return out;
}

describe('moment equations for start values', () => {
  it('estimate by random signs what they are by definition', () => {
    const { cp, objective } = trialOf(shape);
    const { coefficients } = probedMoments(cp, exactTrial(objective.pls));
    const exact = denseMoments(shape);
    const size = Math.sqrt(exact.length);
    exact.forEach((v, k) => {
      const row = k % size;
      const column = (k - row) / size;
      const scale = Math.sqrt(Math.abs(exact[row * size + row] * exact[column * size + column]));
      expect(Math.abs(coefficients[k] - v), `entry ${k}`).toBeLessThan(0.12 * scale);
    });
  });

  it('are exact where every level is probed', () => {
    const few: ModelShape = { ...shape, n: 200, terms: shape.terms.map((t, k) => ({ ...t, nl: 5 + k })) };
    const { cp, objective } = trialOf(few);
    const { coefficients } = probedMoments(cp, exactTrial(objective.pls));
    denseMoments(few).forEach((v, k) =>
      expect(Math.abs(coefficients[k] - v)).toBeLessThan(1e-9 * Math.max(1, Math.abs(v))),
    );
  });

  it('by levels are exact but for fixed effects', () => {
    const one: ModelShape = { ...shape, p: 0, terms: shape.terms.slice(0, 1) };
    const { cp, structure, theta } = trialOf(one);
    const pls = leastSquaresOf(cp, structure);
    profiledObjective(cp, structure, { reml: true, sigma: null }, pls).evaluate(theta);
    const { coefficients } = levelMoments(pls.levels!, pls);
    denseMoments(one).forEach((v, k) =>
      expect(Math.abs(coefficients[k] - v)).toBeLessThan(1e-8 * Math.max(1, Math.abs(v))),
    );
  });

  it('have the same solution by conjugate gradients, to start-value accuracy', () => {
    const { cp, objective } = trialOf(shape);
    const exact: TrialSolution = exactTrial(objective.pls);
    const iterated = iteratedTrial(cp, objective.pls.lambdas)!;
    expect(iterated.wrss / exact.wrss).toBeCloseTo(1, 4);
    const [a, b]: MomentEquations[] = [probedMoments(cp, exact), probedMoments(cp, iterated)];
    const [x, y] = [solveMoments(cp, a)!, solveMoments(cp, b)!];
    expect(y.s2 / x.s2).toBeCloseTo(1, 2);
    x.relative.forEach((Phi, t) =>
      Phi.forEach((v, k) => expect(Math.abs(y.relative[t][k] - v)).toBeLessThan(0.01 * Math.max(...Phi))),
    );
  });

  it('have the same solutions by conjugate gradients one vector after another and side by side with kernels', () => {
    const vectors = { nl: 45, nc: 3, diagonal: false, nested: false };
    const { cp, objective } = trialOf({ ...shape, n: 700, terms: [vectors, { ...vectors, nl: 38, nc: 2 }] });
    const kernels = objective.pls.blocks;
    expect(kernels).not.toBe(null);
    const alone = iteratedTrial(cp, objective.pls.lambdas)!;
    const together = iteratedTrial(cp, objective.pls.lambdas, kernels)!;
    expect(together.u).toEqual(alone.u);
    expect(together.wrss).toBe(alone.wrss);
    // One of them is solved before it begins.
    const x = Float64Array.from({ length: 5 * cp.q }, (_, i) => (i < 2 * cp.q && i >= cp.q ? 0 : Math.sin(i * i)));
    const y = x.slice();
    alone.solveInPlace(x, 5);
    together.solveInPlace(y, 5);
    expect(y).toEqual(x);
  });

  it('are at the optimum for balanced one-way data: the search has nothing left to do', () => {
    const nl = 40;
    const levelIdx = Int32Array.from({ length: 6 * nl }, (_, i) => i % nl);
    const model = modelOf({ ...shape, n: 6 * nl, p: 0, weighted: false, terms: [{ ...shape.terms[1], nl }] });
    const fit = fitMatrices({ ...model, terms: model.terms.map((t) => ({ ...t, levelIdx })) });
    expect(fit.evaluations[0].value - fit.data.objective).toBeLessThan(1e-9);
  });
});
