import { describe, expect, test } from 'vitest';
import { decodeKeys, newDecoder } from '../../src/console/key-decoder.ts';

function names(...pieces: string[]): string[] {
  const decoder = newDecoder();
  return pieces
    .flatMap((piece) => decodeKeys(decoder, piece))
    .map((key) => (key.kind === 'text' ? `'${key.text}'` : key.name));
}

describe('what a terminal sends', () => {
  test.each([
    ['abc', ["'abc'"]],
    ['é愛', ["'é愛'"]],
    ['a\r', ["'a'", 'enter']],
    ['\x1b[A\x1bOB\x1b[C\x1b[D', ['up', 'down', 'right', 'left']],
    ['\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[3~', ['home', 'end', 'home', 'end', 'delete']],
    [
      '\x01\x02\x05\x06\x0b\x15\x17\x14\x19',
      [
        'home',
        'left',
        'end',
        'right',
        'delete-to-end',
        'delete-to-start',
        'rub-out-word',
        'transpose',
        'yank',
      ],
    ],
    [
      '\x03\x04\x0c\x10\x0e\x12\t\x7f\x08',
      [
        'interrupt',
        'end-of-input',
        'clear',
        'up',
        'down',
        'search',
        'tab',
        'backspace',
        'backspace',
      ],
    ],
    ['\x1bb\x1bf\x1bd\x1b\x7f', ['word-left', 'word-right', 'delete-word', 'delete-word-left']],
    ['\x1b[1;5C\x1b[1;5D\x1b[Z', ['word-right', 'word-left', 'shift-tab']],
    ['\x1b', ['escape']],
    ['\x1b[15~x', ["'x'"]],
    ['\x1b[24;80R', []],
    ['\x00\x1cz', ["'z'"]],
  ])('%j', (data, keys) => {
    expect(names(data)).toEqual(keys);
  });

  test('a sequence may come in two pieces', () => {
    expect(names('a\x1b[', 'Db')).toEqual(["'a'", 'left', "'b'"]);
  });

  test('pasted lines become lines, and pasted control characters nothing', () => {
    expect(names('\x1b[200~SET a 1\r\nGET\ta\n\x03\x1b[Apart\x1b[201~x')).toEqual([
      "'SET a 1'",
      'enter',
      "'GET a'",
      'enter',
      "'[Apart'",
      "'x'",
    ]);
  });

  test('the prompt that a tutorial prints before a line is not pasted with it', () => {
    const page = '127.0.0.1:6379> GET a\rlocalhost:6380[2](TX)> EXEC\rSET b "1.2.3.4:5> x"';
    expect(names(`\x1b[200~${page}\x1b[201~`)).toEqual([
      "'GET a'",
      'enter',
      "'EXEC'",
      'enter',
      '\'SET b "1.2.3.4:5> x"\'',
    ]);
  });

  test('a paste may come in pieces', () => {
    expect(names('\x1b[200~a\tb', '\tc', 'd\x1b[201~\t')).toEqual(["'a b'", "' c'", "'d'", 'tab']);
  });
});
