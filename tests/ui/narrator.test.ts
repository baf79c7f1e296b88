import { expect, test } from 'vitest';
import { Narrator } from '../../src/ui/narrator.ts';

const playing = (sentence: string) => ({
  sentence,
  paused: false,
  state: 'running on',
});

test('while time passes it speaks at most every two seconds, and only of a change', () => {
  const narrator = new Narrator();
  expect(narrator.say(playing('0'), 0)).toBe('0');
  expect(narrator.say(playing('1'), 500)).toBeNull();
  expect(narrator.say(playing('2'), 1999)).toBeNull();
  expect(narrator.say(playing('3'), 2000)).toBe('3');
  expect(narrator.say(playing('3'), 5000)).toBeNull();
});

test('a pause, a step, a command on a paused clock and a crash are told at once', () => {
  const narrator = new Narrator();
  narrator.say(playing('0'), 0);
  expect(narrator.say({ ...playing('5'), paused: true }, 10)).toBe('5');
  expect(narrator.say({ ...playing('6'), paused: true }, 20)).toBe('6');
  expect(narrator.say({ ...playing('lost'), paused: true, state: 'stopped off' }, 30)).toBe('lost');
});
