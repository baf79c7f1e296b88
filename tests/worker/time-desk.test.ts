import { expect, test } from 'vitest';
import { replay, runOf, runUpTo } from '../../src/lab/replay.ts';
import type { LabHost } from '../../src/worker/lab-host.ts';
import { whyNotNow, type Methods } from '../../src/worker/methods.ts';
import type { FutureView } from '../../src/worker/protocol.ts';
import { reopenLab } from '../../src/worker/reopen.ts';
import { runFingerprint } from '../lab/scripted-run.ts';
import { opened } from './open-lab.ts';

const EVERYSEC = {
  clock: { paused: true },
  lanes: [
    { id: 'everysec', config: { appendfsync: 'everysec' } },
    { id: 'always', config: { appendfsync: 'always' } },
  ],
} as const;

async function set(methods: Methods, key: string, lane = 'everysec'): Promise<void> {
  const answer = methods.send(`SET ${key} ${key}`, { lane });
  await methods.advance(50);
  await answer;
}

function fingerprint(lab: LabHost['lab']): string {
  for (const { state } of lab.lanes) state.logLines = [];
  return runFingerprint(lab);
}

function keysOf({ lanes }: LabHost['lab']): readonly string[] {
  return lanes[0]!.state.server?.engine.databases[0]?.space.entries.map(({ key }) => key) ?? [];
}

const names = (futures: readonly FutureView[] | undefined): readonly string[] =>
  (futures ?? []).map(({ name, here }) => (here ? `${name} here` : name));

test('an earlier instant is shown as it was, read-only; now comes back as it is', async () => {
  const { host, methods, nextFrame } = opened(EVERYSEC);
  for (const key of ['a', 'b', 'c']) await set(methods, key);
  const now = host.lab.now;
  const before = fingerprint(host.lab);
  expect(nextFrame().past).toBeUndefined();
  await methods.time({ do: 'seek', at: now - 80 });
  const frame = nextFrame();
  expect(frame.past).toMatchObject({ now });
  expect(frame.clock.now).toBeCloseTo(now - 80, 6);
  expect(frame.lanes[0]!.records).toMatchObject({ first: 0 });
  expect(frame.lanes[0]!.timeline).toBeNull();
  expect(keysOf(host.looked)).toEqual(['a', 'b']);
  expect(fingerprint(host.looked)).toBe(
    fingerprint(replay(runUpTo(runOf(host.lab), Math.round((now - 80) * 1000)))),
  );
  expect((await methods.view()).now).toBeCloseTo(now - 80, 6);
  expect(whyNotNow(host, 'send')).toMatch(/^send: an earlier instant is looked at/);
  expect(whyNotNow(host, 'memory')).toBeUndefined();

  await methods.time({ do: 'seek', at: now - 20 });
  expect(keysOf(host.looked)).toEqual(['a', 'b', 'c']);
  await methods.time({ do: 'present' });
  expect(nextFrame().past).toBeUndefined();
  expect(whyNotNow(host, 'send')).toBeUndefined();
  expect(fingerprint(host.lab)).toBe(before);
  await expect(async () => methods.time({ do: 'seek', at: NaN })).rejects.toThrow(
    'seek: NaN is no instant of the run',
  );
});

test('going on from an earlier instant keeps the future that was left; both can be gone over to and compared', async () => {
  const { host, methods, keeper } = opened(EVERYSEC);
  for (const key of ['a', 'b']) await set(methods, key);
  // What is done at an instant belongs to it.
  const middle = Math.floor(host.lab.now) - 1;
  for (const key of ['c', 'd']) await set(methods, key);
  await methods.crash('process-killed', {});
  const first = fingerprint(host.lab);
  expect(names((await methods.time({ do: 'futures' })).futures)).toEqual(['A here']);

  await methods.time({ do: 'seek', at: middle });
  expect(names((await methods.time({ do: 'continue' })).futures)).toEqual(['A', 'B here']);
  expect(host.past).toBeNull();
  expect(keysOf(host.lab)).toEqual(['a', 'b']);
  await set(methods, 'e');
  await methods.crash('power-lost', {});
  const second = fingerprint(host.lab);

  const { comparison } = await methods.time({ do: 'compare', future: 'A' });
  expect(comparison).toMatchObject({
    partAt: middle,
    here: { name: 'B', crash: 'power-lost' },
    there: { name: 'A', crash: 'process-killed' },
    first: { here: 'SET e e', there: 'SET c c' },
  });
  const [everysec, always] = comparison!.lanes;
  // What was answered was written, so the process took nothing; the power took all three.
  expect(everysec!.here).toMatchObject({ acknowledged: 3, survived: 0, lost: 3, keys: 0 });
  expect(everysec!.there).toMatchObject({ acknowledged: 4, survived: 4, lost: 0, keys: 4 });
  // Both are down: compared is what a boot would bring back.
  expect(everysec!.keys.map(({ key, here, there }) => [key, here, there])).toEqual(
    ['a', 'b', 'c', 'd'].map((key) => [key, null, key]),
  );
  expect(always!.here).toMatchObject({ acknowledged: 0, lost: 0 });

  const opens = await methods.time({ do: 'open', future: 'A' });
  expect(names(opens.futures)).toEqual(['A here', 'B']);
  expect(fingerprint(host.lab)).toBe(first);
  await methods.boot({});
  await methods.advance(1000);
  expect(keysOf(host.lab)).toEqual(['a', 'b', 'c', 'd']);
  // The browser has the future at hand: its platters, and what was done in it.
  expect(
    reopenLab(keeper.records).lab?.state.earlier.some(({ action }) => action === 'SET d d'),
  ).toBe(true);
  await methods.time({ do: 'open', future: 'B' });
  expect(fingerprint(host.lab)).toBe(second);
  await expect(methods.time({ do: 'open', future: 'Z' })).rejects.toThrow(
    'open: there is no other future Z; there are A',
  );
});

test('undo and something else leave a future too', async () => {
  const { host, methods } = opened(EVERYSEC);
  for (const key of ['a', 'b', 'c']) await set(methods, key);
  const left = fingerprint(host.lab);
  await methods.undo();
  await methods.undo();
  expect(names((await methods.time({ do: 'futures' })).futures)).toEqual(['A here']);
  await set(methods, 'other');
  expect(names((await methods.time({ do: 'futures' })).futures)).toEqual(['A', 'B here']);
  await methods.time({ do: 'open', future: 'A' });
  expect(fingerprint(host.lab)).toBe(left);
  const { comparison } = await methods.time({ do: 'compare', future: 'B' });
  expect(comparison!.first).toEqual({ here: 'SET b b', there: 'SET other other' });
  expect(comparison!.lanes[0]!.keys).toEqual([
    { key: 'b', here: 'b', there: null },
    { key: 'c', here: 'c', there: null },
    { key: 'other', here: null, there: 'other' },
  ]);
  await methods.reset({ clock: { paused: true, startAt: 1_795_225_880_000 } });
  expect(names((await methods.time({ do: 'futures' })).futures)).toEqual(['A here']);
});

test('a bash at its prompt is in what was left, and checkpoints are taken beside it', async () => {
  const { host, methods, shown } = opened({ ...EVERYSEC, workload: { rate: 400 } });
  await methods.openTerminal(1, { columns: 80, rows: 24 });
  const type = async (text: string): Promise<string> => {
    shown.length = 0;
    void methods.terminalInput(1, { kind: 'line', text });
    await methods.advance(500);
    return shown.map((told) => (told.kind === 'output' ? told.bytes : '')).join('');
  };
  await type('X=5; cd /tmp; export X');
  const before = host.checkpoints.count;
  await methods.advance(8000);
  expect(host.checkpoints.count).toBeGreaterThan(before);
  await methods.workload(null);
  const middle = host.lab.now - 1;
  await type('X=6');
  const first = fingerprint(host.lab);
  await methods.time({ do: 'seek', at: middle });
  await methods.time({ do: 'continue' });
  expect(await type('echo $X $PWD')).toBe('5 /tmp\n');
  await methods.time({ do: 'open', future: 'A' });
  expect(fingerprint(host.lab)).toBe(first);
  expect(await type('echo $X $PWD')).toBe('6 /tmp\n');
  // What was found without it is what a replay from the start comes to.
  const there = fingerprint(host.lab);
  expect(fingerprint(replay(runOf(host.lab)))).toBe(there);
});

test('what an accident would have taken is answered for any instant', async () => {
  const { host, methods } = opened(EVERYSEC);
  for (const key of ['a', 'b', 'c']) await set(methods, key);
  const { forecast } = await methods.time({ do: 'forecast', at: host.lab.now });
  expect(forecast).toMatchObject([
    { lane: 'everysec', life: 'running', acknowledged: 3, processKill: { writes: 0 } },
    { lane: 'always', life: 'running', acknowledged: 0, powerLoss: { writes: 0, ms: 0 } },
  ]);
  expect(forecast![0]!.powerLoss.writes).toBe(3);
  const earlier = await methods.time({ do: 'forecast', at: host.lab.now - 60 });
  expect(earlier.forecast![0]).toMatchObject({ acknowledged: 2 });
});

test('long work tells how far it is, and stops when it is asked to', async () => {
  let now = 0;
  const { host, methods, nextFrame } = opened(
    { ...EVERYSEC, workload: { rate: 600 } },
    () => (now += 250),
  );
  await methods.advance(3000);
  host.checkpoints.forget();
  await methods.workload(null);
  const going = methods.undo();
  let done: number | undefined;
  while ((done = nextFrame().going) === undefined)
    await new Promise((resolve) => setTimeout(resolve, 0));
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(1);
  await methods.time({ do: 'stop' });
  await expect(going).rejects.toThrow('undo: stopped');
  expect(nextFrame().going).toBeUndefined();
}, 60_000);
