/** How far the browser keeps what it is given, and what to tell the learner about it. */
export interface StorageView {
  readonly state: 'kept' | 'degraded' | 'memory-only' | 'read-only';
  /** What, where, what to do, in English; shown until the state changes. */
  readonly notice: string | null;
  /** The same as data, for those who say it in another language. */
  readonly cause?: StorageCause;
}

export type StorageCause =
  | { readonly kind: 'second-tab' | 'taken-over' | 'newer-version' }
  | {
      readonly kind: 'memory-only' | 'degraded';
      /** Names of the stores that go on. */
      readonly working: readonly string[];
      readonly failures: readonly StoreFailure[];
    };

export interface StoreFailure {
  readonly store: string;
  /** What the browser says of it; null: there is no room left. */
  readonly message: string | null;
}
