import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository. */
export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** The workspace packages below `folder` of `root`, with their manifests, in alphabetical order of the folders. */
export function packagesIn(root, folder) {
  const parent = join(root, folder);
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .toSorted()
    .map((name) => ({ folder: `${folder}/${name}`, path: join(parent, name) }))
    .filter(({ path }) => existsSync(join(path, 'package.json')))
    .map(({ folder, path }) => ({
      folder,
      path,
      manifest: JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')),
    }));
}

/** Every file below `path` whose name ends in one of `endings`, dependencies and build output left out. */
export function filesIn(path, endings) {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    const full = join(path, entry.name);
    if (entry.isDirectory()) return filesIn(full, endings);
    return endings.some((ending) => entry.name.endsWith(ending)) ? [full] : [];
  });
}
