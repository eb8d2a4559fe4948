import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../workspace.mjs';

test('the fit in the README is what the command prints', () => {
  const readme = readFileSync(join(repository, 'README.md'), 'utf8');
  const [, formula, file] = /^ {4}\$ blup fit '(.+)' (\S+)$/m.exec(readme);
  const bin = join(repository, 'packages/cli/dist/bin.js');
  const printed = execFileSync(process.execPath, [bin, 'fit', formula, file], { cwd: repository, encoding: 'utf8' });
  const quoted = printed.trimEnd().replace(/^(?=.)/gm, '    ');
  expect(readme).toContain(`${file}\n\n${quoted}\n`);
});
