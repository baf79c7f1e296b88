import { equalsIgnoreCase } from '../base/bytes.ts';
import type { HelpEntry, HelpTable } from './command-syntax.ts';
import { syntaxText } from './hints.ts';
import { genericHelp } from './texts.ts';

/** One line of `help`: what it says and what part of a help entry it is, so that a page can give it a colour. */
export interface HelpLine {
  readonly label: string;
  readonly text: string;
}

/** What `help TOPIC` shows of a command. */
export interface HelpBlock {
  /** `SET` */
  readonly name: string;
  /** `key value [NX|XX] …` */
  readonly syntax: string;
  readonly lines: readonly HelpLine[];
}

/** The commands that a topic names: `@group`, or the first words of a command (redis-cli.c:cliOutputHelp). */
export function helpBlocks(table: HelpTable, topic: readonly string[]): HelpBlock[] {
  const [first = ''] = topic;
  if (first.startsWith('@')) {
    const group = first.slice(1);
    return table.entries
      .filter(({ syntax }) => equalsIgnoreCase(syntax.group ?? '', group))
      .map((entry) => block(entry, 'in-group'));
  }
  return table.entries
    .filter(
      ({ words }) =>
        topic.length <= words.length &&
        topic.every((word, i) => equalsIgnoreCase(word, words[i] ?? '')),
    )
    .map((entry) => block(entry, 'alone'));
}

/** The text of `help`, as redis-cli prints it but for its colours. */
export function helpText(table: HelpTable, topic: readonly string[], version: string): string {
  if (topic.length === 0) return genericHelp(version);
  const blocks = helpBlocks(table, topic);
  return [
    '',
    ...blocks.flatMap(({ name, syntax, lines }) => [
      `  ${name} ${syntax}`,
      ...lines.map(({ label, text }) => `  ${label}: ${text}`),
      '',
    ]),
  ].join('\n');
}

function block({ full, syntax }: HelpEntry, place: 'alone' | 'in-group'): HelpBlock {
  const lines: HelpLine[] = [];
  if (syntax.summary !== undefined) lines.push({ label: 'summary', text: syntax.summary });
  if (syntax.since !== undefined) lines.push({ label: 'since', text: syntax.since });
  if (syntax.group !== undefined && place === 'alone')
    lines.push({ label: 'group', text: syntax.group });
  return { name: full, syntax: syntaxText(syntax.arguments ?? []), lines };
}
