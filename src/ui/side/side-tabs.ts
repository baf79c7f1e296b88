/** The tabs of the right-hand pane; only what works is there. */
import type { LaneView } from '../../worker/protocol.ts';
import type { Dictionary } from '../i18n/en.ts';
import type { SideTab } from '../page-state.svelte.ts';

export interface SideTabLabel {
  readonly id: SideTab;
  readonly label: string;
  /** Lost writes, beside the ledger's name. */
  readonly count?: number;
}

export function sideTabs(view: LaneView | null, text: Dictionary): readonly SideTabLabel[] {
  return [
    { id: 'log', label: text.side.log },
    { id: 'memory', label: text.side.memory },
    { id: 'ledger', label: text.side.ledger, count: view?.crash?.lost ?? 0 },
    { id: 'files', label: text.side.files },
    { id: 'calls', label: text.side.calls },
    { id: 'traffic', label: text.side.traffic },
    { id: 'server-log', label: text.side.serverLog },
  ];
}
