import type { HelpTable } from './command-syntax.ts';

/**
 * What Tab offers for a line, as whole lines in the order in which Tab goes through them
 * (redis-cli.c:completionCallback): commands and subcommands, behind `help ` also groups.
 */
export function completionsFor(table: HelpTable, line: string): string[] {
  const help = /^help\s+/i.exec(line)?.[0] ?? '';
  const typed = line.slice(help.length).toUpperCase();
  const commands = table.entries.flatMap(({ full }) =>
    full.startsWith(typed) ? [help + full] : [],
  );
  if (help === '') return commands;
  const groups = table.groups.flatMap((group) =>
    group.toUpperCase().startsWith(typed) ? [help + group] : [],
  );
  return [...groups, ...commands];
}
