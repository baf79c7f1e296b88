import { charWidth } from '../../src/console/char-width.ts';

/** A terminal that knows just the sequences that the console writes, and refuses every other one. */
export class TinyTerminal {
  readonly columns: number;
  rows: string[][] = [[]];
  row = 0;
  column = 0;

  constructor(columns = 80) {
    this.columns = columns;
  }

  readonly write = (ansi: string): void => {
    for (let at = 0; at < ansi.length;) {
      const sequence = /^\x1b\[([0-9;]*)([A-Za-z])/.exec(ansi.slice(at));
      if (sequence !== null) {
        this.#control(sequence[1] ?? '', sequence[2] ?? '');
        at += sequence[0].length;
        continue;
      }
      const char = String.fromCodePoint(ansi.codePointAt(at) ?? 0);
      at += char.length;
      if (char === '\r') this.column = 0;
      else if (char === '\n') this.#goTo(this.row + 1);
      else if (char === '\x07') continue;
      else if (/[\x00-\x1f\x7f-\x9f]/.test(char))
        throw new Error(`a raw control character: ${JSON.stringify(char)}`);
      else this.#put(char);
    }
  };

  /** The rows, without blanks at their ends and without empty rows below. */
  get text(): string {
    return this.rows
      .map((cells) =>
        Array.from(cells, (cell) => cell ?? ' ')
          .join('')
          .trimEnd(),
      )
      .join('\n')
      .replace(/\n+$/, '');
  }

  #put(char: string): void {
    const width = charWidth(char.codePointAt(0) ?? 0);
    const cells = (): string[] => this.rows[this.row] ?? [];
    if (width === 0) {
      cells()[this.column - 1] += char;
      return;
    }
    if (this.column + width > this.columns) {
      this.column = 0;
      this.#goTo(this.row + 1);
    }
    cells()[this.column] = char;
    if (width === 2) cells()[this.column + 1] = '';
    this.column += width;
  }

  #goTo(row: number): void {
    this.row = row;
    while (this.rows.length <= row) this.rows.push([]);
  }

  #control(parameter: string, letter: string): void {
    const n = Number(parameter === '' ? 1 : parameter);
    switch (letter) {
      case 'A':
        if (n > this.row) throw new Error('above the first row');
        this.column = Math.min(this.column, this.columns - 1);
        this.row -= n;
        return;
      case 'B':
        this.column = Math.min(this.column, this.columns - 1);
        this.#goTo(this.row + n);
        return;
      case 'C':
        if (this.column + n >= this.columns) throw new Error('beyond the last column');
        this.column += n;
        return;
      case 'K':
        this.rows[this.row]?.splice(this.column);
        return;
      case 'J':
        if (parameter === '2') this.rows = [[]];
        else {
          this.rows[this.row]?.splice(this.column);
          this.rows.splice(this.row + 1);
        }
        return;
      case 'H':
        this.row = 0;
        this.column = 0;
        return;
      case 'm':
        return;
      default:
        throw new Error(`unknown sequence ${parameter}${letter}`);
    }
  }
}
