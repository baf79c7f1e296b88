/** redis-cli's connection, and the forms in which it prints a reply. */
import { ascii, EMPTY, equalsIgnoreCase, type ByteString } from '../../../base/bytes.ts';
import { formatDoubleShortest } from '../../../base/doubles.ts';
import { quoteBytes } from '../../../base/quote-bytes.ts';
import {
  formatReply,
  formatReplyRaw,
  inProtocol2,
  isReportCommand,
} from '../../../cli/format-reply.ts';
import { couldNotConnect } from '../../../cli/texts.ts';
import type { Reply } from '../../../resp/reply.ts';
import { call, complain, connect, reasonOf, receive, send, type Run } from '../../program.ts';
import type { CliConfig, CliOutput } from './cli-options.ts';

export const PASSWORD_WARNING =
  "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.";

/** A socket that has been introduced: AUTH, HELLO, SELECT. Undefined: what stands in the way has been said. */
export function* openConnection(config: CliConfig): Run<number | undefined> {
  if (config.socket !== null) {
    // No server of this machine listens at a path.
    const found = yield* call({ call: 'stat', path: config.socket });
    const why = reasonOf(found.ok ? 'ECONNREFUSED' : found.errno);
    yield* complain(`Could not connect to Redis at ${config.socket}: ${why}`);
    return undefined;
  }
  const socket = yield* connect(config.host, config.port);
  if (typeof socket === 'object') {
    yield* complain(couldNotConnect(config.host, config.port, reasonOf(socket.errno)));
    return undefined;
  }
  if (config.password !== null) {
    const words = config.user === null ? [config.password] : [config.user, config.password];
    const reply = yield* ask(socket, [ascii('AUTH'), ...words]);
    if (typeof reply === 'object' && reply.type === 'error')
      yield* complain(`AUTH failed: ${reply.value}`);
  }
  if (config.protocol === 3) {
    const reply = yield* ask(socket, [ascii('HELLO'), ascii('3')]);
    if (typeof reply === 'object' && reply.type === 'error')
      yield* complain(`HELLO 3 failed: ${reply.value}`);
  }
  if (config.db !== 0) {
    const reply = yield* ask(socket, [ascii('SELECT'), ascii(String(config.db))]);
    if (typeof reply === 'object' && reply.type === 'error')
      yield* complain(`SELECT ${config.db} failed: ${reply.value}`);
  }
  return socket;
}

export function* ask(
  socket: number,
  argv: readonly ByteString[],
): Run<Reply | 'closed' | 'late' | 'interrupted'> {
  yield* send(socket, argv);
  return yield* receive(socket);
}

/** As it is printed, its end of line included. */
export function formatOutput(
  output: CliOutput,
  argv: readonly ByteString[],
  reply: Reply,
  config: CliConfig,
): ByteString {
  const { protocol } = config;
  const shaped = protocol === 2 ? inProtocol2(reply) : reply;
  if (isReportCommand(argv)) return ascii(formatReplyRaw(reply, protocol));
  switch (output) {
    case 'standard':
      return ascii(`${formatReply(reply, protocol)}\n`);
    case 'raw':
      return ascii(formatReplyRaw(reply, protocol, config.delimiter) + config.endOfReply);
    case 'csv':
      return ascii(`${csv(shaped)}\n`);
    case 'json':
    case 'quoted-json':
      return ascii(`${json(shaped, output)}\n`);
  }
}

function csv(reply: Reply): string {
  switch (reply.type) {
    case 'error':
      return `ERROR,${quoteBytes(ascii(reply.value))}`;
    case 'status':
      return quoteBytes(ascii(reply.value));
    case 'integer':
    case 'bignumber':
      return String(reply.value);
    case 'double':
      return formatDoubleShortest(reply.value);
    case 'bulk':
    case 'verbatim':
      return quoteBytes(reply.value);
    case 'null':
    case 'null-array':
      return 'NULL';
    case 'boolean':
      return String(reply.value);
    case 'map':
      return reply.value.map(([key, value]) => `${csv(key)},${csv(value)}`).join(',');
    default:
      return reply.value.map(csv).join(',');
  }
}

function json(reply: Reply, form: 'json' | 'quoted-json'): string {
  switch (reply.type) {
    case 'error':
      return `error:${jsonText(ascii(reply.value), form)}`;
    case 'status':
      return jsonText(ascii(reply.value), form);
    case 'bulk':
    case 'verbatim':
      return jsonText(reply.value, form);
    case 'integer':
    case 'bignumber':
      return String(reply.value);
    case 'double':
      return formatDoubleShortest(reply.value);
    case 'null':
    case 'null-array':
      return 'null';
    case 'boolean':
      return String(reply.value);
    case 'map':
      return `{${reply.value.map(([key, value]) => `${key.type === 'bulk' || key.type === 'status' ? jsonText(ascii(key.value), form) : `"${json(key, form)}"`}:${json(value, form)}`).join(',')}}`;
    default:
      return `[${reply.value.map((one) => json(one, form)).join(',')}]`;
  }
}

/** redis-cli.c:jsonStringOutput: bytes above ASCII stand as they are, or in quotes of which every backslash is doubled. */
function jsonText(bytes: ByteString, form: 'json' | 'quoted-json'): string {
  if (form === 'quoted-json') return quoteBytes(bytes).replace(/\\/g, '\\\\');
  return `"${bytes.replace(/[\\"\0-\x1f]/g, (char) => JSON_ESCAPES[char] ?? jsonCode(char))}"`;
}

const JSON_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
};

function jsonCode(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A field of INFO; empty if it has none of that name. */
export function infoField(info: string, name: string): string {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
}

export function isCommand(argv: readonly ByteString[], ...names: readonly string[]): boolean {
  return names.some((name) => equalsIgnoreCase(argv[0] ?? EMPTY, name));
}
