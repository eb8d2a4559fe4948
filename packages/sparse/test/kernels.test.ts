import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileKernels, generatedFile } from '../scripts/build-kernels.mjs';

test('the inlined bytes are what the source compiles to', async () => {
  expect(readFileSync(generatedFile, 'utf8')).toBe(await compileKernels());
});
