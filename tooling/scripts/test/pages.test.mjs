import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { withCurrentOutput } from '../page.mjs';
import { repository } from '../workspace.mjs';

// In a folder from which the packages of the workspace can be imported
const scripts = fileURLToPath(new URL('..', import.meta.url));

test.each(['docs/write-your-own-structure.md'])('the commands of %s print what it shows', (path) => {
  const folder = mkdtempSync(join(scripts, 'node_modules/.page-'));
  try {
    const page = readFileSync(join(repository, path), 'utf8');
    expect(page).toContain('chi-squared');
    expect(withCurrentOutput(page, folder)).toBe(page);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
