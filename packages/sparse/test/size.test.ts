import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const path = (file: string) => fileURLToPath(new URL(`../src/${file}`, import.meta.url));

/** Bundles a module; its gzipped size in bytes and the sources that left something in it. */
async function bundle(contents: string): Promise<{ size: number; sources: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: path('.'), loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true,
    absWorkingDir: path('..'),
    logLevel: 'silent',
  });
  const inputs = Object.entries(Object.values(metafile.outputs)[0].inputs);
  return {
    size: gzipSync(outputFiles[0].contents, { level: 9 }).length,
    sources: inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([name]) => name),
  };
}

const dense = (source: string) => /supernodal\/|blocks\/|nested-dissection|rcm|ldl\//.test(source);

test('the full entry takes at most 25 kB gzipped', async () => {
  const { size, sources } = await bundle("export * from './index.js'");
  // Without the kernels, say, the size would prove nothing.
  expect(sources).toContain('src/supernodal/kernel-bytes.generated.ts');
  expect(sources.filter(dense).length).toBeGreaterThan(15);
  expect(size).toBeLessThanOrEqual(25_000);
});

test('with diagonal blocks of the inverse it takes at most 28 kB', async () => {
  const { size, sources } = await bundle("export * from './index.js'; export * from './blocks/index.js'");
  expect(sources).toContain('src/blocks/kernel-bytes.generated.ts');
  expect(size).toBeLessThanOrEqual(28_000);
});

test('the simplicial entry takes at most 8 kB gzipped, with nothing of the other phases', async () => {
  const { size, sources } = await bundle("export * from './simplicial/index.js'");
  expect(sources.filter((source) => /simplicial\//.test(source)).length).toBeGreaterThan(0);
  expect(sources.filter(dense)).toEqual([]);
  expect(size).toBeLessThanOrEqual(8_000);
});

test('functions of the full entry do not drag the other phases along', async () => {
  const { sources } = await bundle(
    "export * from './simplicial/index.js'; export { quadraticForm, refineInPlace, solveLSparse } from './index.js'",
  );
  expect(sources.some((source) => /operations/.test(source))).toBe(true);
  expect(sources.filter(dense)).toEqual([]);
});
