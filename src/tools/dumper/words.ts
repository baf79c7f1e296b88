/** The words of `redis-dumper`. */
import { ascii, type ByteString } from '../../base/bytes.ts';

export const dumperCommands = ['backup', 'restore', 'list', 'verify', 'schedule'] as const;
export type DumperCommand = (typeof dumperCommands)[number];

export interface DumperWords {
  command: DumperCommand;
  host: ByteString;
  port: number;
  /** Of the server. */
  redisPassword: ByteString | null;
  file: ByteString;
  /** Of the backup. */
  password: ByteString | null;
  incremental: boolean;
  compress: boolean;
  encrypt: boolean;
  /** Seconds since 1970. */
  to: number | null;
  /** Seconds between two backups; every so many is a full one; 0: without end. */
  every: number;
  fullEvery: number;
  count: number;
}

export const DUMPER_USAGE = `usage: redis-dumper backup   -f FILE [connection] [--incremental] [--compress] [--encrypt --password WORD]
       redis-dumper restore  -f FILE [connection] [--to SECONDS] [--password WORD]
       redis-dumper list     -f FILE
       redis-dumper verify   -f FILE [--password WORD]
       redis-dumper schedule -f FILE --every SECONDS [--full-every N] [--count N] [backup's options]
connection: -s HOST (127.0.0.1)  -p PORT (6379)  -a PASSWORD`;

type Take = (words: DumperWords, value: ByteString) => string | undefined;

const numberFor =
  (name: string, set: (words: DumperWords, value: number) => void, least: number): Take =>
  (words, value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : -1;
    if (number < least) return `${name}: not a number from ${least} on: ${value}`;
    set(words, number);
    return undefined;
  };

const withValue: ReadonlyMap<string, Take> = new Map<string, Take>([
  ['-s', (words, value) => void (words.host = value)],
  ['-p', numberFor('-p', (words, value) => (words.port = value), 1)],
  ['-a', (words, value) => void (words.redisPassword = value)],
  ['-f', (words, value) => void (words.file = value)],
  ['--password', (words, value) => void (words.password = value)],
  ['--to', numberFor('--to', (words, value) => (words.to = value), 0)],
  ['--every', numberFor('--every', (words, value) => (words.every = value), 1)],
  ['--full-every', numberFor('--full-every', (words, value) => (words.fullEvery = value), 1)],
  ['--count', numberFor('--count', (words, value) => (words.count = value), 1)],
]);

const flags: ReadonlyMap<string, (words: DumperWords) => void> = new Map([
  ['--incremental', (words: DumperWords) => void (words.incremental = true)],
  ['--compress', (words: DumperWords) => void (words.compress = true)],
  ['--encrypt', (words: DumperWords) => void (words.encrypt = true)],
]);

const allowed: Readonly<Record<DumperCommand, string>> = {
  backup: '-s -p -a -f --incremental --compress --encrypt --password',
  restore: '-s -p -a -f --to --password',
  list: '-f',
  verify: '-f --password',
  schedule: '-s -p -a -f --compress --encrypt --password --every --full-every --count',
};

/** What is asked for, or what is wrong with the words. */
export function dumperWords(given: readonly ByteString[]): DumperWords | string {
  const command = dumperCommands.find((one) => one === given[0]);
  if (command === undefined)
    return given[0] === undefined ? 'no command' : `unknown command ${given[0]}`;
  const words: DumperWords = {
    command,
    host: ascii('127.0.0.1'),
    port: 6379,
    redisPassword: null,
    file: ascii(''),
    password: null,
    incremental: false,
    compress: false,
    encrypt: false,
    to: null,
    every: 0,
    fullEvery: 24,
    count: 0,
  };
  for (let i = 1; i < given.length; i++) {
    const name = given[i]!;
    const flag = flags.get(name);
    const take = withValue.get(name);
    if (!allowed[command].split(' ').includes(name))
      return (flag ?? take) ? `${command} takes no ${name}` : `unknown option ${name}`;
    if (flag !== undefined) {
      flag(words);
      continue;
    }
    const value = given[++i];
    if (value === undefined) return `option ${name} needs a value`;
    const problem = take?.(words, value);
    if (problem !== undefined) return problem;
  }
  if (words.file === '') return 'option -f FILE is needed';
  if (words.encrypt && (words.password ?? '') === '') return '--encrypt needs --password WORD';
  if (!words.encrypt && words.password !== null && (command === 'backup' || command === 'schedule'))
    return '--password needs --encrypt';
  if (command === 'schedule' && words.every === 0) return 'option --every SECONDS is needed';
  return words;
}
