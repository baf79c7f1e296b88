/** Rows of the record log from a file that is there already: after a reload, or when a log is brought in. */
import type { Micros } from '../base/time.ts';
import { byteStringOf } from '../base/bytes.ts';
import { newFrameReader, readFrame } from '../persistence/aof-reader.ts';
import { acknowledge, addRecord, closeUnit, endOffset, type RecordLog } from './record-log.ts';
import { recordCause, recordKind, type RecordKind } from './view.ts';

/** Adds the records of `bytes`, which begin at the logical offset `start`; they count as acknowledged long ago. */
export function importRecords(log: RecordLog, bytes: Uint8Array, start: number, at: Micros): void {
  const reader = newFrameReader();
  let unit = log.count;
  let inside = false;
  for (let offset = 0; ; offset = reader.end) {
    const frame = readFrame(reader, bytes, offset);
    if (frame !== 'command' && frame !== 'annotation') break;
    const name =
      frame === 'annotation'
        ? ''
        : byteStringOf(bytes, reader.bounds[0], reader.bounds[1]).toUpperCase();
    const kind = kindOf(name, inside);
    if (kind === recordKind.multi) inside = true;
    const isWrite =
      frame === 'command' && (kind === recordKind.command || kind === recordKind.inner);
    const record = bytes.subarray(offset, reader.end);
    addRecord(log, {
      offset: start + offset,
      at,
      kind,
      cause: recordCause.client,
      bytes: record,
      writes: isWrite ? 1 : 0,
    });
    if (kind === recordKind.exec) inside = false;
    if (!inside) {
      closeUnit(log, unit);
      unit = log.count;
    }
  }
  closeUnit(log, unit);
  acknowledge(log, endOffset(log), at);
}

function kindOf(name: string, inside: boolean): RecordKind {
  if (name === 'SELECT') return recordKind.select;
  if (name === 'MULTI') return recordKind.multi;
  if (name === 'EXEC') return recordKind.exec;
  return inside ? recordKind.inner : recordKind.command;
}
