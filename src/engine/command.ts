/**
 * What a command is: facts (data that real Redis reports of itself) and a handler.
 */
import type { ByteString } from '../base/bytes.ts';
import type { Reply } from '../resp/reply.ts';
import type { Context } from './context.ts';

export interface KeySpec {
  readonly flags: readonly string[];
  readonly notes?: string;
  readonly begin_search: {
    readonly type: string;
    readonly spec: Readonly<Record<string, number | string>>;
  };
  readonly find_keys: {
    readonly type: string;
    readonly spec: Readonly<Record<string, number | string>>;
  };
}

export interface ArgumentFacts {
  readonly name: string;
  readonly type: string;
  readonly display_text?: string;
  readonly key_spec_index?: number;
  readonly token?: string;
  readonly since?: string;
  readonly deprecated_since?: string;
  readonly flags?: readonly string[];
  readonly arguments?: readonly ArgumentFacts[];
}

export interface CommandFacts {
  /** Lower case; a sub-command is `parent|child`. */
  readonly name: string;
  /** Words including the name; negative: at least that many. */
  readonly arity: number;
  readonly flags: readonly string[];
  readonly firstKey: number;
  readonly lastKey: number;
  readonly keyStep: number;
  readonly categories: readonly string[];
  readonly tips: readonly string[];
  readonly keySpecs: readonly KeySpec[];
  readonly group: string;
  readonly since: string;
  readonly complexity?: string;
  readonly arguments?: readonly ArgumentFacts[];
  readonly docFlags?: readonly string[];
  readonly deprecatedSince?: string;
  readonly replacedBy?: string;
  readonly subcommands: readonly CommandFacts[];
}

/**
 * Runs a command whose arity is already checked. It parses all of `argv` before it changes anything, throws
 * `ReplyError` for a learner's mistake, and returns `undefined` when there is no reply now: the client is blocked,
 * or the server has to do something first (`ctx.request`).
 */
export type Handler = (ctx: Context, argv: readonly ByteString[]) => Reply | undefined;

/** Handlers of a command group by name; sub-commands as `config|get`. */
export type Handlers = Readonly<Record<string, Handler>>;

export interface Command {
  readonly facts: CommandFacts;
  /** Undefined for a container such as CONFIG, whose sub-commands do the work. */
  readonly handler: Handler | undefined;
  readonly subcommands: ReadonlyMap<string, Command>;
  readonly parent: Command | undefined;
  /** Flags as bits, since they are tested on every call. */
  readonly flags: number;
}

export const commandFlag = {
  write: 1,
  readonly: 2,
  denyoom: 4,
  admin: 8,
  noscript: 16,
  loading: 32,
  stale: 64,
  skip_monitor: 128,
  skip_slowlog: 256,
  fast: 512,
  no_auth: 1024,
  no_multi: 2048,
  blocking: 4096,
  pubsub: 8192,
  allow_busy: 16384,
  movablekeys: 32768,
  no_async_loading: 65536,
  no_mandatory_keys: 131072,
  asking: 262144,
} as const;

/** Commands that may write or publish though they are not marked as writing (CMD_MAY_REPLICATE). */
const mayReplicate = new Set(['publish', 'spublish', 'eval', 'evalsha', 'fcall', 'pfcount']);

/** Whether anything may go to the log of it. */
export function mayWrite({ flags, facts }: Command): boolean {
  return (flags & commandFlag.write) !== 0 || mayReplicate.has(facts.name);
}
