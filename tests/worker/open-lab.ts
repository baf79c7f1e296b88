/** A host with a lab whose clock stands still, its methods, and what the browser would have kept. */
import { Lab } from '../../src/lab/lab.ts';
import { planLab } from '../../src/lab/setup.ts';
import type { Setup } from '../../src/lab/view.ts';
import type { Keeper } from '../../src/worker/host-ports.ts';
import { LabHost } from '../../src/worker/lab-host.ts';
import { labMethods, type Methods } from '../../src/worker/methods.ts';
import type { Frame, TerminalUpdate } from '../../src/worker/protocol.ts';

/** What the browser would have, had the tab closed now. */
export class MemoryKeeper implements Keeper {
  records: Uint8Array[] = [];
  readonly status = { state: 'kept', notice: null } as unknown as Keeper['status'];
  append(record: Uint8Array): Promise<void> {
    this.records.push(record);
    return Promise.resolve();
  }
  replace(records: readonly Uint8Array[]): Promise<void> {
    this.records = [...records];
    return Promise.resolve();
  }
}

const ALWAYS: Setup = { clock: { paused: true }, lanes: [{ config: { appendfsync: 'always' } }] };

/** `now`: the wall clock, in ms. `nextFrame`: what the page would be shown next. */
export function opened(
  setup: Setup = ALWAYS,
  now = (): number => 0,
): {
  host: LabHost;
  methods: Methods;
  keeper: MemoryKeeper;
  shown: TerminalUpdate[];
  nextFrame: () => Frame;
} {
  const plan = planLab(setup, 1_795_225_880_000_000);
  if (typeof plan === 'string') throw new Error(plan);
  const keeper = new MemoryKeeper();
  const shown: TerminalUpdate[] = [];
  let last: Frame | null = null;
  const ports = {
    now: () => 0,
    sendFrame: (frame: Frame) => void (last = frame),
    sendPushes: () => undefined,
    sendTerminal: (updates: readonly TerminalUpdate[]) => void shown.push(...updates),
    fatal: (message: string): never => {
      throw new Error(message);
    },
  };
  const host = new LabHost(Lab.create(plan), keeper, ports, null);
  return {
    host,
    methods: labMethods(host, now, () => Promise.resolve()),
    keeper,
    shown,
    nextFrame: () => {
      host.frameShown();
      if (last === null) throw new Error('no frame came');
      return last;
    },
  };
}
