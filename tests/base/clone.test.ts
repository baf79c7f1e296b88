import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cloneData } from '../../src/base/clone.ts';

describe('cloneData', () => {
  test('copies Maps, Sets, arrays, typed arrays and plain objects without sharing anything with them', () => {
    const source = {
      map: new Map<unknown, unknown>([
        ['a', [1, 2]],
        [3, new Map([[1, 'x']])],
      ]),
      set: new Set([1, 'two']),
      bytes: Uint8Array.of(1, 2, 3),
      floats: Float64Array.of(0.5),
      big: 10n,
      nothing: null,
      missing: undefined,
    };
    const copy = cloneData(source);
    expect(copy).toEqual(source);
    (source.map.get('a') as number[]).push(9);
    source.bytes[0] = 200;
    source.set.add('later');
    expect(copy.map.get('a')).toEqual([1, 2]);
    expect([...copy.bytes]).toEqual([1, 2, 3]);
    expect(copy.set.size).toBe(2);
  });

  test('keeps the order of Maps and Sets', () => {
    const copy = cloneData({
      map: new Map([
        ['z', {}],
        ['a', {}],
        ['m', {}],
      ]),
      set: new Set(['z', 'a']),
    });
    expect([...copy.map.keys()]).toEqual(['z', 'a', 'm']);
    expect([...copy.set]).toEqual(['z', 'a']);
  });

  test('what was one object stays one object, also as a member of a Set or a key of a Map', () => {
    const page = Uint8Array.of(7);
    const key = { id: 1 };
    const copy = cloneData({
      cache: [page],
      platter: [page],
      set: new Set([key]),
      map: new Map([[key, 'v']]),
    });
    expect(copy.cache[0]).toBe(copy.platter[0]);
    expect(copy.cache[0]).not.toBe(page);
    const [member] = copy.set;
    expect(copy.map.get(member!)).toBe('v');
    expect(member).not.toBe(key);
  });

  test('two views of one buffer go on sharing it', () => {
    const buffer = new ArrayBuffer(8);
    const source = {
      whole: new Uint8Array(buffer),
      part: new Uint16Array(buffer, 2, 2),
      view: new DataView(buffer, 4, 2),
    };
    const copy = cloneData(source);
    copy.whole[2] = 5;
    copy.whole[4] = 6;
    expect(copy.part[0]).toBe(5);
    expect(copy.part.length).toBe(2);
    expect(copy.view.getUint8(0)).toBe(6);
    expect(source.whole[2]).toBe(0);
  });

  test('cycles stay cycles, and a list of 200,000 links does not overflow the stack', () => {
    interface Link {
      next: Link | null;
      first: Link | null;
    }
    const first: Link = { next: null, first: null };
    let last = first;
    for (let i = 0; i < 200_000; i++) last = last.next = { next: null, first };
    last.next = first;
    const copy = cloneData(first);
    let length = 1;
    let strangers = 0;
    for (let at = copy.next!; at !== copy; at = at.next!) {
      length++;
      if (at.first !== copy) strangers++;
    }
    expect({ length, strangers }).toEqual({ length: 200_001, strangers: 0 });
  });

  test('an own key named __proto__ is data', () => {
    const source = JSON.parse(
      '{"__proto__": {"polluted": [1]}, "constructor": {"a": 1}}',
    ) as Record<string, unknown>;
    const copy = cloneData(source);
    expect(Object.keys(copy)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    const own = Object.getOwnPropertyDescriptor(copy, '__proto__')?.value as { polluted: number[] };
    expect(own).toEqual({ polluted: [1] });
    expect(own).not.toBe(Object.getOwnPropertyDescriptor(source, '__proto__')?.value);
  });

  test('missing elements of an array stay missing', () => {
    const pages: (Uint8Array | undefined)[] = [];
    pages[3] = Uint8Array.of(1);
    const copy = cloneData(pages);
    expect(copy.length).toBe(4);
    expect(0 in copy).toBe(false);
    expect(copy[3]).toEqual(Uint8Array.of(1));
    expect(copy[3]).not.toBe(pages[3]);
  });

  class Point {
    x = 1;
  }
  test.each([
    ['a function', { f: () => 1 }],
    ['a function in an array', [1, () => 1]],
    ['a function in a Map', new Map([[1, () => 1]])],
    ['an instance of a class', { p: new Point() }],
    ['a Date', [new Date(0)]],
    ['a Promise', Promise.resolve()],
    ['a Buffer', Buffer.from('x')],
  ])('refuses %s', (_name, value) => {
    expect(() => cloneData(value)).toThrow(/plain data/);
  });

  test('any plain value equals its copy', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withBigInt: true,
          withSparseArray: true,
          withNullPrototype: true,
        }),
        (value) => {
          expect(cloneData(value)).toStrictEqual(value);
        },
      ),
      { numRuns: 300 },
    );
  });
});
