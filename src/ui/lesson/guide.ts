/**
 * The first visit: three steps, each done by what the lab reports, never by what was pressed.
 * A step stays done; the guide only ever looks at frames.
 */
import type { Frame, LabMillis, LaneView } from '../../worker/protocol.ts';

import type { OwnWrite } from '../model/run-history.ts';

export type GuideStep = 'write' | 'sync' | 'crash';
export const guideSteps: readonly GuideStep[] = ['write', 'sync', 'crash'];

/** Plain data, replaced whole by `guideAfter`. */
export interface Guide {
  /** The learner's first logged command, and the offset behind its record. */
  readonly write: OwnWrite | null;
  readonly sync: { readonly at: LabMillis } | null;
  /** A power cut was seen; done once the machine runs again. */
  readonly cut: boolean;
  readonly crash: { readonly kept: number; readonly lost: number } | null;
}

export const freshGuide: Guide = { write: null, sync: null, cut: false, crash: null };

/** The step that is to do now; null when all are done. */
export function currentStep(guide: Guide): GuideStep | null {
  if (guide.write === null) return 'write';
  if (guide.sync === null) return 'sync';
  return guide.crash === null ? 'crash' : null;
}

export function guideAfter(
  guide: Guide,
  frame: Frame,
  view: LaneView,
  ownWrite: OwnWrite | null,
): Guide {
  if (guide.crash !== null) return guide;
  let next = guide;
  if (next.write === null && ownWrite !== null) next = { ...next, write: ownWrite };
  if (next.write !== null && next.sync === null) {
    const safe = view.durable ?? view.fsynced;
    if (safe !== null && safe >= next.write.end) {
      next = { ...next, sync: { at: lastFsync(frame) ?? frame.clock.now } };
    }
  }
  const cutNow = frame.events.some(
    (event) => event.event === 'crash' && event.kind === 'power-lost' && event.lane === view.id,
  );
  if (next.sync !== null && !next.cut && cutNow) next = { ...next, cut: true };
  if (next.cut && view.state === 'running' && view.crash !== null) {
    const kept = view.crash.recount?.survived ?? view.crash.survived;
    next = { ...next, crash: { kept, lost: view.crash.acknowledged - kept } };
  }
  return next;
}

function lastFsync(frame: Frame): LabMillis | null {
  let at: LabMillis | null = null;
  for (const event of frame.events) if (event.event === 'fsync' && event.ok) at = event.at;
  return at;
}
