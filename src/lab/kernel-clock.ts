/** The lab's clock as a kernel sees it: only its own kind of events. */
import type { Clock } from '../machine/clock.ts';
import type { KernelClock } from '../machine/kernel-state.ts';
import type { LabClockEvent } from './lane-state.ts';

export function kernelClock(clock: Clock<LabClockEvent>): KernelClock {
  return {
    get now() {
      return clock.now;
    },
    schedule: (at, event) => clock.schedule(at, event),
    cancel: (seq) => clock.cancel(seq),
    cancelWhere: (matches) =>
      clock.cancelWhere((event) => event.kind === 'kernel' && matches(event)),
  };
}
