// `node tooling/scripts/readme-fit.mjs` prints the fit in the README anew; its test checks that this would change nothing.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repository } from './workspace.mjs';

export const readmePath = join(repository, 'README.md');

/** The README with the output of the command that it quotes: the indented lines after `$ blup fit ...` up to the next plain text. */
export function withCurrentFit(readme) {
  return readme.replace(/^( {4}\$ blup fit '(.+)' (\S+)\n)(?:\n| {4}.*\n)*/m, (_, command, formula, file) => {
    const args = [join(repository, 'packages/cli/bin/blup.cjs'), 'fit', formula, file];
    const printed = execFileSync(process.execPath, args, { cwd: repository, encoding: 'utf8' });
    return `${command}\n${printed.trimEnd().replace(/^(?=.)/gm, '    ')}\n\n`;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(readmePath, withCurrentFit(readFileSync(readmePath, 'utf8')));
}
