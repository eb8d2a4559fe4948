import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { builtInTables } from './build/built-in-tables.js';
import { offlineCache } from './build/offline-cache.js';

/** Relative addresses, so that the page can be put into any folder of any host. */
export default defineConfig({
  base: './',
  plugins: [svelte(), builtInTables(), offlineCache()],
  worker: { format: 'es' },
  build: { target: 'es2022', modulePreload: { polyfill: false }, chunkSizeWarningLimit: 700 },
});
