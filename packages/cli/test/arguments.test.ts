import { expect, test } from 'vitest';
import { readArguments } from '../src/arguments/index.js';
import { UsageError } from '../src/errors.js';

const fit = (...rest: string[]) => {
  const read = readArguments(['fit', 'y ~ x', 'd.csv', ...rest]);
  if (read.command !== 'fit') throw new Error(`read as ${read.command}`);
  return read.fit;
};

test('defaults', () => {
  expect(fit()).toEqual({
    formula: 'y ~ x',
    file: 'd.csv',
    reml: true,
    weights: undefined,
    offset: undefined,
    subset: undefined,
    schema: undefined,
    factors: [],
    contrasts: new Map(),
    ddf: 'none',
    confint: 'none',
    level: 0.95,
    boot: { kind: 'percentile', nsim: 1000, seed: 1, workers: undefined },
    at: [],
    save: undefined,
    export: undefined,
    residual: undefined,
    maxMemory: undefined,
    format: 'text',
  });
});

test('all options, before and after the formula, with and without =', () => {
  const argv = [
    '--ml',
    '--weights',
    'w',
    'fit',
    '--offset=o',
    'y ~ x',
    '--subset',
    '-x > 1',
    '-',
    '--schema=s=1.json',
    '--factor',
    'g',
  ];
  argv.push(
    '--factor=h',
    '--contrasts',
    'a=b=sum',
    '--contrasts',
    '__proto__=contr.poly',
    '--ddf',
    'all',
    '--at',
    '-1,0.5;2e-3, 1',
  );
  argv.push(
    '--residual',
    'ar1(1 | g)',
    '--max-memory',
    '1.5GB',
    '--json',
    '--confint=boot',
    '--nsim=50',
    '--level',
    '.9',
    '--save',
    'm.json',
  );
  expect(readArguments(argv)).toEqual({
    command: 'fit',
    fit: {
      formula: 'y ~ x',
      file: '-',
      reml: false,
      weights: 'w',
      offset: 'o',
      subset: '-x > 1',
      schema: 's=1.json',
      factors: ['g', 'h'],
      contrasts: new Map([
        ['a=b', 'sum'],
        ['__proto__', 'poly'],
      ]),
      ddf: 'all',
      confint: 'boot',
      level: 0.9,
      boot: { kind: 'percentile', nsim: 50, seed: 1, workers: undefined },
      save: 'm.json',
      export: undefined,
      at: [Float64Array.of(-1, 0.5), Float64Array.of(0.002, 1)],
      residual: 'ar1(1 | g)',
      maxMemory: 1.5e9,
      format: 'json',
    },
  });
});

test.each([
  ['500', 500],
  ['500b', 500],
  ['64 kB', 64e3],
  ['2e3M', 2e9],
  ['1T', 1e12],
])('%s of memory', (text, bytes) => {
  expect(fit('--max-memory', text).maxMemory).toBe(bytes);
});

test.each(['', '0', '-1GB', '8 gigs', '1..5G', 'GB'])('"%s" is no amount of memory', (text) => {
  expect(() => fit('--max-memory', text)).toThrow('--max-memory needs a number of bytes');
});

test('a model without theta has an empty point', () => {
  expect(fit('--at', '').at).toEqual([new Float64Array(0)]);
});

test.each([
  [['--help'], { command: 'help' }],
  [['-h'], { command: 'help' }],
  [['help'], { command: 'help' }],
  [['fit', '--help'], { command: 'help', topic: 'fit' }],
  [['--help', 'emmeans', '--trend', 'x'], { command: 'help', topic: 'emmeans' }],
  [['help', 'predict'], { command: 'help', topic: 'predict' }],
  [['-V'], { command: 'version' }],
  [['--version'], { command: 'version' }],
])('%j', (argv, wanted) => {
  expect(readArguments(argv)).toEqual(wanted);
});

test('types of analysis of variance by number, and its defaults', () => {
  expect(readArguments(['anova', 'y ~ x', 'd.csv', '--type', '2'])).toMatchObject({
    anova: { type: 'II', ddf: 'satterthwaite', random: false, format: 'text' },
  });
  expect(readArguments(['anova', 'y ~ x', 'd.csv'])).toMatchObject({ anova: { type: 'III' } });
});

test('a comparison tells formulas from files', () => {
  expect(readArguments(['compare', 'y ~ 1', 'd.csv', 'y ~ x', '--no-refit', '--ml'])).toMatchObject({
    compare: {
      noRefit: true,
      models: { kind: 'formulas', formulas: ['y ~ 1', 'y ~ x'], fit: { file: 'd.csv', reml: false } },
    },
  });
  expect(readArguments(['compare', 'a.json', 'b.json', 'c.json', '--json'])).toEqual({
    command: 'compare',
    compare: { models: { kind: 'saved', paths: ['a.json', 'b.json', 'c.json'] }, noRefit: false, format: 'json' },
  });
});

test('terms, values and names of the other commands', () => {
  expect(
    readArguments(
      ['predict', 'm.json', '-', '--terms', 'g', '--terms=(1 | h)', '--df=12'].concat('--interval=prediction'),
    ),
  ).toMatchObject({
    predict: {
      model: 'm.json',
      file: '-',
      terms: ['g', '(1 | h)'],
      df: 12,
      interval: 'prediction',
      newLevels: 'refuse',
      format: 'csv',
    },
  });
  expect(
    readArguments(['emmeans', 'y ~ x', 'd.csv', '--specs=a,b', '--at', 'x=-1, 2', '--at=__proto__=low']),
  ).toMatchObject({
    emmeans: {
      specs: ['a,b'],
      at: new Map([
        ['x', ['-1', '2']],
        ['__proto__', ['low']],
      ]),
      compare: undefined,
      average: 'equal',
    },
  });
  expect(readArguments(['simulate', 'y ~ x', 'd.csv', '--seed', '9007199254740991'])).toMatchObject({
    simulate: { nsim: 1, seed: 9007199254740991, randomEffects: 'new', format: 'csv' },
  });
});

test.each<[string[], string]>([
  [[], 'A command is needed: blup fit FORMULA FILE.'],
  [['fti'], 'There is no command "fti". Did you mean "fit"?'],
  [['fit'], "A formula is needed: blup fit 'y ~ x + (1 | g)' data.csv."],
  [['fit', 'y ~ x'], 'A file is needed (or - for standard input): blup fit FORMULA FILE.'],
  [['fit', 'y', '~', 'x'], 'There is an argument too many: "x". Put the formula in quotes.'],
  [['fit', 'y ~ x', 'd.csv', '--wieghts', 'w'], 'There is no option --wieghts. Did you mean "--weights"?'],
  [['fit', 'y ~ x', 'd.csv', '--weights'], 'Option --weights needs a value.'],
  [['fit', 'y ~ x', 'd.csv', '--ml=yes'], 'Option --ml takes no value.'],
  [['fit', 'y ~ x', 'd.csv', '--offset', 'a', '--offset', 'b'], 'Option --offset was given twice.'],
  [['fit', 'y ~ x', 'd.csv', '--format', 'xml'], '--format must be one of text, json, not "xml".'],
  [['fit', 'y ~ x', 'd.csv', '--ddf', 'kr'], '--ddf must be one of none, satterthwaite, kenward-roger, all, not "kr".'],
  [
    ['fit', 'y ~ x', 'd.csv', '--contrasts', 'sum'],
    '--contrasts needs COLUMN=KIND, for example recipe=sum, not "sum".',
  ],
  [
    ['fit', 'y ~ x', 'd.csv', '--contrasts', 'a=dummy'],
    'The kind of contrasts in --contrasts a=dummy must be one of treatment, sum, helmert, poly, sdif, SAS, not "dummy".',
  ],
  [
    ['fit', 'y ~ x', 'd.csv', '--at', '1,a'],
    '--at needs numbers separated by commas, and semicolons between points, not "1,a".',
  ],
  [
    ['fit', 'y ~ x', 'd.csv', '--at', '1,,2'],
    '--at needs numbers separated by commas, and semicolons between points, not "1,,2".',
  ],
  [['anova', 'y ~ x', 'd.csv', '--at', '1'], 'blup anova has no option --at.'],
  [['anova', 'y ~ x', 'd.csv', '--type', 'IV'], '--type must be one of 1, 2, 3, I, II, III, not "IV".'],
  [
    ['anova', 'y ~ x', 'd.csv', '--random', '--ddf', 'none'],
    '--ddf is about fixed effects: leave it out with --random.',
  ],
  [['compare', 'y ~ x', 'd.csv'], 'A comparison needs at least two formulas.'],
  [['compare', 'y ~ x', 'y ~ 1'], 'A file is needed (or - for standard input): blup compare FORMULA FORMULA FILE.'],
  [
    ['compare', 'a.json'],
    'A comparison needs two formulas and a file, or two saved models: blup compare FORMULA FORMULA FILE.',
  ],
  [['compare', 'a.json', 'b.json', '--ml'], '--ml has no meaning for saved models, which are compared as they are.'],
  [['predict', 'm.json'], 'A model and a file are needed (or - for standard input): blup predict MODEL.json NEW.csv.'],
  [['predict', 'm.json', 'n.csv', '--level', '0.9'], '--level belongs to --interval.'],
  [['predict', 'm.json', 'n.csv', '--interval=confidence', '--df=0'], '--df must be a number above 0, not "0".'],
  [['predict', 'm.json', 'n.csv', '--terms', 'g', '--terms', 'none'], '--terms none stands alone.'],
  [['predict', 'm.json', 'n.csv', '--weights', 'w'], '--weights belongs to --interval prediction and to --score.'],
  [['simulate', 'y ~ x', 'd.csv', '--nsim', '0'], '--nsim must be a whole number from 1 on, not "0".'],
  [['simulate', 'y ~ x', 'd.csv', '--seed', '1.5'], '--seed must be a whole number from 0 on, not "1.5".'],
  [['emmeans', 'y ~ x', 'd.csv', '--adjust', 'holm'], '--adjust belongs to comparisons: add --compare pairwise.'],
  [['emmeans', 'y ~ x', 'd.csv', '--at', 'x'], '--at needs COLUMN=VALUES, for example Days=0,5, not "x".'],
  [
    ['emmeans', 'y ~ x', 'd.csv', '--ml', '--ddf', 'kenward-roger'],
    '--ddf kenward-roger is defined for REML fits: leave out --ml.',
  ],
  [['fit', 'y ~ x', 'd.csv', '--nsim', '10'], '--nsim belongs to --confint boot.'],
  [['fit', 'y ~ x', 'd.csv', '--workers', '2'], '--workers belongs to --confint boot.'],
  [['fit', 'y ~ x', 'd.csv', '--level', '0.9'], '--level belongs to --confint.'],
  [
    ['fit', 'y ~ x', 'd.csv', '--confint', 'wald', '--level', '95'],
    '--level must be a number between 0 and 1, not "95".',
  ],
  [['fit', 'y ~ x', 'd.csv', '--json', '--format', 'text'], '--json contradicts --format text.'],
  [['help', 'fits'], 'There is no command "fits". Did you mean "fit"?'],
])('%j is refused', (argv, message) => {
  expect(() => readArguments(argv)).toThrow(new UsageError(message));
});

test('options named like members of every object are unknown', () => {
  expect(() => readArguments(['fit', 'y ~ x', 'd.csv', '--constructor'])).toThrow(/^There is no option --constructor/);
});
