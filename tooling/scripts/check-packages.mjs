// Packs every public package, checks the tarballs, installs them all into an empty project and uses them there.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { pnpm } from './pnpm.mjs';
import { withCurrentOutput } from './page.mjs';
import { packagesIn, repository } from './workspace.mjs';

const required = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts'];
const unwanted =
  /(^|\/)(tests?|__tests__|bench|node_modules|reports|assembly)\/|\.test\.|tsconfig|vitest|\.tgz$|\.log$/;

const attw = join(
  dirname(createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json')),
  'dist/index.js',
);
const problems = [];
const scratch = mkdtempSync(join(tmpdir(), 'blup-packages-'));

try {
  const packages = packagesIn(repository, 'packages').filter(({ manifest }) => !manifest.private);
  const tarballs = [];
  for (const { path, manifest } of packages) {
    const { status, stdout } = pnpm(['pack', '--json', '--pack-destination', scratch], { cwd: path, capture: true });
    if (status !== 0) throw new Error(`pnpm pack failed in ${path}`);
    const packed = JSON.parse(stdout);
    tarballs.push(packed.filename);
    await checkTarball(manifest, packed);
  }
  if (problems.length === 0) useInstalled(packages, tarballs);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log('packages: ok');

/** The files a package may and must hold, its manifest as it will be published, and its types as consumers resolve them. */
async function checkTarball(manifest, { filename, files }) {
  const { name } = manifest;
  const paths = files.map((file) => file.path);
  for (const path of required) if (!paths.includes(path)) problems.push(`${name}: ${path} is not in the tarball`);
  for (const path of paths) if (unwanted.test(path)) problems.push(`${name}: ${path} should not be in the tarball`);
  for (const path of paths.filter((path) => /^dist\/.*\.js$/.test(path))) {
    const source = path.replace(/^dist/, 'src').replace(/\.js$/, '.ts');
    if (!paths.includes(source))
      problems.push(`${name}: ${path} is left over from an earlier build (no ${source}): delete dist and build`);
  }
  for (const field of ['description', 'license', 'engines', 'exports', 'sideEffects']) {
    if (manifest[field] === undefined) problems.push(`${name}: package.json has no "${field}"`);
  }

  const data = readFileSync(filename);
  const tarball = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  for (const message of messages) problems.push(`${name}: ${formatMessage(message, pkg, { color: false })}`);

  const types = spawnSync(process.execPath, [attw, filename, '--profile', 'esm-only', '--no-color', '--no-emoji']);
  if (types.status !== 0) problems.push(`${name}: ${types.stdout}${types.stderr}`);
}

/** Installs the tarballs as a stranger would, runs smoke.mjs on them and what the pages of the documentation tell a stranger to write. */
function useInstalled(packages, tarballs) {
  const names = packages.map(({ manifest }) => manifest.name);
  const dependencies = Object.fromEntries(names.map((name, i) => [name, `file:${tarballs[i]}`]));
  const project = { name: 'stranger', version: '1.0.0', private: true, type: 'module', dependencies };
  writeFileSync(join(scratch, 'package.json'), JSON.stringify(project));
  cpSync(join(repository, 'examples/sleepstudy.csv'), join(scratch, 'sleepstudy.csv'));
  cpSync(join(repository, 'tooling/scripts/smoke.mjs'), join(scratch, 'smoke.mjs'));
  const npm = ['install', '--no-audit', '--no-fund', '--no-progress', '--prefer-offline', '--loglevel=error'];
  execFileSync('npm', npm, { cwd: scratch, stdio: 'inherit', shell: process.platform === 'win32' });
  const { status } = spawnSync(process.execPath, ['smoke.mjs', ...names], { cwd: scratch, stdio: 'inherit' });
  if (status !== 0) problems.push('the installed packages do not work in an empty project');
  for (const path of ['docs/write-your-own-structure.md']) {
    const page = readFileSync(join(repository, path), 'utf8');
    if (withCurrentOutput(page, scratch) !== page)
      problems.push(`${path} does not show what its commands print with the installed packages`);
  }
}
