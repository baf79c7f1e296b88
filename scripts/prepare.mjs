/**
 * Makes `npm start` and `npm test` work in a fresh clone: checks Node, installs the packages when
 * the lock file changed and, with --browser, sees to a Chromium. Nothing but Node's own modules may
 * be imported here, since nothing else is installed yet.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser } from './browser.mjs';
import { installedAsLocked } from './installed.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

checkNode();
installPackages();
if (process.argv.includes('--browser')) {
  await seeToBrowser().catch((/** @type {Error} */ { message }) => stop(message));
}

function checkNode() {
  const wanted = String(readJson('package.json').engines.node).replace('>=', '');
  const [major = 0, minor = 0] = wanted.split('.').map(Number);
  const [ownMajor = 0, ownMinor = 0] = process.versions.node.split('.').map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return;
  stop(`AOF Lab needs Node ${wanted} or newer; this is Node ${process.versions.node}.`);
}

function installPackages() {
  const stamp = join('node_modules', '.package-lock.json');
  const present = existsSync(join(root, stamp)) ? readJson(stamp) : undefined;
  if (installedAsLocked(readJson('package-lock.json'), present)) return;
  say('Installing the packages (npm ci) …');
  if (!npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'])) {
    stop('npm ci failed; its own words are above. Check the network, then try again.');
  }
}

async function seeToBrowser() {
  if ((await findBrowser()) !== undefined) return;
  say('No Chromium found. Trying Playwright’s …');
  const cli = join(root, 'node_modules', '@playwright', 'test', 'cli.js');
  run(process.execPath, [cli, 'install', 'chromium']);
  if ((await findBrowser()) !== undefined) return;
  if (existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    say('Trying Debian’s …');
    const aptGet = (/** @type {string[]} */ words) =>
      run('apt-get', words, { DEBIAN_FRONTEND: 'noninteractive' });
    if (aptGet(['update'])) aptGet(['install', '-y', '--no-install-recommends', 'chromium']);
    if ((await findBrowser()) !== undefined) return;
  }
  stop(
    'The tests need a Chromium. Install Chromium or Chrome, or set CHROMIUM_PATH to one, ' +
      'then run npm test again.',
  );
}

/** @param {string[]} words */
function npm(words) {
  const cli = process.env['npm_execpath'];
  if (cli !== undefined && /\.c?js$/.test(cli)) return run(process.execPath, [cli, ...words]);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', words);
}

/**
 * @param {string} command
 * @param {string[]} words
 * @param {Record<string, string>} [environment]
 */
function run(command, words, environment = {}) {
  const { status } = spawnSync(command, words, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
    shell: command.endsWith('.cmd'),
  });
  return status === 0;
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

/** @param {string} text */
function say(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * @param {string} reason
 * @returns {never}
 */
function stop(reason) {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}
