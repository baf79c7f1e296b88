/** The log under edit: what the inspector asks of it, answered in windows, and what the tools would say. */
import { ascii } from '../base/bytes.ts';
import type { Lab } from '../lab/lab.ts';
import type { Lane } from '../lab/lane.ts';
import { bootOn, filesOf } from '../lab/memory-view.ts';
import { wordsText } from '../lab/texts.ts';
import { checkAof } from '../tools/check-aof.ts';
import { checkRdb } from '../tools/check-rdb.ts';
import {
  editDraft,
  editedRanges,
  mendDraft,
  newDraft,
  recordParts,
  recordWords,
  undoDraft,
  type LogDraft,
} from '../tools/log-draft.ts';
import { inMemory, type ToolFiles } from '../tools/tool-files.ts';
import { Refusal } from './refusal.ts';
import type { DraftRequest, DraftRow, DraftView, DraftWindow } from './protocol.ts';

/** Above this size a start is not tried with every edit. */
const TRIED_BYTES = 4 * 1024 * 1024;
const LONGEST_LINE = 200;

interface Opened {
  readonly lane: Lane;
  readonly draft: LogDraft;
  verdict: Pick<DraftView, 'server' | 'check'> | null;
}

type Change = Exclude<DraftRequest, { do: 'open' }>;

export class DraftDesk {
  private opened: Opened | null = null;

  /** `bytes` are the draft's own. */
  open(lab: Lab, lane: Lane, path: string, bytes: Uint8Array, window: DraftWindow): DraftView {
    this.opened = { lane, draft: newDraft(path, bytes), verdict: null };
    return view(lab, this.opened, window);
  }

  answer(lab: Lab, request: Change, window: DraftWindow): DraftView {
    const { opened } = this;
    if (opened === null) throw new Refusal('draft: no file is open');
    if (change(opened.draft, request)) opened.verdict = null;
    return view(lab, opened, window);
  }
}

function change(draft: LogDraft, request: Change): boolean {
  switch (request.do) {
    case 'look':
      return false;
    case 'undo':
      return undoDraft(draft);
    case 'mend':
      return mendDraft(draft);
    case 'edit': {
      const { at, remove, insert } = request;
      if (at < 0 || remove < 0 || at + remove > draft.bytes.length)
        throw new Refusal(`draft: bytes ${at} to ${at + remove} are not inside the file`);
      editDraft(draft, at, remove, insert);
      return true;
    }
  }
}

function view(lab: Lab, opened: Opened, window: DraftWindow): DraftView {
  const { draft } = opened;
  const { bytes, outline, path } = draft;
  const { starts, problem } = outline;
  opened.verdict ??= { server: serverSays(lab, opened), check: toolSays(draft) };
  const from = Math.max(0, Math.min(window.recordsFrom, starts.length));
  return {
    path,
    size: bytes.length,
    edits: draft.edits.length,
    edited: editedRanges(draft),
    format: outline.format,
    recordCount: starts.length,
    recordsFrom: from,
    records: starts.slice(from, from + window.recordsCount).map((_, i) => rowOf(draft, from + i)),
    bytesFrom: window.bytesFrom,
    bytes: bytes.slice(window.bytesFrom, window.bytesFrom + window.bytesCount),
    record: recordAt(draft, window.at),
    problem,
    thrownAway: problem === null ? 0 : starts.filter((at) => at >= problem.okUpTo).length,
    ...opened.verdict,
  };
}

function rowOf(draft: LogDraft, index: number): DraftRow {
  const { starts, states } = draft.outline;
  const at = starts[index]!;
  const words = recordWords(draft, at);
  return { at, state: states[index]!, words: words === undefined ? '' : wordsText(words).trim() };
}

function recordAt(draft: LogDraft, at: number): DraftView['record'] {
  const { starts } = draft.outline;
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  const index = low - 1;
  if (index < 0) return null;
  const row = rowOf(draft, index);
  const end = starts[index + 1] ?? draft.bytes.length;
  return { ...row, index, end, parts: recordParts(draft, row.at) };
}

/** A start is tried on a machine of its own, with this file in the place of the lane's. */
function serverSays(lab: Lab, { lane, draft }: Opened): DraftView['server'] {
  const files = new Map(filesOf(lane.kernel)).set(draft.path, draft.bytes);
  const size = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  if (size > TRIED_BYTES) return null;
  const outcome = bootOn(lab, lane, files);
  if (!outcome.ok) return { starts: false, words: withoutHead(outcome.refusal), keys: 0 };
  const keys = outcome.databases.reduce((sum, { space }) => sum + space.entries.length, 0);
  return { starts: true, words: '', keys };
}

/** Without `12:M 21 Nov 2026 10:00:00.000 # `. */
function withoutHead(line: string): string {
  return line.replace(/^\d+:\w \S+ \S+ \S+ \S+ [#*.-] /, '').slice(0, LONGEST_LINE);
}

/** The last line of the checker of this kind of file. */
function toolSays({ path, bytes, outline }: LogDraft): string {
  const name = ascii(path.slice(path.lastIndexOf('/') + 1));
  const files: ToolFiles = {
    open: () => ({ kind: 'read', content: inMemory(bytes) }),
    truncate: () => false,
  };
  const process = { id: 1, now: 0 };
  if (outline.format === 'other') return '';
  if (outline.format === 'rdb') return lastLine(checkRdb(name, [name], files, process).output);
  const run = checkAof(ascii('redis-check-aof'), [name], files, process, ascii('n'));
  return outline.problem?.words ?? lastLine(run.output);
}

function lastLine(output: string): string {
  return (output.trimEnd().split('\n').at(-1) ?? '').slice(0, LONGEST_LINE);
}
