import { describe, expect, test } from 'vitest';
import { decodeKeys, newDecoder } from '../../src/console/key-decoder.ts';
import {
  HISTORY_LIMIT,
  LINE_LIMIT,
  newEditor,
  press,
  remember,
  setLine,
} from '../../src/console/line-editor.ts';
import type { Effect, EditorState } from '../../src/console/line-editor.ts';

const COMMANDS = ['GET', 'GETDEL', 'GETEX'];
const complete = (line: string): string[] =>
  COMMANDS.filter((name) => name.startsWith(line.toUpperCase()));

function type(editor: EditorState, data: string): Effect[] {
  return decodeKeys(newDecoder(), data).map((key) => press(editor, key, complete));
}

/** The line after some keys, with | at the cursor. */
function line(data: string, history: string[] = []): string {
  const editor = newEditor(history);
  type(editor, data);
  return `${editor.text.slice(0, editor.cursor)}|${editor.text.slice(editor.cursor)}`;
}

const UP = '\x1b[A';
const DOWN = '\x1b[B';
const LEFT = '\x1b[D';
const RIGHT = '\x1b[C';
const SEARCH = '\x12';

describe('editing', () => {
  test.each([
    ['abc', 'abc|'],
    [`abc${LEFT}${LEFT}x`, 'ax|bc'],
    [`abc\x01x\x05y`, 'xabcy|'],
    ['abc\x02\x02\x06z', 'abz|c'],
    ['abc\x7f\x7f', 'a|'],
    ['abc\x01\x7f', '|abc'],
    ['abc\x01\x1b[3~', '|bc'],
    ['abc\x01\x04', '|bc'],
    ['one two\x02\x02\x02\x0b', 'one |'],
    ['one two\x02\x02\x02\x15', '|two'],
    ['SET k "a b"\x17', 'SET k "a |'],
    ['SET k  \x17', 'SET |'],
    ['one.two\x1bb\x1bbX', 'X|one.two'],
    ['one two\x01\x1bf!', 'one!| two'],
    ['one two\x01\x1bd', '| two'],
    ['one two\x1b\x7f', 'one |'],
    ['one two\x17\x19\x19', 'one twotwo|'],
    ['ab\x14', 'ba|'],
    [`abc${LEFT}\x14`, 'acb|'],
    ['abc\x01\x14', '|abc'],
    ['a\x14', 'a|'],
    ['kopi ☕e\u0301\x7f', 'kopi ☕|'],
    [`😀x${LEFT}${LEFT}y`, 'y|😀x'],
    [`愛${LEFT}${LEFT}${RIGHT}${RIGHT}`, '愛|'],
    ['a\x0cb', 'ab|'],
  ])('%j gives %j', (data, result) => {
    expect(line(data)).toBe(result);
  });

  test('Enter gives the line away and leaves an empty one', () => {
    const editor = newEditor();
    expect(type(editor, 'GET a\r').at(-1)).toEqual({ kind: 'submit', line: 'GET a' });
    expect(editor.text).toBe('');
  });

  test('several pasted lines are several submissions', () => {
    const effects = type(newEditor(), '\x1b[200~SET a 1\nGET a\nrest\x1b[201~');
    expect(effects.filter(({ kind }) => kind === 'submit')).toEqual([
      { kind: 'submit', line: 'SET a 1' },
      { kind: 'submit', line: 'GET a' },
    ]);
  });

  test('Ctrl-C drops the line, Ctrl-D ends an empty one, Ctrl-L clears the screen', () => {
    const editor = newEditor();
    expect(type(editor, 'abc\x03').at(-1)).toEqual({ kind: 'interrupt' });
    expect(editor.text).toBe('');
    expect(type(editor, '\x04').at(-1)).toEqual({ kind: 'end' });
    expect(type(editor, 'ab\x04').at(-1)).toEqual({ kind: 'none' });
    expect(type(editor, '\x0c').at(-1)).toEqual({ kind: 'clear' });
  });

  test('a line that would be too long is refused', () => {
    const editor = newEditor();
    setLine(editor, 'x'.repeat(LINE_LIMIT));
    expect(type(editor, 'y').at(-1)).toEqual({ kind: 'too-long' });
    expect(editor.text).toHaveLength(LINE_LIMIT);
  });

  test('the state is plain data', () => {
    const editor = newEditor(['a']);
    type(editor, `ge\t${SEARCH}a`);
    expect(structuredClone(editor)).toEqual(editor);
  });
});

describe('history', () => {
  test.each([
    [UP, 'b|'],
    [UP + UP, 'a|'],
    [UP + UP + UP, 'a|'],
    [`dra\x10\x10\x0e`, 'b|'],
    [`dra${UP}${UP}${DOWN}${DOWN}`, 'dra|'],
    [`dra${DOWN}`, 'dra|'],
  ])('%j', (keys, result) => {
    expect(line(keys, ['a', 'b'])).toBe(result);
  });

  test('keeps no line twice in a row, no empty one, and not more than its limit', () => {
    const editor = newEditor();
    for (const each of ['a', 'a', '', 'b', 'a']) remember(editor, each);
    expect(editor.history).toEqual(['a', 'b', 'a']);
    for (let i = 0; i < 2 * HISTORY_LIMIT; i++) remember(editor, `l${i}`);
    expect(editor.history).toHaveLength(HISTORY_LIMIT);
    expect(editor.history.at(-1)).toBe(`l${2 * HISTORY_LIMIT - 1}`);
  });

  test('an older line that is sent again does not move the others', () => {
    const editor = newEditor(['a', 'b']);
    expect(type(editor, `${UP}${UP}\r`).at(-1)).toEqual({ kind: 'submit', line: 'a' });
    remember(editor, 'a');
    expect(editor.history).toEqual(['a', 'b', 'a']);
    type(editor, UP);
    expect(editor.text).toBe('a');
  });
});

describe('Ctrl-R', () => {
  const history = ['SET a 1', 'GET a', 'SET b 2', 'SET b 2', 'DEL a'];

  test.each([
    [`${SEARCH}SET`, '|SET b 2'],
    [`${SEARCH}SET${SEARCH}`, '|SET a 1'],
    [`${SEARCH}SET${SEARCH}${SEARCH}`, '|SET a 1'],
    [`${SEARCH} a`, 'DEL| a'],
    [`${SEARCH} a 1`, 'SET| a 1'],
    [`${SEARCH} a 1\x7f\x7f`, 'DEL| a'],
    [`typed${SEARCH}nosuch\x1b`, 'typed|'],
    [`typed${SEARCH}GET\x03`, 'typed|'],
    [`${SEARCH}GET\x05!`, 'GET a!|'],
    [`${SEARCH}GET\tx`, 'x|GET a'],
    [`${SEARCH}GET${UP}`, 'SET a 1|'],
  ])('%j', (keys, result) => {
    expect(line(keys, history)).toBe(result);
  });

  test('Enter runs what was found', () => {
    const editor = newEditor(history);
    expect(type(editor, `${SEARCH}GET\r`).at(-1)).toEqual({ kind: 'submit', line: 'GET a' });
    expect(editor.search).toBeUndefined();
  });

  test('a key that changes nothing still takes the search off the screen', () => {
    const editor = newEditor(history);
    expect(type(editor, `${SEARCH}SET b\x01`).at(-1)).toEqual({ kind: 'repaint' });
    expect(editor.search).toBeUndefined();
  });

  test('what is not found is marked, and rings when asked for again', () => {
    const editor = newEditor(history);
    type(editor, `${SEARCH}nosuch`);
    expect(editor.search).toMatchObject({ query: 'nosuch', found: undefined });
    expect(type(editor, SEARCH).at(-1)).toEqual({ kind: 'bell' });
  });
});

describe('Tab', () => {
  test.each([
    ['ge\t', 'GET|'],
    ['ge\t\t', 'GETDEL|'],
    ['ge\t\t\t\t', 'ge|'],
    ['ge\t\t\t\t\t', 'GET|'],
    ['ge\x1b[Z', 'GETEX|'],
    ['ge\t\x1b', 'ge|'],
    ['ge\t k', 'GET k|'],
  ])('%j gives %j', (keys, result) => {
    expect(line(keys)).toBe(result);
  });

  test('rings when there is nothing to offer', () => {
    expect(type(newEditor(), 'zz\t').at(-1)).toEqual({ kind: 'bell' });
  });
});
