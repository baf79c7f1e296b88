/** Programs of random commands over few keys, and what makes a failing one short. */
import { nextBelow, type RandomState } from '../../src/base/random.ts';
import { parseProgram, type ProgramLine } from './differential.ts';

/** `{x}` in a template is replaced by one of the words of that name; `[…]` is left out half of the time. */
export interface Grammar {
  readonly templates: readonly string[];
  readonly words: Readonly<Record<string, readonly string[]>>;
}

export function randomProgram(
  random: RandomState,
  grammar: Grammar,
  length: number,
): ProgramLine[] {
  const lines: string[] = [];
  for (let i = 0; i < length; i++)
    lines.push(expand(random, grammar, pick(random, grammar.templates)));
  return parseProgram(lines.join('\n'));
}

function expand(random: RandomState, grammar: Grammar, template: string): string {
  return template
    .replace(/\[([^\]]*)\]/g, (_, part: string) => (nextBelow(random, 2) === 0 ? part : ''))
    .replace(/\{(\w+)\}/g, (_, name: string) => pick(random, grammar.words[name]!))
    .replace(/ +/g, ' ')
    .trim();
}

function pick(random: RandomState, words: readonly string[]): string {
  return words[nextBelow(random, words.length)]!;
}

/** Takes away ever smaller runs of lines while `fails` still holds (delta debugging). */
export async function shrunk<Line>(
  program: readonly Line[],
  fails: (program: readonly Line[]) => Promise<boolean>,
): Promise<readonly Line[]> {
  let shortest = program;
  for (let size = program.length >> 1; size >= 1; size >>= 1) {
    for (let start = 0; start < shortest.length;) {
      const shorter = [...shortest.slice(0, start), ...shortest.slice(start + size)];
      if (shorter.length > 0 && (await fails(shorter))) shortest = shorter;
      else start += size;
    }
  }
  return shortest;
}
