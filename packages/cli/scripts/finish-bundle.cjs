// Compiles the bundle, runs a small fit so that the functions it needs are compiled as well, and keeps what V8 made of them beside the bundle.
'use strict';
const { readFileSync, rmSync, writeFileSync } = require('node:fs');
const nodeModule = require('node:module');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { constants, Script } = require('node:vm');

const path = join(__dirname, '../dist/main.cjs');
const cache = `${path}.cache`;
const table = join(tmpdir(), `blup-build-${process.pid}.csv`);
// V8 tells sources apart by their length alone: code of another build must never stay.
rmSync(cache, { force: true });

// The command as a module, for those who know it by this path.
writeFileSync(join(path, '../bin.js'), "#!/usr/bin/env node\nimport '../bin/blup.cjs';\n");

const rows = Array.from({ length: 60 }, (_, i) => `${Math.sin(i * i).toFixed(4)},${i % 7},${i % 6}`);
writeFileSync(table, `y,x,g\n${rows.join('\n')}\n`);
process.argv = [process.argv[0], path, 'fit', 'y ~ x + (x | g)', table];
process.stdout.write = () => true;

const script = new Script(nodeModule.wrap(readFileSync(path, 'utf8')), {
  filename: path,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
process.on('exit', (code) => {
  rmSync(table, { force: true });
  if (code === 0) writeFileSync(cache, script.createCachedData());
});
script.runInThisContext()({}, nodeModule.createRequire(path), { exports: {} }, path, join(path, '..'));
