/** The one next thing that the page puts forward; exactly one control on screen is filled with the accent. */
import type { ClockView, LaneView, StorageView } from '../../worker/protocol.ts';
import type { GuideStep } from '../lesson/guide.ts';

export type Suggestion = 'chip' | 'power' | 'boot' | 'play' | 'take-over' | 'open-files';

export interface SuggestInput {
  readonly view: LaneView | null;
  readonly clock: ClockView | null;
  readonly storage: StorageView | null;
  /** The guide's current step; null when it is done or hidden. */
  readonly step: GuideStep | null;
  /** An open lesson suggests by itself what the machine does not call for. */
  readonly lesson?: boolean;
}

export function suggest({
  view,
  clock,
  storage,
  step,
  lesson = false,
}: SuggestInput): Suggestion | null {
  if (view === null || clock === null) return null;
  if (storage?.state === 'read-only') return 'take-over';
  switch (view.state) {
    case 'failed':
      return 'open-files';
    case 'stopped':
      return 'boot';
    case 'loading':
      return clock.paused ? 'play' : null;
    case 'running':
      break;
  }
  if (lesson) return null;
  if (step === 'write') return 'chip';
  if (step === 'sync') return clock.paused ? 'play' : null;
  if (step === 'crash') return 'power';
  return view.atRisk.powerLoss.writes > 0 ? 'power' : 'chip';
}
