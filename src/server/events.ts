/** What a server did, for whoever watches: the lab's record log and ledger, the page, the Node host's log file. */
import type { Micros } from '../base/time.ts';
import type { Delivery, Unit } from '../engine/effects.ts';
import type { AppendedRecord } from '../persistence/aof-writer.ts';

export type ServerEvent =
  /** What a command changed; `records` is empty when there is no log. */
  | {
      readonly event: 'unit';
      readonly at: Micros;
      readonly unit: Unit;
      readonly records: readonly AppendedRecord[];
    }
  /** write(2) took the log up to this logical offset. */
  | { readonly event: 'written'; readonly at: Micros; readonly offset: number }
  | { readonly event: 'fsync-started'; readonly at: Micros; readonly covers: number }
  | {
      readonly event: 'fsync-ended';
      readonly at: Micros;
      readonly covers: number;
      readonly ok: boolean;
    }
  /** Writes go to another file from now on: the log's `offset` stands at `fileOffset` in it. */
  | {
      readonly event: 'segment';
      readonly at: Micros;
      readonly path: string;
      readonly offset: number;
      readonly fileOffset: number;
    }
  /** A rewrite has ended: everything logged before `offset` is in the new base. */
  | { readonly event: 'rewritten'; readonly at: Micros; readonly offset: number }
  /** A child has the data set as it is after all units so far. */
  | { readonly event: 'forked'; readonly at: Micros; readonly kind: 'aof' | 'rdb' }
  /** A snapshot is in place as `dbfilename`, durably; the main thread's own holds all units so far. */
  | { readonly event: 'saved'; readonly at: Micros; readonly by: 'main' | 'child' }
  | {
      readonly event: 'replies';
      readonly at: Micros;
      readonly replies: readonly Delivery[];
      readonly acknowledged: number;
    }
  | { readonly event: 'ready'; readonly at: Micros; readonly commands: number }
  | { readonly event: 'log'; readonly line: string };
