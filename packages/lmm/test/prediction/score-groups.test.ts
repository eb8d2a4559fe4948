import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { exportModel, fitModel, predict, readModel, scoreGroups, type FittedModel } from '../../src/index.js';
import { normal, uniform } from '../random-models.js';

/** Two crossed factors, one with slopes, unbalanced, weighted; some rows of new groups. */
function data(seed: number) {
  const random = uniform(seed);
  const gauss = normal(random);
  const pick = (k: number) => Math.floor(random() * k);
  const make = (n: number, subjects: string[], items: string[]) => {
    const s = Array.from({ length: n }, () => pick(subjects.length));
    const i = Array.from({ length: n }, () => pick(items.length));
    const x = Array.from({ length: n }, () => 4 * random());
    return {
      subject: s.map((k) => subjects[k]),
      item: i.map((k) => items[k]),
      x,
      w: x.map(() => 0.5 + random()),
      y: x.map((v, r) => 2 + v + 3 * Math.sin(s[r] + 1) + 2 * Math.cos(2 * i[r]) + Math.sin(5 * s[r]) * v + gauss()),
    };
  };
  const subjects = Array.from({ length: 9 }, (_, k) => `s${k}`);
  const items = Array.from({ length: 6 }, (_, k) => `i${k}`);
  return { train: make(120, subjects, items), fresh: make(17, ['s3', 'new1', 'new2'], ['i0', 'i4', 'extra']) };
}

/** Everything dense, from the definition: beta, known and new effects; the joint covariance of their errors. */
function dense(model: FittedModel, fresh: ReturnType<typeof data>['fresh']) {
  const { matrices: m, theta } = model.optimum;
  const { sigma } = model.data;
  const [a, b, c, d] = theta;
  const Ss = new Matrix([
    [a, 0],
    [b, c],
  ]);
  const subjectCov = Ss.mmul(Ss.transpose()).mul(sigma ** 2);
  const itemVar = (d * sigma) ** 2;
  const subjects = [...m.terms[0].levels, 'new1', 'new2'];
  const items = [...m.terms[1].levels, 'extra'];
  const place = (s: string, i: string, x: number): number[] => {
    const z = Array(2 * subjects.length + items.length).fill(0);
    z[2 * subjects.indexOf(s)] = 1;
    z[2 * subjects.indexOf(s) + 1] = x;
    z[2 * subjects.length + items.indexOf(i)] = 1;
    return z;
  };
  const q = 2 * subjects.length + items.length;
  const G = Matrix.zeros(q, q);
  subjects.forEach((_, k) => {
    for (let r = 0; r < 2; r++) for (let s = 0; s < 2; s++) G.set(2 * k + r, 2 * k + s, subjectCov.get(r, s));
  });
  items.forEach((_, k) => G.set(2 * subjects.length + k, 2 * subjects.length + k, itemVar));
  const isNew = Array.from({ length: q }, (_, e) => {
    if (e >= 2 * subjects.length) return e === q - 1;
    return e >= 2 * (subjects.length - 2);
  });
  const n = m.y.length;
  const x0 = m.X.columns[1];
  const Z = new Matrix(
    Array.from({ length: n }, (_, i) =>
      place(m.terms[0].levels[m.terms[0].levelIdx[i]], m.terms[1].levels[m.terms[1].levelIdx[i]], x0[i]),
    ),
  );
  const X = new Matrix(Array.from({ length: n }, (_, i) => [1, x0[i]]));
  const R = Matrix.diag(Array.from(m.weights!, (w) => sigma ** 2 / w));
  const Vi = inverse(Matrix.add(Z.mmul(G).mmul(Z.transpose()), R));
  const A = inverse(X.transpose().mmul(Vi).mmul(X)).mmul(X.transpose()).mmul(Vi);
  const y = Matrix.columnVector(Array.from(m.y));
  const beta = A.mmul(y);
  // b^ = G Z'V^-1 (I - X A) y
  const B = G.mmul(Z.transpose())
    .mmul(Vi)
    .mmul(Matrix.sub(Matrix.eye(n), X.mmul(A)));
  const known = B.mmul(y);
  // New effects from the new rows, at beta and known effects.
  const n2 = fresh.y.length;
  const X2 = new Matrix(fresh.x.map((x) => [1, x]));
  const Z2 = new Matrix(fresh.x.map((x, r) => place(fresh.subject[r], fresh.item[r], x)));
  const Gn = G.clone();
  for (let i = 0; i < q; i++) for (let j = 0; j < q; j++) if (!isNew[i] || !isNew[j]) Gn.set(i, j, 0);
  const R2 = Matrix.diag(fresh.w.map((w) => sigma ** 2 / w));
  const K = Gn.mmul(Z2.transpose()).mmul(inverse(Matrix.add(Z2.mmul(Gn).mmul(Z2.transpose()), R2)));
  const y2 = Matrix.columnVector(fresh.y);
  const scored = K.mmul(Matrix.sub(Matrix.sub(y2, X2.mmul(beta)), Z2.mmul(known)));
  // Estimates are linear in (y, y2); truth is (beta, b). Errors by b, eps, eps2.
  const bOnBeta = A.mmul(Z);
  const bOnB = Matrix.sub(B.mmul(Z), onlyKnown(q, isNew));
  const eOnBeta = A;
  const eOnB = B;
  const inside = (onBeta: Matrix, onB: Matrix) => Matrix.add(X2.mmul(onBeta), Z2.mmul(onB));
  const newB = Matrix.sub(K.mmul(Matrix.sub(Z2.mmul(onlyNew(q, isNew)), inside(bOnBeta, bOnB))), onlyNew(q, isNew));
  const newE = K.mmul(inside(eOnBeta, eOnB)).mul(-1);
  return {
    fit: (s: string, i: string, x: number) => {
      const z = Matrix.rowVector(place(s, i, x));
      return Matrix.rowVector([1, x]).mmul(beta).get(0, 0) + z.mmul(known).get(0, 0) + z.mmul(scored).get(0, 0);
    },
    variance: (s: string, i: string, x: number) => {
      const l1 = Matrix.rowVector([1, x]);
      const l2 = Matrix.rowVector(place(s, i, x));
      const byB = Matrix.add(l1.mmul(bOnBeta), l2.mmul(Matrix.add(bOnB, newB)));
      const byE = Matrix.add(l1.mmul(eOnBeta), l2.mmul(Matrix.add(eOnB, newE)));
      const byE2 = l2.mmul(K);
      const v = (a: Matrix, S: Matrix) => a.mmul(S).mmul(a.transpose()).get(0, 0);
      return v(byB, G) + v(byE, R) + v(byE2, R2);
    },
    n2,
  };
}

const onlyNew = (q: number, isNew: readonly boolean[]) =>
  Matrix.diag(Array.from({ length: q }, (_, i) => Number(isNew[i])));
const onlyKnown = (q: number, isNew: readonly boolean[]) =>
  Matrix.diag(Array.from({ length: q }, (_, i) => Number(!isNew[i])));

describe('scoring new groups from their own rows', () => {
  const { train, fresh } = data(3);
  const model = fitModel('y ~ x + (x | subject) + (1 | item)', train, { weights: 'w' });
  const rows = {
    subject: ['new1', 'new2', 's3', 'new1', 's0', 'new2'],
    item: ['i0', 'extra', 'extra', 'i5', 'i1', 'i2'],
    x: [0, 1, 2, 5, 1, -1],
  };

  it('gives the conditional means and error variances of dense algebra', () => {
    const scored = scoreGroups(model, fresh, { weights: fresh.w });
    const want = dense(model, fresh);
    const { fit, se } = predict(scored, rows, { se: true });
    rows.x.forEach((x, i) => {
      expect(fit[i]).toBeCloseTo(want.fit(rows.subject[i], rows.item[i], x), 8);
      expect(se![i] ** 2).toBeCloseTo(want.variance(rows.subject[i], rows.item[i], x), 8);
    });
  });

  it('leaves known groups as they are, and narrows new ones', () => {
    const scored = scoreGroups(model, fresh, { weights: fresh.w });
    const known = { subject: ['s0', 's3'], item: ['i1', 'i2'], x: [0, 1] };
    expect(predict(scored, known).fit).toEqual(predict(model, known).fit);
    const before = predict(model, rows, { newLevels: 'integrated', se: true });
    const after = predict(scored, rows, { se: true });
    [0, 1, 3, 5].forEach((i) => expect(after.se![i]).toBeLessThan(before.se![i]));
  });

  it('works from an exported model, one new group alone, standard errors included', () => {
    const single = fitModel('y ~ x + (x | subject)', train);
    const own = { subject: ['new', 'new', 'new'], x: [0, 1, 2], y: [9, 9.5, null] };
    const direct = predict(scoreGroups(single, own), { subject: ['new'], x: [3] }, { se: true });
    const read = predict(
      scoreGroups(readModel(JSON.stringify(exportModel(single))), own),
      { subject: ['new'], x: [3] },
      { se: true },
    );
    expect(read).toEqual(direct);
  });

  it('refuses rows without new groups or without values', () => {
    expect(() => scoreGroups(model, { subject: ['s0'], item: ['i0'], x: [1], y: [2] })).toThrow(/known to the model/);
    expect(() => scoreGroups(model, { subject: ['new'], item: ['i0'], x: [1], y: [null] })).toThrow(/no row/);
    expect(() => scoreGroups(scoreGroups(model, fresh), fresh)).toThrow(/already/);
    expect(() => exportModel(scoreGroups(model, fresh), { standardErrors: true })).toThrow(/scored/);
  });
});
