import { expect, test } from 'vitest';
import { plainText, richPieces } from '../../src/ui/parts/rich-pieces.ts';

test('bold and code are split off, everything else is text', () => {
  expect(richPieces('Press **Boot**, then `GET a`.')).toEqual([
    { mark: null, text: 'Press ' },
    { mark: 'strong', text: 'Boot' },
    { mark: null, text: ', then ' },
    { mark: 'code', text: 'GET a' },
    { mark: null, text: '.' },
  ]);
});

test('what looks like markup stays text, and an unclosed mark stays as written', () => {
  expect(plainText('<b>x</b> **y')).toBe('<b>x</b> **y');
});
