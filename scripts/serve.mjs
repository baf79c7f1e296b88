/** `npm run serve -- [arguments]`: the lab's Redis server on a real port and real files. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildNodeHost, nodeEntry, root } from './builds.mjs';

if (!existsSync(nodeEntry)) {
  console.error('There is no src/hosts/node/server.ts to serve with.');
  process.exit(1);
}
await buildNodeHost('if-changed');
const bundle = join(root, 'dist/node/server.mjs');
process.argv[1] = bundle;
await import(pathToFileURL(bundle).href);
