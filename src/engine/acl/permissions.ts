/** Whether a user may run a command with these words (acl.c:ACLCheckAllUserCommandPerm). */
import { equalsIgnoreCase, type ByteString } from '../../base/bytes.ts';
import { globMatch } from '../../base/glob.ts';
import { commandFlag, type Command } from '../command.ts';
import { keysOf } from '../key-positions.ts';
import type { KeyPattern, Selector, User } from './users.ts';

export interface Denial {
  readonly reason: 'command' | 'key' | 'channel';
  /** The word that is denied; 0 for the command itself. */
  readonly position: number;
}

/** In which a denial by one selector outweighs that by another. */
const WEIGHT = { command: 1, key: 2, channel: 3 } as const;

/** Undefined: permitted. */
export function denialOf(
  user: User,
  command: Command,
  argv: readonly ByteString[],
): Denial | undefined {
  let worst: Denial = { reason: 'command', position: 0 };
  for (const selector of user.selectors) {
    const denial = deniedBy(selector, command, argv);
    if (denial === undefined) return undefined;
    const heavier = WEIGHT[denial.reason] - WEIGHT[worst.reason];
    if (heavier > 0 || (heavier === 0 && denial.position > worst.position)) worst = denial;
  }
  return worst;
}

function deniedBy(
  selector: Selector,
  command: Command,
  argv: readonly ByteString[],
): Denial | undefined {
  if (!permitsCommand(selector, command, argv)) return { reason: 'command', position: 0 };
  if (!selector.allKeys && command.facts.keySpecs.length > 0) {
    for (const { key, flags, position } of keysOf(command, argv) ?? [])
      if (!permitsKey(selector.keys, key, flags)) return { reason: 'key', position };
  }
  if (!selector.allChannels) {
    for (const { position, use } of channelsOf(command.facts.name, argv)) {
      if (!permitsChannel(selector.channels, argv[position]!, use))
        return { reason: 'channel', position };
    }
  }
  return undefined;
}

function permitsCommand(
  { commands, firstWords }: Selector,
  { facts, flags }: Command,
  argv: readonly ByteString[],
): boolean {
  if (commands === null || commands.has(facts.name) || (flags & commandFlag.no_auth) !== 0)
    return true;
  const word = argv[1];
  const words = firstWords.get(facts.name);
  if (word === undefined || words === undefined) return false;
  return words.some((known) => equalsIgnoreCase(known, word));
}

function permitsKey(
  patterns: readonly KeyPattern[],
  key: ByteString,
  flags: readonly string[],
): boolean {
  const reads = flags.includes('access');
  const writes = ['insert', 'delete', 'update'].some((flag) => flags.includes(flag));
  return patterns.some(
    ({ pattern, read, write }) => (!reads || read) && (!writes || write) && globMatch(pattern, key),
  );
}

export type ChannelUse = 'literal' | 'pattern';

/** A pattern to listen to has to be one of those permitted, to the letter. */
export function permitsChannel(
  permitted: readonly ByteString[],
  channel: ByteString,
  use: ChannelUse,
): boolean {
  return permitted.some((pattern) =>
    use === 'pattern' ? pattern === channel : globMatch(pattern, channel),
  );
}

interface UsedChannel {
  readonly position: number;
  readonly use: ChannelUse;
}

/** db.c:getChannelsFromCommand; to stop listening is always permitted. */
function channelsOf(name: string, argv: readonly ByteString[]): readonly UsedChannel[] {
  switch (name) {
    case 'publish':
    case 'spublish':
      return [{ position: 1, use: 'literal' }];
    case 'subscribe':
    case 'ssubscribe':
      return argv.slice(1).map((_, i) => ({ position: i + 1, use: 'literal' }));
    case 'psubscribe':
      return argv.slice(1).map((_, i) => ({ position: i + 1, use: 'pattern' }));
    default:
      return [];
  }
}
