import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.csv': 'text/csv; charset=utf-8',
};

const dist = fileURLToPath(new URL('../dist', import.meta.url));

/** The file that an address means, or null; never one outside `root`. */
function fileOf(root, url) {
  let path;
  try {
    path = normalize(decodeURIComponent(new URL(url, 'http://localhost').pathname));
  } catch {
    return null;
  }
  const file = join(root, path.endsWith('/') ? `${path}index.html` : path);
  return file.startsWith(root) && existsSync(file) && statSync(file).isFile() ? file : null;
}

/**
 * Serves the built page, compressed as any host would. `onSent` is told the path and the bytes sent of each answer.
 * Resolves to the address and a function that closes the server.
 */
export function serve({ port = 0, root = dist, onSent } = {}) {
  const server = createServer((request, response) => {
    const file = fileOf(root, request.url ?? '/');
    if (!file) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
      return;
    }
    const type = types[extname(file)] ?? 'application/octet-stream';
    // Names of assets change with their content.
    const cache = /[\\/]assets[\\/]/.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache';
    response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip', 'cache-control': cache });
    const zip = createGzip({ level: 9 });
    let bytes = 0;
    zip.on('data', (chunk) => (bytes += chunk.length));
    zip.on('end', () => onSent?.(request.url, bytes));
    createReadStream(file).pipe(zip).pipe(response);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const close = () =>
        new Promise((done) => {
          server.close(done);
          server.closeAllConnections();
        });
      resolve({ address: `http://127.0.0.1:${server.address().port}/`, close });
    });
  });
}
