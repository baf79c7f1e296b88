/** What follows when a thread's run of system calls has ended: plain data, resumed by the server. */
import type { ClientId } from '../engine/session.ts';
import type { Manifest } from '../persistence/aof-manifest.ts';

/** What the main thread goes on with once the log is flushed. */
export type AfterFlush = 'turn' | 'rewrite' | 'shutdown' | 'append-only-off' | 'reload';

export type Step =
  // The flush (flush.ts)
  | { readonly step: 'flush-written'; readonly next: AfterFlush; readonly length: number }
  | { readonly step: 'flush-cut'; readonly next: AfterFlush; readonly kept: number }
  | {
      readonly step: 'flush-synced';
      readonly next: AfterFlush;
      readonly covers: number;
      readonly forced: boolean;
    }
  | { readonly step: 'background-synced'; readonly covers: number; readonly offset: number }
  // Start (startup.ts)
  | { readonly step: 'manifest-read' }
  | { readonly step: 'sizes-read'; readonly manifest: Manifest }
  | { readonly step: 'file-read' }
  | { readonly step: 'snapshot-read' }
  | { readonly step: 'tail-cut'; readonly last: boolean; readonly at: number }
  | { readonly step: 'log-opened'; readonly manifest: Manifest; readonly created: boolean }
  | { readonly step: 'history-removed' }
  // Rewrite (rewrite.ts)
  | { readonly step: 'incr-opened'; readonly manifest: Manifest }
  | { readonly step: 'forked'; readonly kind: 'aof' | 'rdb' }
  | { readonly step: 'base-installed'; readonly manifest: Manifest }
  | { readonly step: 'rewrite-cleaned'; readonly manifest: Manifest }
  // Snapshots (save.ts)
  | { readonly step: 'save-opened' }
  | { readonly step: 'save-written'; readonly length: number }
  | { readonly step: 'save-installed' }
  | { readonly step: 'save-undone' }
  // Turning the log off, stopping (shutdown.ts)
  | { readonly step: 'stopped'; readonly covers: number | null }
  | { readonly step: 'append-only-stopped'; readonly covers: number }
  // CONFIG REWRITE (requests.ts)
  | { readonly step: 'config-read'; readonly client: ClientId }
  | { readonly step: 'config-written'; readonly client: ClientId }
  | { readonly step: 'closed' };
