/** An import that is loaded in pieces is one action of the run, whatever is asked for meanwhile. */
import { expect, test } from 'vitest';
import type { LabHost } from '../../../src/worker/lab-host.ts';
import { needsTheLab, type Methods } from '../../../src/worker/methods.ts';
import type { ImportView } from '../../../src/worker/protocol.ts';
import { runFingerprint } from '../../lab/scripted-run.ts';
import { opened } from '../open-lab.ts';

const COMMANDS = 60_000;

function log(): Blob {
  let text = '';
  for (let i = 0; i < COMMANDS; i++) {
    const [key, value] = [`key:${i % 20_000}`, String(i)];
    text += `*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${value.length}\r\n${value}\r\n`;
  }
  return new Blob([text]);
}

async function set(methods: Methods, key: string): Promise<void> {
  const answer = methods.send(`SET ${key} 1`, {});
  await methods.advance(50);
  await answer;
}

/** Of the lab alone: the server's log leaves with each frame. */
function fingerprint({ lab }: LabHost): string {
  for (const { state } of lab.lanes) state.logLines = [];
  return runFingerprint(lab);
}

test('its replay, which loads it as a whole, comes to the same bytes', async () => {
  const { host, methods } = opened();
  await set(methods, 'before');
  const file = log();
  const asked = await methods.importing({ do: 'open', files: [{ path: 'a.aof', file }] });
  expect(asked).toEqual({
    stage: 'asking',
    files: [{ name: 'appendonly.aof', size: file.size }],
  });
  const taken = methods.importing({ do: 'take' });
  const stages = new Set<ImportView['stage']>();
  let done = false;
  void Promise.resolve(taken).then(() => (done = true));
  while (!done) {
    stages.add((await methods.importing({ do: 'look' })).stage);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(await taken).toEqual({ stage: 'done', keys: 20_000, commands: COMMANDS });
  expect([...stages]).toEqual(expect.arrayContaining(['trying', 'starting']));
  await set(methods, 'after');
  const whole = fingerprint(host);
  await methods.undo();
  await methods.undo();
  expect((await methods.view()).lanes[0]!.keys).toBe(1);
  await methods.redo();
  await methods.redo();
  expect(fingerprint(host)).toBe(whole);
});

test('stopped while it is tried out, it has changed nothing, and another one can begin', async () => {
  const { host, methods } = opened();
  await set(methods, 'kept');
  const before = fingerprint(host);
  const files = [{ path: 'a.aof', file: log() }];
  await methods.importing({ do: 'open', files });
  const taken = methods.importing({ do: 'take' });
  while ((await methods.importing({ do: 'look' })).stage !== 'trying')
    await new Promise((resolve) => setTimeout(resolve, 1));
  await methods.importing({ do: 'stop' });
  expect(await taken).toEqual({ stage: 'failed', problem: 'stopped', name: '' });
  expect(fingerprint(host)).toBe(before);
  await methods.importing({ do: 'open', files });
  expect(await methods.importing({ do: 'take' })).toMatchObject({ stage: 'done' });
});

test('while a machine starts with files, what would change it waits; what only looks does not', async () => {
  const { host, methods } = opened();
  const taken = methods.importFiles(
    new Map([['a.aof', new Uint8Array(await log().arrayBuffer())]]),
    {},
  );
  while (!host.hold.isHeld) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(needsTheLab('send')).toBe(true);
  expect(needsTheLab('view')).toBe(false);
  let free = false;
  const waiting = host.hold.free().then(() => (free = true));
  // The beat of the host runs nothing meanwhile.
  const { now } = host.lab;
  host.changed();
  expect(host.lab.now).toBe(now);
  expect(free).toBe(false);
  expect(await taken).toMatchObject({ keys: 20_000 });
  await waiting;
  expect(host.hold.isHeld).toBe(false);
});
