/** What follows when a thread's run of system calls has ended: plain data, resumed by the server. */
import type { ServerRequest } from '../engine/effects.ts';
import type { ClientId } from '../engine/session.ts';
import type { Manifest } from '../persistence/aof-manifest.ts';

/** What CONFIG REWRITE writes down. */
export type WhichDirectives = Extract<ServerRequest, { readonly kind: 'rewrite-config' }>['which'];
export type ApplyRequest = Extract<ServerRequest, { readonly kind: 'apply-config' }>;

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
  | {
      readonly step: 'background-synced';
      readonly covers: number;
      readonly offset: number;
      /** Of a file that a rewrite has replaced, and that is closed after it. */
      readonly closes: boolean;
    }
  // Start (startup.ts)
  | { readonly step: 'manifest-read' }
  | { readonly step: 'sizes-read'; readonly manifest: Manifest }
  | { readonly step: 'file-read' }
  | { readonly step: 'snapshot-read' }
  | { readonly step: 'tail-cut'; readonly last: boolean; readonly at: number }
  | { readonly step: 'upgraded'; readonly manifest: Manifest }
  | {
      readonly step: 'log-opened';
      readonly manifest: Manifest;
      /** What the start made anew. */
      readonly made: { readonly base: boolean; readonly incr: boolean };
    }
  | { readonly step: 'history-removed' }
  // Rewrite (rewrite.ts)
  | { readonly step: 'rewrite-begun' }
  | { readonly step: 'incr-opened'; readonly manifest: Manifest }
  | { readonly step: 'forked'; readonly kind: 'aof' | 'rdb' }
  | { readonly step: 'base-installed'; readonly manifest: Manifest }
  | { readonly step: 'rewrite-cleaned'; readonly manifest: Manifest }
  | { readonly step: 'rewriter-killed' }
  | { readonly step: 'unlinked' }
  // Snapshots (save.ts)
  | { readonly step: 'save-opened' }
  | { readonly step: 'save-written'; readonly length: number }
  | { readonly step: 'save-synced' }
  | { readonly step: 'save-installed' }
  | { readonly step: 'save-undone' }
  // Turning the log off, stopping (shutdown.ts)
  | { readonly step: 'child-stopped' }
  | { readonly step: 'stopped'; readonly covers: number }
  | { readonly step: 'append-only-stopped'; readonly covers: number }
  // CONFIG SET dir (config-apply.ts), CONFIG REWRITE (requests.ts)
  | {
      readonly step: 'directory-changed';
      readonly client: ClientId;
      readonly request: ApplyRequest;
    }
  | { readonly step: 'history-collected'; readonly client: ClientId }
  | { readonly step: 'config-read'; readonly client: ClientId; readonly which: WhichDirectives }
  | { readonly step: 'config-written'; readonly client: ClientId }
  // The ACL file (users.ts)
  | { readonly step: 'acl-read'; readonly client: ClientId | null }
  | { readonly step: 'acl-written'; readonly client: ClientId }
  | { readonly step: 'closed' };
