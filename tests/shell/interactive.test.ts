/** Programs that have the whole screen: what they draw, and what keys do. */
import { describe, expect, test } from 'vitest';
import { bytesOf, byteStringOf, utf8Encode, type ByteString } from '../../src/base/bytes.ts';
import { safeOutput } from '../../src/console/safe-output.ts';
import { Session } from '../../src/shell/session.ts';
import { newTerminalState } from '../../src/shell/streams.ts';
import { ShellLab } from './harness.ts';
import { TinyScreen } from './tiny-screen.ts';

const ROWS = 12;

class Screened {
  readonly lab = new ShellLab();
  readonly screen = new TinyScreen();
  readonly session: Session;
  mode: 'line' | 'raw' = 'line';
  prompts = 0;

  constructor() {
    const utf8 = new TextDecoder();
    this.session = new Session(
      this.lab.shells['machine'](this.lab.lane).table,
      {
        sink: {
          waiters: new Set(),
          take: (bytes) => {
            const text = utf8.decode(bytesOf(bytes), { stream: true });
            this.screen.write(safeOutput(text, this.mode));
            return true;
          },
        },
        prompt: () => this.prompts++,
        mode: (mode) => (this.mode = mode),
        reading: () => undefined,
        typed: () => undefined,
        ended: () => undefined,
      },
      newTerminalState({ columns: 40, rows: ROWS }),
      () => undefined,
    );
    this.session.start();
    this.lab.advance(100);
  }

  put(path: string, text: string): this {
    this.lab.lane.kernel.writeFile(path, bytesOf(text as ByteString));
    return this;
  }

  file(path: string): string {
    return byteStringOf(this.lab.lane.kernel.readFile(path)!);
  }

  line(text: string): this {
    this.session.line(utf8Encode(text));
    this.lab.advance(500);
    return this;
  }

  keys(...keys: readonly string[]): this {
    for (const key of keys) {
      this.session.keys(utf8Encode(key));
      this.lab.advance(200);
    }
    return this;
  }
}

const numbers = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, i) => `${from + i}\n`).join('');

describe('less', () => {
  const opened = (text: string): Screened => new Screened().put('/tmp/f', text).line('less /tmp/f');

  test('pages on and back, a line at a time, to the end and to the start', () => {
    const page = opened(numbers(1, 100));
    expect(page.mode).toBe('raw');
    expect([page.screen.line(1), page.screen.line(11), page.screen.line(12)]).toEqual([
      '1',
      '11',
      'f',
    ]);
    const top = (...keys: string[]): string => page.keys(...keys).screen.line(1);
    expect(top(' ')).toBe('12');
    expect(top('b')).toBe('1');
    expect(top('j', 'j')).toBe('3');
    expect(top('k')).toBe('2');
    expect(top('5', '0', 'g')).toBe('50');
    expect(top('G')).toBe('90');
    expect(page.screen.line(12)).toBe('(END)');
    expect(top('g')).toBe('1');
  });

  test('finds what is sought, onward and back', () => {
    const page = opened(numbers(1, 200));
    const top = (...keys: string[]): string => page.keys(...keys).screen.line(1);
    expect(top('/', '7', '7', '\r')).toBe('77');
    expect(top('n')).toBe('177');
    expect(top('N')).toBe('77');
    expect(top('/', 'n', 'o', '\r')).toBe('77');
    expect(page.screen.line(12)).toBe('Pattern not found  (press RETURN)');
    expect(top('?', '1', '2', '\r')).toBe('12');
  });

  test('q leaves, and bash stands at its prompt again', () => {
    const page = opened('text\n');
    const before = page.prompts;
    page.keys('q');
    expect([page.mode, page.prompts]).toEqual(['line', before + 1]);
  });

  test('shows control bytes and what is no UTF-8 in words', () => {
    const page = opened('a\x1b[31mred\x07\xff\r\nkopi \xe2\x98\x95\n');
    expect(page.screen.line(1)).toBe('a^[[31mred^G<FF>^M');
    expect(page.screen.line(2)).toBe('kopi ☕');
  });

  test('folds long lines', () => {
    const page = opened(`${'x'.repeat(50)}\nnext\n`);
    expect([page.screen.line(1), page.screen.line(2), page.screen.line(3)]).toEqual([
      'x'.repeat(40),
      'x'.repeat(10),
      'next',
    ]);
  });

  test('reads a pipe without end no further than it shows, and Ctrl-C ends the search for its end', () => {
    const page = new Screened().line('yes row | less');
    expect(page.screen.line(1)).toBe('row');
    page.session.keys(utf8Encode('G'));
    page.lab.advance(30);
    page.keys('\x03', 'g');
    expect(page.screen.line(1)).toBe('row');
    page.keys('q');
    expect(page.mode).toBe('line');
  });

  test('follows a file that grows until Ctrl-C', () => {
    const page = opened(numbers(1, 3)).keys('F');
    page.lab.bash('echo grown >> /tmp/f');
    page.lab.advance(1000);
    expect(page.screen.line(4)).toBe('grown');
    page.keys('\x03', 'q');
    expect(page.mode).toBe('line');
  });
});

describe('nano', () => {
  const opened = (text: string): Screened => new Screened().put('/tmp/f', text).line('nano /tmp/f');

  test('shows the file under its name, with the keys below', () => {
    const page = opened('one\ntwo\n');
    expect(page.screen.line(1)).toMatch(/^ {2}GNU nano .*\/tmp\/f/);
    expect([page.screen.line(3), page.screen.line(4)]).toEqual(['one', 'two']);
    expect(page.screen.line(10)).toContain('[ Read 2 lines ]');
    expect(page.screen.line(12)).toContain('^X Exit');
  });

  test('writes what was typed with ^O, and leaves with ^X', () => {
    const page = opened('appendonly no\n').keys('\x05', '\x7f', '\x7f', 'yes', '\x0f', '\r');
    expect(page.file('/tmp/f')).toBe('appendonly yes\n');
    expect(page.screen.line(10)).toContain('[ Wrote 1 line ]');
    page.keys('\x18');
    expect(page.mode).toBe('line');
  });

  test('leaves a changed file as it was when the learner says no', () => {
    const page = opened('kept\n').keys('gone', '\x18');
    expect(page.screen.line(10)).toContain('Save modified buffer?');
    page.keys('n');
    expect([page.file('/tmp/f'), page.mode]).toEqual(['kept\n', 'line']);
  });

  test('cuts lines with ^K and pastes them with ^U', () => {
    const page = opened('a\nb\nc\n').keys('\x0b', '\x0b', '\x1b[B', '\x15', '\x13', '\x18');
    expect(page.file('/tmp/f')).toBe('c\na\nb\n');
  });

  test('finds with ^W, round the end too', () => {
    const page = opened('key one\nkey two\n').keys('\x17', 't', 'w', 'o', '\r', 'X', '\x17', '\r');
    expect(page.screen.line(10)).toContain('[ Search Wrapped ]');
    page.keys('\x13', '\x18');
    expect(page.file('/tmp/f')).toBe('key one\nkey Xtwo\n');
  });

  test('an edited log keeps every other byte, the ends of its lines too', () => {
    const record = '*3\r\n$3\r\nSET\r\n$1\r\na\r\n$3\r\n\xff\xfe\x01\r\n';
    const page = opened(record).keys(
      '\x1b[B',
      '\x1b[B',
      '\x1b[B',
      '\x1b[B',
      '\x05',
      '\x7f',
      'b',
      '\x13',
      '\x18',
    );
    expect(page.file('/tmp/f')).toBe(record.replace('a', 'b'));
  });

  test('breaks and joins lines, and keeps characters of several bytes whole', () => {
    const page = opened('caf\xc3\xa9 kopi\n').keys(
      '\x05',
      '\x1b[D',
      '\x1b[D',
      '\x1b[D',
      '\x1b[D',
      '\x1b[D',
      '\x7f',
      'è',
      '\r',
    );
    expect([page.screen.line(3), page.screen.line(4)]).toEqual(['cafè', ' kopi']);
    page.keys('\x7f', '\x13', '\x18');
    expect(page.file('/tmp/f')).toBe('caf\xc3\xa8 kopi\n');
  });

  test('what is edited is what redis-server obeys', () => {
    const page = new Screened();
    page.lab.run('redis-cli SHUTDOWN NOSAVE');
    page.line('nano /etc/redis/redis.conf');
    page.keys(
      '\x17',
      'appendfsync everysec',
      '\r',
      '\x05',
      ...'\x7f'.repeat(8),
      'no',
      '\x13',
      '\x18',
    );
    page.lab.run('redis-server /etc/redis/redis.conf > /dev/null &');
    expect(page.lab.run('sleep 0.5; redis-cli CONFIG GET appendfsync').stdout).toBe(
      'appendfsync\nno\n',
    );
  });
});

test('Ctrl-C stops every program that goes on by itself', () => {
  const page = new Screened();
  for (const line of [
    "awk 'BEGIN { while (1) n++ }'",
    'dd if=/dev/zero of=/dev/null',
    'sha256sum /dev/zero',
    'gzip -c < /dev/zero > /dev/null',
    'hexdump -v /dev/zero > /dev/null',
    'tail -f /etc/redis/redis.conf > /dev/null',
    'watch date > /dev/null',
    'cmp /dev/zero /dev/zero',
    'base64 /dev/zero > /dev/null',
  ]) {
    const before = page.prompts;
    page.session.line(utf8Encode(line));
    page.lab.advance(10);
    expect([line, page.prompts]).toEqual([line, before]);
    page.session.signal('INT');
    page.lab.advance(20);
    expect([line, page.prompts]).toEqual([line, before + 1]);
  }
});

test('what a tutorial prints for redis-cli or redis.conf is told where it belongs', () => {
  const page = new Screened();
  const printed = (line: string): string[] => {
    page.line('clear').line(line);
    return [1, 2, 3].map((row) => page.screen.line(row)).filter((row) => row !== '');
  };
  expect(printed('SET user:1 "Bos"')).toEqual([
    'bash: SET: command not found',
    'SET is a command of Redis: type it in the redis-cli tab, or here behind redis-cli',
  ]);
  expect(printed('appendonly yes')).toEqual([
    'bash: appendonly: command not found',
    expect.stringMatching(/^appendonly is a setting: .* redis-cli CONFIG SET appendonly yes$/),
  ]);
  expect(printed('frobnicate')).toEqual(['bash: frobnicate: command not found']);
});

test('Ctrl-Z stops a redis-server in the foreground, which is the lab’s own, and fg lets it go on', () => {
  const page = new Screened();
  const { lab } = page;
  lab.run('redis-cli SHUTDOWN NOSAVE');
  page.line('redis-server > /tmp/log');
  const pid = lab.run('pidof redis-server').stdout.trim();
  page.session.signal('TSTP');
  lab.advance(100);
  const state = `ps aux | awk '$2 == ${pid} { print $8 }'`;
  expect(lab.run(`${state}; timeout 1 redis-cli PING; echo $?`).stdout).toBe('T\n124\n');
  page.line('fg');
  expect(lab.run('redis-cli PING').stdout).toBe('PONG\n');
  page.session.signal('INT');
  lab.advance(500);
  expect(lab.run('pidof redis-server; tail -n 1 /tmp/log').stdout).toMatch(/bye bye\.\.\.\n$/);
});
