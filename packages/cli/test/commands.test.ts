import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldenPath, readCase, readGolden } from '@blup/golden';
import { afterAll, describe, expect, test } from 'vitest';
import { blup } from './blup.js';
import { blupJson, expectNear, modelWords } from './cases.js';

const folder = mkdtempSync(join(tmpdir(), 'blup-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a file of that name; @returns its path */
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const crossed = goldenPath('inference/crossed.csv');
const sleepstudy = goldenPath('data/sleepstudy.csv');
const formula = 'Reaction ~ 1 + Days + (1 + Days | Subject)';

/** Records of a CSV file without quotes. */
function records(text: string): Record<string, string>[] {
  const [header, ...lines] = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  return lines.map((cells) => Object.fromEntries(cells.map((cell, j) => [header![j]!, cell])));
}

describe('blup anova', () => {
  const tables = [
    ['anovaTypeI', '--type', 'I'],
    ['anovaTypeII', '--type', '2'],
    ['anovaTypeIII', '--type', 'III'],
    ['anovaTypeIIIKR', '--ddf', 'kenward-roger'],
  ] as const;
  test.each([
    'cake-sum-reml',
    'ergostool-helmert-reml',
    'machines-practical-reml',
    'sleepstudy-na-reml',
    'orthodont-ml',
  ])('%s as lmerTest has it', (id) => {
    for (const [field, ...words] of tables) {
      const want = readCase(id).results[field];
      if (!want) continue;
      const got = blupJson('anova', ...modelWords(id), ...words);
      expect(got.terms).toEqual(want.terms);
      expect(got.numDF).toEqual(want.numDF);
      for (const column of ['sumSq', 'meanSq', 'denDF', 'F', 'p']) {
        // Numbers of lmerTest come from differences; its Kenward-Roger sums of squares have another scale.
        if (field === 'anovaTypeIIIKR' && column.endsWith('Sq')) continue;
        expectNear(got[column], want[column], 2e-5, `${field}.${column}`);
      }
    }
  });

  test('for people', () => {
    const { stdout } = blup(['anova', ...modelWords('cake-sum-reml')]);
    expect(stdout).toMatch(/^Analysis of variance of type III \(F tests with Satterthwaite's degrees of freedom\):$/m);
    expect(stdout).toMatch(/^recipe +10\.19 +5\.093 +2 +42\.00 +0\.2488 +0\.7809$/m);
    expect(stdout).toMatch(/^temperature +2100\.30 +420\.060 +5 +210\.00 +20\.5199 +<2e-16 \*\*\*$/m);
  });

  test('--random tests the random-effects terms', () => {
    const { formula: crossedFormula, ranova } = readGolden('inference/lmertest.json').crossed;
    const got = blupJson('anova', crossedFormula, crossed, '--random');
    expect(got.terms).toHaveLength(3);
    expect(got.npar).toEqual(ranova.npar);
    expectNear(got.logLik, ranova.logLik, 1e-8);
    expectNear(got.pPlain, ranova.p, 1e-8);
    const { stdout } = blup(['anova', crossedFormula, crossed, '--random']);
    expect(stdout).toMatch(/^\(1 \| h\) +11 -417\.0356 .* 48\.6425 +1 +1\.5\de-12 \*\*\*$/m);
  });

  test('notes and refusals', () => {
    const missing = blup(['anova', ...modelWords('sleepstudy-na-reml')]);
    expect(missing.stderr).toMatch(/^blup: note: \d+ rows of 180 left out because a value is missing/);
    expect(blup(['anova', 'Reaction ~ 0 + (1 | Subject)', sleepstudy])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('no fixed-effects terms'),
    });
    expect(blup(['anova', 'Reaction ~ Dyas', sleepstudy])).toMatchObject({ status: 1, stdout: '' });
    expect(blup(['anova', 'Reaction ~ Days', sleepstudy, '--typ', 'I'])).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('blup compare', () => {
  const formulas = [
    'Reaction ~ 1 + Days + (1 + Days | Subject)',
    'Reaction ~ 1 + (1 | Subject)',
    'Reaction ~ Days + (1 | Subject)',
  ];

  test('fits by ML where fixed effects differ, and sorts by size', () => {
    const got = blupJson('compare', ...formulas, sleepstudy);
    expect(got).toMatchObject({ criterion: 'ML', refitted: true, order: [1, 2, 0], npar: [3, 4, 6], df: [null, 1, 2] });
    const ri = readCase('sleepstudy-ri-ml').results.objective;
    const rs = readCase('sleepstudy-rs-ml').results.objective;
    expectNear(got.deviance.slice(1), [ri, rs], 1e-9);
    expectNear(got.chisq[2], ri - rs, 1e-7);
    const { stdout } = blup(['compare', ...formulas, sleepstudy]);
    expect(stdout).toMatch(/^ {2}2: Reaction ~ 1 \+ \(1 \| Subject\)$/m);
    expect(stdout).toMatch(/^model 1 +6 +1763\.939 +1783\.097 +-875\.9697 +1751\.939 +42\.1393 +2 +7\.07e-10 \*\*\*$/m);
  });

  test('keeps REML where it may', () => {
    const got = blupJson('compare', formulas[0]!, formulas[2]!, sleepstudy, '--no-refit');
    expect(got).toMatchObject({ criterion: 'REML', refitted: false });
    expectNear(got.deviance[1], readCase('sleepstudy-rs-reml').results.objective, 1e-10);
  });

  test('saved models, by what they were saved with', () => {
    const saved = formulas.map((text, i) => {
      const path = join(folder, `m${i}.json`);
      expect(blup(['fit', text, sleepstudy, '--ml', '--save', path]).status).toBe(0);
      return path;
    });
    const got = blupJson('compare', ...saved);
    const direct = blupJson('compare', ...formulas, sleepstudy, '--ml');
    expectNear(got.chisq, direct.chisq, 1e-9);
    expect({ ...got, chisq: 0, p: 0 }).toEqual({ ...direct, chisq: 0, p: 0 });
    const other = join(folder, 'other.json');
    blup(['fit', formulas[0]!, sleepstudy, '--ml', '--save', other, '--subset', 'Days > 0']);
    expect(blup(['compare', saved[0]!, other])).toMatchObject({
      status: 1,
      stdout: '',
      stderr:
        'blup: models are compared on the same data, but model 2 has other rows (162 instead of 180) than model 1\n',
    });
    blup(['fit', 'log(Reaction) ~ Days + (1 | Subject)', sleepstudy, '--ml', '--save', other]);
    expect(blup(['compare', saved[0]!, other]).stderr).toMatch(
      /model 2 has another response, other weights or other rows/,
    );
    blup(['fit', formulas[0]!, sleepstudy, '--save', other]);
    expect(blup(['compare', saved[0]!, other]).stderr).toMatch(
      /model 1 is a fit by ML, model 2 by REML: save both by ML/,
    );
    const reml = join(folder, 'reml.json');
    blup(['fit', formulas[1]!, sleepstudy, '--save', reml]);
    expect(blup(['compare', reml, other]).stderr).toMatch(
      /REML likelihoods of different fixed effects \(models 1 and 2\)/,
    );
    blup(['fit', formulas[2]!, sleepstudy, '--save', reml]);
    expect(blupJson('compare', reml, other)).toMatchObject({ criterion: 'REML', npar: [4, 6] });
    blup(['fit', formulas[2]!, sleepstudy, '--export', reml]);
    expect(blup(['compare', reml, other]).stderr).toMatch(/was written by --export, .* use --save\.\n$/);
  });

  test('refuses other rows, and REML fits that it may not fit again', () => {
    const path = file('holes.csv', 'y,x,g\n1,1,a\n2,,a\n4,3,b\n3,4,b\n6,2,c\n5,6,c\n');
    expect(blup(['compare', 'y ~ 1 + (1 | g)', 'y ~ x + (1 | g)', path, '--ml'])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/model 2 has other rows \(5 instead of 6; missing values may have taken some\)/),
    });
    const refused = blup(['compare', formulas[0]!, formulas[1]!, sleepstudy, '--no-refit']);
    expect(refused).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(/not comparable/) });
  });
});

describe('blup predict', () => {
  const path = join(folder, 'sleep.json');
  blup(['fit', formula, sleepstudy, '--save', path]);

  test.each(['sleepstudy-rs-reml', 'sleepstudy-zc-reml', 'penicillin-reml', 'cake-temp-reml', 'sleepstudy-ri-ml'])(
    '%s as lme4 predicts',
    (id) => {
      const model = join(folder, `${id}.json`);
      expect(blup(['fit', ...modelWords(id), '--export', model]).status).toBe(0);
      const { newdata, population, conditional } = readCase(id).results.predict;
      const names = Object.keys(newdata);
      const rows = newdata[names[0]!].map((_: unknown, i: number) => names.map((name) => newdata[name][i]).join(','));
      const table = file('new.csv', `${names.join(',')}\n${rows.join('\n')}\n`);
      expectNear(blupJson('predict', model, table, '--terms', 'none').fit, population, 1e-6);
      expectNear(blupJson('predict', model, table, '--new-levels', 'population').fit, conditional, 1e-6);
    },
  );

  test('standard errors and intervals as the definitions have them', () => {
    const table = file('rows.csv', 'Days,Subject\n0,308\n9,new\n5,\n,309\n');
    const asked = ['predict', path, table, '--new-levels', 'integrated', '--interval', 'prediction'];
    const { stdout, stderr } = blup([...asked, '--df', 'none']);
    const rows = records(stdout);
    // Without --df the intervals know that variances are estimated.
    const honest = records(blup(asked).stdout);
    rows.slice(0, 3).forEach((row, i) => expect(Number(honest[i]!['.upper'])).toBeGreaterThan(Number(row['.upper'])));
    expect(Object.keys(rows[0]!)).toEqual(['row', '.fitted', '.se.fit', '.lower', '.upper', '.new.level']);
    const { varcorr, vcov, sigma, beta } = readCase('sleepstudy-rs-reml').results;
    const [{ sd, corr }] = varcorr;
    const between = (x: number) => sd[0] ** 2 + 2 * x * corr[1][0] * sd[0] * sd[1] + x * x * sd[1] ** 2;
    const ofMean = (x: number) => vcov[0][0] + 2 * x * vcov[1][0] + x * x * vcov[1][1];
    [9, 5].forEach((x, i) => {
      const row = rows[i + 1]!;
      const fit = beta.values[0] + x * beta.values[1];
      expectNear(Number(row['.fitted']), fit, 1e-6);
      expectNear(Number(row['.se.fit']), Math.sqrt(ofMean(x) + between(x)), 1e-5);
      const half = 1.959963984540054 * Math.sqrt(ofMean(x) + between(x) + sigma ** 2);
      expectNear(Number(row['.upper']), fit + half, 1e-5);
      expectNear(Number(row['.lower']), fit - half, 1e-5);
      expect(row['.new.level']).toBe('1');
    });
    expect(rows[3]).toMatchObject({ row: '4', '.fitted': '', '.se.fit': '', '.lower': '', '.upper': '' });
    expect(stderr).toMatch(/^blup: note: 1 of 4 rows have no prediction/);
    const population = blupJson(
      'predict',
      path,
      table,
      '--new-levels=population',
      '--interval=confidence',
      '--df=10',
      '--level=0.9',
    );
    // t(10) at 0.95
    expectNear(population.upper[1] - population.fit[1], 1.812461122811676 * Math.sqrt(ofMean(9)), 1e-5);
  });

  test('scores groups from their own rows, with the parameters held', () => {
    const all = readFileSync(sleepstudy, 'utf8').trimEnd().split('\n');
    const [header, ...lines] = all;
    const subject = header!.split(',').indexOf('Subject');
    const unknown = lines.filter((line) => line.split(',')[subject] === '372');
    const rename = (line: string) => line.split(',').with(subject, 'someone').join(',');
    const own = file('own.csv', [header!, ...unknown.map(rename)].join('\n'));
    const known = blupJson('predict', path, file('known.csv', 'Days,Subject\n12,372\n'));
    const fit = blupJson('predict', path, file('someone.csv', 'Days,Subject\n12,someone\n'), '--score', own, '--se');
    // 372's own rows bear on beta as well, so the numbers are those of the fit but for its parameters being held: the same modes.
    expectNear(fit.fit, known.fit, 1e-6);
    expect(fit.newLevel).toEqual([0]);
    expect(fit.se[0]).toBeGreaterThan(0);
  });

  test('repeats the columns, reads labels as the fit did, and quotes', () => {
    const data = file('labels.csv', 'y,x,g\n1,1,a\n2,2,a\n4,3,"7,5"\n3,4,"7,5"\n6,2,8\n5,6,8\n3,3,8\n');
    const model = join(folder, 'labels.json');
    expect(blup(['fit', 'y ~ x + (1 | g)', data, '--save', model]).status).toBe(0);
    // Only numbers here, but the fit read labels.
    const { status, stdout } = blup(['predict', model, file('n.csv', 'x,g,note\n1,8,"say ""hm"""\n'), '--with-data']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^x,g,note,\.fitted,\.new\.level\n1,8,"say ""hm""",\d\.\d+,0\n$/);
    const comma = blup(['predict', model, file('n.csv', 'x,g\n1,"7,5"\n'), '--with-data']);
    expect(comma.stdout).toMatch(/\n1,"7,5",\d/);
  });

  test('reads standard input', () => {
    const { stdout } = blup(['predict', path, '-', '--terms', 'none'], 'Days\n0\n2\n');
    const [zero, two] = records(stdout);
    expectNear([Number(zero!['.fitted']), Number(two!['.fitted'])], [251.40510484848454, 272.3396767676767], 1e-7);
  });

  test('refusals name what is wrong', () => {
    const unseen = file('unseen.csv', 'Days,Subject\n0,308\n1,999\n');
    expect(blup(['predict', path, unseen])).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'blup: row 2 has Subject = "999", which the model has not seen: choose --new-levels population (its effects are zero) or integrated ' +
        '(the same, with the variance between groups in the standard error)\n',
    });
    expect(blup(['predict', path, file('d.csv', 'Dys,Subject\n0,308\n')]).stderr).toMatch(
      /has no column "Days", .* Did you mean "Dys"\?/,
    );
    expect(blup(['predict', path, unseen, '--terms', 'Item']).stderr).toMatch(/no random-effects term Item/);
    expect(blup(['predict', join(folder, 'absent.json'), unseen]).stderr).toMatch(
      /^blup: There is no file .*absent\.json\.\n$/,
    );
    expect(blup(['predict', sleepstudy, unseen])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/sleepstudy\.csv is no saved model; blup fit \.\.\. --save FILE writes one/),
    });
    const lean = join(folder, 'lean.json');
    blup(['fit', formula, sleepstudy, '--export', lean]);
    expect(statSync(lean).size).toBeLessThan(statSync(path).size / 2);
    expect(blup(['predict', lean, file('k.csv', 'Days,Subject\n0,308\n'), '--se'])).toMatchObject({
      status: 1,
      stdout: '',
    });
    expect(blup(['fit', formula, sleepstudy, '--save', join(folder, 'no', 'where.json')])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^blup: The model cannot be written to /),
    });
  });
});

describe('blup simulate', () => {
  test('gives the rows that took part, the same with the same seed', () => {
    const words = ['simulate', formula, sleepstudy, '--nsim', '3', '--seed', '8', '--subset', 'Days > 1'];
    const first = blup(words);
    expect(blup(words)).toEqual(first);
    const rows = records(first.stdout);
    expect(rows).toHaveLength(144);
    expect(Object.keys(rows[0]!)).toEqual(['row', 'sim_1', 'sim_2', 'sim_3']);
    expect(rows.slice(0, 9).map(({ row }) => row)).toEqual(['3', '4', '5', '6', '7', '8', '9', '10', '13']);
    const json = blupJson(...words);
    expect(json.simulations.map((y: number[]) => y[5])).toEqual(
      ['sim_1', 'sim_2', 'sim_3'].map((k) => Number(rows[5]![k])),
    );
    expect(blup([...words.slice(0, 5), '--seed', '9']).stdout).not.toBe(blup(words.slice(0, 7)).stdout);
  });

  test('has the mean and the variance of the model', () => {
    const { beta, sigma, varcorr, fitted } = readCase('sleepstudy-ri-reml').results;
    const words = ['simulate', ...modelWords('sleepstudy-ri-reml'), '--nsim', '2000', '--seed', '3'];
    const sd = (x: number[], mean: number) => Math.sqrt(x.reduce((s, v) => s + (v - mean) ** 2, 0) / x.length);
    const drawn: number[] = blupJson(...words).simulations.map((y: number[]) => y[9]);
    const mean = beta.values[0] + 9 * beta.values[1];
    const total = Math.hypot(sigma, varcorr[0].sd[0]);
    expect(Math.abs(drawn.reduce((s, v) => s + v, 0) / 2000 - mean)).toBeLessThan((4 * total) / Math.sqrt(2000));
    expect(Math.abs(sd(drawn, mean) / total - 1)).toBeLessThan(4 / Math.sqrt(4000));
    const kept: number[] = blupJson(...words, '--random-effects', 'kept').simulations.map((y: number[]) => y[9]);
    expect(Math.abs(kept.reduce((s, v) => s + v, 0) / 2000 - fitted[9])).toBeLessThan((4 * sigma) / Math.sqrt(2000));
    expect(Math.abs(sd(kept, fitted[9]) / sigma - 1)).toBeLessThan(4 / Math.sqrt(4000));
  });
});

describe('blup emmeans', () => {
  interface Want {
    formula: string;
    data: string;
    call: {
      specs: string[];
      by?: string[];
      at?: Record<string, number[]>;
      ddf?: string;
      weights?: string;
      trend?: string;
    };
    means: Record<'estimate' | 'se' | 'df' | 'lower' | 'upper', (number | null)[]>;
    contrasts?: Record<
      string,
      Record<'estimate' | 'se' | 'df' | 't' | 'p' | 'lower' | 'upper', number[]> & { contrast: string[] }
    >;
  }
  const golden = readGolden<Record<string, Want>>('inference/emmeans.json');

  test.each(Object.entries(golden))('%s as R has it', (_, { formula: model, data, call, means, contrasts = {} }) => {
    const words = ['emmeans', model, goldenPath(`inference/${data}.csv`), '--specs', call.specs.join(',')];
    if (call.by) words.push('--by', call.by.join(','));
    for (const [column, values] of Object.entries(call.at ?? {})) words.push('--at', `${column}=${values.join(',')}`);
    if (call.ddf) words.push('--ddf', call.ddf);
    if (call.weights) words.push('--average', call.weights);
    if (call.trend) words.push('--trend', call.trend);
    const got = blupJson(...words);
    const finite = (x: readonly unknown[]) => x.map((v) => (v === 'Infinity' ? null : v));
    for (const field of ['estimate', 'se', 'df', 'lower', 'upper'] as const)
      expectNear(finite(got[field]), finite(means[field]), field === 'df' ? 1e-3 : 1e-5, field);
    for (const [adjust, want] of Object.entries(contrasts)) {
      const { contrasts: mine } = blupJson(...words, '--compare', 'pairwise', '--adjust', adjust);
      expect(mine.contrast).toEqual(want.contrast);
      for (const field of ['estimate', 'se', 't', 'p', 'lower', 'upper'] as const)
        expectNear(mine[field], want[field], 1e-4, `${adjust}.${field}`);
    }
  });

  test('for people', () => {
    const { stdout } = blup(['emmeans', ...modelWords('cake-sum-reml'), '--specs', 'recipe', '--compare', 'pairwise']);
    expect(stdout).toMatch(/^A +33\.122 1\.737 42\.00 29\.617 36\.627$/m);
    expect(stdout).toMatch(/^Contrasts \(adjusted by Tukey\):$/m);
    expect(stdout).toMatch(/^A - B +1\.478 2\.456 42\.00 .* 0\.602 +0\.8200$/m);
  });

  test('refusals', () => {
    const words = ['emmeans', 'y ~ a * x + b + (1 | g)', crossed];
    expect(blup([...words, '--specs', 'h']).stderr).toMatch(/the fixed effects do not read a column h; they read: /);
    expect(blup([...words, '--at', 'xx=1']).stderr).toMatch(/has no column "xx" for --at\. Did you mean "x"\?/);
    expect(blup([...words, '--at', 'x=low'])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'blup: --at x=low: the column holds numbers.\n',
    });
    expect(blup([...words, '--at', 'a=huge']).stderr).toMatch(/a has no level huge/);
    expect(blup([...words, '--trend', 'a', '--specs', 'b']).stderr).toMatch(/a is no numeric column/);
  });
});

describe('blup fit --confint boot', () => {
  test('has the same numbers in threads', () => {
    const words = ['fit', formula, sleepstudy, '--confint', 'boot', '--nsim', '64', '--seed', '3'];
    const intervals = (workers: string) => blupJson(...words, '--workers', workers)['confint'];
    expect(intervals('2')).toEqual(intervals('0'));
  });

  test('has seeded intervals of every parameter', () => {
    const words = ['fit', formula, sleepstudy, '--confint', 'boot', '--nsim', '300', '--seed', '5', '--level', '0.9'];
    const { confint } = blupJson(...words);
    expect(confint).toMatchObject({
      method: 'boot',
      level: 0.9,
      boot: { kind: 'percentile', nsim: 300, seed: 5, converged: 300 },
    });
    expect(confint.names).toEqual([
      'sd Subject.(Intercept)',
      'sd Subject.Days',
      'cor Subject.Days,(Intercept)',
      'sigma',
      '(Intercept)',
      'Days',
    ]);
    expect(blupJson(...words).confint).toEqual(confint);
    const { beta, se } = readCase('sleepstudy-rs-reml').results;
    beta.values.forEach((b: number, k: number) => {
      // 90 % by the normal distribution; the bootstrap of 300 is within a few percent of it
      expect(Math.abs((confint.lower[4 + k] - b) / se[k] + 1.645)).toBeLessThan(0.35);
      expect(Math.abs((confint.upper[4 + k] - b) / se[k] - 1.645)).toBeLessThan(0.35);
    });
    expect(blup([...words, '--boot', 'basic']).stdout).toMatch(
      /^90 % intervals \(parametric bootstrap, basic, 300 of 300 replicates, seed 5\):$/m,
    );
  });
});
