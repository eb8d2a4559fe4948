import { expect, test } from 'vitest';
import { readArguments } from '../src/arguments.js';
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
    at: [],
    residual: undefined,
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
  argv.push('--residual', 'ar1(1 | g)', '--format', 'json');
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
      confint: 'none',
      at: [Float64Array.of(-1, 0.5), Float64Array.of(0.002, 1)],
      residual: 'ar1(1 | g)',
      format: 'json',
    },
  });
});

test('a model without theta has an empty point', () => {
  expect(fit('--at', '').at).toEqual([new Float64Array(0)]);
});

test.each([
  [['--help'], 'help'],
  [['-h'], 'help'],
  [['help'], 'help'],
  [['fit', '--help'], 'help'],
  [['-V'], 'version'],
  [['--version'], 'version'],
])('%j', (argv, command) => {
  expect(readArguments(argv)).toEqual({ command });
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
])('%j is refused', (argv, message) => {
  expect(() => readArguments(argv)).toThrow(new UsageError(message));
});

test('options named like members of every object are unknown', () => {
  expect(() => readArguments(['fit', 'y ~ x', 'd.csv', '--constructor'])).toThrow(/^There is no option --constructor/);
});
