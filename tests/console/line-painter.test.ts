import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { charWidth, nextBoundary } from '../../src/console/char-width.ts';
import { leaveLine, NOTHING_PAINTED, paintLine } from '../../src/console/line-painter.ts';
import { TinyTerminal } from './tiny-terminal.ts';

const PROMPT = '127.0.0.1:6379> ';

function painted(text: string, cursor: number, hint: string, columns: number): TinyTerminal {
  const terminal = new TinyTerminal(columns);
  terminal.write(paintLine({ prompt: PROMPT, text, cursor, hint }, NOTHING_PAINTED, columns).ansi);
  return terminal;
}

describe('a painted line', () => {
  test('shows prompt, text and hint, with the cursor where it belongs', () => {
    const terminal = painted('SET k', 3, ' value', 80);
    expect(terminal.text).toBe(`${PROMPT}SET k value`);
    expect([terminal.row, terminal.column]).toEqual([0, PROMPT.length + 3]);
  });

  test('cuts the hint at the last column', () => {
    const terminal = painted('SET k v', 7, ' [NX|XX] [GET] [EX seconds]', 30);
    expect(terminal.text).toBe(`${PROMPT}SET k v [NX|XX`);
    expect(terminal.text).toHaveLength(30);
  });

  test('goes on in the next row, without its hint', () => {
    const terminal = painted('SET key aaaaaaaaaaaa', 20, ' [NX|XX]', 30);
    expect(terminal.text).toBe(`${PROMPT}SET key aaaaaa\naaaaaa`);
    expect([terminal.row, terminal.column]).toEqual([1, 6]);
  });

  test('puts the cursor into a new row when the line fills the last one', () => {
    const terminal = painted('x'.repeat(14), 14, 'hint', 30);
    expect([terminal.row, terminal.column]).toEqual([1, 0]);
  });

  test('does not split a wide character', () => {
    const terminal = painted('xxxxxxxxxxxxx愛', 14, '', 30);
    expect(terminal.text).toBe(`${PROMPT}xxxxxxxxxxxxx\n愛`);
    expect([terminal.row, terminal.column]).toEqual([1, 2]);
  });

  const SEED = 6379;
  test(`replaces any line by any other, whatever the widths (seed ${SEED})`, () => {
    const char = fc.constantFrom('a', 'b', '愛', '☕', '😀', '.', 'é');
    const text = fc.array(char, { maxLength: 50 }).map((chars) => chars.join(''));
    fc.assert(
      fc.property(
        fc.array(fc.record({ text, place: fc.nat(60) }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 18, max: 40 }),
        (lines, columns) => {
          const terminal = new TinyTerminal(columns);
          terminal.write('before\r\n');
          let last = NOTHING_PAINTED;
          for (const each of lines) {
            let cursor = 0;
            for (let i = 0; i < each.place; i++) cursor = nextBoundary(each.text, cursor);
            const paint = paintLine(
              { prompt: PROMPT, text: each.text, cursor, hint: '' },
              last,
              columns,
            );
            terminal.write(paint.ansi);
            last = paint.painted;
            expect(terminal.text.replaceAll('\n', '').trimEnd()).toBe(
              `before${PROMPT}${each.text}`.trimEnd(),
            );
            expect([terminal.row - 1, terminal.column]).toEqual(
              place(PROMPT + each.text.slice(0, cursor), columns),
            );
          }
          terminal.write(`${leaveLine(last)}after`);
          expect(terminal.text.split('\n').at(-1)).toBe('after');
          expect(terminal.text.replaceAll('\n', '')).toContain(
            (PROMPT + (lines.at(-1)?.text ?? '')).trimEnd(),
          );
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });
});

/** Where the next character stands after a text: counted cell by cell. */
function place(text: string, columns: number): [number, number] {
  let [row, column] = [0, 0];
  for (const char of text) {
    for (let cell = 0, width = charWidth(char.codePointAt(0) ?? 0); cell < width; cell++) {
      if (cell === 0 && column + width > columns) [row, column] = [row + 1, 0];
      column++;
    }
  }
  return column === columns ? [row + 1, 0] : [row, column];
}
