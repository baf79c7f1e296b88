import type { Crash, LaneView, Layer } from '../../worker/protocol.ts';
import type { LayerMark } from '../parts/layer-mark.ts';
import type { LedgerTexts } from './texts.ts';

/** The mark of the layer in which a write died. What a lying drive held is not on its platter either. */
export function markOf(layer: Layer): LayerMark {
  return layer === 'process' ? 'buffer' : 'cache';
}

/** Why the writes of one layer were not saved. `instant` writes a time in the learner's language. */
export function causeOf(
  layer: Layer,
  crash: Crash,
  policy: LaneView['policy'],
  texts: LedgerTexts,
  instant: (ms: number) => string,
): string {
  if (crash.fileRemoved && layer !== 'process') return texts.causes.removed;
  switch (layer) {
    case 'process':
      return texts.causes.process;
    case 'drive':
      return texts.causes.drive;
    case 'page-cache':
      if (crash.fsyncDueAt !== null) return texts.causes.due(instant(crash.fsyncDueAt));
      return policy === 'no' ? texts.causes.kernel : texts.causes.unsynced;
  }
}

/** Why nothing is missing. */
export function nothingLostBecause(
  crash: Crash,
  policy: LaneView['policy'],
  texts: LedgerTexts,
): string {
  const because = texts.nothingBecause;
  if (crash.acknowledged === 0) return because.none;
  if (crash.kind === 'process-killed') return because.kill;
  if (policy === 'always') return because.always;
  return crash.tail === 'lost' ? because.covered : because.kept;
}
