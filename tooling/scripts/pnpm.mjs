import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './workspace.mjs';

const { packageManager } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));

/**
 * Runs the pinned pnpm with `args` from npm's cache, so that it need not be installed.
 * @returns the exit status; with `capture`, `{ status, stdout }`
 */
export function pnpm(args, { cwd = repository, capture = false } = {}) {
  const { status, stdout, error } = spawnSync('npx', ['-y', packageManager, ...args], {
    cwd,
    stdio: capture ? ['ignore', 'pipe', 'inherit'] : 'inherit',
    shell: process.platform === 'win32',
    maxBuffer: 1 << 26,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', npm_config_update_notifier: 'false' },
  });
  if (error) throw error;
  return capture ? { status: status ?? 1, stdout: String(stdout) } : (status ?? 1);
}
