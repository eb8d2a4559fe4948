// Small, unbalanced designs with known parameters: where approximations of large samples show what they cost.

/** Columns of a table whose rows are (group, place within group) pairs. */
function rowsOf(sizes, columns) {
  const table = {};
  for (const name of Object.keys(columns)) table[name] = [];
  sizes.forEach((size, g) => {
    for (let i = 0; i < size; i++) for (const [name, value] of Object.entries(columns)) table[name].push(value(g, i));
  });
  return table;
}

const letters = (g) => String.fromCharCode(97 + g);

/** Eight groups of two to nine rows; `dose` differs between groups, `x` within. */
const nested = {
  id: 'nested',
  title: '8 groups of 2 to 9 rows, a treatment between groups (3 against 5), a covariate within',
  formula: 'y ~ dose + x + (1 | g)',
  table: rowsOf([2, 9, 4, 6, 3, 8, 2, 5], {
    g: letters,
    dose: (g) => (g % 3 === 1 ? 1 : 0),
    x: (g, i) => ((7 * i + 3 * g) % 11) / 5 - 1,
  }),
  beta: { '(Intercept)': 1, dose: 0.5, x: -0.7 },
  sds: [['g', '(Intercept)', 1]],
  par: [1],
  sigma: 1,
  /** A row of a known group, and one of a group never seen. */
  known: { g: ['c'], dose: [0], x: [0.3], w: [2] },
  fresh: { g: ['new'], dose: [1], x: [0.3], w: [2] },
};

/** The same rows with prior weights between a quarter and four. */
const weighted = {
  ...nested,
  id: 'weighted',
  title: 'The same with prior weights from 1/4 to 4',
  table: { ...nested.table, w: nested.table.x.map((_, i) => 2 ** (((5 * i) % 9) / 2 - 2)) },
  weights: 'w',
};

/** Nine groups of three to seven rows at unequal times, two treatments, a line for each group. */
const slopes = {
  id: 'slopes',
  title: '9 groups of 4 to 8 unequally spaced times, a line for each group, a treatment between groups (4 against 5)',
  formula: 'y ~ arm * t + (t | g)',
  table: rowsOf([4, 8, 5, 6, 4, 7, 5, 8, 6], {
    g: letters,
    arm: (g) => (g % 2 === 1 ? 1 : 0),
    t: (g, i) => i + ((3 * g + 5 * i) % 7) / 7 - 2,
  }),
  beta: { '(Intercept)': 2, arm: 0, t: 0.5, 'arm:t': 0.3 },
  sds: [
    ['g', '(Intercept)', 1.2],
    ['g', 't', 0.5],
  ],
  // sd of intercepts 1.2, of slopes 0.5, correlation -0.3, residuals 0.8: the factor of the covariance over sigma
  par: [1.5, (-0.3 * 0.5) / 0.8, (Math.sqrt(1 - 0.09) * 0.5) / 0.8],
  sigma: 0.8,
  known: { g: ['d'], arm: [1], t: [5] },
  fresh: { g: ['new'], arm: [0], t: [2] },
};

/** Seven subjects by six items, two fifths of the cells missing; the condition changes within both. */
const crossed = {
  id: 'crossed',
  title: '7 subjects by 6 items, two fifths of the cells missing, a condition within, a covariate of subjects',
  formula: 'y ~ cond + age + (1 | subject) + (1 | item)',
  table: (() => {
    const table = { subject: [], item: [], cond: [], age: [] };
    for (let s = 0; s < 7; s++) {
      for (let i = 0; i < 6; i++) {
        if ((4 * s + 7 * i + s * i) % 11 < 4) continue;
        table.subject.push(`s${s}`);
        table.item.push(`i${i}`);
        table.cond.push((s + i) % 2);
        table.age.push([-1.5, -1, -0.2, 0, 0.4, 0.9, 2][s]);
      }
    }
    return table;
  })(),
  beta: { '(Intercept)': 5, cond: 0.4, age: 0.2 },
  sds: [
    ['subject', '(Intercept)', 1],
    ['item', '(Intercept)', 0.8],
  ],
  par: [1, 0.8],
  sigma: 1,
  known: { subject: ['s2'], item: ['i3'], cond: [1], age: [-0.2] },
  fresh: { subject: ['new'], item: ['another'], cond: [1], age: [0.5] },
};

export const designs = [nested, weighted, slopes, crossed];

/** Of all published numbers. */
export const SEED = 2026;
