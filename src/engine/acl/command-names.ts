/** What rules can name: categories, commands and sub-commands. */
import type { CommandFacts } from '../command.ts';
import { commandFacts } from '../command-facts.ts';

/** ACL CAT's categories, in Redis's order. */
export const categories = [
  ...['keyspace', 'read', 'write', 'set', 'sortedset', 'list', 'hash', 'string', 'bitmap'],
  ...['hyperloglog', 'geo', 'stream', 'pubsub', 'admin', 'fast', 'slow', 'blocking'],
  ...['dangerous', 'connection', 'transaction', 'scripting'],
];

/** All commands and sub-commands, by full name. */
export const factsByName: ReadonlyMap<string, CommandFacts> = new Map(
  commandFacts.flatMap((facts) => [facts, ...facts.subcommands].map((each) => [each.name, each])),
);
