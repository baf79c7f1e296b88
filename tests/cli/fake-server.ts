import { execFile, execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import type { Reply } from '../../src/resp/reply.ts';

const HELLO = '%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n';

/** Whether the real redis-cli can be asked. In CI it must be there, so that its absence shows. */
export function hasRedisCli(): boolean {
  if (process.env['CI'] !== undefined) return true;
  try {
    execFileSync('redis-cli', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * What the real redis-cli prints when a server answers its commands with these bytes, one after the other.
 * `flags` are redis-cli's; --no-raw makes it print as on a terminal.
 */
export async function printedByRedisCli(
  answers: readonly string[],
  flags: readonly string[],
  command = 'X',
): Promise<string> {
  const server = answering(answers);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise((resolve, reject) => {
      const args = ['-h', '127.0.0.1', '-p', String(port), ...flags];
      const child = execFile(
        'redis-cli',
        args,
        { encoding: 'latin1', maxBuffer: 1 << 26 },
        (error, stdout) => {
          if (error !== null) reject(new Error(error.message));
          else resolve(stdout);
        },
      );
      child.stdin?.end(`${command}\n`.repeat(answers.length));
    });
  } finally {
    server.close();
  }
}

/**
 * The prompts that the real redis-cli shows on a terminal: the first one, then the one after each line when
 * a server answers with these bytes. `PORT` stands for the port.
 */
export async function promptsOfRedisCli(
  lines: readonly string[],
  answers: readonly string[],
): Promise<string[]> {
  const server = answering(answers);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  // Without a size of the terminal redis-cli would ask it for the cursor's place, and nobody answers.
  const child = spawn(
    'script',
    ['-qec', `stty rows 24 cols 100; exec redis-cli -h 127.0.0.1 -p ${port}`, '/dev/null'],
    {
      env: { ...process.env, TERM: 'xterm', HOME: '/nonexistent', REDISCLI_HISTFILE: '/dev/null' },
    },
  );
  const prompts: string[] = [];
  let shown = '';
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.stdout.on('data', (chunk: Buffer) => {
        shown += chunk.toString('latin1');
        const prompt = /(?:^|\n)([^\n]*> )$/.exec(plain(shown))?.[1];
        if (prompt === undefined) return;
        prompts.push(prompt.replace(String(port), 'PORT'));
        shown = '';
        const line = lines[prompts.length - 1];
        if (line === undefined) resolve();
        // Typed as one piece, so that only one repaint with the whole line follows before its answer.
        else child.stdin.write(`${line}\r`);
      });
    });
  } finally {
    child.kill();
    server.close();
  }
  return prompts;
}

/** Without escape sequences, and with a line that was painted over reduced to its last painting. */
function plain(terminal: string): string {
  return terminal
    .replace(/\x1b\[[0-9;]*[A-Za-z]/g, '')
    .split('\r\n')
    .map((line) => line.slice(line.replace(/\r+$/, '').lastIndexOf('\r') + 1).replaceAll('\r', ''))
    .join('\n');
}

function answering(answers: readonly string[]): Server {
  let next = 0;
  return createServer((socket) => {
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (let end = endOfCommand(received); end > 0; end = endOfCommand(received)) {
        const request = received.slice(0, end);
        received = received.slice(end);
        // What redis-cli asks on its own account: the protocol, and the facts for its hints.
        if (request.includes('HELLO')) socket.write(HELLO);
        else if (request.includes('DOCS')) socket.write('*0\r\n');
        else socket.write(Buffer.from(answers[next++] ?? '', 'latin1'));
      }
    });
    socket.on('error', () => undefined);
  });
}

/** Where the first whole request ends, or 0. redis-cli sends arrays of bulk strings only. */
function endOfCommand(text: string): number {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (head === null) return 0;
  let at = head[0].length;
  for (let i = 0; i < Number(head[1]); i++) {
    const bulk = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (bulk === null) return 0;
    at += bulk[0].length + Number(bulk[1]) + 2;
    if (at > text.length) return 0;
  }
  return at;
}

/** RESP3 of a reply, written out here so that the test does not lean on our encoder. Big numbers are left out. */
export function resp3(reply: Reply): string {
  switch (reply.type) {
    case 'status':
      return `+${reply.value}\r\n`;
    case 'error':
      return `-${reply.value}\r\n`;
    case 'integer':
      return `:${reply.value}\r\n`;
    case 'bulk':
      return `$${reply.value.length}\r\n${reply.value}\r\n`;
    case 'null':
    case 'null-array':
      return '_\r\n';
    case 'array':
      return `*${reply.value.length}\r\n${reply.value.map(resp3).join('')}`;
    case 'set':
      return `~${reply.value.length}\r\n${reply.value.map(resp3).join('')}`;
    case 'push':
      return `>${reply.value.length}\r\n${reply.value.map(resp3).join('')}`;
    case 'map':
      return `%${reply.value.length}\r\n${reply.value.map(([k, v]) => resp3(k) + resp3(v)).join('')}`;
    case 'double':
      return `,${reply.value}\r\n`;
    case 'boolean':
      return reply.value ? '#t\r\n' : '#f\r\n';
    case 'verbatim':
      return `=${reply.value.length + 4}\r\n${reply.format}:${reply.value}\r\n`;
    case 'bignumber':
      return `(${reply.value}\r\n`;
  }
}
