/**
 * Cases of the conformance suite, from plain text. `-- name` begins a case; its lines are those of
 * tests/support/differential.ts. What makes many cases of one:
 *
 *     -- {op} of a key that holds {what}
 *     op = INCR k | DECR k
 *     what = a number | a word
 *     …
 *
 * Each placeholder has its alternatives on a line of its own, with blanks around the bars, and there is a case for every combination. In lines
 * `<3 m#>` stands for `m1 m2 m3`, and `<w*70>` for seventy times `w`. `{id:2}` is the id of client 2, `{last}` the last
 * text that its client was answered.
 *
 * `@chance` says that the data sets differ by chance, so only replies are compared. `@gone 2` closes client 2's
 * connection.
 */
export interface Case {
  readonly group: string;
  readonly name: string;
  readonly lines: readonly string[];
  readonly chance: boolean;
}

const DEFINITION = /^(\w+) = (.*)$/;

export function readCases(group: string, text: string): Case[] {
  const all: Case[] = [];
  for (const [at, block] of text.split(/^-- /m).entries()) {
    if (at === 0) continue;
    const [name = '', ...rest] = block
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
    all.push(...combinations(group, name, rest));
  }
  return all;
}

function combinations(group: string, name: string, rest: readonly string[]): Case[] {
  const definitions: [string, string[]][] = [];
  let at = 0;
  for (; at < rest.length; at++) {
    const found = DEFINITION.exec(rest[at]!);
    if (found === null) break;
    definitions.push([found[1]!, found[2]!.split(/(?:^|\s)\|(?:\s|$)/).map((word) => word.trim())]);
  }
  const lines = rest.slice(at);
  let variants: (readonly [string, string])[][] = [[]];
  for (const [word, alternatives] of definitions)
    variants = variants.flatMap((variant) =>
      alternatives.map((alternative) => [...variant, [word, alternative] as const]),
    );
  return variants.map((variant) => ({
    group,
    name: filled(name, variant),
    lines: lines
      .filter((line) => line !== '@chance')
      .map((line) => repeated(filled(line, variant)).trim()),
    chance: lines.includes('@chance'),
  }));
}

function filled(text: string, variant: readonly (readonly [string, string])[]): string {
  let result = text;
  for (const [word, alternative] of variant)
    result = result.replaceAll(`{${word}}`, () => alternative);
  return result;
}

function repeated(line: string): string {
  return line
    .replace(/<(.)\*(\d+)>/g, (_, char: string, times: string) => char.repeat(Number(times)))
    .replace(/<(\d+) ([^>]+)>/g, (_, count: string, words: string) =>
      Array.from({ length: Number(count) }, (_each, i) =>
        words.replaceAll('#', String(i + 1)),
      ).join(' '),
    );
}
