/** The page's end of a bash, at a bash of a simulated machine. */
import { expect, test } from 'vitest';
import { utf8Encode, type ByteString } from '../../src/base/bytes.ts';
import { BashSession } from '../../src/console/bash-session.ts';
import { Session } from '../../src/shell/session.ts';
import { newTerminalState } from '../../src/shell/streams.ts';
import { TerminalFeed } from '../../src/shell/terminal-feed.ts';
import type { TerminalInput } from '../../src/worker/protocol.ts';
import { ShellLab } from '../shell/harness.ts';
import { TinyTerminal } from './tiny-terminal.ts';

const P = 'root@lab:/data# ';

class Desk {
  readonly lab = new ShellLab();
  readonly terminal = new TinyTerminal(72);
  readonly bash: BashSession;
  private readonly feed = new TerminalFeed();
  private readonly machine: Session;
  /** What the page was told and has not heard yet: messages take their time. */
  private readonly told: (() => void)[] = [];

  /** Without it the machine is slow to answer, until `open` is called. */
  constructor(prompt = true) {
    const size = newTerminalState({ columns: 72, rows: 24 });
    const { table } = this.lab.shells['machine'](this.lab.lane);
    this.machine = new Session(table, this.feed, size, () => undefined);
    this.bash = new BashSession({
      open: () => Promise.resolve(prompt ? this.machine.start() : undefined),
      send: (input) => this.take(input),
      complete: () => Promise.resolve([]),
      write: (ansi) => this.terminal.write(ansi),
      loadHistory: () => [],
      saveHistory: () => undefined,
    });
    this.feed.show({
      tell: (update) => this.told.push(() => this.bash.receive({ session: 1, ...update })),
    });
    void this.bash.start();
    this.pass(100);
  }

  open(): this {
    this.machine.start();
    return this.pass(100);
  }

  /** So many milliseconds of the machine, in steps of ten. */
  pass(ms: number): this {
    for (let done = 0; done < ms; done += 10) {
      this.lab.advance(10);
      for (const tell of this.told.splice(0)) tell();
    }
    return this;
  }

  type(text: string): this {
    this.bash.input(text);
    return this.pass(50);
  }

  paste(text: string): this {
    return this.type(`\x1b[200~${text.replaceAll('\n', '\r')}\x1b[201~`);
  }

  get lines(): string {
    return this.terminal.text;
  }

  private take(input: TerminalInput): void {
    const bytes = (text: string): ByteString => utf8Encode(text);
    if (input.kind === 'line') this.machine.line(bytes(input.text));
    else if (input.kind === 'keys') this.machine.keys(bytes(input.data));
    else if (input.kind === 'signal') this.machine.signal(input.name);
    else if (input.kind === 'end') this.machine.endOfInput();
    else if (input.kind === 'shown') this.machine.shown();
  }
}

test('what is sent or typed before bash is there is kept, and runs at its first prompt', () => {
  const desk = new Desk(false);
  desk.bash.submitLine('echo sent');
  desk.type('echo typed\recho half').open().pass(500);
  expect(desk.lines).toBe(`${P}echo sent\nsent\n${P}echo typed\ntyped\n${P}echo half`);
});

test('the lines of a paste run one after the other, each behind its prompt', () => {
  const desk = new Desk().paste('echo one\nsleep 1\necho two\n').pass(2000);
  expect(desk.lines).toBe(`${P}echo one\none\n${P}sleep 1\n${P}echo two\ntwo\n${P.trim()}`);
});

test('a program that reads gets the lines of the paste behind it, and a block goes on at >', () => {
  const desk = new Desk().paste('cat > /tmp/f\nfirst\nsecond').pass(200);
  expect(desk.lines).toBe(`${P}cat > /tmp/f\nfirst`);
  desk.type('\x03').paste('cat << END\nx\nEND\necho done').pass(200);
  expect(desk.lines).toContain(`${P}cat << END\n> x\n> END\nx\n${P}echo done`);
  desk.type('\r');
  expect(desk.lines).toContain(`${P}echo done\ndone\n${P.trim()}`);
});

test('Ctrl-C leaves the rest of a paste undone', () => {
  const desk = new Desk().paste('sleep 5\necho never\n').type('\x03').pass(6000);
  expect(desk.lines).toBe(`${P}sleep 5\n^C\n${P.trim()}`);
});

test('what is typed while a program runs that does not read runs after it', () => {
  const desk = new Desk().type('sleep 1\r').type('echo later\r').type('half').pass(2000);
  expect(desk.lines).toBe(`${P}sleep 1\necho later\nhalf${P}echo later\nlater\n${P}half`);
  expect(desk.type(' done\r').lines).toContain(`${P}half done\nbash: half: command not found\n`);
});

test('a line that is sent while the prompt is on its way finds the terminal busy', () => {
  const desk = new Desk().type('sleep 1\r');
  // The machine stands at its prompt, and the page has not heard of it.
  desk.lab.advance(1000);
  desk.bash.input('sleep 2; echo done\r');
  desk.pass(1000);
  expect(desk.bash.mode).toBe('running');
  expect(desk.pass(2000).lines).toMatch(/\ndone\nroot@lab:\/data#$/);
});

test('where there is no terminal, a program that draws on the screen is sent away, and says why', () => {
  const desk = new Desk();
  desk.bash.plain = true;
  for (const program of ['nano', 'less']) {
    desk.bash.submitLine(`${program} /etc/redis/redis.conf`);
    desk.pass(200);
  }
  expect(desk.bash.mode).toBe('prompt');
  const shown = desk.bash.transcript.filter((line) => line.startsWith('This program needs'));
  expect(shown).toHaveLength(2);
});
