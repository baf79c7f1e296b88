import { cutToWidth } from './char-width.ts';
import { leaveLine, NOTHING_PAINTED, paintLine, STYLE } from './line-painter.ts';
import type { LineView, Painted } from './line-painter.ts';

/** What has happened on the screen, as plain text for a mirror of it. */
export type TranscriptEvent =
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  /** A line that will be taken back, or '' when it has been. */
  | { readonly kind: 'status'; readonly text: string }
  | { readonly kind: 'clear' };

export type TranscriptListener = (event: TranscriptEvent) => void;

/** The mirror keeps as many lines as the terminal's scrollback. */
export const TRANSCRIPT_LIMIT = 5_000;

/** Puts finished lines, the line being typed and a status line onto a terminal, and keeps the finished ones as text. */
export class Screen {
  columns = 80;
  readonly #write: (ansi: string) => void;
  readonly #listeners = new Set<TranscriptListener>();
  #lines: string[] = [];
  #view: LineView | undefined;
  #painted: Painted = NOTHING_PAINTED;
  #status = '';

  constructor(write: (ansi: string) => void) {
    this.#write = write;
  }

  get transcript(): readonly string[] {
    return this.#lines;
  }

  onTranscript(listener: TranscriptListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Shows the line that is being typed. */
  paint(view: LineView): void {
    const { ansi, painted } = paintLine(view, this.#painted, this.columns);
    this.#view = view;
    this.#painted = painted;
    this.#write(ansi);
  }

  /** Leaves the typed line where it is, as a finished one, and goes below it. */
  commitLine(view: LineView): void {
    this.paint(view);
    this.#write(leaveLine(this.#painted));
    this.#forgetLine();
    this.#record([view.prompt + view.text]);
  }

  /** The same for the line as it was last painted, with something behind it. */
  commit(suffix: string): void {
    const view = this.#view;
    if (view === undefined) return;
    const text = view.text + suffix;
    this.commitLine({ ...view, text, cursor: text.length, hint: '' });
  }

  /** Takes the typed line off the screen. */
  eraseLine(): void {
    if (this.#view === undefined) return;
    const { cursorRow } = this.#painted;
    this.#write(`${cursorRow > 0 ? `\x1b[${cursorRow}A` : ''}\r\x1b[J`);
    this.#forgetLine();
  }

  /** Prints lines that are free of control characters. */
  print(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.eraseLine();
    this.status('');
    this.#write(lines.map((line) => `${line}\r\n`).join(''));
    this.#record(lines);
  }

  /** Writes what a program prints as it comes; `lines` are those that it has finished. */
  stream(ansi: string, lines: readonly string[]): void {
    this.#write(ansi);
    if (lines.length > 0) this.#record(lines);
  }

  /** A line in grey that the next output replaces; '' takes it back. */
  status(text: string): void {
    if (text === this.#status) return;
    if (this.#status !== '') this.#write('\r\x1b[K');
    if (text !== '')
      this.#write(`\x1b[1m${STYLE.hint(cutToWidth(text, this.columns - 1))}\x1b[22m\r`);
    this.#status = text;
    this.#tell({ kind: 'status', text });
  }

  clear(): void {
    this.#write('\x1b[H\x1b[2J');
    this.#forgetLine();
    this.#lines = [];
    this.#tell({ kind: 'clear' });
  }

  bell(): void {
    this.#write('\x07');
  }

  #forgetLine(): void {
    this.#view = undefined;
    this.#painted = NOTHING_PAINTED;
  }

  #record(lines: readonly string[]): void {
    this.#lines.push(...lines.slice(-TRANSCRIPT_LIMIT));
    if (this.#lines.length > TRANSCRIPT_LIMIT)
      this.#lines.splice(0, this.#lines.length - TRANSCRIPT_LIMIT);
    this.#tell({ kind: 'lines', lines });
  }

  #tell(event: TranscriptEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
