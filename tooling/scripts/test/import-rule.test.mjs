import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { importProblems } from '../import-rule.mjs';

let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'import-rule-'));
  write('packages/sparse/package.json', { name: '@blup/sparse', exports: { '.': './dist/index.js' } });
  write('packages/sparse/src/index.ts', 'export interface Csc { n: number }\n');
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path, content) {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, typeof content === 'string' ? content : JSON.stringify(content));
}

function covariance(source, manifest = { dependencies: { '@blup/sparse': 'workspace:^' } }) {
  write('packages/covariance/package.json', { name: '@blup/covariance', ...manifest });
  write('packages/covariance/src/index.ts', source);
}

test('types from sparse are what covariance may import', () => {
  covariance("import type { Csc } from '@blup/sparse';\nexport type A = Csc;\n");
  expect(importProblems(root)).toEqual([]);
});

test.each([
  ['a value', "import { Csc } from '@blup/sparse';", 'only types may come from @blup/sparse'],
  ['an inline type keyword', "import { type Csc } from '@blup/sparse';", 'only types may come from @blup/sparse'],
  ['a re-export', "export * from '@blup/sparse';", 'only types may come from @blup/sparse'],
  ['a dynamic import', "void import('@blup/sparse');", 'only types may come from @blup/sparse'],
])('values from sparse are not: %s', (_, source, message) => {
  covariance(source);
  expect(importProblems(root)).toEqual([`packages/covariance/src/index.ts:1 ${message}`]);
});

test.each([
  ["import { readFileSync } from 'node:fs';", 'a library may not import node:fs: it also runs in browsers'],
  ["import fs from 'fs';", 'a library may not import fs: it also runs in browsers'],
  [
    "import type { A } from '@blup/sparse/src/csc';",
    'imports @blup/sparse/src/csc, which @blup/sparse does not export',
  ],
  ["import x from 'left-pad';", 'imports left-pad, which package.json does not declare'],
  ["import x from './absent.js';", 'cannot find ./absent.js'],
  ["import x from '../package.json';", '../package.json leaves src'],
])('%s', (source, message) => {
  covariance(`import type { Csc } from '@blup/sparse';\nexport type A = Csc;\n${source}\n`);
  expect(importProblems(root)).toContain(`packages/covariance/src/index.ts:3 ${message}`);
});

test('a package may not depend on one above it, nor a library on strangers', () => {
  covariance('', { dependencies: { '@blup/lmm': 'workspace:^', lodash: '4' }, peerDependencies: { 'ml-matrix': '6' } });
  expect(importProblems(root)).toEqual([
    'packages/covariance/package.json: may not depend on @blup/lmm',
    'packages/covariance/package.json: a library, so no runtime dependency (lodash)',
    'packages/covariance/package.json: peer dependency ml-matrix of a library must be optional',
    'packages/covariance/package.json: @blup/lmm is declared but not imported',
    'packages/covariance/package.json: lodash is declared but not imported',
  ]);
});

test('an optional peer is for a sub-path, not for the main entry', () => {
  const manifest = {
    peerDependencies: { 'ml-matrix': '6' },
    peerDependenciesMeta: { 'ml-matrix': { optional: true } },
  };
  covariance('export {};', manifest);
  write('packages/covariance/src/oracle.ts', "export * from 'ml-matrix';\n");
  expect(importProblems(root)).toEqual([]);
  covariance("export * from './oracle.js';", manifest);
  expect(importProblems(root)).toEqual([
    'packages/covariance/src/oracle.ts:1 the main entry reaches the optional peer ml-matrix; keep it behind a sub-path',
  ]);
});

test('circles by value are reported, circles of types are not', () => {
  write('packages/sparse/src/a.ts', "import { b } from './b.js';\nexport const a = () => b;\n");
  write('packages/sparse/src/b.ts', "import type { a } from './a.js';\nexport const b = 1 as unknown as typeof a;\n");
  expect(importProblems(root)).toEqual([]);
  write('packages/sparse/src/b.ts', "import { a } from './a.js';\nexport const b = () => a;\n");
  expect(importProblems(root)).toEqual(['import cycle: packages/sparse/src/a.ts -> packages/sparse/src/b.ts']);
});

test('tests stay inside their package and declare what they import', () => {
  write('packages/sparse/test/a.test.ts', "import '../../lmm/src/index.js';\nimport 'fast-check';\n");
  expect(importProblems(root)).toEqual([
    'packages/sparse/test/a.test.ts:1 ../../lmm/src/index.js leaves the package',
    'packages/sparse/test/a.test.ts:2 imports fast-check, which package.json does not declare',
  ]);
});

test('a package that the rule does not know is refused', () => {
  write('packages/other/package.json', { name: '@blup/other' });
  expect(importProblems(root)).toEqual([
    'packages/other: package "@blup/other" has no line in the import rule (tooling/scripts/import-rule.mjs)',
  ]);
});

test('the scripts of Svelte components count, on their own lines', () => {
  write('apps/demo/package.json', { name: '@blup/demo', dependencies: { svelte: '5' } });
  write('apps/demo/src/fit.worker.ts', 'export {};\n');
  const script =
    "<script lang=\"ts\">\nimport { onMount } from 'svelte';\nimport Fit from './fit.worker.js?worker';\nimport { sum } from '@blup/sql';\n</script>";
  write('apps/demo/src/App.svelte', `<h1>import x from 'no-import'</h1>\n${script}\n<p>{sum}</p>\n`);
  expect(importProblems(root)).toEqual([
    'apps/demo/src/App.svelte:5 imports @blup/sql, which package.json does not declare',
    'apps/demo/src/App.svelte:5 @blup/demo may not import @blup/sql',
  ]);
});
