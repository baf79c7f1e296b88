import { ascii, bytesOf } from '../base/bytes.ts';
import { printableLines } from '../cli/printable.ts';
import { utf8Encode } from '../base/bytes.ts';
import type { BashPorts, BashUpdate } from './bash-ports.ts';
import { decodeKeys, newDecoder } from './key-decoder.ts';
import { newEditor, press, remember, setLine, LINE_LIMIT } from './line-editor.ts';
import type { Effect } from './line-editor.ts';
import type { Key } from './key-decoder.ts';
import { safeOutput } from './safe-output.ts';
import { Screen } from './screen.ts';
import type { TranscriptListener } from './screen.ts';
import { lineTooLong } from '../cli/texts.ts';

/** Prompt: a line is typed. Running: a program reads lines, if it reads. Raw: it reads keys. Ended: Enter starts another. */
export type BashMode = 'prompt' | 'running' | 'raw' | 'ended';

/**
 * The page's end of a bash: edits lines at its prompt, shows what programs print as it comes, and hands them what is
 * typed. It knows no terminal, as RedisCliSession does not.
 */
export class BashSession {
  readonly #ports: BashPorts;
  readonly #screen: Screen;
  readonly #decoder = newDecoder();
  readonly #editor;
  #utf8 = new TextDecoder();
  /** Whoever looks sees lines only, as on a phone: a program that draws on the screen is sent away. */
  plain = false;
  #mode: BashMode = 'ended';
  #prompt = '';
  /** Output after the last newline: the prompt stands behind it. */
  #partial = '';
  /** What is typed while a program runs, until Enter. */
  #typed = '';
  /** Lines that were submitted while something ran. */
  readonly #waiting: string[] = [];
  /** This bash has said something: until then nobody is there to whom a line could be sent. */
  #there = false;
  /** Of a paste, what stands behind its last line end. */
  #held = '';
  #size = { columns: 80, rows: 24 };

  constructor(ports: BashPorts) {
    this.#ports = ports;
    this.#screen = new Screen(ports.write);
    this.#editor = newEditor(ports.loadHistory());
  }

  get mode(): BashMode {
    return this.#mode;
  }

  get prompt(): string {
    return this.#prompt;
  }

  get transcript(): readonly string[] {
    return this.#screen.transcript;
  }

  onTranscript(listener: TranscriptListener): () => void {
    return this.#screen.onTranscript(listener);
  }

  async start(): Promise<void> {
    this.#there = false;
    this.#mode = 'running';
    this.#utf8 = new TextDecoder();
    this.#partial = '';
    await this.#ports.open(this.#size.columns, this.#size.rows);
  }

  resize(columns: number, rows: number): void {
    this.#size = { columns, rows };
    this.#screen.columns = columns;
    if (this.#mode !== 'ended') this.#ports.send({ kind: 'resize', columns, rows });
    if (this.#mode === 'prompt') this.#paint();
  }

  /** What the lab tells of this bash, in order. */
  receive(update: BashUpdate): void {
    // A bash that is being started has no more to show than that.
    this.#there ||= update.kind !== 'fresh' && update.kind !== 'mode';
    switch (update.kind) {
      case 'fresh':
        this.#mode = 'running';
        this.#utf8 = new TextDecoder();
        this.#partial = '';
        this.#typed = '';
        this.#screen.clear();
        return;
      case 'output':
        this.#show(this.#utf8.decode(bytesOf(ascii(update.bytes)), { stream: true }));
        this.#ports.send({ kind: 'shown' });
        return;
      case 'prompt':
        this.#mode = 'prompt';
        this.#prompt = new TextDecoder().decode(bytesOf(ascii(update.text)));
        this.#takeUpTyped();
        this.#paint();
        this.#nextWaiting();
        return;
      case 'mode':
        // A line that was sent ahead of this prompt was for it.
        if (this.#mode === 'prompt') this.#screen.eraseLine();
        this.#mode = update.mode === 'raw' && !this.plain ? 'raw' : 'running';
        if (update.mode === 'raw' && this.plain) this.#sendAway();
        return;
      case 'reading':
        if (this.#mode === 'running' && this.#waiting.length > 0)
          this.#typeAhead(`${this.#waiting.shift() ?? ''}\r`);
        return;
      case 'ended':
        this.#mode = 'ended';
        this.#letGo();
        this.#screen.eraseLine();
        this.#say(`${endings[update.why]} Press Enter for a new shell.`);
    }
  }

  /** What the terminal sends for keys that are pressed. */
  input(data: string): void {
    if (this.#mode === 'raw') this.#ports.send({ kind: 'keys', data: data.replace(PASTE, '') });
    else if (this.#mode === 'running' && this.#there) this.#typeAhead(data.replace(PASTE, ''));
    else if (this.#mode === 'ended') {
      if (data.includes('\r')) void this.start();
    } else {
      for (const key of decodeKeys(this.#decoder, data)) {
        if (this.#mode === 'prompt') this.#press(key);
        else this.#holdBack(key);
      }
    }
  }

  /** Runs a line as if it had been typed, after what is running. */
  submitLine(text: string): void {
    this.#waiting.push(text);
    if (this.#mode === 'prompt') this.#nextWaiting();
    else if (this.#mode === 'ended') void this.start();
    else if (this.#mode === 'running' && this.#there) {
      // A program that reads gets it.
      this.#waiting.pop();
      this.#say(text);
      this.#ports.send({ kind: 'line', text });
    }
  }

  /** Ctrl-C, for a page without a terminal. */
  interrupt(): void {
    this.input('\x03');
  }

  refresh(): void {
    if (this.#mode === 'prompt') this.#paint();
  }

  /** What was typed or pasted without Enter while something ran stands behind the prompt, where it can be edited. */
  #takeUpTyped(): void {
    const typed = this.#typed;
    this.#typed = '';
    if (this.#waiting.length > 0) return;
    if (typed !== '' && this.#partial.endsWith(typed))
      this.#partial = this.#partial.slice(0, -typed.length);
    if (typed !== '' || this.#held !== '') setLine(this.#editor, typed + this.#held);
    this.#held = '';
  }

  #sendAway(): void {
    this.#say(NO_SCREEN);
    this.#ports.send({ kind: 'signal', name: 'QUIT' });
  }

  #letGo(): void {
    this.#waiting.length = 0;
    this.#held = '';
  }

  #nextWaiting(): void {
    const line = this.#waiting.shift();
    if (line === undefined) return;
    setLine(this.#editor, line);
    this.#apply(press(this.#editor, { kind: 'key', name: 'enter' }, () => []));
  }

  /** The lines of a paste behind the first one come one by one, as if each had been typed when it was wanted. */
  #holdBack(key: Key): void {
    if (key.kind === 'text') this.#held += key.text;
    else if (key.name === 'tab') this.#held += ' ';
    else if (key.name === 'enter') {
      this.#waiting.push(this.#held);
      this.#held = '';
    }
  }

  #typeAhead(text: string): void {
    for (const char of text) this.#typeWhileRunning(char);
  }

  #typeWhileRunning(char: string): void {
    if (char === '\x03' || char === '\x1c' || char === '\x1a') {
      this.#typed = '';
      this.#letGo();
      this.#show(char === '\x03' ? '^C\n' : char === '\x1a' ? '^Z\n' : '^\\\n');
      this.#ports.send({
        kind: 'signal',
        name: char === '\x03' ? 'INT' : char === '\x1a' ? 'TSTP' : 'QUIT',
      });
    } else if (char === '\x04') {
      if (this.#typed === '') this.#ports.send({ kind: 'end' });
    } else if (char === '\r') {
      this.#ports.send({ kind: 'line', text: this.#typed });
      this.#typed = '';
      this.#show('\n');
    } else if (char === '\x7f') {
      if (this.#typed === '') return;
      this.#typed = this.#typed.slice(0, -1);
      this.#partial = this.#partial.slice(0, -1);
      this.#ports.write('\b \b');
    } else if (char >= ' ') {
      this.#typed += char;
      this.#show(char);
    }
  }

  #press(key: Key): void {
    if (key.kind === 'key' && key.name === 'tab') void this.#complete();
    else this.#apply(press(this.#editor, key, () => []));
  }

  /** As bash does it: what all offers have in common is put in; if that is nothing more, they are listed. */
  async #complete(): Promise<void> {
    const line = this.#editor.text;
    const offers = await this.#ports.complete(line);
    if (this.#mode !== 'prompt' || this.#editor.text !== line) return;
    const common = commonStart(offers);
    if (offers.length === 0) this.#screen.bell();
    else if (common.length > line.length) {
      setLine(this.#editor, common);
      this.#paint();
    } else {
      const start = Math.max(line.lastIndexOf(' '), line.lastIndexOf('/')) + 1;
      this.#screen.commitLine(this.#view(line));
      this.#say(offers.map((offer) => offer.slice(start).trim()).join('  '));
      this.#paint();
    }
  }

  #apply(effect: Effect): void {
    switch (effect.kind) {
      case 'none':
        return;
      case 'bell':
        this.#screen.bell();
        return;
      case 'too-long':
        this.#screen.bell();
        this.#say(lineTooLong(LINE_LIMIT));
        this.#paint();
        return;
      case 'repaint':
        this.#paint();
        return;
      case 'clear':
        this.#screen.clear();
        this.#paint();
        return;
      case 'interrupt':
        this.#screen.commit('^C');
        this.#mode = 'running';
        this.#partial = '';
        this.#ports.send({ kind: 'signal', name: 'INT' });
        return;
      case 'end':
        this.#screen.commit('');
        this.#mode = 'running';
        this.#partial = '';
        this.#ports.send({ kind: 'end' });
        return;
      case 'submit':
        this.#submit(effect.line);
    }
  }

  #submit(line: string): void {
    this.#screen.commitLine(this.#view(line));
    this.#partial = '';
    this.#mode = 'running';
    if (line.trim() !== '') {
      remember(this.#editor, line);
      this.#ports.saveHistory(this.#editor.history.filter((each) => !SECRETS.test(each)));
    }
    this.#ports.send({ kind: 'line', text: line });
  }

  #view(text: string): Parameters<Screen['commitLine']>[0] {
    return { prompt: this.#partial + this.#prompt, text, cursor: text.length, hint: '' };
  }

  /** Program output: whole lines go into the transcript, the rest waits for its end. */
  #show(text: string): void {
    if (this.#mode === 'prompt') this.#screen.eraseLine();
    const mode = this.#mode === 'raw' ? 'raw' : 'line';
    const parts = (this.#partial + text).split('\n');
    this.#partial = parts.pop()?.split('\r').pop() ?? '';
    const lines =
      mode === 'raw'
        ? []
        : parts.flatMap((line) => printableLines(utf8Encode(line.replace(CLEAR, ''))));
    this.#screen.stream(safeOutput(text, mode), lines);
    if (this.#mode === 'prompt') this.#paint();
  }

  #say(text: string): void {
    this.#screen.print(printableLines(utf8Encode(text)));
  }

  #paint(): void {
    const { text, cursor, search } = this.#editor;
    if (search === undefined) {
      this.#screen.paint({ ...this.#view(text), cursor });
      return;
    }
    const failed = search.query !== '' && search.found === undefined ? 'failed ' : '';
    this.#screen.paint({
      prompt: `(${failed}reverse-i-search)\`${search.query}': `,
      text,
      cursor,
      hint: '',
    });
  }
}

const endings = {
  exit: 'exit.',
  power: 'The machine has no power. Boot it first.',
  lab: 'The lab is one without this shell now.',
};

const NO_SCREEN =
  "This program needs a whole terminal, on a wider screen. Here cat shows a file, and echo 'appendonly yes' >> FILE adds to one.";

/** Lines that hold a password are not kept. */
const SECRETS = /\s(?:-a|--pass|--password|-P)[= ]?\s*\S|REDISCLI_AUTH=|\bauth\s|requirepass/i;
/** What a terminal puts around a paste; of our programs none asks for it. */
const PASTE = /\x1b\[20[01]~/g;
const CLEAR = /\x1b\[(?:H\x1b\[2J|0G\x1b\[2K)/g;

function commonStart(lines: readonly string[]): string {
  let [common = ''] = lines;
  for (const line of lines) while (!line.startsWith(common)) common = common.slice(0, -1);
  return common;
}
