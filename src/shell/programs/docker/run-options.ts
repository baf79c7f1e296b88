/** What stands behind `docker run`, `create` and `exec`, as docker's own flags are read. */
import { ascii, type ByteString } from '../../../base/bytes.ts';

export interface RunOptions {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, readonly ByteString[]>;
  readonly words: readonly ByteString[];
}

const LETTERS: Readonly<Record<string, string>> = {
  d: 'detach',
  i: 'interactive',
  t: 'tty',
  p: 'publish',
  v: 'volume',
  e: 'env',
  w: 'workdir',
  u: 'user',
  h: 'hostname',
  f: 'force',
  a: 'all',
  q: 'quiet',
  n: 'tail',
  s: 'signal',
  l: 'latest',
};

/**
 * Flags stand before the first word; behind it is what the container runs. `letters`: those that mean something else
 * here. A text: what is wrong with them.
 */
export function readFlags(
  argv: readonly ByteString[],
  flags: readonly string[],
  values: readonly string[],
  order: 'strict' | 'any' = 'strict',
  letters: Readonly<Record<string, string>> = {},
): RunOptions | string {
  const given = new Set<string>();
  const texts = new Map<string, ByteString[]>();
  const words: ByteString[] = [];
  const names = { ...LETTERS, ...letters };
  const take = (name: string, value: ByteString): void => {
    texts.set(name, [...(texts.get(name) ?? []), value]);
  };
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      if (order === 'any') continue;
      words.push(...argv.slice(i + 1));
      break;
    }
    if (word === '--') {
      words.push(...argv.slice(i + 1));
      break;
    }
    if (word.startsWith('--')) {
      const [name = '', ...rest] = word.slice(2).split('=');
      const value = rest.length === 0 ? undefined : rest.join('=');
      if (flags.includes(name)) {
        if (value !== 'false') given.add(name);
      } else if (!values.includes(name)) return `unknown flag: --${name}`;
      else if (value !== undefined) take(name, ascii(value));
      else if (argv[i + 1] === undefined) return `flag needs an argument: --${name}`;
      else take(name, argv[++i]!);
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at] ?? '';
      const name = names[letter] ?? '';
      if (flags.includes(name)) {
        given.add(name);
        continue;
      }
      if (!values.includes(name)) return `unknown shorthand flag: '${letter}' in ${word}`;
      const rest = word.slice(at + 1).replace(/^=/, '');
      if (rest !== '') take(name, ascii(rest));
      else if (argv[i + 1] === undefined) return `flag needs an argument: '${letter}' in ${word}`;
      else take(name, argv[++i]!);
      break;
    }
  }
  return { flags: given, values: texts, words };
}
