import { run } from './run.js';

// A reader that has seen enough (`blup fit ... | head`) closes the pipe: that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode);
});

// The exit code is set rather than process.exit called, so that everything written reaches a pipe.
void run(process.argv.slice(2), {
  get stdin() {
    return process.stdin; // opening it costs time and is rarely needed
  },
  stdout: { write: (text) => void process.stdout.write(text) },
  stderr: { isTTY: process.stderr.isTTY === true, write: (text) => void process.stderr.write(text) },
}).then((status) => {
  process.exitCode = status;
});
