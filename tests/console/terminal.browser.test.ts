import '@fontsource/ibm-plex-mono/latin-400.css';
import '@fontsource/ibm-plex-mono/latin-600.css';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { ascii } from '../../src/base/bytes.ts';
import { RedisCliSession } from '../../src/console/redis-cli-session.ts';
import { mountTerminal } from '../../src/console/terminal.ts';
import type { Terminal } from '../../src/console/terminal.ts';

const violations: string[] = [];
let host: HTMLElement;
let terminal: Terminal;
let data: string[] = [];
let sizes: [number, number][] = [];
let left: string[] = [];

beforeAll(() => {
  document.addEventListener('securitypolicyviolation', (event) =>
    violations.push(`${event.violatedDirective} ${event.sample}`),
  );
  // The policy of the page, as far as it concerns styles. It holds from here on.
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = "style-src-elem 'self' 'unsafe-inline'; style-src-attr 'none'";
  document.head.append(policy);
});

afterEach(() => {
  terminal.dispose();
  host.remove();
});

async function mount(onData = (piece: string): void => void data.push(piece)): Promise<void> {
  data = [];
  sizes = [];
  left = [];
  host = document.createElement('div');
  host.style.cssText =
    'width: 480px; height: 210px; --panel: #ffffff; --ink: #14181c; --ink-2: #434b54; --ink-3: #5d6670';
  document.body.append(host);
  terminal = await mountTerminal(host, {
    label: 'redis-cli. F6 leaves the terminal.',
    onData,
    onResize: (columns, rows) => void sizes.push([columns, rows]),
    onLeave: (direction) => void left.push(direction),
  });
}

const frame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));

function cell(text: string): HTMLElement {
  const found = [...host.querySelectorAll<HTMLElement>('.xterm-rows span')].find((span) =>
    span.textContent?.includes(text),
  );
  if (found === undefined) throw new Error(`no cell shows ${text}`);
  return found;
}

test('the policy really forbids style attributes', async () => {
  await mount();
  const probe = document.createElement('p');
  probe.setAttribute('style', 'color: rgb(1, 2, 3)');
  host.append(probe);
  await frame();
  expect(getComputedStyle(probe).color).not.toBe('rgb(1, 2, 3)');
  await expect.poll(() => violations.some((text) => text.startsWith('style-src-attr'))).toBe(true);
  violations.length = 0;
});

test('text is drawn in the colours of the page, on its ground, under the policy', async () => {
  await mount();
  terminal.write('\x1b[37mprompt>\x1b[39m \x1b[1mtyped\x1b[22m\x1b[90m hint\x1b[39m plain');
  await terminal.settled();
  await frame();
  expect(getComputedStyle(cell('prompt>')).color).toBe('rgb(67, 75, 84)');
  expect(getComputedStyle(cell('hint')).color).toBe('rgb(93, 102, 112)');
  expect(getComputedStyle(cell('typed')).fontWeight).toBe('600');
  expect(getComputedStyle(cell('typed')).color).toBe('rgb(20, 24, 28)');
  for (const element of host.querySelectorAll(':not(.slider)')) {
    expect(['rgb(255, 255, 255)', 'rgba(0, 0, 0, 0)'], element.className).toContain(
      getComputedStyle(element).backgroundColor,
    );
  }
  expect(violations).toEqual([]);
});

test('the theme follows the page', async () => {
  await mount();
  host.style.setProperty('--ink', '#eef1f4');
  host.style.setProperty('--terminal-ground', '#0f1316');
  terminal.setTheme();
  terminal.write('plain');
  await terminal.settled();
  await frame();
  expect(getComputedStyle(host.querySelector('.xterm-rows') ?? host).color).toBe(
    'rgb(238, 241, 244)',
  );
  expect(violations).toEqual([]);
});

test('the font is IBM Plex Mono in rows of 21 pixels', async () => {
  await mount();
  expect(document.fonts.check('13.5px "IBM Plex Mono"')).toBe(true);
  const rows = host.querySelector<HTMLElement>('.xterm-rows');
  expect(rows?.querySelector('div')?.getBoundingClientRect().height).toBeCloseTo(21, 0);
  expect(sizes.at(-1)?.[1]).toBe(10);
});

test('asking for the state of bracketed paste is answered and breaks nothing', async () => {
  await mount();
  terminal.write('\x1b[?2004$p');
  await terminal.settled();
  expect(data).toEqual(['\x1b[?2004;1$y']);
  terminal.write('still alive');
  await terminal.settled();
  expect(terminal.readScreen()).toBe('still alive');
});

test('many writes become one a frame and keep their order', async () => {
  await mount();
  for (let i = 0; i < 500; i++) terminal.write(`${i}\r\n`);
  expect(terminal.readScreen()).toBe('');
  await frame();
  await terminal.settled();
  expect(terminal.readScreen()).toBe(Array.from({ length: 500 }, (_, i) => String(i)).join('\n'));
});

test('keys arrive, F6 leaves, F8 and F9 are left to the page, Tab stays', async () => {
  await mount();
  const heard: string[] = [];
  const listen = (event: KeyboardEvent): void => void heard.push(event.key);
  document.addEventListener('keydown', listen);
  terminal.focus();
  await userEvent.keyboard('a{Tab}{F6}{Shift>}{F6}{/Shift}{F8}{F9}{Control>}c{/Control}');
  document.removeEventListener('keydown', listen);
  expect(data).toEqual(['a', '\t', '\x03']);
  expect(left).toEqual(['next', 'previous']);
  expect(heard).toEqual(expect.arrayContaining(['F6', 'F8', 'F9']));
  expect(host.contains(document.activeElement)).toBe(true);
});

test('assistive technology gets a name and the text', async () => {
  await mount();
  terminal.write('OK');
  await terminal.settled();
  expect(host.querySelector('textarea')?.getAttribute('aria-label')).toBe(
    'redis-cli. F6 leaves the terminal.',
  );
  await expect
    .poll(() => host.querySelector('.xterm-accessibility')?.textContent ?? '')
    .toContain('OK');
});

test('the number of columns follows the element', async () => {
  await mount();
  const [before = 0] = sizes.at(-1) ?? [];
  host.style.width = '240px';
  await expect.poll(() => sizes.at(-1)?.[0]).toBeLessThan(before * 0.6);
});

test('a session runs on it: typing, hints, wide characters, several rows, Ctrl-R', async () => {
  const session = new RedisCliSession({
    connect: () => Promise.resolve({ kind: 'connected' }),
    send: (argv) =>
      Promise.resolve({
        kind: 'replies',
        replies: [{ type: 'bulk', value: argv.at(-1) ?? ascii('') }],
      }),
    disconnect: () => undefined,
    control: () => Promise.resolve(undefined),
    write: (ansi) => terminal.write(ansi),
    helpTable: () => undefined,
    loadHistory: () => [],
    saveHistory: () => undefined,
  });
  await mount((piece) => session.input(piece));
  const [columns = 0] = sizes.at(-1) ?? [];
  session.resize(columns);
  await session.start();
  terminal.focus();
  await userEvent.keyboard('ECHO kopi{Enter}');
  await expect
    .poll(() => terminal.readScreen())
    .toBe('127.0.0.1:6379> ECHO kopi\n"kopi"\n127.0.0.1:6379>');

  const long = `ECHO ${'愛'.repeat(columns)}`;
  session.input(long);
  session.input('\x01');
  session.input('\x05x\x7f\r');
  await expect
    .poll(() => terminal.readScreen().replaceAll('\n', ''))
    .toContain(`127.0.0.1:6379> ${long}"\\xe6\\x84\\x9b`);

  session.input('\x12kopi\r');
  await expect
    .poll(() => terminal.readScreen().split('\n').slice(-3))
    .toEqual(['127.0.0.1:6379> ECHO kopi', '"kopi"', '127.0.0.1:6379>']);
  expect(violations).toEqual([]);
});
