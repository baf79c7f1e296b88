/** The history of a record's key, in the log's files as they lie on the machine's disk. */
import { utf8Decode, type ByteString, ascii } from '../../base/bytes.ts';
import { DATA_PATH } from '../../lab/boot.ts';
import type { Lane } from '../../lab/lane.ts';
import { keysNamedBy } from '../../tools/aof-parse.ts';
import { newAofRecords, nextAofRecord } from '../../tools/aof-records.ts';
import { newKeyHistory, stepKeyHistory, type HistoryLine } from '../../tools/key-history.ts';

export interface HistoryView {
  readonly key: string;
  readonly files: readonly {
    readonly name: string;
    readonly lines: readonly HistoryLine[];
    readonly more: boolean;
  }[];
}

const MOST_LINES = 2000;
const RECORDS_A_LOOK = 2000;
const SLICE_MS = 25;

/** Null: the record names no key. */
export async function readHistory(
  { kernel }: Lane,
  record: Uint8Array,
): Promise<HistoryView | null> {
  const first = nextAofRecord(newAofRecords(record));
  const key = first?.kind === 'command' ? keysNamedBy(first.argv)[0] : undefined;
  if (key === undefined) return null;
  const paths = kernel
    .files()
    .map(({ path }) => path)
    .filter((path) => path.startsWith(`${DATA_PATH}/`) && path.endsWith('.aof'))
    .sort((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1));
  const files = [];
  for (const path of paths) {
    const bytes = kernel.readFile(path) ?? new Uint8Array();
    files.push({ name: path, ...(await historyIn(bytes, key)) });
  }
  return { key: utf8Decode(key), files };
}

/** Bases before what was added to them, and those by their numbers. */
function placeOf(path: string): number {
  const found = /\.(\d+)\.(base|incr)\.aof$/.exec(path);
  if (found === null) return -1;
  return Number(found[1]) + (found[2] === 'base' ? 0 : 1e9);
}

async function historyIn(
  bytes: Uint8Array,
  key: ByteString,
): Promise<{ readonly lines: readonly HistoryLine[]; readonly more: boolean }> {
  const history = newKeyHistory(bytes, key, MOST_LINES);
  let until = performance.now() + SLICE_MS;
  while (stepKeyHistory(history, RECORDS_A_LOOK) === 'more') {
    if (performance.now() < until) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    until = performance.now() + SLICE_MS;
  }
  const lines = history.lines.map((line) => ({ ...line, text: utf8Decode(ascii(line.text)) }));
  return { lines, more: history.more };
}
