/** From words to the command that they name: renamed commands have only their new names (`rename-command`). */
import { EMPTY, lowerCase, type ByteString } from '../base/bytes.ts';
import type { Command } from './command.ts';
import { commandTable, findCommand, findSubcommand } from './command-table.ts';
import { unknownCommand, unknownSubcommand, wrongArity } from './errors.ts';
import type { Renames } from './renames.ts';

/** The command that `argv` names; for one with sub-commands, the sub-command if there is a second word. */
export function commandOf(argv: readonly ByteString[], renames: Renames): Command | undefined {
  const command = parentOf(argv[0] ?? EMPTY, renames);
  if (command === undefined || command.subcommands.size === 0 || argv.length < 2) return command;
  return findSubcommand(command, argv[1]!);
}

function parentOf(name: ByteString, renames: Renames): Command | undefined {
  if (renames.size === 0) return findCommand(name);
  const original = renames.get(lowerCase(name));
  if (original === undefined) return findCommand(name);
  return original === null ? undefined : commandTable.get(original);
}

/** Why the words cannot be run: there is no such command, or it takes another number of words. */
export function problemOf(
  command: Command | undefined,
  argv: readonly ByteString[],
  renames: Renames,
): string | undefined {
  if (command === undefined) {
    const parent = argv.length > 1 ? parentOf(argv[0]!, renames) : undefined;
    return parent === undefined
      ? unknownCommand(argv)
      : unknownSubcommand(parent.facts.name, argv[1]!);
  }
  const { arity, name } = command.facts;
  const fits = arity >= 0 ? argv.length === arity : argv.length >= -arity;
  return fits && command.handler !== undefined ? undefined : wrongArity(name);
}
