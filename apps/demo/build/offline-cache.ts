import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const template = fileURLToPath(new URL('./service-worker.js', import.meta.url));

/** Large files that few need: kept for offline use from the first time they are used. */
const fetchedWhenUsed = /InstEval|assets\/(?:arrow|parquet)/;

/** Emits `sw.js`: the service worker with the list of this build's files, and a name that changes whenever one of them does. */
export function offlineCache(): Plugin {
  return {
    name: 'offline-cache',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const hash = createHash('sha256');
      const files = Object.values(bundle)
        .filter(({ fileName }) => !fileName.endsWith('.map'))
        .sort((a, b) => (a.fileName < b.fileName ? -1 : 1));
      for (const file of files) {
        hash.update(file.fileName).update(file.type === 'asset' ? file.source : file.code);
      }
      const list = files.map(({ fileName }) => fileName).filter((name) => !fetchedWhenUsed.test(name));
      const source = readFileSync(template, 'utf8')
        .replace('__VERSION__', hash.digest('hex').slice(0, 16))
        .replace("['__FILES__']", JSON.stringify(list));
      this.emitFile({ type: 'asset', fileName: 'sw.js', source });
    },
  };
}
