import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileKernels, generatedFiles } from '../scripts/build-kernels.mjs';

test.each(Object.entries(generatedFiles))('the inlined bytes are what %s compiles to', async (source, file) => {
  expect(readFileSync(file, 'utf8')).toBe(await compileKernels(source));
});
