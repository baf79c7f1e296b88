/** From an item of the list to the words of its line. */
import { recordCause, recordKind } from '../../worker/protocol.ts';
import type { LaneView } from '../../worker/protocol.ts';
import { instant, offset } from '../i18n/numbers.ts';
import type { NumberStyle } from '../i18n/numbers.ts';
import { someKey } from './command-keys.ts';
import type { LogItem } from './log-layout.ts';
import { layerOfRow } from './log-markers.ts';
import type { Marker, RowLayer } from './log-markers.ts';
import { reasonOf } from './log-reasons.ts';
import { argumentSpans, argumentText } from './record-text.ts';
import type { FinishedFsync, RecordStore, RowsSummary } from './record-store.ts';
import type { LogTexts } from './texts.ts';

export type LogLine =
  | {
      readonly type: 'record';
      readonly row: number;
      readonly layer: RowLayer;
      readonly offset: string;
      readonly time: string;
      readonly name: string;
      readonly rest: string;
      readonly reply: string;
      /** Inside MULTI … EXEC. */
      readonly inner: boolean;
    }
  | {
      readonly type: 'note';
      readonly row: number;
      readonly layer: RowLayer;
      readonly before: string;
      readonly typed: string;
      readonly after: string;
    }
  | { readonly type: 'fold'; readonly row: number; readonly layer: RowLayer; readonly text: string }
  | {
      readonly type: 'marker';
      readonly name: string;
      readonly value: string;
      readonly detail: string;
      readonly tone: 'ink' | 'lost';
    }
  | { readonly type: 'dropped'; readonly text: string };

export interface LineContext {
  readonly store: RecordStore;
  readonly view: LaneView;
  readonly texts: LogTexts;
  readonly numbers: NumberStyle;
  /** The last fsync that ended: when it began and ended, and what it had covered. */
  readonly fsync: FinishedFsync | null;
}

const plainNumbers: NumberStyle = { group: '', decimal: '.', second: 's' };

export function lineOf(item: LogItem, context: LineContext): LogLine {
  const { store, view, texts } = context;
  switch (item.type) {
    case 'record':
      return recordLine(item.row, context);
    case 'note':
      return noteLine(item.row, context);
    case 'fold': {
      const text = foldText(store.summary(item.from, item.to), texts);
      return { type: 'fold', row: item.from, layer: layerOfRow(store, view, item.from), text };
    }
    case 'marker':
      return markerLine(item.marker, context);
    case 'dropped':
      return { type: 'dropped', text: texts.dropped(offset(item.rows)) };
  }
}

/** Seconds of lab time with three decimals, as in every column: the same in every language. */
export function columnTime(ms: number): string {
  return instant(ms, plainNumbers);
}

function recordLine(row: number, { store, view, texts }: LineContext): LogLine {
  const { name, rest } = store.textAt(row);
  const layer = layerOfRow(store, view, row);
  return {
    type: 'record',
    row,
    layer,
    offset: offset(store.offsetAt(row)),
    time: columnTime(store.timeAt(row)),
    name,
    rest,
    reply: replyText(store, view, texts, row, layer),
    inner: store.kindAt(row) === recordKind.inner,
  };
}

function replyText(
  store: RecordStore,
  view: LaneView,
  texts: LogTexts,
  row: number,
  layer: RowLayer,
): string {
  const cause = store.causeAt(row);
  if (cause === recordCause.expiry || cause === recordCause.eviction) return texts.noClient;
  if (layer === 'gone') return texts.neverAnswered;
  const said = store.replyAt(row);
  if (layer === 'lost' || store.lost.rangeOf(row) !== undefined) return said ?? '';
  // MULTI and the commands inside have no reply of their own: EXEC speaks for the block.
  const kind = store.kindAt(row);
  const speaks = kind === recordKind.command || kind === recordKind.exec;
  if (speaks && store.endAt(row) > (view.acknowledged ?? 0)) return texts.notYet;
  return said ?? '';
}

function noteLine(row: number, { store, view, texts }: LineContext): LogLine {
  const layer = layerOfRow(store, view, row);
  const note = { type: 'note' as const, row, layer, before: '', typed: '', after: '' };
  const typed = store.typedAt(row);
  if (typed !== undefined) {
    const logged = store.commandAt(row);
    const reason = reasonOf(typed, logged);
    const [before = '', after = ''] = texts.typed('\0').split('`\0`');
    const why =
      reason === null
        ? ''
        : ` ${texts.reasons[reason].replace('{what}', quoted(lastWord(store, row)))}`;
    return { ...note, before, typed, after: after + why };
  }
  switch (store.causeAt(row)) {
    case recordCause.expiry:
      return { ...note, before: texts.expiry(keyText(store, row)) };
    case recordCause.eviction:
      return { ...note, before: texts.eviction(keyText(store, row)) };
    default:
      return { ...note, before: texts.transaction };
  }
}

function quoted(text: string): string {
  return text.startsWith('"') ? text : `“${text}”`;
}

/** The last argument, which is what SPOP's log names; several of them are told by their number. */
function lastWord(store: RecordStore, row: number): string {
  return (
    store.withRecord(row, (bytes, start, end) => {
      const spans = argumentSpans(bytes, start, end, 64);
      const named = spans.slice(4);
      const texts: string[] = [];
      for (let i = 0; i < named.length; i += 2) {
        texts.push(argumentText(bytes, named[i] ?? 0, named[i + 1] ?? 0, 24));
      }
      return texts.join(', ');
    }) ?? ''
  );
}

function keyText(store: RecordStore, row: number): string {
  return keyOf(store, row) ?? '';
}

/** The first key that a record names, as a line shows it. */
export function keyOf(store: RecordStore, row: number): string | undefined {
  return store.withRecord(row, (bytes, start, end) => {
    let key: string | undefined;
    someKey(bytes, argumentSpans(bytes, start, end, 8), (from, to) => {
      key = argumentText(bytes, from, to, 60);
      return true;
    });
    return key;
  });
}

/** How many families a fold names before it says “others”. */
const NAMED = 3;

function foldText(sum: RowsSummary, texts: LogTexts): string {
  const named = sum.families.slice(0, NAMED);
  const more = sum.others || sum.families.length > NAMED;
  const parts = more && named.length > 0 ? [...named, texts.andOthers] : named;
  const last = parts.length > 1 ? ` ${texts.and} ${parts.at(-1) ?? ''}` : '';
  const keys = (last === '' ? parts : parts.slice(0, -1)).join(', ') + last;
  return texts.fold(offset(sum.writes), sum.writes === 1, keys, `${offset(sum.bytes)} B`);
}

function markerLine(marker: Marker, { texts, fsync }: LineContext): LogLine {
  const line = { type: 'marker' as const, detail: '', tone: 'ink' as const };
  switch (marker.type) {
    case 'reached': {
      const names = marker.names.map((name) => texts.reached[name]).join(' = ');
      const ended = marker.names.includes('fsynced') && fsync?.offset === marker.offset;
      return {
        ...line,
        name: names + (marker.lying ? texts.saysTheDrive : ''),
        value: offset(marker.offset),
        detail: ended ? texts.fdatasync(columnTime(fsync.startedAt), columnTime(fsync.at)) : '',
      };
    }
    case 'file-ends':
      return {
        ...line,
        name: marker.tense === 'present' ? texts.fileEnds : texts.fileEnded,
        value: offset(marker.offset),
      };
    case 'had-been-acknowledged':
      return { ...line, name: texts.hadBeenAcknowledged, value: offset(marker.offset) };
    case 'crashed': {
      const { crash } = marker.range;
      const name = crash.kind === 'power-lost' ? texts.powerCut : texts.killed;
      return { ...line, name, value: `${columnTime(crash.at)} s`, tone: 'lost' };
    }
  }
}
