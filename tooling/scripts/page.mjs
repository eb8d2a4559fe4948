// Runs a page of the documentation: its files (```js NAME) are written into a folder, its commands (```console, `$ node NAME`) run there.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The page with what its commands print now, run in `folder`, from which the packages can be imported. */
export function withCurrentOutput(page, folder) {
  for (const [, name, code] of page.matchAll(/^```js (\S+)\n([\s\S]*?)^```$/gm))
    writeFileSync(join(folder, name), code);
  return page.replace(/^(```console\n\$ node (\S+)\n)[\s\S]*?^```$/gm, (_, command, file) => {
    const printed = execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' });
    return `${command}${printed.trimEnd()}\n\`\`\``;
  });
}

// node page.mjs PAGE FOLDER: fails where the page does not say what is printed; with --write it is put right
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [path, folder, mode] = process.argv.slice(2);
  const page = readFileSync(path, 'utf8');
  const now = withCurrentOutput(page, folder);
  if (mode === '--write') writeFileSync(path, now);
  else if (now !== page) throw new Error(`${path} does not show what its commands print:\n${now}`);
}
