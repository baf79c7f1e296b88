/** Command lines in the manner of getopt_long(3), and the messages of coreutils about them. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { complain, type Run } from '../program.ts';

export interface Options {
  readonly flags: ReadonlySet<string>;
  /** Options with a value, by letter or long name. */
  readonly values: ReadonlyMap<string, ByteString>;
  readonly words: readonly ByteString[];
}

export interface Grammar {
  /** Letters of flags. */
  readonly flags?: string;
  /** Letters of options with a value. */
  readonly values?: string;
  /** Long names and the letter that they stand for; with a trailing `=` it has a value. */
  readonly long?: Readonly<Record<string, string>>;
  /** Options end where the first word stands: env, xargs, timeout. */
  readonly order?: 'any' | 'strict';
  /** `-5` as `-n 5`: head, tail. */
  readonly digits?: string;
}

/** The options, or the status that the program ends with after what it has said. */
export function* readOptions(argv: readonly ByteString[], grammar: Grammar): Run<Options | number> {
  const name = argv[0] ?? '';
  const flags = new Set<string>();
  const values = new Map<string, ByteString>();
  const words: ByteString[] = [];
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i] ?? ascii('');
    if (word === '--') {
      words.push(...argv.slice(i + 1));
      break;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const long = equals < 0 ? word.slice(2) : word.slice(2, equals);
      const short = grammar.long?.[long] ?? grammar.long?.[`${long}=`];
      if (short === undefined) {
        yield* complain(
          `${name}: unrecognized option '${word}'\nTry '${name} --help' for more information.`,
        );
        return usageStatus(name);
      }
      if (grammar.long?.[`${long}=`] === undefined) flags.add(short);
      else if (equals >= 0) values.set(short, ascii(word.slice(equals + 1)));
      else {
        const value = argv[++i];
        if (value === undefined) {
          yield* complain(
            `${name}: option '${word}' requires an argument\nTry '${name} --help' for more information.`,
          );
          return usageStatus(name);
        }
        values.set(short, value);
      }
      continue;
    }
    if (!word.startsWith('-') || word === '-') {
      if (grammar.order === 'strict') {
        words.push(...argv.slice(i));
        break;
      }
      words.push(word);
      continue;
    }
    if (grammar.digits !== undefined && /^-\d+/.test(word)) {
      values.set(grammar.digits, ascii(word.slice(1)));
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at);
      if (grammar.values?.includes(letter) === true) {
        const rest = word.slice(at + 1);
        const value = rest === '' ? argv[++i] : ascii(rest);
        if (value === undefined) {
          yield* complain(
            `${name}: option requires an argument -- '${letter}'\nTry '${name} --help' for more information.`,
          );
          return usageStatus(name);
        }
        values.set(letter, value);
        break;
      }
      if (grammar.flags?.includes(letter) !== true) {
        yield* complain(
          `${name}: invalid option -- '${letter}'\nTry '${name} --help' for more information.`,
        );
        return usageStatus(name);
      }
      flags.add(letter);
    }
  }
  return { flags, values, words };
}

function usageStatus(name: string): number {
  return name === 'ls' || name === 'grep' || name === 'sort' || name === 'diff' || name === 'cmp'
    ? 2
    : 1;
}

/** A word in quotes, as GNU's messages show names. */
export function quoted(word: string): string {
  return `'${word}'`;
}

/** A size: 10, 10K, 10kB, 10M, …; undefined if it is none. */
export function sizeOf(word: string): number | undefined {
  const match = /^(\d+)([bkKMGT]?)(i?B)?$/.exec(word);
  if (match === null) return undefined;
  const unit = 'KMGT'.indexOf((match[2] ?? '').toUpperCase());
  const base = match[3] === 'B' ? 1000 : 1024;
  let size = Number(match[1]);
  if (match[2] === 'b') return size * 512;
  for (let i = 0; match[2] !== '' && i <= unit; i++) size *= base;
  return size;
}
