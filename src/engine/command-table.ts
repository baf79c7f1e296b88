/** Joins the facts of Redis's commands with our handlers. A command without a handler does not exist for clients. */
import { assert } from '../base/assert.ts';
import { commandFacts } from './command-facts.ts';
import {
  commandFlag,
  type Command,
  type CommandFacts,
  type Handler,
  type Handlers,
} from './command.ts';
import { handlers } from './commands/index.ts';

const flagBits: Readonly<Record<string, number>> = commandFlag;

function build(
  facts: CommandFacts,
  all: ReadonlyMap<string, Handler>,
  parent: Command | undefined,
): Command | undefined {
  const subcommands = new Map<string, Command>();
  const handler = all.get(facts.name);
  let flags = 0;
  for (const flag of facts.flags) flags |= flagBits[flag] ?? 0;
  const command: Command = { facts, handler, subcommands, parent, flags };
  for (const sub of facts.subcommands) {
    const built = build(sub, all, command);
    if (built !== undefined) subcommands.set(sub.name.slice(facts.name.length + 1), built);
  }
  return handler === undefined && subcommands.size === 0 ? undefined : command;
}

function buildTable(groups: readonly Handlers[]): ReadonlyMap<string, Command> {
  const all = new Map<string, Handler>();
  for (const group of groups) {
    for (const [name, handler] of Object.entries(group)) {
      assert(!all.has(name), `two handlers for ${name}`);
      all.set(name, handler);
    }
  }
  const table = new Map<string, Command>();
  for (const facts of commandFacts) {
    const command = build(facts, all, undefined);
    if (command !== undefined) table.set(facts.name, command);
  }
  return table;
}

/** Top-level commands by lower-case name. */
export const commandTable = buildTable(handlers);

/** The table again under the spellings that clients use, so that a lookup need not fold case every time. */
const bySpelling = new Map<string, Command>(commandTable);
const SPELLINGS_KEPT = 4096;

export function findCommand(name: string): Command | undefined {
  const known = bySpelling.get(name);
  if (known !== undefined) return known;
  const command = commandTable.get(name.toLowerCase());
  if (command !== undefined && bySpelling.size < SPELLINGS_KEPT) bySpelling.set(name, command);
  return command;
}

export function findSubcommand(container: Command, name: string): Command | undefined {
  return container.subcommands.get(name.toLowerCase());
}
