import { ascii, equalsIgnoreCase, utf8Encode } from '../base/bytes.ts';
import type { ByteString } from '../base/bytes.ts';
import { parseClientLine } from '../cli/client-line.ts';
import type { ClientLine } from '../cli/client-line.ts';
import { helpText } from '../cli/command-help.ts';
import { formatPush, formatReplyTo } from '../cli/format-reply.ts';
import { printableLines } from '../cli/printable.ts';
import { promptOf } from '../cli/prompt.ts';
import { isSensitiveCommand } from '../cli/sensitive.ts';
import {
  elapsedText,
  lineTooLong,
  READING_MESSAGES,
  SERVER_CLOSED_CONNECTION,
} from '../cli/texts.ts';
import type { Reply } from '../resp/reply.ts';
import type { CliConnection } from './cli-connection.ts';
import { CliPlaces } from './cli-places.ts';
import { decodeKeys, newDecoder } from './key-decoder.ts';
import type { Key } from './key-decoder.ts';
import { LINE_LIMIT, newEditor, press, remember, setLine } from './line-editor.ts';
import type { Effect } from './line-editor.ts';
import { helpTableOf, lineCompletions, lineHint } from './line-help.ts';
import type { RedisCliPorts } from './redis-cli-ports.ts';
import { Screen } from './screen.ts';
import type { TranscriptListener } from './screen.ts';

/** Prompt: a line is typed. Running: a command waits. Reading: pushed messages are shown. Monitor: MONITOR's. */
export type SessionMode = 'prompt' | 'running' | 'reading' | 'monitor';

type Pending = Key | { readonly kind: 'line'; readonly text: string };

const CLIENT_VERSION = '7.2.4';
const INTERRUPTED = Symbol('interrupted');

/**
 * redis-cli's interactive mode: reads lines, sends commands in order, prints what comes back. It knows no
 * terminal: keys come in by `input`, escape sequences leave by `ports.write`, and a page without a terminal
 * drives the same session by `submitLine` and `onTranscript`.
 */
export class RedisCliSession {
  readonly #ports: RedisCliPorts;
  readonly #screen: Screen;
  readonly #decoder = newDecoder();
  readonly #editor;
  readonly #places: CliPlaces;
  #mode: SessionMode = 'running';
  #pending: Pending[] = [];
  #unread: Reply[] = [];
  #hintsShown = true;
  #suggestion = '';
  /** Text was refused, and nothing was typed since: Enter is meant for that text, not for the suggestion. */
  #refused = false;
  #secretLines = new Set<string>();
  #interrupt: (() => void) | undefined;
  /** Ctrl-C came before the command was sent. */
  #cancelled = false;

  constructor(ports: RedisCliPorts, host = '127.0.0.1', port = 6379) {
    this.#ports = ports;
    this.#screen = new Screen(ports.write);
    this.#editor = newEditor(ports.loadHistory());
    this.#places = new CliPlaces(ports, (text) => this.#printText(text), host, port);
  }

  get #connection(): CliConnection {
    return this.#places.current;
  }

  /** Over which connection this console speaks and listens, as `ports.place` named it. */
  get place(): string {
    return this.#places.name;
  }

  get mode(): SessionMode {
    return this.#mode;
  }

  /** `127.0.0.1:6379> `, as it stands or would stand before the next line. */
  get prompt(): string {
    return promptOf(this.#connection.state);
  }

  get transcript(): readonly string[] {
    return this.#screen.transcript;
  }

  /** Hears of every line that is printed, of the status line and of a cleared screen. */
  onTranscript(listener: TranscriptListener): () => void {
    return this.#screen.onTranscript(listener);
  }

  /** Connects, and shows the first prompt. */
  async start(): Promise<void> {
    await this.#connection.connect();
    this.#next();
  }

  /** The width of the terminal has changed. */
  resize(columns: number, _rows?: number): void {
    this.#screen.columns = columns;
    if (this.#mode === 'prompt') this.#paint();
  }

  /** What the terminal sends for keys that are pressed. */
  input(data: string): void {
    for (const key of decodeKeys(this.#decoder, data)) {
      const interrupts = key.kind === 'key' && key.name === 'interrupt';
      if (interrupts && this.#mode !== 'prompt') this.#interruptNow();
      else if (this.#mode !== 'monitor') this.#pending.push(key);
      this.#drain();
    }
  }

  /** Runs a line as if it had been typed, after what is running. */
  submitLine(text: string): void {
    this.#pending.push({ kind: 'line', text });
    this.#drain();
  }

  /** Ctrl-C, for a page without a terminal. */
  interrupt(): void {
    if (this.#mode === 'prompt') this.input('\x03');
    else this.#interruptNow();
  }

  /** A line that is offered in grey while nothing is typed: Enter runs it, Tab and Right take it over. */
  suggest(line: string | undefined): void {
    this.#suggestion = line ?? '';
    if (this.#mode === 'prompt') this.#paint();
  }

  /** Puts a line at the prompt without running it. */
  fillLine(text: string): void {
    setLine(this.#editor, text);
    if (this.#mode === 'prompt') this.#paint();
  }

  /** The facts of the commands have come, or the theme has changed: show the line anew. */
  refresh(): void {
    if (this.#mode === 'prompt') this.#paint();
  }

  /** What a waiting command waits for, in grey, until its reply comes: "waiting for fsync; …". */
  notice(text: string): void {
    if (this.#mode === 'running') this.#screen.status(text);
  }

  /** A message that the server pushed: of a subscription, MONITOR, or client-side caching. */
  push(reply: Reply): void {
    if (this.#mode === 'reading' || this.#mode === 'monitor') {
      this.#printReply(reply);
      if (this.#mode === 'reading') this.#screen.status(READING_MESSAGES);
    } else {
      // redis-cli reads its socket only while it waits for a reply.
      this.#unread.push(reply);
    }
  }

  /** The server is gone, and the connection with it. */
  connectionLost(): void {
    if (this.#mode === 'reading' || this.#mode === 'monitor') {
      this.#interrupt = undefined;
      this.#screen.print([SERVER_CLOSED_CONNECTION]);
      this.#connection.lose();
      this.#unread = [];
      this.#mode = 'running';
      this.#next();
    } else {
      this.#connection.expire();
    }
  }

  /** The next command goes to another server, such as that of another lane. */
  async retarget(host: string, port: number): Promise<void> {
    if (this.#mode === 'prompt') this.#screen.eraseLine();
    await this.#run(() => this.#connection.retarget(host, port));
  }

  /** `ports.place` may name another connection than before: the prompt becomes that one's. */
  async moved(): Promise<void> {
    if (this.#mode === 'running' || !this.#places.isElsewhere()) return;
    if (this.#mode === 'prompt') this.#screen.eraseLine();
    await this.#run(() => this.#goThere());
  }

  #goThere(): Promise<void> {
    if (this.#places.isElsewhere()) this.#unread = [];
    return this.#places.go();
  }

  #drain(): void {
    while (this.#pending.length > 0) {
      if (this.#mode === 'reading') {
        this.#screen.status('');
        this.#mode = 'prompt';
        this.#paint();
      }
      if (this.#mode !== 'prompt') return;
      const next = this.#pending.shift();
      if (next === undefined) return;
      if (next.kind === 'line') {
        setLine(this.#editor, next.text);
        this.#apply(press(this.#editor, { kind: 'key', name: 'enter' }, () => []));
      } else {
        this.#apply(this.#press(next));
      }
    }
  }

  #press(key: Key): Effect {
    const editor = this.#editor;
    const refused = this.#refused;
    this.#refused = false;
    if (
      !refused &&
      editor.text === '' &&
      editor.search === undefined &&
      this.#suggestion !== '' &&
      key.kind === 'key'
    ) {
      if (key.name === 'enter') setLine(editor, this.#suggestion);
      if (key.name === 'tab' || key.name === 'right' || key.name === 'end') {
        setLine(editor, this.#suggestion);
        return { kind: 'repaint' };
      }
    }
    return press(editor, key, (line) => lineCompletions(this.#ports, line));
  }

  #apply(effect: Effect): void {
    switch (effect.kind) {
      case 'none':
        return;
      case 'bell':
        this.#screen.bell();
        return;
      case 'too-long':
        this.#refused = true;
        this.#screen.bell();
        this.#printText(lineTooLong(LINE_LIMIT));
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
        // redis-cli would end here. A page has nothing to go back to, so a new line begins, as in a shell.
        this.#screen.commit('^C');
        this.#paint();
        return;
      case 'end':
        this.#screen.commit('');
        void this.#run(() => this.#quit());
        return;
      case 'submit':
        this.#submit(effect.line);
    }
  }

  #submit(line: string): void {
    this.#screen.commitLine({ prompt: this.prompt, text: line, cursor: line.length, hint: '' });
    const parsed = parseClientLine(line);
    if (parsed.kind === 'nothing') {
      this.#paint();
      return;
    }
    this.#remember(line, parsed);
    void this.#run(() => this.#perform(parsed));
  }

  #remember(line: string, parsed: ClientLine): void {
    remember(this.#editor, line);
    if (parsed.kind === 'command' && isSensitiveCommand(parsed.argv)) this.#secretLines.add(line);
    else
      this.#ports.saveHistory(this.#editor.history.filter((each) => !this.#secretLines.has(each)));
  }

  /** Does one thing while no line is typed, then shows the next prompt. Ctrl-C ends the waiting, not the thing. */
  async #run(work: () => Promise<void>): Promise<void> {
    this.#mode = 'running';
    this.#cancelled = false;
    try {
      await work();
    } finally {
      this.#next();
    }
  }

  #next(): void {
    this.#screen.status('');
    if (this.#mode === 'monitor') return;
    this.#mode = this.#connection.state.subscribed ? 'reading' : 'prompt';
    if (this.#mode === 'reading') {
      this.#printUnread();
      this.#screen.status(READING_MESSAGES);
    } else {
      this.#paint();
    }
    this.#drain();
  }

  async #perform(line: ClientLine): Promise<void> {
    switch (line.kind) {
      case 'nothing':
        return;
      case 'message':
        this.#printText(line.text);
        return;
      case 'clear':
        this.#screen.clear();
        return;
      case 'hints':
        this.#hintsShown = line.shown === 'yes';
        return;
      case 'help':
        this.#printText(helpText(helpTableOf(this.#ports), line.topic, CLIENT_VERSION));
        return;
      case 'quit':
        return this.#quit();
      case 'connect':
        return this.#connection.retarget(line.host, line.port);
      case 'control': {
        const text = await this.#ports.control(line.action);
        if (text !== undefined && text !== '') this.#printText(text);
        return this.#goThere();
      }
      case 'command':
        return this.#command(line.argv, line.repeat);
    }
  }

  async #command(argv: readonly ByteString[], repeat: number): Promise<void> {
    await this.#goThere();
    if (!(await this.#connection.ensure())) return;
    const start = this.#ports.now?.() ?? 0;
    for (let i = 0; i < repeat; i++) {
      if (this.#cancelled) this.#screen.print(['^C']);
      if (this.#cancelled || !(await this.#sendOnce(argv))) break;
    }
    const elapsed = (this.#ports.now?.() ?? 0) - start;
    if (elapsed >= 500 && this.#mode === 'running') this.#screen.print([elapsedText(elapsed)]);
  }

  /** True when another one may follow. */
  async #sendOnce(argv: readonly ByteString[]): Promise<boolean> {
    const result = await Promise.race([this.#ports.send(argv), this.#interruption()]);
    this.#interrupt = undefined;
    if (result === INTERRUPTED) {
      this.#screen.print(['^C']);
      this.#unread = [];
      await this.#connection.reconnect();
      return false;
    }
    this.#printUnread();
    if (result.kind !== 'replies') {
      this.#connection.lose();
      if (result.kind === 'refused') this.#connection.refused(result.reason);
      // A server that was told to shut down is not missed.
      else if (!equalsIgnoreCase(argv[0] ?? '', 'shutdown'))
        this.#screen.print([SERVER_CLOSED_CONNECTION]);
      return false;
    }
    for (const reply of result.replies) {
      this.#printBytes(formatReplyTo(argv, reply, this.#connection.protocolOf(argv, reply)));
      this.#connection.noteReply(argv, reply);
    }
    await this.#afterCommand(argv, result.replies.at(-1));
    return this.#mode === 'running';
  }

  async #afterCommand(argv: readonly ByteString[], reply: Reply | undefined): Promise<void> {
    const succeeded = reply !== undefined && reply.type !== 'error';
    const [command = ''] = argv;
    if (equalsIgnoreCase(command, 'auth') && succeeded) await this.#connection.selectWanted();
    if (equalsIgnoreCase(command, 'monitor') && succeeded) {
      this.#mode = 'monitor';
      this.#printUnread();
    }
  }

  #interruption(): Promise<typeof INTERRUPTED> {
    return new Promise((resolve) => {
      this.#interrupt = () => resolve(INTERRUPTED);
    });
  }

  #interruptNow(): void {
    this.#pending = [];
    if (this.#mode === 'running') {
      this.#screen.status('');
      if (this.#interrupt === undefined) this.#cancelled = true;
      else this.#interrupt();
      return;
    }
    this.#screen.status('');
    this.#unread = [];
    void this.#run(() => this.#connection.reconnect());
  }

  #quit(): Promise<void> {
    this.#unread = [];
    this.#ports.quit?.();
    return this.#connection.restart();
  }

  #printUnread(): void {
    const replies = this.#unread;
    this.#unread = [];
    replies.forEach((reply) => this.#printReply(reply));
  }

  #printReply(reply: Reply): void {
    this.#printBytes(formatPush(reply, this.#connection.state.protocol));
  }

  /** What a formatter gives: bytes, one char each. */
  #printBytes(text: string): void {
    this.#screen.print(printableLines(ascii(text)));
  }

  /** A text of JavaScript, not of bytes. */
  #printText(text: string): void {
    this.#screen.print(printableLines(utf8Encode(text)));
  }

  #paint(): void {
    const { text, cursor, search } = this.#editor;
    if (search !== undefined) {
      const failed = search.query !== '' && search.found === undefined ? 'failed ' : '';
      this.#screen.paint({
        prompt: `(${failed}reverse-i-search)\`${search.query}': `,
        text,
        cursor,
        hint: '',
      });
      return;
    }
    this.#screen.paint({ prompt: this.prompt, text, cursor, hint: this.#hint(text) });
  }

  #hint(text: string): string {
    if (text === '') return this.#refused ? '' : this.#suggestion;
    return this.#hintsShown ? lineHint(this.#ports, text) : '';
  }
}
