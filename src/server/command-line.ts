/** redis-server's arguments (server.c:main): a file, `-` for stdin, and options that are appended to the file. */
import { ascii, equalsIgnoreCase, type ByteString } from '../base/bytes.ts';
import { quoteBytes } from '../base/quote-bytes.ts';
import { splitArguments } from '../base/split-arguments.ts';
import { redisVersion } from '../engine/version.ts';

export type CommandLine =
  | {
      readonly kind: 'run';
      readonly configFile: string | null;
      readonly fromStdin: boolean;
      /** As lines of a configuration file; null when there are no arguments at all. */
      readonly options: ByteString | null;
    }
  /** Prints this and exits. */
  | {
      readonly kind: 'print';
      readonly to: 'stdout' | 'stderr';
      readonly text: string;
      readonly code: number;
    };

/** `argv`: what follows the name of the program. */
export function parseCommandLine(argv: readonly ByteString[]): CommandLine {
  const first = argv[0];
  if (first === undefined)
    return { kind: 'run', configFile: null, fromStdin: false, options: null };
  const special = specialOption(first, argv);
  if (special !== undefined) return special;
  if (argv.includes(ascii('--sentinel'))) {
    return { kind: 'print', to: 'stderr', text: 'Sentinel mode is not available.\n', code: 1 };
  }
  const configFile = first.startsWith('-') ? null : first;
  return { kind: 'run', configFile, ...readOptions(argv, configFile === null ? 0 : 1) };
}

/** What `parseRedisConf` reads: the file, what stdin said, and the options below them. */
export function configText(file: string, stdin: string, options: ByteString | null): string {
  return options === null ? file + stdin : `${file}${stdin}\n${options}`;
}

function specialOption(first: ByteString, argv: readonly ByteString[]): CommandLine | undefined {
  switch (first) {
    case '-v':
    case '--version': {
      const text = `Redis server v=${redisVersion} sha=00000000:0 malloc=libc bits=64 build=0\n`;
      return { kind: 'print', to: 'stdout', text, code: 0 };
    }
    case '-h':
    case '--help':
      return { kind: 'print', to: 'stderr', text: USAGE, code: 1 };
    case '--test-memory': {
      const text =
        argv.length === 2
          ? 'There is no memory here that could be tested.\n'
          : 'Please specify the amount of memory to test in megabytes.\nExample: ./redis-server --test-memory 4096\n\n';
      return { kind: 'print', to: 'stderr', text, code: 1 };
    }
    default:
      return undefined;
  }
}

/**
 * `--name value …` becomes a line `name "value" …`. A word with `--` begins an option only if the one before has a
 * value, so that `--port --timeout` gives `port` a strange value instead of none; `--save` alone means `save ""`.
 */
function readOptions(
  argv: readonly ByteString[],
  from: number,
): { fromStdin: boolean; options: ByteString } {
  let fromStdin = false;
  let options = '';
  let mayBegin = true;
  for (let i = from; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '-' && (i === 0 || i === argv.length - 1)) {
      fromStdin = true;
    } else if (mayBegin && word.startsWith('--')) {
      if (options !== '') options += '\n';
      options += `${word.slice(2)} `;
      const next = argv[i + 1];
      mayBegin = splitArguments(word)?.length !== 1;
      if (
        !mayBegin &&
        equalsIgnoreCase(word, '--save') &&
        (next === undefined || next.startsWith('--'))
      ) {
        options += '""';
        mayBegin = next !== undefined;
      }
    } else {
      options += `${quoteBytes(word)} `;
      mayBegin = true;
    }
  }
  return { fromStdin, options: ascii(options) };
}

const USAGE = `Usage: ./redis-server [/path/to/redis.conf] [options] [-]
       ./redis-server - (read config from stdin)
       ./redis-server -v or --version
       ./redis-server -h or --help
       ./redis-server --test-memory <megabytes>
       ./redis-server --check-system

Examples:
       ./redis-server (run the server with default conf)
       echo 'maxmemory 128mb' | ./redis-server -
       ./redis-server /etc/redis/6379.conf
       ./redis-server --port 7777
       ./redis-server --port 7777 --replicaof 127.0.0.1 8888
       ./redis-server /etc/myredis.conf --loglevel verbose -
       ./redis-server /etc/myredis.conf --loglevel verbose

Sentinel mode:
       ./redis-server /etc/sentinel.conf --sentinel
`;
