// Serves the built page until it is interrupted: node scripts/serve.mjs [port]
import { serve } from './static-server.mjs';

const wanted = Number(process.argv[2] ?? process.env.PORT ?? 4173);
const { address } = await serve({ port: wanted }).catch((error) => {
  if (error.code === 'EADDRINUSE') return serve();
  throw error;
});
console.log(`The workbench is at ${address} (end with Ctrl+C)`);
