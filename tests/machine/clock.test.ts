import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Clock, createClockState } from '../../src/machine/clock.ts';

type Tick = { readonly kind: 'tick'; readonly payload: number } | { readonly kind: 'tock'; readonly payload: string };

function newClock(): Clock<Tick> {
  return new Clock(createClockState<Tick>(100));
}

describe('Clock', () => {
  test('hands events out by time, those of one instant in the order of scheduling', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 200 }), (delays) => {
        const clock = newClock();
        delays.forEach((delay, payload) => clock.schedule(100 + delay, { kind: 'tick', payload }));
        const expected = delays.map((delay, payload) => ({ at: 100 + delay, payload })).sort((a, b) => a.at - b.at || a.payload - b.payload);
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
          clock.schedule(100 + delay, fate === 2 ? { kind: 'tock', payload: String(i) } : { kind: 'tick', payload: i }),
        );
        plan.forEach(([, fate], i) => {
          if (fate === 1) expect(clock.cancel(seqs[i]!)).toBe(true);
        });
        expect(clock.cancelWhere((event) => event.kind === 'tock')).toBe(plan.filter(([, fate]) => fate === 2).length);
        const expected = plan.map(([delay, fate], i) => ({ delay, fate, i })).filter(({ fate }) => fate === 0);
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
