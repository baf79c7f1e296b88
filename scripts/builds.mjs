import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where the Node host starts. */
export const nodeEntry = join(root, 'src/hosts/node/server.ts');

/** Where the tools start that run on real files. */
const toolEntries = ['check-aof', 'check-rdb', 'aof-parse', 'rdb', 'redis-dumper'];

/**
 * Builds dist/site.
 *
 * @param {'always' | 'if-changed'} when
 */
export async function buildSite(when) {
  await buildUnlessFresh('site', when, async () => {
    await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
    appendLicences();
    await bundleServiceWorker();
  });
}

/** What Vite does not name, since it looks only at the page's scripts: the worker's packages, and the fonts. */
const otherPackages = {
  'idb-keyval': 'LICENCE',
  '@fontsource-variable/ibm-plex-sans': 'LICENSE',
  '@fontsource/ibm-plex-mono': 'LICENSE',
};

/** Last, since it names every file of the site. */
async function bundleServiceWorker() {
  const site = join(root, 'dist', 'site');
  const files = filesBelow(join('dist', 'site')).map((file) => relative(site, join(root, file)));
  const version = createHash('sha256');
  for (const file of files) version.update(`${file}\0`).update(readFileSync(join(site, file)));
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    define: {
      BUILD_FILES: JSON.stringify(files),
      BUILD_VERSION: JSON.stringify(version.digest('hex').slice(0, 16)),
    },
    build: {
      target: 'es2022',
      outDir: site,
      emptyOutDir: false,
      lib: {
        entry: join(root, 'src/offline/service-worker.ts'),
        formats: ['es'],
        fileName: () => 'service-worker.js',
      },
    },
  });
}

function appendLicences() {
  for (const [name, file] of Object.entries(otherPackages)) {
    const text = readFileSync(join(root, 'node_modules', name, file), 'utf8');
    appendFileSync(join(root, 'dist', 'site', 'licenses.md'), `\n## ${name}\n\n${text}`);
  }
}

/**
 * Builds dist/node/server.mjs, and the tools beside it: one file each, with every package inside.
 *
 * @param {'always' | 'if-changed'} when
 */
export async function buildNodeHost(when) {
  await buildUnlessFresh('node', when, async () => {
    await bundleNodeHost('dist/node');
    for (const tool of toolEntries) await bundleTool(tool, 'dist/node');
  });
}

/**
 * Writes one of the tools, check-aof.mjs for example, to a folder.
 *
 * @param {string} tool
 * @param {string} outDir
 */
export async function bundleTool(tool, outDir) {
  const entry = join(root, `src/hosts/node/${tool}.ts`);
  await bundle(entry, `${tool}.mjs`, outDir, 'add to it');
}

/**
 * Writes server.mjs to a folder of the caller's: tests use one of their own.
 *
 * @param {string} outDir
 */
export async function bundleNodeHost(outDir) {
  await bundle(nodeEntry, 'server.mjs', outDir, 'empty it');
}

/**
 * @param {string} entry
 * @param {string} name of the file that is written
 * @param {string} outDir
 * @param {'empty it' | 'add to it'} folder
 */
async function bundle(entry, name, outDir, folder) {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: entry,
      target: 'node20',
      outDir,
      emptyOutDir: folder === 'empty it',
      minify: false,
      rolldownOptions: {
        output: { entryFileNames: name, codeSplitting: false },
      },
    },
  });
}

/**
 * @param {'site' | 'node'} part
 * @param {'always' | 'if-changed'} when
 * @param {() => Promise<unknown>} work
 */
async function buildUnlessFresh(part, when, work) {
  const stamp = join(root, 'dist', `${part}.stamp`);
  const sources = digestOfSources();
  const fresh =
    existsSync(join(root, 'dist', part)) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === sources;
  if (fresh && when === 'if-changed') return;
  await work();
  writeFileSync(stamp, sources);
}

/** A digest of everything that a build reads, the packages by their lock file. */
function digestOfSources() {
  const hash = createHash('sha256');
  const inputs = ['src', 'lessons', 'public', 'index.html', 'vite.config.ts', 'scripts'];
  for (const file of [...inputs, 'package.json', 'package-lock.json'].flatMap(filesBelow)) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/**
 * @param {string} path relative to the root; a file, a folder or nothing
 * @returns {string[]}
 */
function filesBelow(path) {
  const found = statSync(join(root, path), { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}
