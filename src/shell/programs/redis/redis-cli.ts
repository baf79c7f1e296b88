/** redis-cli of 7.2 as a program: a command, commands from stdin, a conversation, or one of its special modes. */
import {
  ascii,
  equalsIgnoreCase,
  utf8Decode,
  utf8Encode,
  type ByteString,
} from '../../../base/bytes.ts';
import { parseClientLine } from '../../../cli/client-line.ts';
import { printableLines } from '../../../cli/printable.ts';
import {
  afterConnect,
  afterDisconnect,
  afterReply,
  connectionTo,
  promptOf,
  type ConnectionState,
} from '../../../cli/prompt.ts';
import { elapsedText, SERVER_CLOSED_CONNECTION } from '../../../cli/texts.ts';
import { redisVersion } from '../../../engine/version.ts';
import type { Reply } from '../../../resp/reply.ts';
import {
  complain,
  handle,
  hangUp,
  now,
  promptLine,
  readAll,
  receive,
  send,
  sleep,
  takeSignals,
  terminalOf,
  write,
  type ProgramContext,
  type Run,
} from '../../program.ts';
import { newLineReader, nextLine } from '../input.ts';
import { formatOutput, isCommand, openConnection, PASSWORD_WARNING } from './cli-connection.ts';
import { runMode } from './cli-modes.ts';
import { parseCli, type CliConfig, type CliOutput } from './cli-options.ts';

export function* redisCli({ argv, env }: ProgramContext): Run {
  const parsed = parseCli(argv, env, redisVersion);
  if (parsed.kind === 'say') {
    yield* write(parsed.to, ascii(parsed.text));
    return parsed.status;
  }
  const { config } = parsed;
  const toTerminal = (yield* terminalOf(1)) !== null;
  const client: Client = {
    config,
    output: config.output ?? (toTerminal ? 'standard' : 'raw'),
    errors: config.errorStatus ? 'status' : 'shown',
    toTerminal,
    socket: null,
  };
  if (config.warns) yield* complain(PASSWORD_WARNING);
  if (config.mode !== 'command') return yield* runMode(config, client.output);
  if (config.words.length === 0 && config.lastArgument === 'words') {
    client.errors = 'shown';
    if ((yield* terminalOf(0)) !== null) return yield* converse(client);
    return yield* readCommands(client);
  }
  let words = config.words;
  if (config.tag !== null) {
    const text = yield* readAll(0);
    const { tag } = config;
    if (!words.includes(tag)) {
      yield* complain('Using -X option but stdin tag not match.');
      return 1;
    }
    words = words.map((word) => (word === tag ? text : word));
  } else if (config.lastArgument === 'stdin') words = [...words, yield* readAll(0)];
  if (words[0] !== undefined && /^(?:help|\?)$/i.test(words[0])) return yield* help();
  if (!(yield* ensure(client))) return 1;
  return yield* repeated(client, words, config.repeat);
}

function* help(): Run {
  const where = "The page's redis-cli tab has the help of every command.";
  yield* write(1, ascii(`redis-cli ${redisVersion}\n${where}\n`));
  return 0;
}

interface Client {
  readonly config: CliConfig;
  readonly output: CliOutput;
  readonly toTerminal: boolean;
  /** `status`: -e, where the command stands on the command line. */
  errors: 'status' | 'shown';
  socket: number | null;
}

function* ensure(client: Client): Run<boolean> {
  if (client.socket !== null) return true;
  const socket = yield* openConnection(client.config);
  client.socket = socket ?? null;
  return socket !== undefined;
}

function* repeated(client: Client, words: readonly ByteString[], times: number | null): Run {
  const { intervalMicros } = client.config;
  for (let n = 0; times === null || n < times; n++) {
    const status = yield* issue(client, words);
    if (status !== 0) return status;
    if (intervalMicros > 0) yield* sleep(intervalMicros);
  }
  return 0;
}

/** One command and its reply; MONITOR and SUBSCRIBE go on until the connection or the process ends. */
function* issue(client: Client, words: readonly ByteString[]): Run {
  if (client.socket === null && !(yield* ensure(client))) return 1;
  const socket = client.socket ?? 0;
  yield* send(socket, words);
  const reply = yield* receive(socket);
  if (reply === 'interrupted' || reply === 'late') return 130;
  if (reply === 'closed') {
    client.socket = null;
    if (isCommand(words, 'shutdown')) return 0;
    yield* complain(SERVER_CLOSED_CONNECTION);
    return 1;
  }
  const failed = yield* show(client, words, reply);
  if (reply.type !== 'error' && isCommand(words, 'monitor')) return yield* follow(client, words);
  if (reply.type !== 'error' && isCommand(words, 'subscribe', 'psubscribe', 'ssubscribe')) {
    return yield* follow(client, words);
  }
  if (equalsIgnoreCase(words[0] ?? '', 'quit')) client.socket = null;
  return failed ? 1 : 0;
}

function* follow(client: Client, words: readonly ByteString[]): Run {
  for (;;) {
    const reply = yield* receive(client.socket ?? 0);
    if (reply === 'closed') {
      client.socket = null;
      yield* complain(SERVER_CLOSED_CONNECTION);
      return 1;
    }
    if (reply === 'interrupted' || reply === 'late') {
      yield* hangUp(client.socket ?? 0);
      client.socket = null;
      return 130;
    }
    yield* show(client, words, reply);
  }
}

/** With -e an error goes to stderr and is a failure. */
function* show(client: Client, words: readonly ByteString[], reply: Reply): Run<boolean> {
  const text = formatOutput(client.output, words, reply, client.config);
  if (reply.type === 'error' && client.errors === 'status') {
    yield* complain(reply.value);
    return true;
  }
  yield* write(1, client.toTerminal ? safe(text) : text);
  return false;
}

/** No control byte of a value reaches a terminal. */
function safe(text: ByteString): ByteString {
  const lines = printableLines(text);
  return utf8Encode(lines.join('\n'));
}

/** Commands line by line from what is no terminal. */
function* readCommands(client: Client): Run {
  yield* ensure(client);
  const reader = newLineReader(0);
  for (;;) {
    const line = yield* nextLine(reader);
    if (line === '') return 0;
    const done = yield* runLine(client, utf8Decode(ascii(line.replace(/\n$/, ''))));
    if (done === 'quit') return 0;
  }
}

function* runLine(client: Client, text: string): Run<'quit' | 'more'> {
  const line = parseClientLine(text);
  switch (line.kind) {
    case 'nothing':
    case 'hints':
    case 'control':
      return 'more';
    case 'clear':
      yield* write(1, ascii('\x1b[H\x1b[2J'));
      return 'more';
    case 'message':
      yield* write(1, utf8Encode(`${line.text}\n`));
      return 'more';
    case 'help':
      yield* help();
      return 'more';
    case 'quit':
      return 'quit';
    case 'connect':
      if (client.socket !== null) yield* hangUp(client.socket);
      client.socket = null;
      client.config.host = utf8Encode(line.host);
      client.config.port = line.port;
      yield* ensure(client);
      return 'more';
    case 'command': {
      const started = yield* now();
      yield* repeated(client, line.argv, line.repeat);
      const millis = ((yield* now()) - started) / 1000;
      if (millis >= 500 && client.output === 'standard')
        yield* write(1, ascii(`${elapsedText(millis)}\n`));
      return 'more';
    }
  }
}

/** At a terminal: a prompt that names the server, its database and an open transaction. */
function* converse(client: Client): Run {
  yield* handle('INT', 'queue');
  const { config } = client;
  let state: ConnectionState = connectionTo(config.host, config.port);
  if (yield* ensure(client)) state = afterConnect(state);
  let status = 0;
  for (;;) {
    const line = yield* promptLine(ascii(promptOf(state)), status);
    if (typeof line === 'object') {
      yield* takeSignals();
      return 0;
    }
    if (line === '') return 0;
    const text = utf8Decode(ascii(line.replace(/\n$/, '')));
    const parsed = parseClientLine(text);
    if (parsed.kind !== 'command') {
      if ((yield* runLine(client, text)) === 'quit') return 0;
      if (parsed.kind === 'connect') {
        state = connectionTo(parsed.host, parsed.port);
        if (client.socket !== null) state = afterConnect(state);
      }
      continue;
    }
    if (client.socket === null && (yield* ensure(client))) state = afterConnect(state);
    if (client.socket === null) continue;
    const started = yield* now();
    for (let n = 0; n < parsed.repeat && client.socket !== null; n++) {
      yield* send(client.socket, parsed.argv);
      const reply = yield* receive(client.socket);
      if (typeof reply === 'string') {
        if (reply === 'closed' && !isCommand(parsed.argv, 'shutdown'))
          yield* complain(SERVER_CLOSED_CONNECTION);
        if (reply !== 'closed') yield* hangUp(client.socket);
        client.socket = null;
        state = afterDisconnect(state);
        yield* takeSignals();
        break;
      }
      yield* show(client, parsed.argv, reply);
      state = afterReply(state, parsed.argv, reply);
      if (
        reply.type !== 'error' &&
        isCommand(parsed.argv, 'monitor', 'subscribe', 'psubscribe', 'ssubscribe')
      ) {
        yield* follow(client, parsed.argv);
        yield* takeSignals();
        if (client.socket === null) state = afterDisconnect(state);
      }
    }
    const millis = ((yield* now()) - started) / 1000;
    if (millis >= 500) yield* write(1, ascii(`${elapsedText(millis)}\n`));
    status = 0;
  }
}
