import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { importsOf } from './imports.mjs';
import { filesIn, packagesIn } from './workspace.mjs';

/**
 * Who may import whom among our own packages (`type` = types only), and who may use Node and packages of others.
 * Libraries run in browsers and have no runtime dependency but each other.
 */
export const rule = {
  '@blup/sparse': { own: {}, library: true },
  '@blup/formula': { own: {}, library: true },
  '@blup/covariance': { own: { '@blup/sparse': 'type' }, library: true },
  '@blup/lmm': {
    own: { '@blup/sparse': 'value', '@blup/formula': 'value', '@blup/covariance': 'value' },
    library: true,
  },
  '@blup/sql': { own: { '@blup/formula': 'value', '@blup/lmm': 'value' }, library: false },
  blup: { own: { '@blup/formula': 'value', '@blup/lmm': 'value' }, library: false },
  '@blup/demo': {
    own: { '@blup/sparse': 'value', '@blup/covariance': 'value', '@blup/formula': 'value', '@blup/lmm': 'value' },
    library: false,
    app: true,
  },
};

const packageName = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** The source file that a relative specifier with its `.js` suffix stands for, or null. */
function sourceOf(from, specifier) {
  const path = resolve(dirname(from), specifier.replace(/\?.*$/, '')); // a bundler's query: './fit.worker.js?worker'
  const candidates = [path.replace(/\.js$/, '.ts'), path.replace(/\.mjs$/, '.mts'), path];
  return candidates.find((candidate) => /\.\w+$/.test(candidate) && existsSync(candidate)) ?? null;
}

/** The groups of files that import each other in a circle by value (Tarjan's strongly connected components). */
function cycles(edges) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const found = [];
  const visit = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) {
        visit(next);
        low.set(node, Math.min(low.get(node), low.get(next)));
      } else if (stack.includes(next)) {
        low.set(node, Math.min(low.get(node), index.get(next)));
      }
    }
    if (low.get(node) !== index.get(node)) return;
    const component = stack.splice(stack.indexOf(node));
    if (component.length > 1) found.push(component);
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return found;
}

/**
 * Breaches of the import rule in the workspace at `root`, as lines of text; none when all is well.
 * Checked: what a manifest declares, what the sources really import, sub-paths that `exports` hides, Node built-ins in
 * libraries, optional peers reached from the main entry, imports that leave the package, and circles.
 */
export function importProblems(root) {
  const packages = [...packagesIn(root, 'packages'), ...packagesIn(root, 'apps')];
  const byName = new Map(packages.map((p) => [p.manifest.name, p]));
  return packages.flatMap((p) => problemsOf(p, byName, root));
}

function problemsOf({ folder, path, manifest }, byName, root) {
  const { name, dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {}, devDependencies = {} } = manifest;
  const allowed = rule[name];
  if (!allowed)
    return [`${folder}: package "${name}" has no line in the import rule (tooling/scripts/import-rule.mjs)`];

  const problems = [];
  const report = (file, line, text) => problems.push(`${relative(root, file)}:${line} ${text}`);

  for (const dependency of Object.keys(dependencies)) {
    const ours = byName.has(dependency) || dependency in rule;
    if (ours && !allowed.own[dependency]) problems.push(`${folder}/package.json: may not depend on ${dependency}`);
    if (!ours && allowed.library)
      problems.push(`${folder}/package.json: a library, so no runtime dependency (${dependency})`);
  }
  for (const peer of Object.keys(peerDependencies)) {
    if (allowed.library && !peerDependenciesMeta[peer]?.optional) {
      problems.push(`${folder}/package.json: peer dependency ${peer} of a library must be optional`);
    }
  }

  /** Reports what is wrong with one bare specifier; `declared` are the manifest fields that may name its package. */
  const checkBare = (file, { specifier, line }, declared) => {
    const target = packageName(specifier);
    if (target !== name && !declared.some((field) => target in field)) {
      report(file, line, `imports ${target}, which package.json does not declare`);
    }
    const exported = byName.get(target)?.manifest.exports;
    const subPath = `.${specifier.slice(target.length)}`;
    if (exported && !(subPath in exported)) report(file, line, `imports ${specifier}, which ${target} does not export`);
  };

  const used = new Set();
  const edges = new Map();
  const peersOf = new Map();
  const source = join(path, 'src');
  for (const file of filesIn(source, ['.ts', '.js', '.mjs', '.svelte'])) {
    const next = [];
    edges.set(file, next);
    for (const found of importsOf(file)) {
      const { specifier, typeOnly, line } = found;
      const target = packageName(specifier);
      if (specifier.startsWith('.')) {
        const to = sourceOf(file, specifier);
        if (!to) report(file, line, `cannot find ${specifier}`);
        else if (relative(source, to).startsWith('..')) report(file, line, `${specifier} leaves src`);
        else if (!typeOnly) next.push(to);
      } else if (isBuiltin(specifier)) {
        if (allowed.library) report(file, line, `a library may not import ${specifier}: it also runs in browsers`);
      } else {
        used.add(target);
        checkBare(file, found, [dependencies, peerDependencies]);
        if (target in rule && !allowed.own[target]) report(file, line, `${name} may not import ${target}`);
        if (allowed.own[target] === 'type' && !typeOnly) report(file, line, `only types may come from ${target}`);
        if (target in peerDependencies) peersOf.set(file, [...(peersOf.get(file) ?? []), { target, line }]);
      }
    }
  }
  for (const dependency of Object.keys(dependencies)) {
    if (allowed.app || edges.size === 0 || used.has(dependency)) continue; // an app's tools use some of its dependencies
    problems.push(`${folder}/package.json: ${dependency} is declared but not imported`);
  }

  for (const file of [
    ...filesIn(join(path, 'test'), ['.ts', '.mjs']),
    ...filesIn(join(path, 'bench'), ['.ts', '.mjs']),
  ]) {
    for (const found of importsOf(file)) {
      const { specifier, line } = found;
      if (specifier.startsWith('.')) {
        const away = relative(path, resolve(dirname(file), specifier)).startsWith('..');
        if (away) report(file, line, `${specifier} leaves the package`);
      } else if (!isBuiltin(specifier)) {
        checkBare(file, found, [dependencies, peerDependencies, devDependencies]);
      }
    }
  }

  for (const component of cycles(edges)) {
    problems.push(`import cycle: ${component.map((file) => relative(root, file)).join(' -> ')}`);
  }

  const reached = new Set();
  const walk = (file) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { target, line } of peersOf.get(file) ?? []) {
      report(file, line, `the main entry reaches the optional peer ${target}; keep it behind a sub-path`);
    }
    for (const next of edges.get(file) ?? []) walk(next);
  };
  if (edges.has(join(source, 'index.ts'))) walk(join(source, 'index.ts'));
  return problems;
}
