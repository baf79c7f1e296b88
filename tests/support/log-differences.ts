/** Where 7.2.4 logs a command in other words than the 7.0.15 that tests compare with. */
export interface LogDifference {
  readonly name: string;
  readonly reason: string;
  /** The words that 7.0 logs; the same ones where it logs the same. */
  readonly older: (words: readonly string[]) => readonly string[];
}

export const logDifferences: readonly LogDifference[] = [
  {
    name: 'ends of a move in the log',
    reason: '7.0 logs the ends of a BLMOVE that had waited in lower case, 7.2 as they were typed',
    older: (words) =>
      words[0]?.toUpperCase() === 'LMOVE'
        ? words.map((word, i) => (i > 2 ? word.toUpperCase() : word))
        : words,
  },
  {
    name: 'PXAT as it was typed',
    reason:
      '7.0 logs any SET with an end in the same five words, 7.2 one with PXAT as it was typed',
    older(words) {
      const at = words.findIndex((word, i) => i > 2 && word.toUpperCase() === 'PXAT');
      if (words[0]?.toUpperCase() !== 'SET' || at < 0) return words;
      return ['SET', words[1]!, words[2]!, 'PXAT', words[at + 1]!];
    },
  },
  {
    name: 'version of payloads in the log',
    reason: '7.2 dumps in version 11 of the RDB format, with listpacks where 7.0 has others',
    older: (words) =>
      words[0]?.toUpperCase() === 'RESTORE'
        ? words.map((word, i) => (i === 3 ? 'payload' : word))
        : words,
  },
];

/** Those that were needed are added to `met`. */
export function olderWords(words: readonly string[], met?: Set<string>): readonly string[] {
  let result = words;
  for (const { name, older } of logDifferences) {
    const changed = older(result);
    if (changed.join() !== result.join()) met?.add(name);
    result = changed;
  }
  return result;
}
