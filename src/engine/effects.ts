/**
 * What executing left behind for others: replies, and units of propagation with their causes. The log writes the
 * units; the log pane and the ledger show their causes.
 */
import type { ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import type { Protocol, Reply } from '../resp/reply.ts';
import type { ClientId } from './session.ts';

export interface Delivery {
  readonly client: ClientId;
  readonly reply: Reply;
  /** The protocol of the reply, where the client has changed to another since. */
  readonly protocol?: Protocol;
  /** The reply to a command that has changed something: the server marks it. */
  readonly wrote?: true;
}

export type CauseKind = 'command' | 'script' | 'expiry' | 'eviction' | 'served';

export interface Cause {
  /** Null when no client asked: an expiry or an eviction. */
  readonly client: ClientId | null;
  /** The words as they were typed; what is logged may differ. */
  readonly typed: readonly ByteString[] | null;
  readonly kind: CauseKind;
}

export interface PropagatedCommand {
  readonly db: number;
  readonly argv: readonly ByteString[];
}

/** What is logged as a whole: two or more commands stand between MULTI and EXEC. */
export interface Unit {
  readonly cause: Cause;
  readonly commands: readonly PropagatedCommand[];
}

export interface Outcome {
  readonly replies: readonly Delivery[];
  readonly units: readonly Unit[];
  /** What the server has to do before the client is answered: with `replies`, or by itself if there are none. */
  readonly request: ServerRequest | null;
}

/** Things that need system calls, or that stop the server; the server answers the client when they are done. */
export type ServerRequest =
  | { readonly kind: 'rewrite-aof' }
  | { readonly kind: 'save' }
  | { readonly kind: 'bgsave'; readonly schedule: boolean }
  | {
      readonly kind: 'shutdown';
      readonly save: 'default' | 'save' | 'nosave';
      readonly force: boolean;
      readonly now: boolean;
    }
  | { readonly kind: 'abort-shutdown' }
  /** CONFIG SET of what takes system calls; `undo`: the texts of the directives before it. */
  | {
      readonly kind: 'apply-config';
      readonly directory: ByteString | undefined;
      /** Which of the directives that say where to listen was asked for; undefined: none changed. */
      readonly listens: string | undefined;
      readonly appendOnly: boolean | undefined;
      readonly undo: ReadonlyMap<string, ByteString>;
      readonly transaction: boolean;
    }
  /** `all`: with the directives that are as they are by default. */
  | { readonly kind: 'rewrite-config'; readonly which: 'changed' | 'all' }
  | { readonly kind: 'save-acl' }
  | { readonly kind: 'load-acl' }
  | { readonly kind: 'sleep'; readonly micros: Micros }
  | {
      readonly kind: 'reload';
      readonly from: 'rdb' | 'aof';
      readonly save: boolean;
      readonly flush: boolean;
      readonly merge: boolean;
    }
  | { readonly kind: 'flushed-all' }
  /** Asked for one after the other inside a transaction, whose reply is already made. */
  | { readonly kind: 'sequence'; readonly requests: readonly ServerRequest[] }
  | {
      readonly kind: 'die';
      readonly how: 'segfault' | 'panic' | 'assert' | 'oom' | 'restart' | 'crash';
      readonly delayMs: number;
    };
