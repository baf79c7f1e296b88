/**
 * `npm start`: builds the page if its sources changed, then serves it under the lab's
 * Content-Security-Policy. PORT chooses the port; without it, 5173 or the next free one.
 */
import { preview } from 'vite';
import { buildSite, root } from './builds.mjs';

const asked = process.env['PORT'];
const port = asked === undefined || asked === '' ? 5173 : Number(asked);
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  console.error(`PORT is ${asked}; it should be a number from 1 to 65535.`);
  process.exit(1);
}

try {
  await buildSite('if-changed');
  const server = await preview({
    root,
    logLevel: 'warn',
    preview: { port, host: 'localhost', strictPort: asked !== undefined && asked !== '' },
  });
  const address = server.httpServer.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  console.log(`http://localhost:${bound}/`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
