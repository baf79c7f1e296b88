import { afterEach, describe, expect, test, vi } from 'vitest';

import { connectLab, type LabLink, type Trouble } from '../../src/worker/link.ts';
import type { Frame, LabEvent } from '../../src/worker/protocol.ts';

let link: LabLink | null = null;

afterEach(() => {
  link?.close();
  link = null;
});

function start(): Worker {
  return new Worker(new URL('./fake-lab-worker.ts', import.meta.url), { type: 'module' });
}

function connect(): LabLink {
  link = connectLab(start(), start);
  return link;
}

/** Everything that `onTrouble` tells from now on. */
function troublesOf(lab: LabLink): (Trouble | null)[] {
  const troubles: (Trouble | null)[] = [];
  lab.onTrouble((trouble) => troubles.push(trouble));
  return troubles;
}

describe('calls', () => {
  test('are answered, each with its own answer, in whatever number', async () => {
    const lab = connect();
    const texts = Array.from({ length: 200 }, (_, n) => `PING ${n}`);
    const answers = await Promise.all(texts.map((text) => lab.call.send(text, {})));
    expect(answers.map(({ text }) => text)).toEqual(texts);
  });

  test('carry their arguments, bytes too', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(await connect().call.writeFile('a', bytes, { lane: 'main' })).toEqual([
      'a',
      bytes,
      { lane: 'main' },
    ]);
    expect(bytes.length).toBe(256);
  });

  test('that the lab refuses reject with its words', async () => {
    const lab = connect();
    await expect(lab.call.send('refuse', {})).rejects.toThrow('no lane "x"');
    await expect(lab.call.send('nothing', {})).rejects.toThrow('gave no answer to send');
    expect(lab.trouble).toBe(null);
  });

  test('with what cannot be sent reject, and nothing waits for them', async () => {
    const lab = connect();
    const unsendable = { lane: (() => undefined) as unknown as string };
    await expect(lab.call.boot(unsendable)).rejects.toThrow(/could not be cloned/);
    expect(await lab.call.send('PING', {})).toMatchObject({ text: 'PING' });
  });

  test('may be made before the lab is ready; ready tells what was recovered', async () => {
    const lab = connect();
    const early = lab.call.send('PING', {});
    expect((await lab.ready)?.text).toBe('IndexedDB was empty.');
    expect(await early).toMatchObject({ text: 'PING' });
  });
});

describe('frames', () => {
  test('are given out in order, their events behind them, and each is acknowledged once', async () => {
    const lab = connect();
    const seen: (Frame | LabEvent)[] = [];
    lab.onFrame((frame) => seen.push(frame));
    const off = lab.onEvent((event) => seen.push(event));
    await lab.call.send('frames', {});
    expect(seen.map((item) => ('run' in item ? item.run : item.event))).toEqual([
      ...[1, 'boot', 'flush'],
      ...[2, 'boot', 'flush'],
      ...[3, 'boot', 'flush'],
    ]);
    off();
    await vi.waitFor(async () => expect((await lab.call.view()).now).toBe(3));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await lab.call.view()).now).toBe(3);
    await lab.call.send('frames', {});
    expect(seen.length).toBe(12);
  });

  test('reach every listener, although one throws', async () => {
    const lab = connect();
    const errors: unknown[] = [];
    const note = (event: ErrorEvent): void => {
      event.preventDefault();
      event.stopImmediatePropagation();
      errors.push(event.error);
    };
    addEventListener('error', note, { capture: true });
    let frames = 0;
    lab.onFrame(() => {
      throw new Error('a pane is broken');
    });
    lab.onFrame(() => frames++);
    await lab.call.send('frames', {});
    removeEventListener('error', note, { capture: true });
    expect(frames).toBe(3);
    expect(errors.map(String)).toEqual(Array(3).fill('Error: a pane is broken'));
  });
});

describe('a worker in trouble', () => {
  test('that hangs is reported after three seconds with the command, and taken back when it answers', async () => {
    const lab = connect();
    await lab.ready;
    const troubles = troublesOf(lab);
    const before = performance.now();
    const answer = lab.call.send('hang 5000', {});
    const behind = lab.call.send('PING', {});
    await vi.waitFor(() => expect(lab.trouble?.kind).toBe('hung'), { timeout: 4_500 });
    expect(performance.now() - before).toBeGreaterThan(2_800);
    expect(lab.trouble?.message).toContain('has not answered to hang 5000 for 3 seconds');
    expect(await answer).toEqual({ text: 'done', reply: null });
    expect(await behind).toMatchObject({ text: 'PING' });
    expect(lab.trouble).toBe(null);
    expect(troubles.map((trouble) => trouble?.kind ?? null)).toEqual(['hung', null]);
  });

  test('that hangs can be restarted: what waited is refused, what comes after is answered', async () => {
    const lab = connect();
    await lab.ready;
    const hung = lab.call.send('hang 60000', {});
    hung.catch(() => undefined);
    await vi.waitFor(() => expect(lab.trouble?.kind).toBe('hung'), { timeout: 4_500 });
    lab.restart();
    await expect(hung).rejects.toThrow('restarted before it answered');
    expect(lab.trouble).toBe(null);
    expect((await lab.ready)?.text).toBe('IndexedDB was empty.');
    expect(await lab.call.send('PING', {})).toMatchObject({ text: 'PING' });
  });

  test('is not said to hang because one call waits for long', async () => {
    const lab = connect();
    await lab.ready;
    const troubles = troublesOf(lab);
    const waiting = lab.call.send('never', {});
    waiting.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 4_200));
    expect(troubles).toEqual([]);
  });

  test('that dies is reported with its reason, and calls reject until it is restarted', async () => {
    for (const [command, reason] of [
      ['throw', 'a broken invariant'],
      ['fatal', 'out of memory'],
    ] as const) {
      const lab = connect();
      const troubles = troublesOf(lab);
      await expect(lab.call.send(command, {})).rejects.toThrow(reason);
      await expect(lab.call.send('PING', {})).rejects.toThrow('The lab stopped');
      expect(troubles).toMatchObject([{ kind: 'failed' }]);
      lab.restart();
      expect(await lab.call.send('PING', {})).toMatchObject({ text: 'PING' });
      lab.close();
    }
  });

  test('whose script cannot be loaded is reported, and ready rejects', async () => {
    const lab = connectLab(new Worker('/no-such-script.js', { type: 'module' }), start);
    await expect(lab.ready).rejects.toThrow('The lab stopped');
    lab.restart();
    expect((await lab.ready)?.text).toBe('IndexedDB was empty.');
    lab.close();
  });
});
