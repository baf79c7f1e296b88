import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { encodeLog } from '../../src/storage/log-frames.ts';
import type { Holdings, StoredLog } from '../../src/storage/log-store.ts';
import { recover, repairOf, reportOf } from '../../src/storage/recovery.ts';

const five = [1, 2, 3, 4, 5].map((n) => new Uint8Array(n).fill(n));

describe('recovery', () => {
  test('finds nothing to do in two equal logs', () => {
    const held = holdings([log(1, five)], [log(1, five)]);
    const recovery = recover(held);
    expect(recovery.chosen?.parsed.records).toEqual(five);
    expect(repairOf('A', recovery)).toEqual({ kind: 'none' });
    expect(repairOf('B', recovery)).toEqual({ kind: 'none' });
    expect(reportOf(held, recovery)).toBe(null);
  });

  test('completes a store that is behind from the other', () => {
    const part = { ...log(1, five), bytes: log(1, five).bytes.slice(0, -13) };
    const recovery = recover(holdings([part], [log(1, five)]));
    expect(recovery.chosen).toMatchObject({ label: 'B' });
    expect(repairOf('A', recovery)).toEqual({
      kind: 'catch-up',
      from: part.bytes.length,
      missing: 1,
    });
    expect(recovery.setAside).toEqual([]);
  });

  test('prefers the newer generation, even an empty one, if it is complete', () => {
    const recovery = recover(holdings([log(1, five)], [log(2, [])]));
    expect(recovery.chosen).toMatchObject({ label: 'B' });
    expect(repairOf('A', recovery)).toEqual({ kind: 'rebuild', why: 'older' });
    expect(recovery.nextGeneration).toBe(3);
  });

  test('prefers the older generation while the newer one is not complete', () => {
    const newer = log(2, five);
    for (let cut = 0; cut < newer.bytes.length; cut++) {
      const unfinished = { ...newer, bytes: newer.bytes.slice(0, cut) };
      const recovery = recover(holdings([log(1, five.slice(0, 2))], [unfinished]));
      expect(recovery.chosen).toMatchObject({ label: 'A' });
      expect(recovery.nextGeneration).toBe(3);
      expect(recovery.setAside).toEqual([]);
    }
  });

  test('with nothing complete, takes the log with most records and sets the rest aside', () => {
    const damaged = log(4, five);
    damaged.bytes[damaged.bytes.length - 1]! ^= 1;
    const shorter = { ...log(4, five), bytes: log(4, five).bytes.slice(0, 40) };
    const held = holdings([shorter], [damaged]);
    const recovery = recover(held);
    expect(recovery.chosen?.parsed.records).toEqual(five.slice(0, 4));
    expect(recovery.setAside.map(({ label }) => label)).toEqual(['B']);
    expect(reportOf(held, recovery)).toContain('1 record at the end could be found nowhere');
  });

  test('sets a log aside that parted ways with the chosen one', () => {
    const other = five.toReversed();
    const recovery = recover(holdings([log(1, five)], [log(1, other.slice(0, 3))]));
    expect(recovery.chosen).toMatchObject({ label: 'A' });
    expect(recovery.setAside.map(({ label }) => label)).toEqual(['B']);
    expect(repairOf('B', recovery)).toEqual({ kind: 'rebuild', why: 'damaged' });
  });

  test('says how many records the stores promised and nobody has', () => {
    const held = holdings([{ ...log(1, five), promised: 8 }], [log(1, five)]);
    expect(reportOf(held, recover(held))).toBe(
      '3 records at the end could be found nowhere and are lost.',
    );
  });

  test('one bit flip in one of two stores, at every position, loses nothing and needs no quarantine twice', () => {
    const intact = log(2, five);
    for (let bit = 0; bit < intact.bytes.length * 8; bit++) {
      const bytes = intact.bytes.slice();
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const held = holdings([{ ...intact, bytes }], [intact]);
      const recovery = recover(held);
      expect(recovery.chosen?.parsed.records).toEqual(five);
      expect(repairOf('A', recovery).kind).not.toBe('none');
      expect(reportOf(held, recovery)).toContain('A ');
    }
  });

  test('damage anywhere in both never loses a record that stands before it in either', () => {
    const whole = log(1, five).bytes;
    const damage = fc.record({ at: fc.nat(whole.length - 1), cut: fc.boolean() });
    fc.assert(
      fc.property(damage, damage, (a, b) => {
        const damaged = [a, b].map(({ at, cut }) => {
          const bytes = whole.slice(0, cut ? at : whole.length);
          if (!cut) bytes[at]! ^= 0x10;
          return { generation: 1, bytes, promised: null };
        });
        const { chosen } = recover(holdings([damaged[0]!], [damaged[1]!]));
        const ends = five.map((_, i) => log(1, five.slice(0, i + 1)).bytes.length);
        const intact = ends.filter((end) => end <= Math.max(a.at, b.at)).length;
        expect(chosen?.parsed.records ?? []).toEqual(five.slice(0, intact));
      }),
      { numRuns: 500 },
    );
  });

  test('tells what the browser itself says', () => {
    const held = new Map<string, Holdings>([
      ['A', { logs: [], note: 'The browser lost it.' }],
      ['B', { logs: [log(1, five)], note: null }],
    ]);
    expect(reportOf(held, recover(held))).toBe(
      'The browser lost it. A was empty and was rebuilt from B (5 records).',
    );
  });

  test('with nothing anywhere, starts anew without a word', () => {
    const held = holdings([], []);
    expect(recover(held)).toMatchObject({ chosen: null, nextGeneration: 1 });
    expect(reportOf(held, recover(held))).toBe(null);
  });
});

function log(generation: number, records: readonly Uint8Array[]): StoredLog {
  return { generation, bytes: encodeLog(generation, records).bytes, promised: null };
}

function holdings(a: StoredLog[], b: StoredLog[]): ReadonlyMap<string, Holdings> {
  return new Map([
    ['A', { logs: a, note: null }],
    ['B', { logs: b, note: null }],
  ]);
}
