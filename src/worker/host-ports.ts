/** What a lab's host needs of its surroundings: a place to keep batches, a clock, a way to the page. */
import type { Frame, PushedReply, StorageView, TerminalUpdate } from './protocol.ts';

/** Where batches are kept; see storage/durable-log.ts. */
export interface Keeper {
  append(record: Uint8Array): Promise<void>;
  replace(records: readonly Uint8Array[]): Promise<void>;
  readonly status: StorageView;
}

export interface HostPorts {
  now(): number;
  sendFrame(frame: Frame): void;
  sendPushes(pushes: readonly PushedReply[]): void;
  sendTerminal(updates: readonly TerminalUpdate[]): void;
  fatal(message: string): void;
}
