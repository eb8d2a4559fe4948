import {
  ar1Levels,
  ar1SeriesWithInitialVariance,
  composite,
  homogeneousDiagonal,
  overLevels,
  randomWalkLevels,
  type CovarianceStructure,
  type SeriesPoints,
} from '@blup/covariance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainSystem } from '../src/chains/chain-system.js';
import {
  accumulateCrossProducts,
  checkMatrices,
  fitModel,
  profiledObjective,
  type ModelMatricesInput,
} from '../src/index.js';
import { levelPrecisions } from '../src/level-precision.js';
import { plainMoments } from '../src/moments/plain-moments.js';
import { chainMoments } from '../src/chains/chain-moments.js';
import { leastSquaresOf } from '../src/one-factor/levelwise-least-squares.js';
import type { PenalizedLeastSquares } from '../src/penalized-least-squares.js';
import { normal, uniform } from './random-models.js';

const KINDS = ['ar1', 'car1', 'initial', 'rw'] as const;

interface Shape {
  readonly seed: number;
  readonly kind: (typeof KINDS)[number];
  readonly p: number;
  /** Points of each series. */
  readonly lengths: number[];
  readonly weighted: boolean;
  readonly offset: boolean;
  /** Whether effects multiply a covariate, which is zero in all rows of some points. */
  readonly slopes: boolean;
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  kind: fc.constantFrom(...KINDS),
  p: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(11)),
  lengths: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 }),
  weighted: fc.boolean(),
  offset: fc.boolean(),
  slopes: fc.boolean(),
});

function structureOf(kind: Shape['kind'], points: SeriesPoints): CovarianceStructure {
  const inner = homogeneousDiagonal(1);
  if (kind === 'initial') return ar1SeriesWithInitialVariance(inner, points);
  if (kind === 'rw') {
    const before = Array.from({ length: points.starts.length - 1 }, (_, s) => [points.times[points.starts[s]] - 1]);
    return overLevels(inner, randomWalkLevels(points, before), 'rw');
  }
  return overLevels(inner, ar1Levels(points, kind === 'car1'));
}

/** Series of any lengths with gaps, none to three rows at a point besides the first one. */
function modelOf({ seed, kind, p, lengths, weighted, offset, slopes }: Shape): ModelMatricesInput {
  const random = uniform(seed);
  const gauss = normal(random);
  const times: number[] = [];
  const starts = [0];
  for (const length of lengths) {
    let t = 0;
    for (let k = 0; k < length; k++) {
      t += random() < 0.8 ? 1 : 3;
      times.push(kind === 'car1' ? t + 0.3 * random() : t);
    }
    starts.push(times.length);
  }
  const levelIdx: number[] = [];
  times.forEach((_, k) => {
    const rows = random() < 0.7 ? 1 : 3;
    for (let r = 0; r < rows; r++) levelIdx.push(k);
  });
  while (levelIdx.length < p + 10) levelIdx.push(Math.floor(random() * times.length));
  levelIdx.sort(() => random() - 0.5);
  const n = levelIdx.length;
  const draw = () => Float64Array.from({ length: n }, gauss);
  const zero = times.map(() => random() < 0.2);
  const column = slopes ? Float64Array.from(levelIdx, (k) => (zero[k] ? 0 : gauss())) : new Float64Array(n).fill(1);
  const columns = Array.from({ length: p }, (_, k) => (k === 0 ? new Float64Array(n).fill(1) : draw()));
  return {
    responseName: 'y',
    y: draw().map((v) => 3 + 2 * v),
    X: { names: columns.map((_, k) => `x${k}`), columns },
    terms: [
      {
        group: 'g:t',
        names: [slopes ? 'z' : '(Intercept)'],
        columns: [column],
        levels: times.map((_, k) => `l${k}`),
        levelIdx: Int32Array.from(levelIdx),
        structure: structureOf(kind, { times, starts }),
      },
    ],
    weights: weighted ? Float64Array.from({ length: n }, () => 0.2 + 2 * random()) : null,
    offset: offset ? draw() : null,
  };
}

/** A singular and a negative factor are ordinary points. */
const thetas = fc.record({
  lambda: fc.oneof(
    fc.constantFrom(0, 1e-9, -1e-4, 30),
    fc.double({ min: 1e-12, max: 4, noNaN: true }).map((v) => (v > 3 ? 3 - v : v)),
  ),
  rho: fc.double({ min: -0.97, max: 0.97, noNaN: true }),
  ratio: fc.double({ min: 0.2, max: 3, noNaN: true }),
});

type Theta = { lambda: number; rho: number; ratio: number };

function thetaOf(kind: Shape['kind'], { lambda, rho, ratio }: Theta): Float64Array {
  if (kind === 'rw') return Float64Array.of(lambda);
  if (kind === 'initial') return Float64Array.of(lambda, rho, ratio);
  return Float64Array.of(lambda, kind === 'car1' ? Math.max(0.01, Math.abs(rho)) : rho);
}

/** The same problem along its chains and by the sparse system. */
function both(shape: Shape, reml = true, sigma: number | null = null) {
  const { matrices } = checkMatrices(modelOf(shape));
  const structure = composite(matrices.terms.map((t) => t.structure));
  const cp = accumulateCrossProducts(matrices);
  const pls = leastSquaresOf(cp, structure);
  expect(pls.chains).not.toBeNull();
  const along = profiledObjective(cp, structure, { reml, sigma }, pls);
  const sparse = profiledObjective(cp, structure, { reml, sigma });
  expect(sparse.pls.chains).toBeNull();
  return { along, sparse };
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  let scale = 1;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]));
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i] - expected[i]), `entry ${i}`).toBeLessThan(tolerance * scale);
  }
}

describe('series along their points, against the sparse system', () => {
  it('have the same criterion, gradient and information', () => {
    fc.assert(
      fc.property(shapes, thetas, fc.boolean(), fc.constantFrom(null, 1.7), (shape, at, reml, sigma) => {
        const { along, sparse } = both(shape, reml, sigma);
        const theta = thetaOf(shape.kind, at);
        expectClose([along.evaluate(theta)], [sparse.evaluate(theta)], 1e-11);
        expect(along.failure).toBe('none');
        const m = theta.length;
        const gradients = [new Float64Array(m), new Float64Array(m)];
        const informations = [new Float64Array(m * m), new Float64Array(m * m)];
        [along, sparse].forEach((objective, k) => {
          objective.gradientInto(gradients[k]);
          objective.informationInto(informations[k]);
        });
        expectClose(gradients[0], gradients[1], 1e-9);
        expectClose(informations[0], informations[1], 1e-9);
      }),
      { numRuns: 300 },
    );
  });

  it('have the same solution, and the same sparse system once that is read', () => {
    fc.assert(
      fc.property(shapes, thetas, (shape, at) => {
        const { along, sparse } = both(shape);
        const theta = thetaOf(shape.kind, at);
        along.evaluate(theta);
        sparse.evaluate(theta);
        const parts: ((pls: PenalizedLeastSquares) => ArrayLike<number>)[] = [
          (pls) => [1 + pls.ldL2, pls.ldRX2],
          (pls) => [pls.pwrss, pls.ussq, pls.wrss],
          (pls) => pls.beta,
          (pls) => pls.u,
          (pls) => pls.b,
          (pls) => pls.Zte,
          (pls) => pls.Xte,
          (pls) => pls.RXt,
          (pls) => pls.RZX,
          (pls) => pls.values,
        ];
        for (const part of parts) expectClose(part(along.pls), part(sparse.pls), 1e-9);
      }),
      { numRuns: 100 },
    );
  });

  it('have the same moments', () => {
    fc.assert(
      fc.property(shapes, thetas, (shape, at) => {
        const { along, sparse } = both(shape);
        const theta = thetaOf(shape.kind, at);
        along.evaluate(theta);
        sparse.evaluate(theta);
        const a = chainMoments(along.pls.chains!, along.pls);
        const b = plainMoments(sparse.pls);
        expectClose(a.moments, b.moments, 1e-9);
        expectClose(a.coefficients, b.coefficients, 1e-9);
      }),
      { numRuns: 60 },
    );
  });

  it('follow the parameters of K after the sparse system was read', () => {
    const shape: Shape = {
      seed: 5,
      kind: 'ar1',
      p: 2,
      lengths: [9, 1, 14],
      weighted: true,
      offset: true,
      slopes: false,
    };
    const { along, sparse } = both(shape);
    for (const [lambda, rho] of [
      [1, 0.5],
      [1, -0.2],
      [0, 0.9],
      [1, 0.5],
    ]) {
      along.evaluate(Float64Array.of(lambda, rho));
      sparse.evaluate(Float64Array.of(lambda, rho));
      expectClose(along.pls.RZX, sparse.pls.RZX, 1e-12);
      expectClose(along.pls.u, sparse.pls.u, 1e-11);
      expectClose(along.pls.values, sparse.pls.values, 1e-12);
    }
  });

  it('leave vector-valued points, second-order walks and further terms to the sparse system', () => {
    const { matrices } = checkMatrices(
      modelOf({ seed: 8, kind: 'ar1', p: 1, lengths: [12, 9], weighted: false, offset: false, slopes: false }),
    );
    const [term] = matrices.terms;
    const chainsOf = (terms: typeof matrices.terms) => {
      const cp = accumulateCrossProducts({ ...matrices, terms });
      return chainSystem(cp, levelPrecisions(cp, composite(terms.map((t) => t.structure))));
    };
    expect(chainsOf([term])).not.toBeNull();
    const points = { times: [...Array(12).keys(), ...Array(9).keys()].map((t) => t + 2), starts: [0, 12, 21] };
    const walk = overLevels(
      homogeneousDiagonal(1),
      randomWalkLevels(
        points,
        [
          [0, 1],
          [0, 1],
        ],
        2,
      ),
      'rw',
    );
    expect(chainsOf([{ ...term, structure: walk }])).toBeNull();
    const two = overLevels(homogeneousDiagonal(2), ar1Levels(points));
    const x = term.columns[0].map((_, i) => i);
    expect(
      chainsOf([{ ...term, names: ['(Intercept)', 'x'], columns: [term.columns[0], x], structure: two }]),
    ).toBeNull();
    expect(chainsOf([term, { ...term, group: 'other', structure: homogeneousDiagonal(1) }])).toBeNull();
  });
});

describe('start values of series', () => {
  /** Latent AR(1) in noise. */
  function table(rho: number, sd: number, noise: number, series: number, points: number, gap = 0) {
    const gauss = normal(uniform(77));
    const random = uniform(78);
    const y: number[] = [];
    const g: string[] = [];
    const t: number[] = [];
    for (let s = 0; s < series; s++) {
      let u = sd * gauss();
      for (let k = 0; k < points; k++) {
        if (k > 0) u = rho * u + Math.sqrt(1 - rho * rho) * sd * gauss();
        const noisy = 10 + u + noise * gauss();
        if (random() < gap) continue;
        y.push(noisy);
        g.push(`s${s}`);
        t.push(k);
      }
    }
    return { y, g, t };
  }
  const formula = 'y ~ 1 + ar1(1 | g, time = t)';

  it.each([
    [0.8, 1.5, 1, 0],
    [-0.7, 2, 1, 0],
    [0.9, 1, 2, 0.2],
    [0.6, 3, 1.2, 0],
  ])(
    'lie near the estimates where products of neighbours are clear: rho %d, sd %d, noise %d',
    (rho, sd, noise, gap) => {
      const model = fitModel(formula, table(rho, sd, noise, 60, 40, gap));
      const [start] = model.optimum.evaluations;
      expect(model.data.certificate.converged).toBe(true);
      expect(Math.abs(start.x[1] - model.data.par[1])).toBeLessThan(0.15);
      expect(Math.abs(Math.log(start.x[0] / model.data.par[0]))).toBeLessThan(0.5);
      expect(model.optimum.evaluations.findIndex(({ decrement }) => decrement < 1e-6)).toBeLessThan(9);
    },
  );

  it('stay what they were where nothing is clear', () => {
    const model = fitModel(formula, table(0, 1, 1, 5, 12));
    expect(model.optimum.evaluations[0].x[1]).toBeCloseTo(0.3, 12);
  });
});
