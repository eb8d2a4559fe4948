import type { ViteUserConfig } from 'vitest/config';

export const shared: ViteUserConfig;
