import { shared } from '@blup/vitest-config';
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { ...shared.test, include: ['test/**/*.test.mjs'] } });
