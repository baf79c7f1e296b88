/** A screen that knows just the sequences by which programs place text, and refuses every other control character. */
export class TinyScreen {
  rows: string[][] = [];
  private row = 0;
  private column = 0;

  readonly write = (text: string): void => {
    for (let at = 0; at < text.length;) {
      const sequence = /^\x1b\[(\??[\d;]*)([A-Za-z])/.exec(text.slice(at, at + 24));
      if (sequence !== null) {
        this.control(sequence[1] ?? '', sequence[2] ?? '');
        at += sequence[0].length;
        continue;
      }
      const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
      at += char.length;
      if (char === '\r') this.column = 0;
      else if (char === '\n') this.row++;
      else if (/[\x00-\x1f\x7f-\x9f]/.test(char)) throw new Error(`a raw ${JSON.stringify(char)}`);
      else (this.rows[this.row] ??= [])[this.column++] = char;
    }
  };

  line(row: number): string {
    return Array.from(this.rows[row - 1] ?? [], (cell) => cell ?? ' ')
      .join('')
      .trimEnd();
  }

  get text(): string {
    return Array.from(this.rows, (_, i) => this.line(i + 1)).join('\n');
  }

  private control(words: string, letter: string): void {
    if (letter === 'H') {
      const [row = 1, column = 1] = words === '' ? [] : words.split(';').map(Number);
      this.row = row - 1;
      this.column = column - 1;
    } else if (letter === 'K') (this.rows[this.row] ??= []).length = this.column;
    else if (letter === 'J') this.rows = [];
    else if (letter !== 'm' && letter !== 'h' && letter !== 'l' && letter !== 'G')
      throw new Error(`the sequence ${words}${letter}`);
  }
}
