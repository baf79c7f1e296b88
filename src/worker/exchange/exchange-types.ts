/** The calls that bring files in and hand files out, and what they take and give. */
import type { Download, DownloadRequest } from './downloads.ts';
import type { ImportRequest, ImportView } from './import-view.ts';
import type { HistoryView } from './read-history.ts';
import type { ReportRequest, ReportView } from './report-view.ts';

export type { Download, DownloadRequest } from './downloads.ts';
export type { HistoryLine } from '../../tools/key-history.ts';
export type { HistoryView } from './read-history.ts';
export type { HandoverTarget } from './handover-compose.ts';
export type { BroughtFile, BroughtProblem, ImportRequest, ImportView } from './import-view.ts';
export type {
  ReportColumn,
  ReportRequest,
  ReportRow,
  ReportSource,
  ReportSum,
  ReportView,
  ReportWindow,
} from './report-view.ts';

export interface ExchangeMethods {
  /** Replaces /data by these files (names relative to it), restarts the server; refuses and changes nothing if they do not load. */
  importFiles(
    files: ReadonlyMap<string, Uint8Array>,
    options: { lane?: string },
  ): { readonly keys: number; readonly commands: number };
  /** The same with files of the person's computer, which the worker reads; it tells how far it is, and can be stopped. */
  importing(request: ImportRequest): ImportView;
  /** What each key takes in memory, as `rdb -c memory` reckons it. */
  report(request: ReportRequest, options: { lane?: string }): ReportView;
  /** What the log's files say of the first key that a record names, as aof-parse has it; null: it names none. */
  history(record: Uint8Array, options: { lane?: string }): HistoryView | null;
  download(request: DownloadRequest, options: { lane?: string }): Download;
}
