import { readGolden } from '@blup/golden';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { compareModels, drop1, exactRLRT, fitModel, ranova } from '../../src/index.js';
import { symmetricEigenvalues } from '../../src/inference/symmetric-eigenvalues.js';
import { fitCase, goldenCase } from '../golden.js';
import { normal, uniform } from '../random-models.js';
import { expectAllNear, expectNear } from './near.js';
import { fitOwn, readOwn } from './own-models.js';

interface Comparisons {
  lrt: { smaller: string; larger: string; chisq: number; df: number; p: number }[];
  ranova: {
    data: string;
    formula: string;
    terms: string[];
    npar: number[];
    logLik: number[];
    LRT: number[];
    df: number[];
    p: number[];
  }[];
}
const golden = readGolden<Comparisons>('theory/comparisons.json');

describe('likelihood-ratio comparison', () => {
  it.each(golden.lrt.map((row) => [row.larger, row.smaller, row] as const))(
    '%s against %s',
    (larger, smaller, want) => {
      const got = compareModels([fitCase(goldenCase(larger)), fitCase(goldenCase(smaller))]);
      expect(got.order).toEqual([1, 0]);
      expect(got.df[1]).toBe(want.df);
      expectNear(got.chisq[1], want.chisq, 1e-9, 1e-8);
      expectNear(got.p[1], want.p, 1e-6);
      expect(got.refitted).toBe(false);
    },
  );

  it('refits REML fits with different fixed effects by ML, and says so', () => {
    const small = fitOwn('crossed', 'y ~ a + (1 | g)');
    const large = fitOwn('crossed', 'y ~ a + x + (1 | g)');
    const got = compareModels([small, large]);
    expect([got.refitted, got.criterion]).toEqual([true, 'ML']);
    const ml = compareModels([
      fitOwn('crossed', 'y ~ a + (1 | g)', { reml: false }),
      fitOwn('crossed', 'y ~ a + x + (1 | g)', { reml: false }),
    ]);
    expectAllNear(got.deviance, ml.deviance, 1e-10);
    expect(() => compareModels([small, large], { refit: false })).toThrow(/not comparable/);
  });

  it('keeps REML where only the random effects differ', () => {
    const got = compareModels([fitOwn('crossed', 'y ~ a + x + (x | g)'), fitOwn('crossed', 'y ~ a + x + (1 | g)')]);
    expect([got.refitted, got.criterion]).toEqual([false, 'REML']);
    expect(got.df[1]).toBe(2);
  });

  it('refuses other rows, responses and weights', () => {
    const a = fitOwn('crossed', 'y ~ a + (1 | g)');
    expect(() => compareModels([a, fitOwn('crossed', 'y ~ a + (1 | g)', { subset: 'x > 3' })])).toThrow(/other rows/);
    expect(() => compareModels([a, fitOwn('crossed', 'log(y + 20) ~ a + (1 | g)')])).toThrow(/another response/);
    expect(() => compareModels([a, fitOwn('crossed', 'y ~ a + (1 | g)', { weights: 'w' })])).toThrow(/other weights/);
    expect(() => compareModels([a])).toThrow(/at least two/);
  });
});

interface Own {
  data: string;
  formula: string;
  weights?: string | null;
  ranova: {
    terms: string[];
    npar: number[];
    logLik: number[];
    LRT: (number | null)[];
    df: (number | null)[];
    p: (number | null)[];
  };
  drop1: { terms: string[]; AIC: number[]; LRT: (number | null)[]; df: (number | null)[]; p: (number | null)[] };
}

describe.each(Object.entries(readOwn<Record<string, Own>>('lmertest')))('%s', (_, want) => {
  const model = fitOwn(want.data, want.formula, { weights: want.weights ?? undefined });

  it('drops terms as lme4', () => {
    const got = drop1(model);
    expect(got.terms).toEqual(want.drop1.terms);
    expectAllNear(got.AIC, want.drop1.AIC, 1e-9);
    expectAllNear(got.df.slice(1), want.drop1.df.slice(1), 0);
    expectAllNear(got.p.slice(1), want.drop1.p.slice(1), 1e-6);
  });

  it('tests random effects as lmerTest, but for the p values that know the boundary', () => {
    const got = ranova(model);
    expect(got.terms.length).toBe(want.ranova.terms.length);
    expectAllNear([...got.logLik].sort(), [...want.ranova.logLik].sort(), 1e-8);
    want.ranova.terms.forEach((_, i) => {
      const at = got.logLik.findIndex((v) => Math.abs(v - want.ranova.logLik[i]) < 1e-6);
      expect(got.npar[at]).toBe(want.ranova.npar[i]);
      if (i > 0) expectNear(got.pPlain[at], want.ranova.p[i]!, 1e-4);
    });
    expect(got.p.every((p, i) => i === 0 || p < got.pPlain[i] || p === 0)).toBe(true);
  });
});

describe('boundary p values', () => {
  it.each(golden.ranova.map((row) => [row.formula, row] as const))('%s', (_, want) => {
    const got = ranova(fitOwn(want.data, want.formula));
    expect([...got.npar].sort()).toEqual([...want.npar].sort());
    expect(got.method.slice(1).every((m) => m === 'mixture')).toBe(true);
  });

  it('halve the plain p value of a scalar variance', () => {
    const got = ranova(fitOwn('sleepstudy', 'Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)'));
    got.p.slice(1).forEach((p, i) => expectNear(p, got.pPlain[i + 1] / 2, 1e-12));
  });

  it('take the factor of a random term together, and name the bound', () => {
    const got = ranova(fitOwn('Machines', 'score ~ 1 + (Machine | Worker)'));
    expect(got.terms[1]).toContain('Machine in (1 + ');
    expect(got.method[1]).toBe('bound');
    expect(got.df[1]).toBe(5);
  });
});

describe('the exact restricted likelihood-ratio test', () => {
  it('agrees with refits to simulated responses', () => {
    const model = fitOwn('crossed', 'y ~ a + x + (1 | h)');
    const { X, y } = model.optimum.matrices;
    const random = normal(uniform(3));
    const h = model.optimum.matrices.terms[0];
    const statistics = Array.from({ length: 400 }, () => {
      const table = {
        y: Array.from(y, () => random()),
        a2: Array.from(X.columns[1]),
        a3: Array.from(X.columns[2]),
        x: Array.from(X.columns[3]),
        h: Array.from(h.levelIdx, (l) => h.levels[l]),
      };
      const [larger, smaller] = ['y ~ a2 + a3 + x + (1 | h)', 'y ~ a2 + a3 + x'].map(
        (f) => fitModel(f, table).data.objective,
      );
      return smaller - larger;
    });
    for (const share of [0.25, 0.1]) {
      const sorted = [...statistics].sort((a, b) => b - a);
      const cut = sorted[Math.floor(share * sorted.length)];
      // A model whose statistic is `cut` would have this p value.
      const weak = statisticModel(model, cut);
      expectNear(weak, share, 0, 3.5 * Math.sqrt((share * (1 - share)) / 400));
    }
  });

  it('is reproducible, far out at a strong effect, and near one half of chi-squared with many groups', () => {
    const strong = exactRLRT(fitOwn('crossed', 'y ~ a + x + (1 | g)'), { simulations: 2000 });
    expect(strong.p).toBe(0);
    const weak = fitOwn('Dyestuff', 'Yield ~ 1 + (1 | Batch)');
    const one = exactRLRT(weak, { seed: 5 });
    expect(exactRLRT(weak, { seed: 5 })).toEqual(one);
    // Twice the upper tail of chi-squared(1) is the naive value; the exact p is below it.
    expect(one.p).toBeLessThan(ranova(weak).pPlain[1]);
    expect(one.p).toBeGreaterThan(0);
  });

  it('of one variance among several agrees with RLRsim', () => {
    for (const want of readOwn<RlrtOfOne[]>('exact-rlrt')) {
      const model = fitOwn(want.data, want.formula, want.data === 'sleepstudy' ? { subset: 'Days < 3' } : {});
      const got = exactRLRT(model, { term: want.term, simulations: 20_000 });
      expectNear(got.statistic, want.statistic, 1e-6, 1e-7);
      const share = Math.max(want.p, 1e-4);
      expectNear(got.p, want.p, 0, 4 * Math.sqrt(share * (1 - share) * (1 / got.simulations + 1 / want.draws)));
    }
  });

  it('refuses what it is not made for', () => {
    expect(() => exactRLRT(fitOwn('sleepstudy', 'Reaction ~ Days + (Days | Subject)'))).toThrow(
      /single random-effects/,
    );
    const crossed = fitOwn('crossed', 'y ~ x + (1 | g) + (1 | h)');
    expect(() => exactRLRT(crossed)).toThrow(/name one of \(1 \| g\), \(1 \| h\)/);
    expect(() => exactRLRT(crossed, { term: 'k' })).toThrow(/no random-effects term k; it has: \(1 \| g\), \(1 \| h\)/);
    expect(() => exactRLRT(fitOwn('Dyestuff', 'Yield ~ 1 + (1 | Batch)', { reml: false }))).toThrow(/REML/);
  });
});

describe('eigenvalues of symmetric matrices', () => {
  it('agree with another implementation, repeated and zero ones too', () => {
    const random = normal(uniform(9));
    for (const n of [1, 2, 3, 7, 30]) {
      const B = new Matrix(n, n);
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) B.set(i, j, j < n - 2 ? random() : 0);
      const A = B.mmul(B.transpose());
      const want = new EigenvalueDecomposition(A, { assumeSymmetric: true }).realEigenvalues.sort((a, b) => a - b);
      expectAllNear(symmetricEigenvalues(Float64Array.from(A.to1DArray()), n), want, 1e-10, 1e-12 * n);
    }
    expectAllNear(symmetricEigenvalues(new Float64Array(9).fill(1), 3), [0, 0, 3], 1e-14, 1e-14);
  });
});

interface RlrtOfOne {
  data: string;
  formula: string;
  term: string;
  statistic: number;
  p: number;
  draws: number;
}

/** The simulated share of statistics above `cut` in the layout of a model. */
function statisticModel(model: ReturnType<typeof fitOwn>, cut: number): number {
  const shifted = Object.create(model) as typeof model;
  const optimum = { ...model.optimum };
  Object.defineProperty(shifted, 'optimum', { value: optimum });
  const without = fitOwn('crossed', 'y ~ a + x').data.objective;
  Object.defineProperty(optimum, 'value', { value: without - cut });
  return exactRLRT(shifted, { simulations: 20_000, seed: 11 }).p;
}
