import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { goldenPath, readCase } from '@blup/golden';
import { expect, test } from 'vitest';
import { commands } from '../src/arguments/index.js';
import { help } from '../src/help/index.js';
import { run } from '../src/run.js';
import { bin, blup } from './blup.js';

const sleepstudy = goldenPath('data/sleepstudy.csv');
const formula = 'Reaction ~ 1 + Days + (1 + Days | Subject)';

test('help and version', () => {
  expect(blup(['--help'])).toEqual({ status: 0, stdout: help, stderr: '' });
  const { version } = JSON.parse(readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8'));
  expect(blup(['--version'])).toEqual({ status: 0, stdout: `blup ${version}\n`, stderr: '' });
});

test('every command has help that names all its options, shows an example, and fits a terminal', () => {
  for (const [name, { options }] of commands) {
    const { status, stdout } = blup([name, '--help']);
    expect(status).toBe(0);
    expect(help).toContain(`blup ${name} `);
    for (const option of Object.keys(options)) expect(stdout, name).toMatch(new RegExp(`^ +--${option}[ \n]`, 'm'));
    expect(stdout).toMatch(new RegExp(`\nExamples?\n(.*\n)*  blup ${name} `));
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  }
});

test('the summary has the estimates of the reference', () => {
  const { status, stdout, stderr } = blup(['fit', formula, sleepstudy]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { results } = readCase('sleepstudy-rs-reml');
  const [term] = results.varcorr;
  const printed = [...stdout.matchAll(/-?\d+(?:\.\d+)?/g)].map(Number);
  const expected = [
    results.objective,
    results.sigma,
    ...term.sd,
    term.corr[0][1],
    ...results.beta.values,
    ...results.se,
    180,
    18,
  ];
  for (const value of expected) {
    const error = Math.min(...printed.map((number) => Math.abs(number - value)));
    expect(error, String(value)).toBeLessThan(0.005);
  }
  for (const text of ['REML', formula, 'Subject', '(Intercept)', 'Days', 'Residual']) expect(stdout).toContain(text);
});

test('the objective at given theta, for people', () => {
  const { stdout } = blup(['fit', formula, sleepstudy, '--at', '1,0,1']);
  const [, objective, derivative] = /REML objective (\S+) at\n {4}Subject\.\(Intercept\) = 1, derivative (\S+)\n/.exec(
    stdout,
  )!;
  expect(Number(objective)).toBeCloseTo(1773.6803306160002, 8);
  expect(Number(derivative)).toBeCloseTo(-1.2423389337201973, 8);
});

test('the tests with degrees of freedom, for people', () => {
  const { stdout } = blup(['fit', formula, sleepstudy, '--ddf', 'all']);
  expect(stdout.match(/^Days +10\.467 +1\.546 17\.00 +6\.771 +3\.26e-6 \*\*\*$/gm)).toHaveLength(2);
});

test('the summary has the tests when one method is asked for', () => {
  const { stdout } = blup(['fit', formula, sleepstudy, '--ddf', 'kenward-roger']);
  expect(stdout.match(/^Days +10\.467 +1\.546 17\.00 +6\.771 3\.26e-6 \*\*\*$/gm)).toHaveLength(1);
  expect(stdout).not.toMatch(/^Days +10\.467 +1\.546 +6\.771$/m);
});

test('a singular fit says so, once', () => {
  const args = ['fit', 'Yield ~ 1 + (1 | Batch)', goldenPath('data/Dyestuff2.csv')];
  const text = blup(args);
  expect(text.status).toBe(0);
  expect(text.stdout.match(/singular/g)).toHaveLength(1);
  expect(text.stderr).not.toContain('singular');
  const json = blup([...args, '--format', 'json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ singular: true, converged: true, theta: [0] });
  expect(json.stderr.match(/singular/g)).toHaveLength(1);
});

test('a reader that stops early is no failure', async () => {
  const formulas = goldenPath('data/InstEval.csv');
  const child = spawn(process.execPath, [bin, 'fit', 'y ~ service', formulas, '--format', 'json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (piece) => (stderr += String(piece)));
  child.stdout.once('data', () => child.stdout.destroy());
  const status = await new Promise((resolve) => {
    child.on('close', resolve);
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('large results reach a pipe whole', () => {
  const { status, stdout } = blup(['fit', 'y ~ service', goldenPath('data/InstEval.csv'), '--format', 'json']);
  expect(status).toBe(0);
  expect(JSON.parse(stdout).fitted).toHaveLength(73421);
});

test('the command runs inside another program', async () => {
  const written = { out: '', err: '' };
  const status = await run(['fit', 'Reaction ~ Days', sleepstudy, '--ml', '--format', 'json'], {
    stdin: (async function* () {})(),
    stdout: { write: (text) => (written.out += text) },
    stderr: { isTTY: false, write: (text) => (written.err += text) },
  });
  expect({ status, err: written.err }).toEqual({ status: 0, err: '' });
  expect(JSON.parse(written.out).nobs).toBe(180);
});

test('profile intervals of the reference, as JSON and for people', () => {
  const options = ['--ml', '--confint', 'profile'];
  const { confint } = JSON.parse(blup(['fit', formula, sleepstudy, ...options, '--format', 'json']).stdout);
  const { lower, upper } = readCase('sleepstudy-rs-ml').results.confintProfileExact;
  const order = [
    'sd Subject.(Intercept)',
    'cor Subject.Days,(Intercept)',
    'sd Subject.Days',
    'sigma',
    '(Intercept)',
    'Days',
  ];
  order.forEach((name, i) => {
    const at = confint.names.indexOf(name);
    expect(confint.lower[at]).toBeCloseTo(lower[i], 4);
    expect(confint.upper[at]).toBeCloseTo(upper[i], 4);
  });
  expect(blup(['fit', formula, sleepstudy, '--confint', 'wald']).stdout).toContain('95 % intervals (Wald):');
});
