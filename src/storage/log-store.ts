/**
 * A place in the browser that can hold logs (log-frames.ts), one generation of which is current.
 * Calls never overlap, but for `quarantined`. A rejected call means that the place failed; it is then
 * not written any more, unless a later `begin` succeeds.
 */
export interface LogStore {
  /** As notices name it. */
  readonly label: string;
  /** Whether an append fails by itself once another writer has come; else `checkWriter` must be asked. */
  readonly appendChecksWriter: boolean;
  /** Rejects with FencedError if another context became the writer. */
  checkWriter(): Promise<void>;
  /**
   * Everything that stands there. With 'write', no append of an earlier writer succeeds from then on,
   * though it may not have noticed yet; with 'read' nothing is changed.
   */
  open(access: 'read' | 'write'): Promise<Holdings>;
  /** Makes a generation that was found current, cut to `length`, where `records` end. False: only `begin` will do. */
  resume(generation: number, length: number, records: number): Promise<boolean>;
  /** Puts frames behind the current generation, durably. Rejects with FencedError after a takeover. */
  append(frames: Uint8Array, records: number): Promise<void>;
  /** Stores a new current generation; until it is complete the earlier one stays. */
  begin(generation: number, log: Uint8Array, records: number): Promise<void>;
  /** Removes every generation but the current one. */
  dropOthers(): Promise<void>;
  /** Keeps bytes that could not be used, for a person to export. */
  setAside(name: string, bytes: Uint8Array): Promise<void>;
  /** What was set aside, by name. */
  quarantined(): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Lets go of the place, so that another context may open it. */
  close(): Promise<void>;
  /** Removes everything, what was set aside too. */
  wipe(): Promise<void>;
  /** Called when the place fails on its own, such as when the browser closes a database. */
  onFailure: ((error: unknown) => void) | null;
}

export interface Holdings {
  readonly logs: readonly StoredLog[];
  /** What the place itself has to say about its state, as a sentence. */
  readonly note: string | null;
}

export interface StoredLog {
  readonly generation: number;
  readonly bytes: Uint8Array;
  /** How many records there should be, if the place knows. */
  readonly promised: number | null;
}

/** Another context became the writer. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}

/** The place was written by a later version of the page, and may not be touched. */
export class NewerVersionError extends Error {
  override readonly name = 'NewerVersionError';
}
