import { shared } from '@blup/vitest-config';
import { defineConfig } from 'vitest/config';

/** One file after the other: the browser tests would otherwise start several browsers at once. */
export default defineConfig({ test: { ...shared.test, fileParallelism: false, hookTimeout: 120_000 } });
