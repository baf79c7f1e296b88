/** `npm run build [-- site|node]`: dist/site, the page; dist/node/server.mjs, the Node host. */
import { existsSync } from 'node:fs';
import { buildNodeHost, buildSite, nodeEntry } from './builds.mjs';

const parts = process.argv.slice(2);
const wanted = (/** @type {string} */ part) => parts.length === 0 || parts.includes(part);

if (wanted('site')) {
  await buildSite('always');
  console.log('dist/site is built.');
}
if (wanted('node')) {
  if (existsSync(nodeEntry)) {
    await buildNodeHost('always');
    console.log('dist/node/server.mjs is built.');
  } else {
    console.log('There is no src/hosts/node/server.ts, so no Node host is built.');
  }
}
