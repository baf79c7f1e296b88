/** What Tab offers in bash: names of commands for the first word, paths for the others. */
import { ascii, utf8Decode, utf8Encode } from '../base/bytes.ts';
import type { SimulatedKernel } from '../machine/kernel.ts';
import { findPath } from '../machine/lookup.ts';
import { normalizePath } from '../machine/paths.ts';
import { builtins, programs } from './language/registry.ts';

const MOST_OFFERS = 200;

/** Whole lines, in order; a folder ends in a slash, everything else in a blank. */
export function completeLine(
  kernel: SimulatedKernel,
  cwd: string,
  line: string,
): readonly string[] {
  const word = /(?:[^\s;|&<>()"']|\\.)*$/.exec(line)?.[0] ?? '';
  const before = line.slice(0, line.length - word.length);
  const isCommand =
    /(?:^|[;|&(]|\b(?:do|then|else|time|sudo))\s*$/.test(before) && !word.includes('/');
  const offers = isCommand
    ? [...new Set([...programs.keys(), ...builtins.keys()])]
        .filter((name) => name.startsWith(word))
        .map((name) => `${name} `)
    : paths(kernel, cwd, word);
  return offers
    .sort()
    .slice(0, MOST_OFFERS)
    .map((offer) => before + offer);
}

function paths(kernel: SimulatedKernel, cwd: string, word: string): string[] {
  const slash = word.lastIndexOf('/');
  const folder = slash < 0 ? '' : word.slice(0, slash + 1);
  const start = utf8Encode(word.slice(slash + 1));
  const { state } = kernel;
  const inode = state.inodes.get(
    findPath(state, normalizePath(utf8Encode(folder === '' ? '.' : folder), cwd)) ?? 0,
  );
  if (inode?.kind !== 'directory') return [];
  return [...inode.entries]
    .filter(([name]) => name.startsWith(start) && (start !== '' || !name.startsWith('.')))
    .map(
      ([name, number]) =>
        `${folder}${utf8Decode(ascii(name))}${state.inodes.get(number)?.kind === 'directory' ? '/' : ' '}`,
    );
}
