/** What Tab offers for a line of redis-cli, and the grey hint behind it: for commands, and for the lab's `!` lines. */
import type { HelpTable } from '../cli/command-syntax.ts';
import { completionsFor } from '../cli/completion.ts';
import { controlCompletions, controlHint } from '../cli/control-completion.ts';
import { hintFor } from '../cli/hints.ts';
import type { RedisCliPorts } from './redis-cli-ports.ts';

type Knowledge = Pick<RedisCliPorts, 'helpTable' | 'lanes'>;

export function lineCompletions(ports: Knowledge, line: string): readonly string[] {
  if (line.startsWith('!')) return controlCompletions(line, ports.lanes?.() ?? []);
  return completionsFor(helpTableOf(ports), line);
}

export function lineHint(ports: Knowledge, text: string): string {
  if (text.startsWith('!')) return controlHint(text);
  const table = ports.helpTable();
  return (table && hintFor(table, text)) ?? '';
}

/** Empty until the facts of the commands have come. */
export function helpTableOf(ports: Knowledge): HelpTable {
  return ports.helpTable() ?? { entries: [], groups: [] };
}
