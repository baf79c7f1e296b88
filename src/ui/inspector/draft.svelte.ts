/** The log under edit as the inspector shows it: caret, typing, and what the worker says of the draft. */
import type { DraftRequest, DraftView, DraftWindow } from '../../worker/protocol.ts';
import type { LabCalls } from '../../worker/link.ts';

/** More than a screen holds, so that scrolling seldom waits. */
const WINDOW_BYTES = 8192;
const WINDOW_RECORDS = 400;

export class Draft {
  view = $state.raw<DraftView | null>(null);
  problem = $state<string | null>(null);
  /** The byte that is typed over, or before which is inserted. */
  caret = $state(0);
  mode = $state<'overwrite' | 'insert'>('overwrite');
  side = $state<'hex' | 'text'>('text');
  /** The first digit of a byte that is being typed in hex. */
  digit = $state<string | null>(null);
  readonly path: string;
  readonly #lab: LabCalls;
  readonly #lane: string | undefined;
  #window: DraftWindow = {
    bytesFrom: 0,
    bytesCount: WINDOW_BYTES,
    recordsFrom: 0,
    recordsCount: WINDOW_RECORDS,
    at: 0,
  };
  /** Requests leave one by one: each builds on what the one before made of the file. */
  #last: Promise<void>;
  #looking = false;

  constructor(lab: LabCalls, path: string, lane: string | undefined) {
    this.#lab = lab;
    this.path = path;
    this.#lane = lane;
    this.#last = this.#ask({ do: 'open', path, ...(lane === undefined ? {} : { lane }) });
  }

  get name(): string {
    return this.path.slice(this.path.lastIndexOf('/') + 1);
  }

  get size(): number {
    return this.view?.size ?? 0;
  }

  moveTo(at: number): void {
    this.digit = null;
    this.caret = Math.max(0, Math.min(at, this.size));
    this.#window = { ...this.#window, at: this.caret };
    this.look();
  }

  showBytes(from: number, to: number): void {
    const { bytesFrom, bytesCount } = this.#window;
    if (from >= bytesFrom && Math.min(to, this.size) <= bytesFrom + bytesCount) return;
    this.#window = { ...this.#window, bytesFrom: Math.max(0, from - WINDOW_BYTES / 2) };
    this.look();
  }

  showRecords(first: number, count: number): void {
    const { recordsFrom, recordsCount } = this.#window;
    const last = Math.min(first + count, this.view?.recordCount ?? 0);
    if (first >= recordsFrom && last <= recordsFrom + recordsCount) return;
    this.#window = { ...this.#window, recordsFrom: Math.max(0, first - WINDOW_RECORDS / 2) };
    this.look();
  }

  /** Asks for what is in sight; many wishes at once are one question. */
  look(): void {
    if (this.#looking) return;
    this.#looking = true;
    this.#then(() => {
      this.#looking = false;
      return { do: 'look' };
    });
  }

  undo(): void {
    this.digit = null;
    this.#then(() => ({ do: 'undo' }));
  }

  mend(): void {
    this.digit = null;
    this.#then(() => ({ do: 'mend' }));
  }

  /** One typed character: a hex digit, or a character of text as its UTF-8 bytes. */
  type(char: string): void {
    if (this.side === 'text') return this.put(new TextEncoder().encode(char));
    if (!/^[0-9a-f]$/i.test(char)) return;
    if (this.digit === null) {
      this.digit = char;
      return;
    }
    const byte = Number.parseInt(this.digit + char, 16);
    this.digit = null;
    this.put(Uint8Array.of(byte));
  }

  put(insert: Uint8Array): void {
    const at = this.caret;
    const remove = this.mode === 'insert' ? 0 : Math.min(insert.length, this.size - at);
    this.#edit(at, remove, insert);
    this.caret = at + insert.length;
  }

  remove(which: 'before' | 'here'): void {
    this.digit = null;
    const at = which === 'before' ? this.caret - 1 : this.caret;
    if (at < 0 || at >= this.size) return;
    this.#edit(at, 1, new Uint8Array());
    this.caret = at;
  }

  /** Puts the draft in the file's place; the original stays beside it. A running server is killed first. */
  async save(then: 'start' | 'stop', running: boolean): Promise<boolean> {
    const options = this.#lane === undefined ? {} : { lane: this.#lane };
    try {
      await this.#last;
      const whole = { ...this.#window, bytesFrom: 0, bytesCount: this.size };
      const { bytes } = await this.#lab.draft({ do: 'look' }, whole);
      if (running) await this.#lab.crash('process-killed', options);
      const original = await this.#lab.readFile(this.path, options);
      await this.#lab.writeFile(`${this.path}~`, original, options);
      await this.#lab.writeFile(this.path, bytes, options);
      if (then === 'start') await this.#lab.boot(options);
      return true;
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      return false;
    }
  }

  #edit(at: number, remove: number, insert: Uint8Array): void {
    this.#window = { ...this.#window, at };
    this.#then(() => ({ do: 'edit', at, remove, insert }));
  }

  #then(request: () => DraftRequest): void {
    this.#last = this.#last.then(() => this.#ask(request()));
  }

  async #ask(request: DraftRequest): Promise<void> {
    try {
      this.view = await this.#lab.draft(request, this.#window);
      this.problem = null;
      if (this.caret > this.view.size) this.caret = this.view.size;
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }
}
