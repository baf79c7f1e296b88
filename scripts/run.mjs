/**
 * `node scripts/run.mjs [node options] FILE.ts [arguments]`: runs a TypeScript file. It is bundled
 * first and then runs in a process of its own, so it keeps Node's full speed and a clean heap.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mkdirSync } from 'node:fs';
import { build } from 'vite';
import { root } from './builds.mjs';

const words = process.argv.slice(2);
const at = words.findIndex((word) => !word.startsWith('-'));
const file = words[at];
if (file === undefined) {
  console.error('usage: node scripts/run.mjs [node options] FILE.ts [arguments]');
  process.exit(2);
}

const folder = await bundle(resolve(file));
const child = spawn(
  process.execPath,
  ['--enable-source-maps', ...words.slice(0, at), join(folder, 'run.mjs'), ...words.slice(at + 1)],
  { stdio: 'inherit' },
);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => child.kill(signal));
}
child.on('exit', (code, signal) => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
});

/**
 * The bundle lies below node_modules, so that the packages it leaves outside are found.
 *
 * @param {string} entry
 */
async function bundle(entry) {
  const cache = join(root, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const outDir = mkdtempSync(join(cache, `run-${basename(entry, '.ts')}-`));
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [ownAddress()],
    build: {
      ssr: entry,
      target: 'node20',
      outDir,
      emptyOutDir: true,
      minify: false,
      sourcemap: true,
      rolldownOptions: { output: { entryFileNames: 'run.mjs' } },
    },
  });
  return outDir;
}

/** A bundled module still finds the files beside its source. */
function ownAddress() {
  return {
    name: 'own-address',
    /** @param {string} code @param {string} id */
    transform(code, id) {
      if (!code.includes('import.meta.url') || id.includes('node_modules')) return undefined;
      const own = JSON.stringify(pathToFileURL(id).href);
      return { code: code.replaceAll('import.meta.url', own), map: null };
    },
  };
}
