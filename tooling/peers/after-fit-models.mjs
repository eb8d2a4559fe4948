// The data and models on which blup and R's packages are compared after the fit.
import { readTable } from '@blup/golden';
import { generator } from '../bench/random.mjs';

const golden = (name) => {
  const { columns, categories, schema } = readTable(name);
  const ordered = schema.fields.filter((f) => f.categoriesOrdered).map((f) => f.name);
  return { columns, categories, ordered };
};

/** The rows for which `keep` is true; categories without rows go. */
function subset({ columns, categories, ordered }, keep) {
  const names = Object.keys(columns);
  const rows = columns[names[0]].flatMap((_, i) => (keep((name) => columns[name][i]) ? [i] : []));
  const part = Object.fromEntries(names.map((name) => [name, rows.map((i) => columns[name][i])]));
  const left = (name, levels) => {
    const seen = new Set(part[name].map(String));
    return levels.filter((level) => seen.has(level));
  };
  return {
    columns: part,
    categories: Object.fromEntries(Object.entries(categories).map(([name, levels]) => [name, left(name, levels)])),
    ordered,
  };
}

function withWeights(table) {
  const w = table.columns.Days.map((day, i) => [0.5, 1, 2, 3][(i + day) % 4]);
  return { ...table, columns: { ...table.columns, w } };
}

/** 50 000 answers of 4000 subjects to 1000 items. */
function largeCrossed() {
  const random = generator(7);
  const n = 50_000;
  const [subjects, items] = [4000, 1000].map((count) => Array.from({ length: count }, () => random.normal()));
  const columns = { y: [], x: [], old: [], subject: [], item: [] };
  for (let i = 0; i < n; i++) {
    const s = i < subjects.length ? i : random.below(subjects.length);
    const k = i < items.length ? i : random.below(items.length);
    const x = random.normal();
    columns.subject.push(`s${s}`);
    columns.item.push(`i${k}`);
    columns.x.push(x);
    columns.old.push(s % 2);
    columns.y.push(1 + 0.2 * x + 0.1 * (s % 2) + 0.6 * subjects[s] + 0.4 * items[k] + random.normal());
  }
  return { columns, categories: {}, ordered: [] };
}

const sleepstudy = withWeights(golden('sleepstudy'));
const InstEval = golden('InstEval');

export const data = {
  sleepstudy,
  Penicillin: golden('Penicillin'),
  cake: golden('cake'),
  Machines: golden('Machines'),
  // The four batches that differ least: a p value that ten thousand draws can show.
  Dyestuff: subset(golden('Dyestuff'), (value) => 'BCDF'.includes(value('Batch'))),
  SleepFirst: subset(sleepstudy, (value) => value('Days') < 3),
  // A third of the warmer half of one recipe is missing.
  CakeUnbalanced: subset(
    golden('cake'),
    (value) => !(value('recipe') === 'B' && value('temp') > 195 && Number(value('replicate')) % 3 === 0),
  ),
  InstEval300: subset(InstEval, (value) => Number(value('s')) <= 300),
  InstEval60: subset(InstEval, (value) => Number(value('s')) <= 60),
};

export const models = {
  sleep: { data: 'sleepstudy', formula: 'Reaction ~ Days + (Days | Subject)' },
  'sleep-intercepts': { data: 'sleepstudy', formula: 'Reaction ~ 1 + (Days | Subject)' },
  weighted: { data: 'sleepstudy', formula: 'Reaction ~ Days + (Days | Subject)', weights: 'w' },
  penicillin: { data: 'Penicillin', formula: 'diameter ~ 1 + (1 | plate) + (1 | sample)' },
  cake: { data: 'cake', formula: 'angle ~ recipe * temperature + (1 | recipe:replicate)' },
  'cake-temp': { data: 'cake', formula: 'angle ~ recipe + temp + (1 | recipe:replicate)' },
  'cake-slopes': { data: 'cake', formula: 'angle ~ recipe * temp + (1 | recipe:replicate)' },
  machines: { data: 'Machines', formula: 'score ~ Machine + (1 | Worker) + (1 | Worker:Machine)' },
  dyestuff: { data: 'Dyestuff', formula: 'Yield ~ 1 + (1 | Batch)' },
  'sleep-first': { data: 'SleepFirst', formula: 'Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)' },
  'cake-unbalanced': { data: 'CakeUnbalanced', formula: 'angle ~ recipe * temperature + (1 | recipe:replicate)' },
  insteval: { data: 'InstEval300', formula: 'y ~ service + (1 | s) + (1 | d)' },
  'insteval-small': { data: 'InstEval60', formula: 'y ~ service + (1 | s) + (1 | d)' },
};

export const large = { formula: 'y ~ x * old + (1 | subject) + (1 | item)', table: largeCrossed };
