#!/usr/bin/env node
// Starts the bundled command. To compile it would take as long as a small fit, so compiled code is kept: by Node itself from 22.1 on; before that
// by the build, and V8 takes it only where version and flags are those of the build.
'use strict';
const { readFileSync } = require('node:fs');
const nodeModule = require('node:module');
const { join } = require('node:path');

const path = join(__dirname, '../dist/main.cjs');

/** The compiled code beside the bundle; undefined where the package came without. */
function keptCode() {
  try {
    return readFileSync(`${path}.cache`);
  } catch {
    return undefined;
  }
}

const cachedData = nodeModule.enableCompileCache ? undefined : keptCode();
if (cachedData === undefined) {
  nodeModule.enableCompileCache?.();
  require(path);
} else {
  const { constants, Script } = require('node:vm');
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const source = nodeModule.wrap(readFileSync(path, 'utf8'));
  const script = new Script(source, { filename: path, cachedData, importModuleDynamically });
  script.runInThisContext()({}, nodeModule.createRequire(path), { exports: {} }, path, join(path, '..'));
}
