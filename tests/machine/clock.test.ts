import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Clock, createClockState } from '../../src/machine/clock.ts';
import { createKernelState, type KernelEvent } from '../../src/machine/kernel-state.ts';
import { SimulatedKernel } from '../../src/machine/kernel.ts';

type Tick =
  | { readonly kind: 'tick'; readonly payload: number }
  | { readonly kind: 'tock'; readonly payload: string };

function newClock(): Clock<Tick> {
  return new Clock(createClockState<Tick>(100));
}

describe('Clock', () => {
  test('hands events out by time, those of one instant in the order of scheduling', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 200 }), (delays) => {
        const clock = newClock();
        delays.forEach((delay, payload) => clock.schedule(100 + delay, { kind: 'tick', payload }));
        const expected = delays
          .map((delay, payload) => ({ at: 100 + delay, payload }))
          .sort((a, b) => a.at - b.at || a.payload - b.payload);
        const popped: { at: number; payload: unknown }[] = [];
        while (clock.next() !== undefined) {
          const { at, payload } = clock.pop();
          expect(clock.now).toBe(at);
          popped.push({ at, payload });
        }
        expect(popped).toEqual(expected);
      }),
    );
  });

  test('what is cancelled, by number or by kind, never comes, and the rest comes in order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(2)), { maxLength: 100 }), (plan) => {
        const clock = newClock();
        const seqs = plan.map(([delay, fate], i) =>
          clock.schedule(
            100 + delay,
            fate === 2 ? { kind: 'tock', payload: String(i) } : { kind: 'tick', payload: i },
          ),
        );
        plan.forEach(([, fate], i) => {
          if (fate === 1) expect(clock.cancel(seqs[i]!)).toBe(true);
        });
        expect(clock.cancelWhere((event) => event.kind === 'tock')).toBe(
          plan.filter(([, fate]) => fate === 2).length,
        );
        const expected = plan
          .map(([delay, fate], i) => ({ delay, fate, i }))
          .filter(({ fate }) => fate === 0);
        expected.sort((a, b) => a.delay - b.delay || a.i - b.i);
        const popped: unknown[] = [];
        while (clock.next() !== undefined) popped.push(clock.pop().payload);
        expect(popped).toEqual(expected.map(({ i }) => i));
      }),
    );
  });

  test('an instant in the past is now, and cancelling twice tells', () => {
    const clock = newClock();
    const seq = clock.schedule(5, { kind: 'tick', payload: 1 });
    expect(clock.next()).toBe(100);
    expect(clock.cancel(seq)).toBe(true);
    expect(clock.cancel(seq)).toBe(false);
    expect(clock.next()).toBeUndefined();
  });

  test('one clock serves several machines and other owners of events', () => {
    const clock = new Clock(createClockState<Tick | KernelEvent>(100));
    const [a, b] = ['a', 'b'].map((owner) => {
      const kernel = new SimulatedKernel(
        createKernelState({ owner, seed: 1, now: 100, fsyncMs: 1 }),
        clock,
      );
      const caller = { pid: kernel.spawn({ program: 'p', cwd: '/' }).pid, thread: 'main' };
      const fd = kernel.call(caller, { call: 'open', path: '/f', mode: 'append' }, 100).result;
      kernel.call(caller, { call: 'fsync', fd: fd.ok ? fd.value : -1 }, 100);
      return kernel;
    });
    clock.schedule(1_200, { kind: 'tick', payload: 7 });
    a!.losePower('lost');
    const seen: unknown[] = [];
    while (clock.next() !== undefined && clock.next()! < 10_000) {
      const event = clock.pop();
      if (event.kind === 'kernel') {
        seen.push(event.payload.owner);
        (event.payload.owner === 'a' ? a! : b!).dispatch(event);
      } else seen.push(event.payload);
    }
    expect(seen).toEqual(['b', 7]);
    expect([a!.files().length, b!.durableFile('/f')?.length]).toEqual([0, 0]);
  });

  test('it does not jump over an event', () => {
    const clock = newClock();
    clock.schedule(200, { kind: 'tick', payload: 1 });
    clock.advanceTo(200);
    expect(() => clock.advanceTo(201)).toThrow('due before');
    clock.pop();
    expect(() => clock.advanceTo(150)).toThrow('never goes back');
    expect(() => clock.pop()).toThrow('empty clock');
  });
});
