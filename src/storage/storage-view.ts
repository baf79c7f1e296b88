/** How far the browser keeps what it is given, and what to tell the learner about it. */
export interface StorageView {
  readonly state: 'kept' | 'degraded' | 'memory-only' | 'read-only';
  /** What, where, what to do; shown until the state changes. */
  readonly notice: string | null;
}
