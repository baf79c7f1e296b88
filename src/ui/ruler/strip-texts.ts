/** The words on the strip: names of zones and markers, long and short. */
import type { Dictionary } from '../i18n/en.ts';
import { bytes, offset } from '../i18n/numbers.ts';
import type { LayerMark } from '../parts/layer-mark.ts';
import type { Crash, LaneView } from '../../worker/protocol.ts';
import type { Marker, Situation, Zone, ZoneKind } from '../model/situation.ts';

export interface ZoneText {
  readonly zone: Zone;
  readonly mark: LayerMark | null;
  /** From the longest to the shortest. */
  readonly variants: readonly string[];
}

export function zoneTexts(situation: Situation, view: LaneView, text: Dictionary): ZoneText[] {
  return situation.zones.map((zone) => {
    const size = bytes(zone.to - zone.from);
    const { name, rest } = wordsOf(zone.kind, size, situation, view, text);
    const whole = rest === '' ? name : `${name}  ${rest}`;
    const sized = zone.kind === 'gone' ? name : `${name}  ${size}`;
    const shorter = { buffer: text.ruler.bufferShort, gone: text.ruler.goneShort };
    const short = zone.kind === 'buffer' || zone.kind === 'gone' ? shorter[zone.kind] : name;
    return { zone, mark: markOf(zone.kind), variants: [whole, sized, name, short] };
  });
}

/** "acknowledged = written 24,237", then the same without its number. */
export function markerVariants(marker: Marker, text: Dictionary): readonly string[] {
  const names = marker.names.map((name) => text.ruler.markers[name]).join(' = ');
  const only = marker.names[0];
  const comma = only === 'file-ends' || only === 'had-been-acknowledged' ? ',' : '';
  return [`${names}${comma} ${offset(marker.offset)}`, names];
}

/** The strip in words: where the bytes are, one zone after another. */
export function stripInWords(texts: readonly ZoneText[]): string {
  return texts.map(({ variants }) => (variants[0] ?? '').replace('  ', ' ')).join('; ');
}

interface Words {
  readonly name: string;
  readonly rest: string;
}

function wordsOf(
  kind: ZoneKind,
  size: string,
  situation: Situation,
  view: LaneView,
  text: Dictionary,
): Words {
  const { layers, ruler } = text;
  const { powerLoss, processKill } = view.atRisk;
  switch (kind) {
    case 'disk': {
      const whole = situation.phase === 'replay' && situation.zones.length === 1;
      return { name: layers.disk, rest: whole ? ruler.diskWhole(size) : ruler.disk(size) };
    }
    case 'cache': {
      const writes = Math.max(0, powerLoss.writes - processKill.writes);
      const live = situation.phase === 'live' && writes > 0;
      return { name: layers.cache, rest: live ? ruler.cache(size, writes) : ruler.cacheDead(size) };
    }
    case 'buffer': {
      const commands = processKill.writes + view.unacknowledged;
      return { name: layers.buffer, rest: ruler.buffer(size, commands) };
    }
    case 'lost': {
      const crash = view.crash;
      if (crash === null) return { name: layers.lost, rest: size };
      return { name: layers.lost, rest: ruler.lost(size, crash.lost, layerOfDeath(crash, view)) };
    }
    case 'gone':
      return { name: ruler.gone(size), rest: '' };
  }
}

/** A killed process takes its buffer; a power cut takes the page cache, where nearly all of it was. */
function layerOfDeath(crash: Crash, view: LaneView): LayerMark {
  const inBuffer = view.written !== null && crash.fileEnds >= view.written;
  return crash.kind === 'process-killed' || inBuffer ? 'buffer' : 'cache';
}

function markOf(kind: ZoneKind): LayerMark | null {
  return kind === 'gone' ? null : kind;
}
