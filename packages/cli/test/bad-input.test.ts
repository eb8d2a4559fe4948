import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldenPath } from '@blup/golden';
import { afterAll, describe, expect, test } from 'vitest';
import { blup, type Outcome } from './blup.js';

const folder = mkdtempSync(join(tmpdir(), 'blup-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sleepstudy = goldenPath('data/sleepstudy.csv');

/** Fits a table given as text. Messages call it by its name alone. */
function fitText(formula: string, text: string, ...options: string[]): Outcome {
  const path = join(folder, 'data.csv');
  writeFileSync(path, text);
  const { status, stdout, stderr } = blup(['fit', formula, path, ...options]);
  return { status, stdout, stderr: stderr.replaceAll(path, 'data.csv') };
}

/** Nothing on standard output, exactly this on standard error. */
const refusal = (status: 1 | 2, ...lines: string[]): Outcome => ({
  status,
  stdout: '',
  stderr: `blup: ${lines.join('\n')}\n`,
});

describe('models that are too large', () => {
  const rows = 60_000;
  const path = join(folder, 'crossed.csv');
  const lines = Array.from(
    { length: rows },
    (_, i) => `${Math.sin(i).toFixed(3)},a${(7919 * i * (i % 97)) % 20_011},b${(104_729 * i * (i % 89)) % 20_021}`,
  );
  writeFileSync(path, `y,a,b\n${lines.join('\n')}\n`);

  test('are refused from counts, in a process with a small heap, and nothing else happens', () => {
    const words = ['fit', 'y ~ 1 + (1 | a) + (1 | b)', path, '--max-memory', '0.2GB'];
    const { status, stdout, stderr } = blup(words, undefined, ['--max-old-space-size=64']);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /^blup: the model is too large: .* MB of memory beside the data .*200 MB \(200000000 bytes\)/,
    );
    expect(stderr).toMatch(/the Cholesky factor .* because b \(\d+ levels\) and a \(\d+ levels\) are crossed/);
    expect(stderr).toMatch(/\nOr allow more with --max-memory, where the machine has it\.\n$/);
    expect(stderr).not.toContain('maxBytes');
  });

  test('are refused before their columns are made', () => {
    const words = ['fit', 'y ~ a * b + (1 | a)', path];
    const { status, stderr } = blup(words, undefined, ['--max-old-space-size=64']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^blup: The fixed effects would have \d+ columns of 60000 rows, \d+ of them for a:b/);
    expect(stderr).toMatch(/\(1 \| a:b\)\.\nOr allow more with --max-memory/);
  });
});

describe('formulas', () => {
  test.each<[string, string[]]>([
    [
      'Reaction ~ Days + (Days | Subject',
      [
        'The formula ends too early: the opening parenthesis is not closed.',
        '  Reaction ~ Days + (Days | Subject',
        '                                   ^',
      ],
    ],
    [
      'Reaction ~ Days + * Subject',
      [
        'Unexpected "*": a name, a number or an opening parenthesis is needed here.',
        '  Reaction ~ Days + * Subject',
        '                    ^',
      ],
    ],
    [
      'Reaction ~ Dyas + (Days | Subject)',
      ['There is no column "Dyas". Did you mean "Days"?', '  Reaction ~ Dyas + (Days | Subject)', '             ^^^^'],
    ],
    [
      'Reaction ~ Days + 1 | Subject',
      [
        'A random term must stand in parentheses; without them the bar takes everything before it. Write Reaction ~ Days + (1 | Subject).',
        '  Reaction ~ Days + 1 | Subject',
        '             ^^^^^^^^^^^^^^^^^^',
      ],
    ],
    ...['Days * (1 | Subject)', 'Days - (1 | Subject)'].map((right): [string, string[]] => [
      `Reaction ~ ${right}`,
      [
        'A random term cannot be subtracted, multiplied or interacted: (1 | Subject). Add it: + (1 | Subject).',
        `  Reaction ~ ${right}`,
        '                    ^^^^^^^^^^^^^',
      ],
    ]),
  ])('%s', (formula, lines) => {
    expect(blup(['fit', formula, sleepstudy])).toEqual(refusal(1, ...lines));
  });

  test('a structure that does not exist', () => {
    const { status, stdout, stderr } = blup(['fit', 'Reaction ~ Days + nonsense(1 | Subject)', sleepstudy]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^blup: there is no covariance structure "nonsense"; known structures: .*\n$/);
  });
});

describe('options', () => {
  const formula = 'Reaction ~ Days + (1 | Subject)';
  test.each<[string[], Outcome]>([
    [['--weights', 'ww'], refusal(1, 'The weights column does not exist: "ww". Did you mean "w"?')],
    [['--subset', 'Dys > 3'], refusal(1, 'There is no column "Dys". Did you mean "Days"?', '  Dys > 3', '  ^^^')],
    [['--subset', 'Days > 30'], refusal(1, 'The subset Days > 30 holds for none of the 180 rows.')],
    [['--factor', 'subject'], refusal(1, `${sleepstudy} has no column "subject". Did you mean "Subject"?`)],
    [
      ['--contrasts', 'Foo=sum'],
      refusal(
        1,
        `${sleepstudy} has no column "Foo" for --contrasts. Known: Reaction, Days, Subject, DaysC, DaysF, w, off.`,
      ),
    ],
    [['--schema', 'nowhere.json'], refusal(1, 'There is no file nowhere.json.')],
    [
      ['--at', '1,2'],
      refusal(
        2,
        '--at has a point of 2 numbers, but this model has 1 theta (Subject.(Intercept)).',
        'Try: blup --help',
      ),
    ],
    [
      ['--residual', 'nosuch(1 | Subject)'],
      refusal(
        1,
        'the residual structure "nosuch(1 | Subject)" cannot be read: there is no structure "nosuch": write ar1(day | g), ar1(1 | g), car1(t | g), arma(t | g, p = 1, q = 1), ' +
          'cs(1 | g), us(visit | g), exp(x + y | g), gau(x + y | g), mat(x + y | g), strata(f), varpower(x), varexp(x | f), or variances times a ' +
          'correlation: strata(f) * ar1(1 | g)',
      ),
    ],
    [
      ['--ml', '--ddf', 'kenward-roger'],
      refusal(2, '--ddf kenward-roger is defined for REML fits: leave out --ml.', 'Try: blup --help'),
    ],
    [['--wat'], refusal(2, 'There is no option --wat. Did you mean "--at"?', 'Try: blup --help')],
  ])('%j', (options, outcome) => {
    expect(blup(['fit', formula, sleepstudy, ...options])).toEqual(outcome);
  });

  test('no arguments', () => {
    expect(blup([])).toEqual(refusal(2, 'A command is needed: blup fit FORMULA FILE.', 'Try: blup --help'));
  });
});

describe('files', () => {
  test('that cannot be read', () => {
    expect(blup(['fit', 'y ~ x', 'nowhere.csv'])).toEqual(refusal(1, 'There is no file nowhere.csv.'));
    expect(blup(['fit', 'y ~ x', folder])).toEqual(refusal(1, `${folder} is a folder, not a file.`));
  });

  test.each<[string, string, string]>([
    ['empty', '', 'data.csv is empty: a header line with column names is needed.'],
    ['no rows', 'y,x,g\n', 'data.csv has a header but no rows.'],
    ['ragged', 'y,x,g\n1,2,a\n3,4\n', 'Row 2 of data.csv has 2 fields, but the header has 3 columns.'],
    ['unclosed quote', 'y,x,g\n1,2,"a\n3,4,b\n', 'Row 1 of data.csv opens a double quote that is never closed.'],
    [
      'two columns of one name',
      'y,y,g\n1,2,a\n',
      'data.csv has two columns named "y" (columns 1 and 2). Rename one of them.',
    ],
    [
      'a line of 10 MB',
      `y,x,g\n1,2,a,${'x'.repeat(1e7)}\n`,
      'Row 1 of data.csv has 4 fields, but the header has 3 columns. A field that contains the separator must be in double quotes.',
    ],
    [
      'infinite response',
      'y,x,g\n1,1,u\nInf,2,v\n2,3,u\n',
      'y is Inf in row 2. Correct the value, make it missing, or leave the row out by a subset.',
    ],
    [
      'infinite predictor',
      'y,x,g\n1,1,u\n2,-Inf,v\n2,3,u\n',
      'x is -Inf in row 2. Correct the value, make it missing, or leave the row out by a subset.',
    ],
    [
      'all rows missing',
      'y,x,g\n,1,u\n1,,v\n1,3,\nNA,2,v\n',
      'Every row misses a value of some variable in the formula. y alone is missing in 2 of 4 rows.',
    ],
    [
      'constant response',
      'y,x,g\n1,1,u\n1,4,v\n1,3,u\n1,2,v\n',
      'the response y has the same value in every row: there is no variance to model',
    ],
    [
      'one-level grouping factor',
      'y,x,g\n1,1,u\n3,4,u\n2,3,u\n5,2,u\n',
      'the grouping factor g of (1 | g) has one level (u); a variance between groups cannot be estimated from one group: leave the term out, or use a factor with more levels',
    ],
    [
      'as many levels as rows',
      'y,x,g\n1,1,a\n3,4,b\n2,3,c\n5,2,d\n',
      'the grouping factor g of (1 | g) has as many levels as there are rows (4), so its variance cannot be told from the residual variance: leave the term out, or fix sigma',
    ],
  ])('%s', (_, text, message) => {
    expect(fitText('y ~ x + (1 | g)', text)).toEqual(refusal(1, message));
  });

  test('non-numeric response', () => {
    expect(fitText('y ~ x + (1 | g)', 'y,x,g\na,1,u\nb,2,v\nc,3,u\n')).toEqual(
      refusal(1, 'The response y is a factor or text. It must be one column of numbers.', '  y ~ x + (1 | g)', '  ^'),
    );
  });

  test('negative weights', () => {
    expect(fitText('y ~ x', 'y,x,w\n1,1,1\n3,3,-1\n2,3,1\n', '--weights', 'w')).toEqual(
      refusal(1, 'The weight w is -1 in row 2. Weights must not be negative; 0 leaves a row out.'),
    );
  });
});

describe('what is odd but right', () => {
  const fit = (formula: string, text: string, ...options: string[]) => {
    const { status, stdout, stderr } = fitText(formula, text, '--format', 'json', ...options);
    return { status, stderr, results: status === 0 ? JSON.parse(stdout) : undefined };
  };

  test('rows of weight zero do not count', () => {
    const { results, stderr } = fit('y ~ x', 'y,x,w\n1,1,1\n3,2,1\n4,3,1\n9,9,0\n6,4,1\n', '--weights', 'w');
    const { results: without } = fit('y ~ x', 'y,x,w\n1,1,1\n3,2,1\n4,3,1\n6,4,1\n');
    expect(results.nobs).toBe(4);
    expect(results.objective).toBe(without.objective);
    expect(results.beta).toEqual(without.beta);
    expect(results.omittedRows).toEqual([]);
    expect(stderr).toBe('blup: note: 1 row left out because the weight is zero\n');
  });

  test('missing rows are counted', () => {
    const { results, stderr } = fit('y ~ x', 'y,x\n1,1\n3,2\n4,\n,\n9,9\n');
    expect(results.nobs).toBe(3);
    expect(results.omittedRows).toEqual([3, 4]);
    expect(stderr).toBe('blup: note: 2 rows of 5 left out because a value is missing (y: 1, x: 2)\n');
  });

  test('columns called __proto__ and constructor', () => {
    const rows = readFileSync(sleepstudy, 'utf8').trim().split('\n').slice(1);
    const text = ['y,__proto__,constructor', ...rows.map((row) => row.split(',').slice(0, 3).join(','))].join('\n');
    const { results } = fit('y ~ __proto__ + (__proto__ | constructor)', text, '--factor', 'constructor');
    expect(Math.abs(results.objective - 1743.6282719584906)).toBeLessThan(1e-6);
    expect(results.thetaNames).toEqual([
      'constructor.(Intercept)',
      'constructor.`__proto__`.(Intercept)',
      'constructor.`__proto__`',
    ]);
    expect(Object.keys(results.ranef)).toEqual(['constructor']);
    const { results: swapped } = fit(
      'y ~ constructor + (1 | __proto__)',
      'y,__proto__,constructor\n1,a,1\n2,a,3\n4,b,2\n3,b,5\n7,c,6\n6,c,9\n',
    );
    expect(Object.keys(swapped.ranef)).toEqual(['__proto__']);
    expect(Object.keys(swapped.condVar)).toEqual(['__proto__']);
    expect(Object.keys(swapped.ngroups)).toEqual(['__proto__']);
  });

  test('a table from standard input', () => {
    const text = readFileSync(sleepstudy, 'utf8');
    const { status, stdout } = blup(['fit', 'Reaction ~ Days', '-', '--format', 'json'], text);
    expect(status).toBe(0);
    expect(JSON.parse(stdout).nobs).toBe(180);
    expect(blup(['fit', 'Reaction ~ Days', '-'], '')).toEqual(
      refusal(1, 'standard input is empty: a header line with column names is needed.'),
    );
  });
});
