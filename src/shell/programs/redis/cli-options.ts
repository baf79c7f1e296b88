/** redis-cli's command line (redis-cli.c:parseOptions). */
import { ascii, EMPTY, type ByteString } from '../../../base/bytes.ts';

export type CliMode = 'command' | 'pipe' | 'scan' | 'stat' | 'latency' | 'rdb' | 'eval' | 'bigkeys';
export type CliOutput = 'standard' | 'raw' | 'csv' | 'json' | 'quoted-json';

export interface CliConfig {
  host: ByteString;
  port: number;
  password: ByteString | null;
  user: ByteString | null;
  warns: boolean;
  db: number;
  /** Null: forever. */
  repeat: number | null;
  intervalMicros: number;
  protocol: 2 | 3;
  output: CliOutput | null;
  delimiter: ByteString;
  lastArgument: 'words' | 'stdin';
  /** The word that stands for what stdin holds: -X. */
  tag: ByteString | null;
  mode: CliMode;
  /** Of --rdb and --eval. */
  file: ByteString;
  pattern: ByteString | null;
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
    password: env.get('REDISCLI_AUTH') ?? null,
    user: null,
    warns: false,
    db: 0,
    repeat: 1,
    intervalMicros: 0,
    protocol: 2,
    output: null,
    delimiter: ascii('\n'),
    lastArgument: 'words',
    tag: null,
    mode: 'command',
    file: EMPTY,
    pattern: null,
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
    else if (word === '--help' || word === '-h' || word === '-?')
      return {
        kind: 'say',
        to: word === '--help' ? 1 : 2,
        text: usage(version),
        status: word === '--help' ? 0 : 1,
      };
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
  config.words = argv.slice(at);
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
  '--pattern',
  '--quoted-pattern',
  '--count',
  '--rdb',
  '--eval',
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
  '-D',
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
    case '--pattern':
    case '--quoted-pattern':
      config.pattern = value;
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
    default:
  }
}

function usage(version: string): string {
  return `redis-cli ${version}

Usage: redis-cli [OPTIONS] [cmd [arg [arg ...]]]
  -h <hostname>      Server hostname (default: 127.0.0.1).
  -p <port>          Server port (default: 6379).
  -a <password>      Password to use when connecting to the server.
  --user <username>  Used to send ACL style 'AUTH username pass'. Needs -a.
  --pass <password>  Alias of -a for consistency with the new --user option.
  -u <uri>           Server URI.
  -r <repeat>        Execute specified command N times.
  -i <interval>      When -r is used, waits <interval> seconds per command.
  -n <db>            Database number.
  -2                 Start session in RESP2 protocol mode.
  -3                 Start session in RESP3 protocol mode.
  -x                 Read last argument from STDIN.
  -X                 Read <tag> argument from STDIN.
  -d <delimiter>     Delimiter between response bulks for raw formatting (default: \\n).
  -e                 Return exit error code when command execution fails.
  --raw              Use raw formatting for replies (default when STDOUT is not a tty).
  --no-raw           Force formatted output even when STDOUT is not a tty.
  --csv              Output in CSV format.
  --json             Output in JSON format (default RESP3, use -2 if you want to use with RESP2).
  --quoted-json      Same as --json, but produce ASCII-safe quoted strings, not Unicode.
  --stat             Print rolling stats about server: mem, clients, ...
  --latency          Enter a special mode continuously sampling latency.
  --rdb <filename>   Transfer an RDB dump from remote server to local file.
  --pipe             Transfer raw Redis protocol from stdin to server.
  --scan             List all keys using the SCAN command.
  --pattern <pat>    Keys pattern when using the --scan option (default: *).
  --count <count>    Count option when using the --scan option (default: 10).
  --eval <file>      Send an EVAL command using the Lua script at <file>.
  --no-auth-warning  Don't show warning message when using password on command line interface.
  --help             Output this help and exit.
  --version          Output version and exit.
`;
}
