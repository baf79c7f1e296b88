/**
 * Runs the golden vectors of 7.2.4 against a server that takes redis-server's place, and compares the bytes of its
 * log, or of its snapshot and of DUMP. The vectors were recorded from real servers.
 *
 * usage: node tests/golden/run.mjs [VECTORS.json] [SERVER COMMAND…]
 *
 * From the project's root, with tests/golden/aof.json and tests/golden/rdb.json, and `node dist/node/server.mjs` as
 * defaults. Exits with 0 when all reproduce.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reproduceSnapshot } from './snapshot-vectors.mjs';

/**
 * @typedef {object} LogVector
 * @property {string} name
 * @property {Record<string, string>} config
 * @property {(string | number)[][]} commands
 * @property {string} aof one char a byte
 * @property {'7.2.4' | '7.0.15'} server
 * @property {{ offset: number, length: number }[]} volatile
 * @property {unknown[]} [replies]
 * @property {number[]} [conns]
 */

/** @typedef {LogVector | import('./snapshot-vectors.mjs').SnapshotVector} Vector */

/** @typedef {unknown} Reply text, null, or an array of replies */

const [file, ...words] = process.argv.slice(2);
const files = file === undefined ? ['tests/golden/aof.json', 'tests/golden/rdb.json'] : [file];
const command = words.length > 0 ? words : ['node', 'dist/node/server.mjs'];
const AT_ONCE = 3;
const ATTEMPTS = 100;
const PAUSE_MILLIS = 50;
const REPLY_MILLIS = 5000;

async function main() {
  let isGood = true;
  for (const name of files) {
    /** @type {Vector[]} */
    const all = JSON.parse(fs.readFileSync(name, 'utf8'));
    const vectors = all.filter(({ server }) => server === '7.2.4');
    const failures = await failuresOf(vectors);
    for (const failure of failures) console.log(`- ${failure}`);
    const good = vectors.length - failures.length;
    console.log(`golden: ${good}/${vectors.length} vectors of ${path.basename(name)} reproduce`);
    isGood &&= failures.length === 0 && vectors.length > 0;
  }
  process.exit(isGood ? 0 : 1);
}

/**
 * One line each.
 *
 * @param {Vector[]} vectors
 */
async function failuresOf(vectors) {
  /** @type {string[]} */
  const failures = [];
  const queue = [...vectors];
  const drain = async () => {
    for (let vector = queue.shift(); vector !== undefined; vector = queue.shift()) {
      const current = vector;
      const why = await withServer(current.config, (server) =>
        'aof' in current ? reproduce(current, server) : reproduceSnapshot(current, server),
      );
      if (why !== undefined) failures.push(`${current.name}: ${why}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, drain));
  return failures;
}

/**
 * @typedef {object} Served
 * @property {string} directory
 * @property {(connection: number) => Promise<Client>} client
 */

/**
 * Starts a fresh server for `use`, whose result is the reason of a failure, if there is one.
 *
 * @param {Record<string, string>} config
 * @param {(server: Served) => Promise<string | undefined>} use
 * @returns {Promise<string | undefined>}
 */
async function withServer(config, use) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'golden-'));
  const port = await freePort();
  const lines = Object.entries(config).map(
    ([name, value]) => `${name} ${value === '' ? '""' : value}`,
  );
  const configFile = path.join(directory, 'redis.conf');
  fs.writeFileSync(configFile, [...lines, `port ${port}`, `dir ${directory}`, ''].join('\n'));
  const [program = '', ...args] = command;
  const server = spawn(program, [...args, configFile], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  server.stdout.on('data', (data) => (log += data));
  server.stderr.on('data', (data) => (log += data));
  /** @type {Map<number, Client>} */
  const clients = new Map();
  const client = async (/** @type {number} */ connection) => {
    const known = clients.get(connection);
    if (known !== undefined) return known;
    const fresh = new Client(await connectSoon(port));
    clients.set(connection, fresh);
    return fresh;
  };
  try {
    await client(0);
    return await use({ directory, client });
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)} ${log.slice(-200)}`;
  } finally {
    for (const { socket } of clients.values()) socket.destroy();
    const ended = new Promise((resolve) => server.once('exit', resolve));
    if (server.exitCode === null && server.kill('SIGKILL')) await ended;
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * @param {LogVector} vector
 * @param {Served} server
 * @returns {Promise<string | undefined>}
 */
async function reproduce(vector, { directory, client }) {
  /** @type {Map<number, Promise<Reply>>} */
  const pending = new Map();
  for (const [i, typed] of vector.commands.entries()) {
    const argv = typed.map(String);
    const connection = vector.conns?.[i] ?? 0;
    if (argv[0] === '@sleep') await sleep(Number(argv[1]));
    else if (argv[0] === '@read') await pending.get(connection);
    else if (argv[0] === '@waitrewrite') await rewriteEnded(await client(0));
    else {
      const target = await client(connection);
      const reply = target.send(argv[0] === '@restore' ? await restore(target, argv) : argv);
      if (vector.replies?.[i] === '(blocked)') {
        pending.set(connection, reply);
        await sleep(60);
      } else await inTime(reply, argv);
    }
  }
  await sleep(20);
  const got = masked(vector, newestIncr(directory));
  const expected = masked(vector, vector.aof);
  if (got === expected) return undefined;
  return `\n  expected ${JSON.stringify(expected).slice(0, 300)}\n  got      ${JSON.stringify(got).slice(0, 300)}`;
}

/**
 * @param {Client} client
 * @param {string[]} argv
 */
async function restore(client, [, from = '', to = '', ttl = '', ...options]) {
  return ['RESTORE', to, ttl, String(await client.send(['DUMP', from])), ...options];
}

/** @param {Client} client */
async function rewriteEnded(client) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const info = String(await client.send(['INFO', 'persistence']));
    if (/aof_rewrite_in_progress:0/.test(info) && /aof_rewrite_scheduled:0/.test(info)) return;
    await sleep(PAUSE_MILLIS);
  }
  throw new Error('the rewrite did not end');
}

/**
 * @param {Promise<Reply>} reply
 * @param {string[]} argv
 */
async function inTime(reply, argv) {
  const stop = new AbortController();
  const late = sleep(REPLY_MILLIS, undefined, { signal: stop.signal }).then(
    () => Promise.reject(new Error(`no reply to ${argv.join(' ')}`)),
    () => undefined,
  );
  await Promise.race([reply, late]);
  stop.abort();
}

/** @param {string} directory */
function newestIncr(directory) {
  const folder = path.join(directory, 'appendonlydir');
  const sequence = (/** @type {string} */ name) => Number(/\.(\d+)\.incr\.aof$/.exec(name)?.[1]);
  const newest = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.incr.aof'))
    .sort((a, b) => sequence(a) - sequence(b))
    .pop();
  return newest === undefined ? '' : fs.readFileSync(path.join(folder, newest), 'latin1');
}

/**
 * Without what differs from run to run: absolute times, generated ids.
 *
 * @param {LogVector} vector
 * @param {string} bytes
 */
function masked({ volatile }, bytes) {
  const chars = [...bytes];
  for (const { offset, length } of volatile) {
    for (let i = offset; i < offset + length && i < chars.length; i++) chars[i] = '?';
  }
  return chars.join('');
}

class Client {
  /** @param {net.Socket} socket */
  constructor(socket) {
    this.socket = socket;
    /** @type {((reply: Reply) => void)[]} */
    this.waiting = [];
    let unread = '';
    socket.on('data', (data) => {
      unread += data.toString('latin1');
      for (let next = parse(unread, 0); next !== undefined; next = parse(unread, 0)) {
        unread = unread.slice(next.end);
        this.waiting.shift()?.(next.reply);
      }
    });
    socket.on('error', () => undefined);
  }

  /**
   * @param {string[]} argv one char a byte
   * @returns {Promise<Reply>}
   */
  send(argv) {
    const reply = new Promise((resolve) => this.waiting.push(resolve));
    const parts = argv.map((word) => `$${word.length}\r\n${word}\r\n`);
    this.socket.write(Buffer.from(`*${argv.length}\r\n${parts.join('')}`, 'latin1'));
    return reply;
  }
}

/**
 * One reply of RESP2; undefined when it is not complete yet.
 *
 * @param {string} text
 * @param {number} start
 * @returns {{ reply: Reply, end: number } | undefined}
 */
function parse(text, start) {
  const lineEnd = text.indexOf('\r\n', start);
  if (lineEnd < 0) return undefined;
  const type = text[start];
  const header = text.slice(start + 1, lineEnd);
  const body = lineEnd + 2;
  const size = Number(header);
  if (type === '$') {
    if (size < 0) return { reply: null, end: body };
    if (text.length < body + size + 2) return undefined;
    return { reply: text.slice(body, body + size), end: body + size + 2 };
  }
  if (type !== '*') return { reply: `${type}${header}`, end: body };
  if (size < 0) return { reply: null, end: body };
  /** @type {Reply[]} */
  const items = [];
  let end = body;
  while (items.length < size) {
    const item = parse(text, end);
    if (item === undefined) return undefined;
    items.push(item.reply);
    end = item.end;
  }
  return { reply: items, end };
}

/**
 * @param {number} port
 * @returns {Promise<net.Socket>}
 */
async function connectSoon(port) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const socket = net.connect(port, '127.0.0.1');
    const connected = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (connected) return socket;
    await sleep(PAUSE_MILLIS);
  }
  throw new Error('the server did not start:');
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {net.AddressInfo} */ (probe.address());
      probe.close(() => resolve(port));
    });
  });
}

await main();
