/** What a log says of one key, as `aof-parse FILE KEY` prints it; a job, since a log may be long. */
import type { ByteString } from '../base/bytes.ts';
import { keysNamedBy } from './aof-parse.ts';
import { newAofRecords, nextAofRecord, type AofRecords } from './aof-records.ts';
import { pythonList } from './python-text.ts';

export interface HistoryLine {
  /** The offset in the file. */
  readonly at: number;
  readonly kind: 'command' | 'damage' | 'tail';
  readonly text: string;
}

export interface KeyHistory {
  readonly records: AofRecords;
  readonly key: ByteString;
  readonly lines: HistoryLine[];
  /** There are more than `most`, which are not looked for. */
  more: boolean;
  readonly most: number;
}

export function newKeyHistory(bytes: Uint8Array, key: ByteString, most: number): KeyHistory {
  return { records: newAofRecords(bytes), key, lines: [], more: false, most };
}

/** Looks at up to `budget` records. */
export function stepKeyHistory(history: KeyHistory, budget: number): 'more' | 'done' {
  const { records, key, lines, most } = history;
  for (let left = budget; left > 0; left--) {
    const record = nextAofRecord(records);
    if (record === undefined) return 'done';
    const { start: at } = record;
    let line: HistoryLine | null = null;
    if (record.kind === 'damage')
      line = { at, kind: 'damage', text: `protocol error at offset ${at}` };
    else if (record.kind === 'tail')
      line = { at, kind: 'tail', text: `ends inside the record at offset ${at}` };
    else if (record.kind === 'command' && keysNamedBy(record.argv).includes(key))
      line = { at, kind: 'command', text: pythonList(record.argv) };
    if (line === null) continue;
    if (lines.length >= most) {
      history.more = true;
      return 'done';
    }
    lines.push(line);
  }
  return 'more';
}
