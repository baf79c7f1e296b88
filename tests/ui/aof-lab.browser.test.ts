import { expect, test } from 'vitest';

import { installAofLab } from '../../src/ui/aof-lab.ts';
import { connectLab } from '../../src/worker/link.ts';

test('window.aofLab talks to the worker behind the link, over a restart too', async () => {
  const start = (): Worker =>
    new Worker(new URL('../worker/fake-lab-worker.ts', import.meta.url), { type: 'module' });
  const link = connectLab(start(), start);
  installAofLab(link);
  await window.aofLab.ready;
  expect(await window.aofLab.send('PING')).toEqual({ text: 'PING', reply: null });
  const booted = new Promise((resolve) => window.aofLab.on('boot', resolve));
  await window.aofLab.send('frames');
  expect(await booted).toEqual({ event: 'boot', lane: 'main', at: 1 });
  await expect(window.aofLab.send('refuse')).rejects.toThrow('no lane "x"');
  const before = window.aofLab.ready;
  link.restart();
  expect(window.aofLab.ready).not.toBe(before);
  expect(await window.aofLab.ready).toBe('IndexedDB was empty.');
  expect(await window.aofLab.send('PING')).toEqual({ text: 'PING', reply: null });
  link.close();
});
