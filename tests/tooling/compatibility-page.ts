/** docs/compatibility.md: every command of 7.2.4 and whether it is here, written from the command table. */
import { commandFacts } from '../../src/engine/command-facts.ts';
import { commandSummaries } from '../../src/engine/command-summaries.ts';
import type { CommandFacts } from '../../src/engine/command.ts';
import { limited, unavailable } from '../../src/engine/unavailable.ts';

const groupNames: Readonly<Record<string, string>> = {
  generic: 'Keys',
  string: 'Strings',
  hash: 'Hashes',
  list: 'Lists',
  set: 'Sets',
  'sorted-set': 'Sorted sets',
  stream: 'Streams',
  bitmap: 'Bitmaps',
  hyperloglog: 'HyperLogLog',
  geo: 'Geo',
  transactions: 'Transactions',
  pubsub: 'Publish and subscribe',
  scripting: 'Scripts and functions',
  connection: 'Connections',
  server: 'Server',
  cluster: 'Cluster',
};

export function compatibilityPage(): string {
  const everything = commandFacts.flatMap(withSubcommands);
  const missing = Object.entries(unavailable);
  const lines = [
    '# Compatibility',
    '',
    'Written by `npm run compatibility` from the command table; a test says when it is out of date.',
    '',
    `Redis 7.2.4 has ${commandFacts.length} commands with ${everything.length - commandFacts.length} sub-commands. ` +
      `${missing.length} are not here:`,
    '',
    ...missing.map(([name, reason]) => `- ${title(name)}: ${reason}`),
    '',
    'Arity, flags, key positions, categories and syntax are what a real 7.2.4 reports of itself.',
  ];
  for (const [group, heading] of Object.entries(groupNames)) {
    const commands = everything.filter((facts) => facts.group === group);
    lines.push('', `## ${heading}`, '', ...table(commands));
  }
  return `${lines.join('\n')}\n`;
}

function withSubcommands(facts: CommandFacts): CommandFacts[] {
  return [facts, ...facts.subcommands.map((sub) => ({ ...sub, group: facts.group })).sort(byName)];
}

function byName(a: CommandFacts, b: CommandFacts): number {
  return a.name < b.name ? -1 : 1;
}

/** Columns as wide as their longest cell, as the formatter lays them out. */
function table(commands: readonly CommandFacts[]): string[] {
  const rows = commands.map(({ name, since }) => [title(name), since, status(name)]);
  const all = [['command', 'since', 'here'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  const [head, ...body] = all.map(line);
  return [head!, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body];
}

function status(name: string): string {
  if (unavailable[name] !== undefined) return `**no.** ${unavailable[name]}`;
  return [commandSummaries[name] ?? '', limited[name] ?? ''].join(' ').trim();
}

function title(name: string): string {
  return `\`${name.toUpperCase().replace('|', ' ')}\``;
}
