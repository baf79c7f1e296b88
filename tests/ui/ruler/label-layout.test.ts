import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placeMarkerLabels, placeZoneLabels } from '../../../src/ui/ruler/label-layout.ts';

const measure = (text: string): number => text.length * 7;

describe('labels of the markers', () => {
  const names = [
    ['fsynced 1,234', 'fsynced'],
    ['written 5,678', 'written'],
    ['acknowledged 9,012', 'acknowledged'],
  ];

  test('never overlap and never leave the strip', () => {
    const place = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(place, fc.integer({ min: 340, max: 1400 }), (shares, width) => {
        const xs = shares.map((share) => share * width).sort((a, b) => a - b);
        const labels = xs.map((x, i) => ({ x, variants: names[i] ?? ['?'] }));
        const placed = placeMarkerLabels(labels, width, measure);
        expect(placed).toHaveLength(labels.length);
        for (const [i, one] of placed.entries()) {
          expect(one.x).toBeGreaterThanOrEqual(-0.5);
          expect(one.end).toBeLessThanOrEqual(width + 0.5);
          for (const other of placed.slice(i + 1)) {
            if (one.row === other.row) expect(one.end <= other.x || other.end <= one.x).toBe(true);
          }
        }
      }),
    );
  });

  test('stand right of their line in the middle and left of it at the right edge', () => {
    const labels = [
      { x: 300, variants: names[0] ?? [] },
      { x: 1030, variants: names[2] ?? [] },
    ];
    const [first, last] = placeMarkerLabels(labels, 1088, measure);
    expect(first).toMatchObject({ x: 307, anchor: 'start', row: 0 });
    expect(last).toMatchObject({ end: 1023, anchor: 'end', row: 0 });
  });
});

describe('labels of the zones', () => {
  const variants = [
    'page cache  1,526 B, 37 writes, dies with the power',
    'page cache  1,526 B',
    'page cache',
  ];
  const zones = (cacheAt: number, bufferAt: number) => [
    { x: 0, marked: true, variants: ['disk  22,711 B, safe', 'disk'] },
    { x: cacheAt, marked: true, variants },
    {
      x: bufferAt,
      marked: true,
      variants: ['process buffer  41 B, 1 command, dies with the process', 'buffer'],
    },
  ];

  test('are long where there is room', () => {
    const placed = placeZoneLabels(zones(300, 1030), 1200, measure);
    expect(placed.map(({ text }) => text.split('  ')[1])).toEqual([
      '22,711 B, safe',
      '1,526 B, 37 writes, dies with the power',
      '41 B, 1 command, dies with the process',
    ]);
    expect(placed[1]?.x).toBe(300);
  });

  test('shrink before they overlap', () => {
    for (let width = 340; width < 1200; width += 20) {
      const placed = placeZoneLabels(zones(width * 0.25, width * 0.95), width, measure);
      const ends = placed.map(({ x, text }) => x + 20 + measure(text));
      expect(ends[0]).toBeLessThanOrEqual(placed[1]?.x ?? 0);
      expect(ends[1]).toBeLessThanOrEqual(placed[2]?.x ?? 0);
      expect(ends[2]).toBeLessThanOrEqual(width + 0.5);
    }
  });
});
