import { afterEach, expect, test, vi } from 'vitest';
import type { Lab } from '../../src/lab/lab.ts';
import type { LabHost } from '../../src/worker/lab-host.ts';
import type { Methods } from '../../src/worker/methods.ts';
import { reopenLab } from '../../src/worker/reopen.ts';
import { runFingerprint } from '../lab/scripted-run.ts';
import { opened } from './open-lab.ts';

async function set(methods: Methods, key: string): Promise<void> {
  const answer = methods.send(`SET ${key} 1`, {});
  await methods.advance(50);
  await answer;
}

/** A line of bash, with as much time as it takes. */
async function inShell(
  methods: Methods,
  line: string,
): Promise<Awaited<ReturnType<Methods['shell']>>> {
  const answer = Promise.resolve(methods.shell(line, {}));
  let ended = false;
  void answer.then(() => (ended = true));
  while (!ended) {
    await methods.advance(10);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return answer;
}

/** Of the lab alone: the server's log leaves with each frame. */
function fingerprint(lab: Lab): string {
  for (const { state } of lab.lanes) state.logLines = [];
  return runFingerprint(lab);
}

function keysOf(host: LabHost): readonly string[] {
  const [database] = host.lab.lanes[0]!.state.server?.engine.databases ?? [];
  return database?.space.entries.map(({ key }) => key) ?? [];
}

afterEach(() => vi.restoreAllMocks());

test('a link shows its run; the own lab comes back as it was, and is what the browser has', async () => {
  const giver = opened();
  for (const key of ['a', 'b']) await set(giver.methods, key);
  const { hash, fits } = await giver.methods.link();
  expect(fits).toBe(true);

  const taker = opened();
  await set(taker.methods, 'mine');
  const before = fingerprint(taker.host.lab);
  const kept = taker.keeper.records.length;
  await taker.methods.load(`https://lab.example/#${hash}`);
  expect(fingerprint(taker.host.lab)).toBe(fingerprint(giver.host.lab));
  await set(taker.methods, 'played');
  expect(taker.keeper.records).toHaveLength(kept);

  await taker.methods.leave();
  expect(fingerprint(taker.host.lab)).toBe(before);
  await expect(async () => taker.methods.leave()).rejects.toThrow('leave: this lab is yours');

  await taker.methods.load(hash.replace('run=', ''));
  await taker.methods.keep();
  expect(keysOf(taker.host)).toEqual(['a', 'b']);
  const again = reopenLab(taker.keeper.records);
  again.lab?.runUntil(again.lab.clock.now + 1_000_000, Infinity);
  expect(
    again.lab!.lanes[0]!.state.server!.engine.databases[0]!.space.entries.map(({ key }) => key),
  ).toEqual(['a', 'b']);
});

test('a damaged link, file or run changes nothing', async () => {
  const { host, methods } = opened();
  await set(methods, 'mine');
  const before = fingerprint(host.lab);
  const { hash } = await methods.link();
  for (const wrong of [hash.slice(0, -3), `${hash}A`, 'run=', Uint8Array.of(1, 2)])
    await expect(methods.load(wrong)).rejects.toThrow(/^load: /);
  expect(fingerprint(host.lab)).toBe(before);
});

test('undo takes back the last thing done, redo brings it back, and a file holds the run', async () => {
  const { host, methods } = opened();
  await set(methods, 'a');
  const one = fingerprint(host.lab);
  await set(methods, 'b');
  const two = fingerprint(host.lab);
  await methods.undo();
  expect(keysOf(host)).toEqual(['a']);
  expect(fingerprint(host.lab)).toBe(one);
  await methods.undo();
  expect(keysOf(host)).toEqual([]);
  await expect(methods.undo()).rejects.toThrow('undo: nothing has been done yet');
  await methods.redo();
  await methods.redo();
  expect(fingerprint(host.lab)).toBe(two);
  await methods.undo();
  await set(methods, 'c');
  await expect(methods.redo()).rejects.toThrow('something else was done since');
  const file = (await methods.export('run', {})).get('run.aoflab');
  await methods.load(file!);
  expect(keysOf(host)).toEqual(['a', 'c']);
});

test('what bash did is in links and files, and is taken back and done again', async () => {
  const { host, methods } = opened();
  await set(methods, 'a');
  const ran = await inShell(methods, 'echo x > /data/note; redis-cli SET b 1');
  expect(ran.exitCode).toBe(0);
  const after = fingerprint(host.lab);
  const { hash, fits } = await methods.link();
  expect(fits).toBe(true);
  const taker = opened();
  await taker.methods.load(hash.replace('run=', ''));
  expect(fingerprint(taker.host.lab)).toBe(after);
  await methods.undo();
  expect(keysOf(host)).toEqual(['a']);
  expect(host.lab.lanes[0]!.kernel.readFile('/data/note')).toBeUndefined();
  await methods.redo();
  expect(fingerprint(host.lab)).toBe(after);
  expect((await inShell(methods, 'cat /data/note')).stdout).toBe('x\n');
});

test('a terminal goes back with its lab: what it showed then, with the same bash behind it', async () => {
  const { host, methods, shown } = opened();
  const type = async (text: string): Promise<void> => {
    await methods.terminalInput(7, { kind: 'line', text });
    await methods.advance(500);
  };
  await methods.openTerminal(7, { columns: 80, rows: 24 });
  await methods.advance(500);
  await type('X=1; echo first');
  await type('X=2; echo second');
  shown.length = 0;
  await methods.undo();
  const told = shown.filter(({ session }) => session === 7);
  expect(told[0]).toEqual({ session: 7, kind: 'fresh' });
  const text = told.map((each) => (each.kind === 'output' ? each.bytes : '')).join('');
  expect(text).toContain('echo first\nfirst\n');
  expect(text).not.toContain('second');
  expect(told.at(-1)).toMatchObject({ kind: 'prompt' });
  shown.length = 0;
  await type('echo $X');
  expect(shown.map((each) => (each.kind === 'output' ? each.bytes : '')).join('')).toContain('1\n');
  await methods.reset({ clock: { paused: true, startAt: 1_795_225_880_000 } });
  expect(shown.at(-1)).toEqual({ session: 7, kind: 'ended', why: 'lab' });
  expect(host.lab.state.actions).toEqual([]);
});

test('keys that were typed one after the other are taken back at once', async () => {
  const { host, methods } = opened();
  await methods.openTerminal(1, { columns: 80, rows: 24 });
  await methods.advance(500);
  for (const data of ['a', 'b', 'c']) await methods.terminalInput(1, { kind: 'keys', data });
  await methods.terminalInput(1, { kind: 'resize', columns: 100, rows: 30 });
  await methods.undo();
  expect(host.lab.state.actions.map(({ action }) => action.kind)).toEqual(['terminal']);
  await expect(methods.undo()).rejects.toThrow('undo: nothing has been done yet');
  await methods.redo();
  expect(host.lab.state.actions).toHaveLength(5);
});
