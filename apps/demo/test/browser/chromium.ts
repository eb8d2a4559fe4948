import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import sparticuz from '@sparticuz/chromium';

const cache = fileURLToPath(new URL('../../node_modules/.cache/chromium', import.meta.url));
const packed = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', '..', 'bin');

/** The fonts of the machine, and those of the package for a machine that has none. */
const fontsConf = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>/usr/share/fonts</dir><dir>${join(cache, 'fonts', 'fonts')}</dir><cachedir>${join(cache, 'font-cache')}</cachedir></fontconfig>`;

export interface ChromiumOnDisk {
  readonly executablePath: string;
  readonly env: Record<string, string>;
}

/**
 * Chromium out of the npm package, unpacked once. The package unpacks into the folder for temporary files and takes what stands there for
 * whole; a folder of our own, which gets its name when it is complete, is safe from unpacking that was broken off.
 */
export async function chromiumOnDisk(): Promise<ChromiumOnDisk> {
  if (!existsSync(cache)) {
    const partial = `${cache}-${process.pid}`;
    mkdirSync(partial, { recursive: true });
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = partial;
    await sparticuz.executablePath(packed);
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    unpackLibraries(partial);
    writeFileSync(join(partial, 'fonts.conf'), fontsConf);
    if (existsSync(cache)) rmSync(partial, { recursive: true });
    else renameSync(partial, cache);
  }
  const executablePath = join(cache, 'chromium');
  // A bare machine lacks some shared libraries; the package has them too.
  const runs = spawnSync(executablePath, ['--no-sandbox', '--version']).status === 0;
  const libraries: Record<string, string> = runs ? {} : { LD_LIBRARY_PATH: join(cache, 'libraries', 'lib') };
  return { executablePath, env: { FONTCONFIG_FILE: join(cache, 'fonts.conf'), ...libraries } };
}

function unpackLibraries(folder: string): void {
  const into = join(folder, 'libraries');
  mkdirSync(into);
  const { status, stderr } = spawnSync('tar', ['-x', '-C', into], {
    input: brotliDecompressSync(readFileSync(join(packed, 'al2023.tar.br'))),
  });
  if (status !== 0) throw new Error(`The libraries of Chromium cannot be unpacked: ${String(stderr)}`);
}
