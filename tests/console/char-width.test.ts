import { Unicode11Addon } from '@xterm/addon-unicode11';
import { describe, expect, test } from 'vitest';
import {
  charWidth,
  cutToWidth,
  nextBoundary,
  previousBoundary,
  textWidth,
} from '../../src/console/char-width.ts';

/** The widths that the terminal itself uses. */
function terminalWidth(): (codePoint: number) => number {
  let width: ((codePoint: number) => number) | undefined;
  const register = (provider: { wcwidth: (codePoint: number) => number }): void => {
    width = (codePoint) => provider.wcwidth(codePoint);
  };
  new Unicode11Addon().activate({ unicode: { register } } as never);
  if (width === undefined) throw new Error('the addon registers no widths');
  return width;
}

describe('the width of a character', () => {
  test('is what the terminal takes it for, where Unicode 11 knows the character', () => {
    const expected = terminalWidth();
    // What later versions of Unicode have added differs by the host; its age is not asked for.
    const assigned = /^[\p{L}\p{N}\p{P}\p{S}]$/u;
    const different: string[] = [];
    for (let codePoint = 0x20; codePoint <= 0x1ffff; codePoint++) {
      if (!assigned.test(String.fromCodePoint(codePoint))) continue;
      if (charWidth(codePoint) !== expected(codePoint)) different.push(codePoint.toString(16));
    }
    expect(different).toEqual([]);
  });

  test.each([
    ['a', 1],
    ['é', 1],
    ['e\u0301', 1],
    ['愛', 2],
    ['한', 2],
    ['ｱ', 1],
    ['Ａ', 2],
    ['☕', 2],
    ['😀', 2],
    ['\u200d', 0],
  ])('of %j is %d', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  test('lets the cursor go over marks and pairs as one', () => {
    const text = 'ae\u0301😀b';
    expect([
      nextBoundary(text, 0),
      nextBoundary(text, 1),
      nextBoundary(text, 3),
      nextBoundary(text, 5),
      nextBoundary(text, 6),
    ]).toEqual([1, 3, 5, 6, 6]);
    expect([
      previousBoundary(text, 6),
      previousBoundary(text, 5),
      previousBoundary(text, 3),
      previousBoundary(text, 1),
      previousBoundary(text, 0),
    ]).toEqual([5, 3, 1, 0, 0]);
  });

  test('cuts a text before the character that would not fit', () => {
    expect(cutToWidth('ab愛c', 3)).toBe('ab');
    expect(cutToWidth('ab愛c', 4)).toBe('ab愛');
    expect(cutToWidth('ab', 0)).toBe('');
    expect(cutToWidth('e\u0301x', 1)).toBe('e\u0301');
  });
});
