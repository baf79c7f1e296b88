import { afterEach, expect, test, vi } from 'vitest';
import { Lab } from '../../src/lab/lab.ts';
import { planLab } from '../../src/lab/setup.ts';
import { LabHost, type Keeper } from '../../src/worker/lab-host.ts';
import { labMethods, type Methods } from '../../src/worker/methods.ts';
import { reopenLab } from '../../src/worker/reopen.ts';
import { runFingerprint } from '../lab/scripted-run.ts';

/** What the browser would have, had the tab closed now. */
class MemoryKeeper implements Keeper {
  records: Uint8Array[] = [];
  readonly status = { state: 'kept', notice: null } as unknown as Keeper['status'];
  append(record: Uint8Array): Promise<void> {
    this.records.push(record);
    return Promise.resolve();
  }
  replace(records: readonly Uint8Array[]): Promise<void> {
    this.records = [...records];
    return Promise.resolve();
  }
}

function opened(): { host: LabHost; methods: Methods; keeper: MemoryKeeper } {
  const plan = planLab(
    { clock: { paused: true }, lanes: [{ config: { appendfsync: 'always' } }] },
    1_795_225_880_000_000,
  );
  if (typeof plan === 'string') throw new Error(plan);
  const keeper = new MemoryKeeper();
  const ports = {
    now: () => 0,
    sendFrame: vi.fn(),
    sendPushes: vi.fn(),
    sendTerminal: vi.fn(),
    fatal: (message: string): never => {
      throw new Error(message);
    },
  };
  const host = new LabHost(Lab.create(plan), keeper, ports, null);
  return {
    host,
    methods: labMethods(
      host,
      () => 0,
      () => Promise.resolve(),
    ),
    keeper,
  };
}

async function set(methods: Methods, key: string): Promise<void> {
  const answer = methods.send(`SET ${key} 1`, {});
  await methods.advance(50);
  await answer;
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

test('what bash did cannot be repeated: no link, no file and no undo pretend that it can', async () => {
  const { host, methods } = opened();
  await set(methods, 'a');
  expect(methods.link()).toMatchObject({ fits: true });
  const ran = methods.shell('echo x > /data/note', {});
  await methods.advance(1000);
  expect((await ran).exitCode).toBe(0);
  const before = fingerprint(host.lab);
  expect(() => methods.link()).toThrow(/^link: a command was run in bash/);
  expect(() => methods.export('run', {})).toThrow(/^export: a command was run in bash/);
  await expect(methods.undo()).rejects.toThrow(/^undo: a command was run in bash/);
  expect(fingerprint(host.lab)).toBe(before);
  await methods.reset({ clock: { paused: true, startAt: 1_795_225_880_000 } });
  expect(methods.link()).toMatchObject({ fits: true });
});
