import { expect, test } from 'vitest';
import { keyRows } from '../../src/ui/key-texts.ts';
import { keyAct, zoomKeyAct } from '../../src/ui/keyboard.ts';
import type { KeyPlace, KeyPress } from '../../src/ui/keyboard.ts';

const none = {
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
};
const act = (key: string, place: KeyPlace = 'elsewhere', more: Partial<KeyPress> = {}) =>
  keyAct({ key, ...none, ...more }, place, 'on');

test('letters act, in both cases, but not where text is typed', () => {
  expect([act('p'), act('P', 'elsewhere', { shiftKey: true }), act('p', 'control')]).toEqual([
    'power',
    'power',
    'power',
  ]);
  expect(act('p', 'text')).toBeNull();
});

test('F6, F8 and F9 act from the terminal too', () => {
  expect([
    act('F6', 'text'),
    act('F6', 'text', { shiftKey: true }),
    act('F8', 'text'),
    act('F9', 'text'),
  ]).toEqual(['next-pane', 'previous-pane', 'step', 'play']);
});

test('Space presses a focused button and does not also start the clock', () => {
  expect([act(' '), act(' ', 'control')]).toEqual(['play', null]);
});

test('the browser keeps its own combinations', () => {
  expect(act('w', 'elsewhere', { ctrlKey: true })).toBeNull();
  expect(act('k', 'elsewhere', { metaKey: true })).toBeNull();
});

test('a held key steps on, but does not cut the power again and again', () => {
  expect(act('.', 'elsewhere', { repeat: true })).toBe('step');
  expect(act('p', 'elsewhere', { repeat: true })).toBeNull();
});

test('letters can be switched off; the function keys stay', () => {
  const press = { ...none, key: 'p' };
  expect(keyAct(press, 'elsewhere', 'off')).toBeNull();
  expect(keyAct({ ...press, key: 'F8' }, 'elsewhere', 'off')).toBe('step');
});

test('every key on the sheet acts, Esc aside, which the browser does itself', () => {
  for (const { keys } of keyRows) {
    for (const key of keys) {
      if (key === 'Esc') continue;
      const shift = key.startsWith('Shift ');
      const bare = key.replace('Shift ', '').replace('Space', ' ');
      const press = { ...none, key: bare, shiftKey: shift };
      const asked = keyAct(press, 'elsewhere', 'on') ?? zoomKeyAct(press, 'elsewhere', 'on');
      expect(asked, key).not.toBeNull();
    }
  }
});
