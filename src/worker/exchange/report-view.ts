/** What the page asks of a memory report, and is shown of it. */
import type { RecordType } from '../../tools/rdb/records.ts';

export type ReportColumn = 'key' | 'type' | 'bytes' | 'elements' | 'largest' | 'database';

export type ReportSource =
  /** The data of the running server. */
  | { readonly kind: 'live' }
  /** A snapshot on the machine's disk. */
  | { readonly kind: 'file'; readonly path: string }
  /** A snapshot of the person's computer, which stays there. */
  | { readonly kind: 'brought'; readonly name: string; readonly file: Blob };

export interface ReportWindow {
  readonly sort: ReportColumn;
  readonly order: 'up' | 'down';
  readonly from: number;
  readonly count: number;
}

export type ReportRequest =
  | { readonly do: 'open'; readonly source: ReportSource; readonly window: ReportWindow }
  | { readonly do: 'look'; readonly window: ReportWindow };

export interface ReportRow {
  readonly database: number;
  readonly type: RecordType;
  /** Printable: other bytes as escapes. */
  readonly key: string;
  readonly bytes: number;
  readonly encoding: string;
  readonly elements: number;
  readonly largest: number;
  /** Milliseconds since 1970. */
  readonly expireAt: number | null;
}

export interface ReportSum {
  readonly name: string;
  readonly keys: number;
  readonly bytes: number;
}

export interface ReportView {
  readonly total: number;
  readonly bytes: number;
  readonly byType: readonly ReportSum[];
  readonly byDatabase: readonly ReportSum[];
  /** Why the file could not be read beyond these keys. */
  readonly damage: string | null;
  readonly from: number;
  readonly rows: readonly ReportRow[];
}
