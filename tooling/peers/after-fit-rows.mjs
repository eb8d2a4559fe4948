// One row of the table for each function: what blup is asked, and how its numbers compare with the peer's (after-fit.R has the other side).
import {
  anova,
  coefficientTable,
  compareModels,
  contrastTest,
  cooksDistance,
  drop1,
  emmeans,
  emtrends,
  exactRLRT,
  explainedVariance,
  groupCoefficients,
  influence,
  pairs,
  parametricBootstrap,
  predict,
  profile,
  randomEffectsComponents,
  ranova,
  refitter,
  residuals,
  simulate,
  tidy,
} from '@blup/lmm';

const scientific = (v) => (v === 0 ? '0' : v.toExponential(0));
const largest = (numbers) => numbers.reduce((a, b) => (Number.isNaN(b) || b > a ? b : a), 0);

/** Largest relative difference, number by number. */
const relative = (ours, theirs) => [
  scientific(largest(theirs.map((v, i) => Math.abs(ours[i] - v) / Math.max(Math.abs(v), Number.MIN_VALUE)))),
  'the number',
];

/** Largest difference in units of the largest number. */
const absolute = (ours, theirs) => [
  scientific(largest(theirs.map((v, i) => Math.abs(ours[i] - v))) / largest(theirs.map(Math.abs))),
  'the largest',
];

/** Ends of intervals, lower ends first, in widths of the interval. */
const byWidth = (ours, theirs) => {
  const half = theirs.length / 2;
  const width = (i) => theirs[half + (i % half)] - theirs[i % half];
  return [scientific(largest(theirs.map((v, i) => Math.abs(ours[i] - v) / width(i)))), 'the interval'];
};

const byChance = (ours, theirs) => [
  `${(100 * largest(theirs.map((v, i) => Math.abs(ours[i] / v - 1)))).toFixed(1)} %`,
  'the number, by chance',
];

const same = (ours, theirs) => {
  if (ours.length !== theirs.length) return [`${ours.length} numbers, ${theirs.length} there`, ''];
  return null;
};

const PEERS = {
  sleep: 'sleepstudy',
  weighted: 'sleepstudy, weights',
  penicillin: 'Penicillin',
  cake: 'cake',
  'cake-temp': 'cake',
  insteval: 'InstEval, 300 students',
  'insteval-small': 'InstEval, 60 students',
};

const tests = (model, ddf) => {
  const { se, df, statistic, p } = coefficientTable(model, { ddf });
  return [...se, ...df, ...statistic, ...p];
};

/** lme4 has sd, cor, sd of a pair. */
function profileEnds(model) {
  const { parameters } = profile(model);
  const order = parameters.map((_, i) => i);
  if (parameters[2]?.kind === 'cor') [order[1], order[2]] = [2, 1];
  return [...order.map((i) => parameters[i].lower), ...order.map((i) => parameters[i].upper)];
}

function means(model, ddf) {
  const e = emmeans(model, 'recipe', { ddf });
  const c = pairs(e);
  return [...e.estimate, ...e.se, ...e.df, ...e.lower, ...c.estimate, ...c.se, ...c.p];
}

function modesWithErrors(model) {
  const groups = Object.entries(model.data.ranef).sort((a, b) => b[1].values.length - a[1].values.length);
  return groups.flatMap(([group, { values, names }]) => [
    ...names.flatMap((_, c) => values.map((row) => row[c])),
    ...model.conditionalVariances(group).flatMap((V) => V.map((row, c) => Math.sqrt(row[c]))),
  ]);
}

const newdata = (model) => {
  const subjects = model.data.ranef.Subject.levels;
  return {
    Days: subjects.flatMap(() => [0, 4.5, 12]),
    Subject: subjects.flatMap((s) => [s, s, s]),
  };
};

/** @param ys responses for refits */
export function rows(ys) {
  const list = [];
  const add = (id, what, ours, peer, model, run, compare, more = {}) =>
    list.push({
      id,
      what,
      ours: `\`${ours}\``,
      peer,
      on: PEERS[[model].flat()[0]] ?? [model].flat()[0],
      model,
      run,
      compare: (a, b) => same(a, b) ?? compare(a, b),
      ...more,
    });

  for (const id of ['sleep', 'weighted', 'penicillin', 'cake', 'insteval'])
    add(
      `satterthwaite.${id}`,
      'Satterthwaite: se, df, t, p',
      'coefficientTable',
      'lmerTest `summary`',
      id,
      (m) => tests(m, 'satterthwaite'),
      relative,
    );
  for (const id of ['sleep', 'penicillin', 'cake', 'insteval-small'])
    add(
      `kenward-roger.${id}`,
      'Kenward-Roger: se, df, t, p',
      'coefficientTable',
      'pbkrtest',
      id,
      (m) => tests(m, 'kenward-roger'),
      relative,
    );
  for (const type of ['I', 'II', 'III'])
    add(
      `anova.${type}`,
      `Analysis of variance, type ${type}`,
      'anova',
      'lmerTest `anova`',
      'cake',
      (m) => {
        const t = anova(m, { type });
        return [...t.sumSq, ...t.denDF, ...t.F, ...t.p];
      },
      relative,
    );
  add(
    'anova.kr',
    'Type III, Kenward-Roger',
    'anova',
    'lmerTest, pbkrtest',
    'cake',
    (m) => {
      const t = anova(m, { ddf: 'kenward-roger' });
      return [...t.denDF, ...t.F, ...t.p];
    },
    relative,
  );
  add(
    'contrast',
    'F test of L beta',
    'contrastTest',
    'lmerTest `contestMD`',
    'cake',
    (m) => {
      const L = [new Array(18).fill(0), new Array(18).fill(0)];
      L[0][1] = 1;
      L[1][2] = 1;
      L[1][4] = 0.5;
      const { F, denDF, p } = contrastTest(m, L);
      return [F, denDF, p];
    },
    relative,
  );
  add(
    'compare',
    'Likelihood-ratio test (refits by ML)',
    'compareModels',
    'lme4 `anova`',
    ['sleep', 'sleep-intercepts'],
    (a, b) => {
      const c = compareModels([a, b]);
      return [c.chisq[1], c.p[1], ...c.AIC, ...c.logLik];
    },
    relative,
  );
  add(
    'drop1',
    'Single terms left out',
    'drop1',
    'lme4 `drop1`',
    'cake-temp',
    (m) => {
      const t = drop1(m);
      return [...t.chisq.slice(1), ...t.p.slice(1)];
    },
    relative,
  );
  add(
    'ranova',
    'Random terms left out (p without the boundary)',
    'ranova',
    'lmerTest `ranova`',
    'machines',
    (m) => {
      const t = ranova(m);
      return [...t.LRT.slice(1), ...t.pPlain.slice(1)];
    },
    relative,
  );
  add(
    'rlrt',
    'Exact test of one variance, 10 000 draws',
    'exactRLRT',
    'RLRsim',
    'dyestuff',
    (m) => {
      const { statistic, p } = exactRLRT(m, { simulations: 10_000 });
      return [statistic, p];
    },
    byChance,
  );
  add(
    'rlrt-of-one',
    'The same of one variance among several',
    'exactRLRT',
    'RLRsim',
    'sleep-first',
    (m) => {
      const { statistic, p } = exactRLRT(m, { term: '(0 + Days | Subject)', simulations: 10_000 });
      return [statistic, p];
    },
    byChance,
  );
  for (const id of ['sleep', 'penicillin', 'cake-temp'])
    add(`profile.${id}`, 'Profile intervals, all parameters', 'profile', 'lme4 `confint`', id, profileEnds, byWidth, {
      repeats: 3,
    });
  add(
    'bootstrap',
    'Bootstrap, 500 replicates: se',
    'parametricBootstrap',
    'lme4 `bootMer`',
    'sleep',
    async (m) => {
      const { values, names, nsim } = await parametricBootstrap(m, { nsim: 500, seed: 1 });
      return names.slice(1).map((_, k) => {
        const x = Array.from({ length: nsim }, (_, r) => values[r * names.length + k + 1]);
        const mean = x.reduce((a, b) => a + b, 0) / nsim;
        return Math.sqrt(x.reduce((s, v) => s + (v - mean) ** 2, 0) / (nsim - 1));
      });
    },
    byChance,
    { repeats: 3 },
  );
  add(
    'refit',
    'Refits to 100 responses',
    'refitter',
    'lme4 `refit`',
    'sleep',
    (m) => {
      const { refit } = refitter(m);
      return ys.flatMap((y) => {
        const { sigma, beta, theta } = refit(y);
        return [sigma, ...beta, ...theta];
      });
    },
    absolute,
  );
  add(
    'simulate',
    '1000 simulated responses: mean, variance',
    'simulate',
    'lme4 `simulate`',
    'sleep',
    (m) => {
      const sims = simulate(m, { nsim: 1000, seed: 1 });
      const n = sims[0].length;
      let mean = 0;
      let variance = 0;
      for (let i = 0; i < n; i++) {
        const own = sims.reduce((s, y) => s + y[i], 0) / 1000;
        mean += own / n;
        variance += sims.reduce((s, y) => s + (y[i] - own) ** 2, 0) / 999 / n;
      }
      return [mean, variance];
    },
    byChance,
  );
  for (const [id, ddf] of [
    ['kr', 'kenward-roger'],
    ['satterthwaite', 'satterthwaite'],
  ])
    add(
      `emmeans.${id}`,
      `Marginal means and Tukey's pairs, ${ddf}`,
      'emmeans, pairs',
      'emmeans',
      'cake',
      (m) => means(m, ddf),
      relative,
    );
  add(
    'emtrends',
    'Slopes by group',
    'emtrends',
    'emmeans',
    'cake-slopes',
    (m) => {
      const { estimate, se, df } = emtrends(m, 'recipe', 'temp');
      return [...estimate, ...se, ...df];
    },
    relative,
  );
  for (const weights of ['outer', 'cells'])
    add(
      `emmeans.${weights}`,
      `Marginal means by ${weights} weights, Holm`,
      'emmeans, pairs',
      'emmeans',
      'cake-unbalanced',
      (m) => {
        const means = emmeans(m, 'recipe', { weights });
        const { estimate, se, p } = pairs(means, { adjust: 'holm' });
        return [...means.estimate, ...means.se, ...means.df, ...estimate, ...se, ...p];
      },
      relative,
    );
  add(
    'coef',
    'Coefficients by group',
    'groupCoefficients',
    'lme4 `coef`',
    'sleep',
    (m) => groupCoefficients(m).flatMap(({ names, values }) => names.flatMap((_, k) => values.map((row) => row[k]))),
    relative,
  );
  for (const id of ['sleep', 'insteval']) {
    add(
      `residuals.${id}`,
      'Scaled residuals',
      'residuals',
      'lme4 `residuals`',
      id,
      (m) => residuals(m, 'scaled'),
      absolute,
    );
    add(`leverage.${id}`, 'Leverages', 'model.leverages', 'lme4 `hatvalues`', id, (m) => m.leverages(), relative);
    add(
      `cooks.${id}`,
      "Cook's distances of rows",
      'cooksDistance',
      'lme4 `cooks.distance`',
      id,
      (m) => cooksDistance(m),
      absolute,
    );
    add(
      `modes.${id}`,
      'Conditional modes and their sd',
      'conditionalVariances',
      'lme4 `ranef`',
      id,
      modesWithErrors,
      absolute,
    );
  }
  add(
    'influence',
    "Cook's distances of groups, by refits",
    'influence',
    'lme4 `influence`',
    'sleep',
    (m) => influence(m, 'Subject').map((g) => g.cooksDistance),
    absolute,
  );
  add(
    'components',
    'Principal components',
    'randomEffectsComponents',
    'lme4 `rePCA`',
    'sleep',
    (m) => randomEffectsComponents(m).flatMap((g) => [...g.sd]),
    relative,
  );
  add(
    'r2',
    'R² and intraclass correlation',
    'explainedVariance',
    'performance',
    'sleep',
    (m) => {
      const { marginal, conditional, iccAdjusted } = explainedVariance(m);
      return [marginal, conditional, iccAdjusted];
    },
    relative,
  );
  add(
    'predict',
    'Predictions, new rows',
    'predict',
    'lme4 `predict`',
    'sleep',
    (m) => predict(m, newdata(m)).fit,
    relative,
  );
  add(
    'predict.population',
    'Predictions of the population',
    'predict',
    'lme4 `predict`',
    'sleep',
    (m) => predict(m, newdata(m), { terms: 'none' }).fit,
    relative,
  );
  add(
    'predict.interval',
    'Widths of prediction intervals (2000 draws there)',
    'predict',
    'merTools',
    'sleep',
    (m) => {
      const { lower, upper } = predict(m, newdata(m), { interval: 'prediction', df: 'none' });
      return upper.map((v, i) => v - lower[i]);
    },
    byChance,
  );
  add(
    'tidy',
    'Tidy table',
    'tidy',
    'broom.mixed',
    'sleep',
    (m) => {
      const t = tidy(m, { effects: ['fixed'], confInt: true });
      return ['estimate', 'std.error', 'statistic', 'conf.low', 'conf.high'].flatMap((name) => [...t[name]]);
    },
    relative,
  );
  return list;
}
