/** redis-cli's command line (redis-cli.c:parseOptions). */
import { ascii, EMPTY, type ByteString } from '../../../base/bytes.ts';
import { splitArguments } from '../../../base/split-arguments.ts';
import { usage } from './cli-usage.ts';

export type CliMode =
  | 'command'
  | 'pipe'
  | 'scan'
  | 'stat'
  | 'latency'
  | 'latency-history'
  | 'rdb'
  | 'eval'
  | 'bigkeys'
  | 'memkeys'
  | 'hotkeys';
export type CliOutput = 'standard' | 'raw' | 'csv' | 'json' | 'quoted-json';

export interface CliConfig {
  host: ByteString;
  port: number;
  /** Of -s: instead of host and port. */
  socket: ByteString | null;
  password: ByteString | null;
  user: ByteString | null;
  warns: boolean;
  db: number;
  /** Null: forever. */
  repeat: number | null;
  intervalMicros: number;
  protocol: 2 | 3;
  output: CliOutput | null;
  /** Between the elements of a list: -d. */
  delimiter: ByteString;
  /** After a reply in raw form: -D. */
  endOfReply: ByteString;
  lastArgument: 'words' | 'stdin';
  /** The word that stands for what stdin holds: -X. */
  tag: ByteString | null;
  mode: CliMode;
  /** Of --rdb and --eval. */
  file: ByteString;
  pattern: ByteString | null;
  /** Of --memkeys-samples; null: the server's own number. */
  samples: number | null;
  /** Words are unquoted as at the prompt. */
  quotedInput: boolean;
  count: number;
  errorStatus: boolean;
  words: readonly ByteString[];
}

export type ParsedCli =
  | { readonly kind: 'config'; readonly config: CliConfig }
  | { readonly kind: 'say'; readonly to: 1 | 2; readonly text: string; readonly status: number };

export function parseCli(
  argv: readonly ByteString[],
  env: ReadonlyMap<string, ByteString>,
  version: string,
): ParsedCli {
  const config: CliConfig = {
    host: ascii('127.0.0.1'),
    port: 6379,
    socket: null,
    password: env.get('REDISCLI_AUTH') ?? null,
    user: null,
    warns: false,
    db: 0,
    repeat: 1,
    intervalMicros: 0,
    protocol: 2,
    output: null,
    delimiter: ascii('\n'),
    endOfReply: ascii('\n'),
    lastArgument: 'words',
    tag: null,
    mode: 'command',
    file: EMPTY,
    pattern: null,
    samples: null,
    quotedInput: false,
    count: 10,
    errorStatus: false,
    words: [],
  };
  let noWarning = false;
  let at = 1;
  for (; at < argv.length; at++) {
    const word = argv[at] ?? EMPTY;
    const last = at === argv.length - 1;
    const value = (): ByteString => argv[++at] ?? EMPTY;
    if (!last && VALUED.has(word)) {
      const problem = takeValue(config, word, value());
      if (problem !== undefined) return { kind: 'say', to: 2, text: problem, status: 1 };
      if (word === '-a' || word === '--pass' || word === '-u') config.warns = true;
    } else if (word === '--no-auth-warning') noWarning = true;
    else if (FLAGS.has(word)) takeFlag(config, word);
    else if (word === '-v' || word === '--version')
      return { kind: 'say', to: 1, text: `redis-cli ${version}\n`, status: 0 };
    else if (word === '--help' || word === '-h')
      return { kind: 'say', to: 1, text: usage(version), status: 0 };
    else if (word.startsWith('-') && word.length > 1)
      return {
        kind: 'say',
        to: 2,
        text: `Unrecognized option or bad number of args for: '${word}'\n`,
        status: 1,
      };
    else break;
  }
  if (noWarning) config.warns = false;
  const words = argv.slice(at).map((word) => (config.quotedInput ? unquoted(word) : word));
  if (words.includes(null))
    return { kind: 'say', to: 1, text: 'Invalid quoted string\n', status: 1 };
  config.words = words.filter((word) => word !== null);
  return { kind: 'config', config };
}

const VALUED = new Set([
  '-h',
  '-p',
  '-s',
  '-a',
  '--pass',
  '--user',
  '-u',
  '-r',
  '-i',
  '-n',
  '-X',
  '-d',
  '-D',
  '--pattern',
  '--quoted-pattern',
  '--count',
  '--rdb',
  '--eval',
  '--memkeys-samples',
  '--pipe-timeout',
  '-t',
  '--show-pushes',
]);
const FLAGS = new Set([
  '-x',
  '-2',
  '-3',
  '-e',
  '-c',
  '--raw',
  '--no-raw',
  '--csv',
  '--json',
  '--quoted-json',
  '--latency',
  '--stat',
  '--scan',
  '--pipe',
  '--verbose',
  '--bigkeys',
  '--memkeys',
  '--hotkeys',
  '--latency-history',
  '--quoted-input',
]);

function numberOf(text: string): number {
  const value = parseFloat(text);
  return Number.isNaN(value) ? 0 : value;
}

function takeValue(config: CliConfig, option: string, value: ByteString): string | undefined {
  switch (option) {
    case '-h':
      config.host = value;
      return undefined;
    case '-s':
      config.socket = value;
      return undefined;
    case '-p':
      config.port = Math.trunc(numberOf(value));
      return config.port < 0 || config.port > 65535 ? 'Invalid server port.\n' : undefined;
    case '-a':
    case '--pass':
      config.password = value;
      return undefined;
    case '--user':
      config.user = value;
      return undefined;
    case '-u':
      return takeUri(config, value);
    case '-r': {
      const times = Math.trunc(numberOf(value));
      config.repeat = times < 0 ? null : times;
      return undefined;
    }
    case '-i':
      config.intervalMicros = Math.round(numberOf(value) * 1e6);
      return undefined;
    case '-n':
      config.db = Math.trunc(numberOf(value));
      return undefined;
    case '-X':
      config.tag = value;
      return undefined;
    case '-d':
      config.delimiter = value;
      return undefined;
    case '-D':
      config.endOfReply = value;
      return undefined;
    case '--pattern':
      config.pattern = value;
      return undefined;
    case '--quoted-pattern': {
      const [pattern] = splitArguments(value) ?? [];
      if (pattern === undefined) return 'Invalid quoted string specified for --quoted-pattern.\n';
      config.pattern = pattern;
      return undefined;
    }
    case '--memkeys-samples':
      config.mode = 'memkeys';
      config.samples = Math.trunc(numberOf(value));
      return undefined;
    case '--count':
      config.count = Math.trunc(numberOf(value));
      return undefined;
    case '--rdb':
    case '--eval':
      config.mode = option === '--rdb' ? 'rdb' : 'eval';
      config.file = value;
      return undefined;
    default:
      return undefined;
  }
}

/** redis://[user[:password]@]host[:port][/db] */
function takeUri(config: CliConfig, uri: ByteString): string | undefined {
  const match = /^redis:\/\/(?:(?:([^:@/]*):)?([^@/]*)@)?([^:/]*)(?::(\d+))?(?:\/(\d+))?$/.exec(
    uri,
  );
  if (match === null) return 'Invalid URI scheme\n';
  const [, user, password, host, port, db] = match;
  if (user !== undefined && user !== '') config.user = ascii(user);
  if (password !== undefined) config.password = ascii(password);
  if (host !== undefined && host !== '') config.host = ascii(host);
  if (port !== undefined) config.port = Number(port);
  if (db !== undefined) config.db = Number(db);
  return undefined;
}

function takeFlag(config: CliConfig, flag: string): void {
  switch (flag) {
    case '-x':
      config.lastArgument = 'stdin';
      return;
    case '-2':
      config.protocol = 2;
      return;
    case '-3':
      config.protocol = 3;
      return;
    case '-e':
      config.errorStatus = true;
      return;
    case '--raw':
      config.output = 'raw';
      return;
    case '--no-raw':
      config.output = 'standard';
      return;
    case '--csv':
      config.output = 'csv';
      return;
    case '--json':
    case '--quoted-json':
      config.output = flag === '--json' ? 'json' : 'quoted-json';
      config.protocol = 3;
      return;
    case '--latency':
      config.mode = 'latency';
      return;
    case '--stat':
      config.mode = 'stat';
      return;
    case '--scan':
      config.mode = 'scan';
      return;
    case '--pipe':
      config.mode = 'pipe';
      return;
    case '--bigkeys':
      config.mode = 'bigkeys';
      return;
    case '--memkeys':
      config.mode = 'memkeys';
      return;
    case '--hotkeys':
      config.mode = 'hotkeys';
      return;
    case '--latency-history':
      config.mode = 'latency-history';
      return;
    case '--quoted-input':
      config.quotedInput = true;
      return;
    default:
  }
}

/** A word in quotes as what it means; null: the quotes don't end. Without quotes it stands as it is. */
function unquoted(word: ByteString): ByteString | null {
  if (!word.startsWith('"') && !word.startsWith("'")) return word;
  const parts = splitArguments(word);
  return parts?.length === 1 ? (parts[0] ?? null) : null;
}
