import { readGolden } from '@blup/golden';
import { describe, expect, it } from 'vitest';
import { hendersonEquations, information, likelihoodDerivatives, score } from '../../src/index.js';
import { fitCase, goldenCase } from '../golden.js';
import { expectAllNear, expectNear } from './near.js';
import { fitOwn } from './own-models.js';

interface Derivatives {
  logLik: number;
  scoreBeta?: number[][];
  scorePhi: number[];
  infoBeta: number[][];
  infoPhi: number[][];
  observedPhi: number[][];
  averagePhi: number[][];
  crossBetaPhiObserved?: number[][];
}
interface ScoreFile {
  data: string;
  formula: string;
  phiNames: string[];
  points: { phi: number[]; beta: number[]; ML: Derivatives; REML: Derivatives }[];
}

const largest = (rows: readonly (readonly number[])[]) => Math.max(...rows.flat().map(Math.abs));

describe.each(['machines', 'sleepstudy'])('score and information of %s, by definition with dense V', (id) => {
  const want = readGolden<ScoreFile>(`theory/score-${id}.json`);
  const model = fitOwn(want.data, want.formula);
  it.each(want.points.flatMap((point, k) => (['ML', 'REML'] as const).map((c) => [k, c, point] as const)))(
    'point %i, %s',
    (_, criterion, point) => {
      const names = likelihoodDerivatives(model).phiNames;
      const at = want.phiNames.map((name) => names.indexOf(name));
      const phi = names.map((name) => point.phi[want.phiNames.indexOf(name)]);
      const got = likelihoodDerivatives(model, { phi, beta: point.beta, criterion });
      const w = point[criterion];
      const pick = (rows: readonly (readonly number[])[]) => at.map((i) => at.map((j) => rows[i][j]));
      expectNear(got.logLik, w.logLik, 1e-11);
      const scale = (rows: number[][], i: number) => Math.sqrt(Math.abs(rows[i][i]));
      at.forEach((k, i) => expectNear(got.scorePhi[k], w.scorePhi[i], 1e-8, 1e-9 * scale(w.infoPhi, i)));
      for (const [field, rows] of [
        ['expected', w.infoPhi],
        ['observed', w.observedPhi],
        ['average', w.averagePhi],
      ] as const) {
        const mine = pick(got[field]);
        rows.forEach((row, i) =>
          row.forEach((v, j) =>
            expectNear(mine[i][j], v, 1e-8, 1e-8 * scale(w.infoPhi, i) * scale(w.infoPhi, j), `${field} ${i} ${j}`),
          ),
        );
      }
      if (criterion === 'ML') {
        w.infoBeta.forEach((row, i) => expectAllNear(got.infoBeta[i], row, 1e-9, 1e-10 * largest(w.infoBeta)));
        w.scoreBeta!.forEach(([v], i) => expectNear(got.scoreBeta[i], v, 1e-8, 1e-9 * Math.sqrt(w.infoBeta[i][i])));
        w.crossBetaPhiObserved!.forEach((row, i) => {
          at.forEach((k, j) =>
            expectNear(got.crossBetaPhi[i][k], row[j], 1e-8, 1e-8 * scale(w.infoBeta, i) * scale(w.infoPhi, j)),
          );
        });
      }
    },
  );
});

describe('score and information', () => {
  it('vanish at an interior optimum, weighted, crossed and with slopes', () => {
    const model = fitOwn('crossed', 'y ~ a * b + x + (x | g) + (1 | h)', { weights: 'w' });
    const { expected } = information(model);
    score(model).phi.forEach((v, j) => expectNear(v / Math.sqrt(expected[j][j]), 0, 0, 1e-5));
  });

  it('are the derivatives of the log-likelihood', () => {
    const model = fitOwn('crossed', 'y ~ a + x + (x | g) + (1 | h)', { weights: 'w' });
    const { phi } = likelihoodDerivatives(model);
    const base = phi.map((v, j) => v * (1 + 0.1 * (j % 3)));
    for (const criterion of ['ML', 'REML'] as const) {
      const at = (x: number[]) => likelihoodDerivatives(model, { phi: x, criterion });
      const middle = at(base);
      base.forEach((v, j) => {
        const h = 1e-4 * Math.abs(v);
        const moved = (d: number) => at(base.map((b, k) => (k === j ? b + d : b)));
        const up = moved(h);
        const down = moved(-h);
        expectNear(middle.scorePhi[j], (up.logLik - down.logLik) / (2 * h), 1e-4, 1e-6 / Math.abs(v));
        base.forEach((_, k) => {
          const second = -(up.scorePhi[k] - down.scorePhi[k]) / (2 * h);
          const unit = Math.sqrt(middle.expected[j][j] * middle.expected[k][k]);
          expectNear(middle.observed[j][k], second, 1e-5, 1e-6 * unit);
        });
      });
    }
  });

  it('refuse what is no covariance', () => {
    const model = fitOwn('sleepstudy', 'Reaction ~ Days + (Days | Subject)');
    expect(() => score(model, { phi: [1, 5, 1, 1] })).toThrow(/not a covariance/);
    expect(() => score(model, { phi: [1, 0, 1, 0] })).toThrow(/positive/);
    expect(() => score(model, { phi: [1, 0, 1] })).toThrow(/4 finite/);
  });
});

describe("Henderson's equations", () => {
  interface Henderson {
    case: string;
    rhs: number[];
    beta: number[];
    b: number[];
    bNames: string[];
    C11: number[][];
    C12: number[][];
    C22diag: number[];
    C22?: number[][];
  }
  it.each(['machines', 'penicillin', 'sleepstudy'])('of %s', (id) => {
    const want = readGolden<Henderson>(`theory/henderson-${id}.json`);
    const model = fitCase(goldenCase(want.case));
    const got = hendersonEquations(model);
    const { p } = got;
    const place = want.bNames.map((name) => got.names.indexOf(name));
    expect(place.every((k) => k >= p)).toBe(true);
    // The file takes theta and sigma of the case; the fit agrees to about 1e-7.
    expectAllNear(got.solution.subarray(0, p), want.beta, 1e-7);
    place.forEach((k, i) => {
      expectNear(got.inverse[k][k], want.C22diag[i], 1e-6);
      for (let r = 0; r < p; r++) expectNear(got.inverse[r][k], want.C12[r][i], 1e-5, 1e-6 * got.inverse[r][r]);
    });
    want.C11.forEach((row, i) => expectAllNear(got.inverse[i].subarray(0, p), row, 1e-6, 1e-8 * want.C11[0][0]));
    want.b.forEach((b, i) => expectNear(got.solution[place[i]], b, 1e-5, 1e-6 * Math.sqrt(want.C22diag[i])));
  });

  it('hold: coefficient times solution is the right-hand side, coefficient times inverse the identity', () => {
    for (const [formula, weights] of [
      ['y ~ a * b + x + (x | g) + (1 | h)', 'w'],
      ['y ~ x + (1 + x | g)', undefined],
    ] as const) {
      const { coefficient, solution, rhs, inverse } = hendersonEquations(fitOwn('crossed', formula, { weights }));
      coefficient!.forEach((row, i) => {
        const scale = Math.max(...row.map(Math.abs));
        expectNear(
          row.reduce((s, v, k) => s + v * solution[k], 0),
          rhs[i],
          1e-8,
          1e-8 * scale,
        );
        inverse.forEach((column, j) =>
          expectNear(
            row.reduce((s, v, k) => s + v * column[k], 0),
            i === j ? 1 : 0,
            0,
            1e-8 * Math.max(1, scale),
          ),
        );
      });
    }
  });

  it('have an inverse but no coefficient matrix where a variance is zero', () => {
    const model = fitCase(goldenCase('dyestuff2-reml'));
    const { coefficient, inverse } = hendersonEquations(model);
    expect(coefficient).toBeNull();
    expectNear(inverse[0][0], model.data.vcov[0][0], 1e-9);
    expect(inverse[1][1]).toBe(0);
  });
});
