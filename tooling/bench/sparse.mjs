// Sparse Cholesky side by side with CHOLMOD (through Rscript), and where they can do the job with mathjs and cholesky-solve.
//   node tooling/bench/sparse.mjs [--peers FOLDER] [--blas FILE] [--json FILE] [matrix ...]
// FOLDER is a package folder in which mathjs and cholesky-solve are installed; without it these two are left out.
// CHOLMOD's supernodal phase is as fast as its BLAS: FILE is a shared library (OpenBLAS, say) that R loads instead of its own.
// Every number is the median of several runs in one session; the answers are compared before the times are.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  analyze,
  createFactor,
  factorize,
  inverseEntriesInto,
  logDeterminant,
  multiplySymmetricInto,
  solveInPlace,
} from '../../packages/sparse/dist/index.js';
import { matrices } from './sparse-matrices.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { peers: { type: 'string' }, blas: { type: 'string' }, json: { type: 'string' } },
});

const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
function time(run) {
  let t0 = performance.now();
  run();
  const first = performance.now() - t0;
  const repeats = first > 5000 ? 1 : first > 500 ? 3 : 15;
  const times = Array.from({ length: repeats }, () => {
    t0 = performance.now();
    run();
    return performance.now() - t0;
  });
  return median(times);
}

function ours(A, beta, b, analysis, kernels) {
  let symbolic;
  const analyzeTime = time(() => {
    symbolic = analyze(A, analysis);
  });
  const factor = createFactor(symbolic, { kernels });
  const numeric = time(() => {
    if (factorize(factor, A.values, beta) !== -1) throw new Error('not positive definite');
  });
  const x = b.slice();
  const solve = time(() => {
    x.set(b);
    solveInPlace(factor, x);
  });
  const z = new Float64Array(A.rowIdx.length);
  // Plain JavaScript is compared in the factorisation only: its selected inverse of the largest matrices takes minutes.
  const inverse = kernels === 'javascript' ? undefined : time(() => inverseEntriesInto(factor, z));
  return {
    method: symbolic.method,
    nnz: symbolic.nnz,
    flops: symbolic.flops,
    analyze: analyzeTime,
    numeric,
    solve,
    inverse,
    logdet: logDeterminant(factor),
    sumx: x.reduce((s, v) => s + v, 0),
  };
}

function cholmod(A, beta, b) {
  const folder = mkdtempSync(join(tmpdir(), 'cholmod-'));
  try {
    for (const [name, array] of Object.entries({ p: A.colPtr, i: A.rowIdx, x: A.values, b })) {
      writeFileSync(join(folder, name), new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    }
    const script = fileURLToPath(new URL('../peers/cholmod.R', import.meta.url));
    const env = {
      ...process.env,
      OPENBLAS_NUM_THREADS: '1',
      OMP_NUM_THREADS: '1',
      ...(options.blas && { LD_PRELOAD: options.blas }),
    };
    return JSON.parse(execFileSync('Rscript', [script, folder, String(beta)], { encoding: 'utf8', env }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** mathjs: sparse LU with its minimum degree ordering. cholesky-solve: LDL' in natural order. Small matrices only. */
function javaScriptPeers(A, beta) {
  if (!options.peers || A.ncol > 12000) return {};
  const require = createRequire(join(options.peers, 'package.json'));
  const { create, all } = require('mathjs');
  const cholesky = require('cholesky-solve');
  const math = create(all, {});
  const n = A.ncol;
  const full = math.sparse();
  const [index, ptr, values, triplets] = [[], [0], [], []];
  const columns = Array.from({ length: n }, () => []);
  for (let j = 0; j < n; j++) {
    if (A.colPtr[j] === A.colPtr[j + 1] || A.rowIdx[A.colPtr[j]] !== j) {
      columns[j].push([j, beta]);
      triplets.push([j, j, beta]);
    }
  }
  for (let j = 0; j < n; j++) {
    for (let p = A.colPtr[j]; p < A.colPtr[j + 1]; p++) {
      const [i, v] = [A.rowIdx[p], A.values[p] + (A.rowIdx[p] === j ? beta : 0)];
      columns[j].push([i, v]);
      if (i !== j) columns[i].push([j, v]);
      triplets.push([j, i, v]);
    }
  }
  for (const column of columns) {
    for (const [i, v] of column.sort((a, b) => a[0] - b[0])) {
      index.push(i);
      values.push(v);
    }
    ptr.push(index.length);
  }
  Object.assign(full, { _values: values, _index: index, _ptr: ptr, _size: [n, n] });
  return {
    mathjs: time(() => math.slu(full, 1, 0.001)),
    choleskySolve: time(() => cholesky.prepare(triplets, n)),
  };
}

const ms = (t) => (t === undefined ? '-' : t < 10 ? t.toFixed(2) : t.toFixed(0));
const results = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(matrices)) {
  const { make, beta } = matrices[name];
  const A = make();
  const n = A.ncol;
  const b = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1));
  const shifted = new Float64Array(n);
  multiplySymmetricInto(A, b, shifted);
  for (let i = 0; i < n; i++) shifted[i] += beta * b[i];
  const peer = cholmod(A, beta, shifted);
  const amd = ours(A, beta, shifted, { ordering: 'amd' }, 'auto');
  const best = ours(A, beta, shifted, { ordering: ['amd', 'nested-dissection', 'natural'] }, 'auto');
  const plain = ours(A, beta, shifted, { ordering: 'amd' }, 'javascript');
  for (const r of [amd, best, plain]) {
    const error = Math.abs(r.logdet - peer.supernodal.logdet) / Math.max(1, Math.abs(r.logdet));
    if (!(error < 1e-9)) throw new Error(`${name}: log-determinants differ by ${error}`);
    if (!(Math.abs(r.sumx - peer.supernodal.sumx) < 1e-6 * peer.supernodal.normx))
      throw new Error(`${name}: solutions differ`);
  }
  const others = javaScriptPeers(A, beta);
  results.push({ name, n, entries: A.rowIdx.length, amd, best, plain, peer, others });
  process.stdout.write(
    `${name}: n ${n}, nnz(L) ${amd.nnz} (CHOLMOD ${peer.simplicial.nnz}, BLAS ${peer.blas}), flops ${amd.flops.toExponential(2)}\n` +
      `  numeric ms   amd ${ms(amd.numeric)}  best ordering ${ms(best.numeric)}  plain JS ${ms(plain.numeric)}` +
      `  CHOLMOD simplicial ${ms(peer.simplicial.numeric)}  supernodal ${ms(peer.supernodal.numeric)}` +
      `  mathjs ${ms(others.mathjs)}  cholesky-solve ${ms(others.choleskySolve)}\n` +
      `  ratio to CHOLMOD supernodal ${(amd.numeric / peer.supernodal.numeric).toFixed(2)} (best ordering ` +
      `${(best.numeric / peer.supernodal.numeric).toFixed(2)}), CHOLMOD simplicial / amd ` +
      `${(peer.simplicial.numeric / amd.numeric).toFixed(1)}\n` +
      `  analyze ms   amd ${ms(amd.analyze)}  three orderings ${ms(best.analyze)}  CHOLMOD ${ms(peer.supernodal.analyze)}\n` +
      `  solve ms     amd ${ms(amd.solve)}  CHOLMOD ${ms(peer.supernodal.solve)}` +
      `   selected inverse ms  amd ${ms(amd.inverse)}  best ${ms(best.inverse)}\n\n`,
  );
}
if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 1)}\n`);
