import { describe, expect, test } from 'vitest';

import { aofLabOf, type AofLab } from '../../src/ui/aof-lab.ts';
import type { LabLink } from '../../src/worker/link.ts';
import type { LabEvent } from '../../src/worker/protocol.ts';

/** A link that notes the calls, answers `answer`, and gives out events when told. */
function fakeLink(answer: unknown = null) {
  const calls: unknown[][] = [];
  const listeners = new Set<(event: LabEvent) => void>();
  const call = new Proxy(
    {},
    {
      get:
        (_, method: string) =>
        (...args: unknown[]) => {
          calls.push([method, ...args]);
          return Promise.resolve(answer);
        },
    },
  );
  const link = {
    call,
    ready: Promise.resolve({ text: 'recovered', stores: null, lostWrites: 2 }),
    onEvent: (listener: (event: LabEvent) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as LabLink;
  const tell = (event: LabEvent): void => listeners.forEach((listener) => listener(event));
  return { lab: aofLabOf(link), calls, tell, listeners };
}

describe('every method hands its arguments to the lab', () => {
  const bytes = Uint8Array.of(1, 2);
  const setup = {
    seed: 7,
    lanes: [{ id: 'a', config: { appendfsync: 'always' } }, {}],
    disk: { preset: 'hdd', fsyncMs: 9, capacity: 1e6 },
    clock: { paused: true, speed: 0.1 },
    workload: null,
    files: { 'dump.rdb': bytes },
  } as const;
  const rows: [string, (lab: AofLab) => Promise<unknown>, unknown[]][] = [
    ['reset', (lab) => lab.reset(setup), ['reset', setup]],
    ['reset with nothing', (lab) => lab.reset(), ['reset', {}]],
    ['send', (lab) => lab.send('GET a'), ['send', 'GET a', {}]],
    [
      'send by a client',
      (lab) => lab.send('GET a', { lane: 'a', client: 'b' }),
      ['send', 'GET a', { lane: 'a', client: 'b' }],
    ],
    ['workload', (lab) => lab.workload({ rate: 10 }), ['workload', { rate: 10 }]],
    ['workload off', (lab) => lab.workload(null), ['workload', null]],
    ['setClock', (lab) => lab.setClock({ speed: 2 }), ['setClock', { speed: 2 }]],
    ['advance', (lab) => lab.advance(0), ['advance', 0]],
    ['step', (lab) => lab.step('tick'), ['step', 'tick']],
    [
      'crash',
      (lab) => lab.crash('power-lost', { tail: { cutAt: 3 } }),
      ['crash', 'power-lost', { tail: { cutAt: 3 } }],
    ],
    ['boot', (lab) => lab.boot({ lane: 'a' }), ['boot', { lane: 'a' }]],
    ['signal', (lab) => lab.signal('TERM'), ['signal', 'TERM', {}]],
    [
      'plan',
      (lab) => lab.plan({ kind: 'fsync-time', value: 5, until: 9 }),
      ['plan', { kind: 'fsync-time', value: 5, until: 9 }],
    ],
    ['plan nothing', (lab) => lab.plan(null), ['plan', null]],
    ['view', (lab) => lab.view(), ['view']],
    ['readFile', (lab) => lab.readFile('a'), ['readFile', 'a', {}]],
    ['writeFile', (lab) => lab.writeFile('a', bytes), ['writeFile', 'a', bytes, {}]],
    ['actionLog', (lab) => lab.actionLog(), ['actionLog']],
    ['export', (lab) => lab.export('run'), ['export', 'run', {}]],
  ];
  test.each(rows)('%s', async (_, act, expected) => {
    const { lab, calls } = fakeLink('the answer');
    const answer = await act(lab);
    expect(calls).toEqual([expected]);
    const asks = ['send', 'view', 'readFile', 'actionLog', 'export'].includes(String(expected[0]));
    expect(answer).toBe(asks ? 'the answer' : undefined);
  });
});

describe('a wrong argument rejects with what, where and what to do, and reaches no lab', () => {
  const rows: [keyof AofLab, unknown[], string][] = [
    [
      'send',
      [],
      'aofLab.send: command must be a text, not empty, but is missing. Example: aofLab.send(',
    ],
    ['send', [['GET', 'a']], 'command must be a text, not empty, but is a list'],
    [
      'send',
      ['GET a', { lanes: 'x' }],
      'options.lanes is not known; options may have lane, client',
    ],
    ['send', ['GET a', 'main'], 'options must be an object, but is "main"'],
    ['reset', [{ sed: 1 }], 'setup.sed is not known; setup may have seed, lanes, disk'],
    [
      'reset',
      [{ lanes: [{ config: { appendonly: true } }] }],
      'setup.lanes[0].config["appendonly"] must be a text, but is true',
    ],
    ['reset', [{ disk: { preset: 'floppy' } }], `setup.disk.preset must be one of 'hdd', 'ssd'`],
    ['reset', [{ files: { a: 'text' } }], 'new TextEncoder().encode(text)'],
    ['reset', [new Map()], 'setup must be an object, but is of type Map'],
    ['workload', [], 'workload must be an object, but is missing'],
    ['workload', [{ loop: 'open' }], 'workload.rate is missing'],
    ['workload', [{ rate: '200/s' }], 'workload.rate must be a number, but is "200/s"'],
    [
      'workload',
      [{ rate: 1, mix: ['SET a 1', 2] }],
      'workload.mix[1] must be a text, not empty, but is 2',
    ],
    ['setClock', [{ paused: 'yes' }], 'clock.paused must be true or false, but is "yes"'],
    ['setClock', [{ speed: NaN }], 'clock.speed must be a number, but is NaN'],
    [
      'advance',
      ['1s'],
      'ms must be a number, 0 or more, but is "1s". Example: aofLab.advance(1500)',
    ],
    ['advance', [-1], 'but is -1'],
    ['advance', [10n], 'but is 10n'],
    ['step', ['frame'], `what must be one of 'command', 'tick', 'fsync', but is "frame"`],
    ['crash', ['power'], `kind must be one of 'process-killed', 'power-lost', but is "power"`],
    [
      'crash',
      ['power-lost', { tail: 'zero' }],
      `options.tail must be 'lost', 'kept', 'zero-filled', 'holes', 'reordered' or {cutAt: bytes}, but is "zero"`,
    ],
    ['crash', ['power-lost', { tail: {} }], 'but is {}'],
    ['boot', [null], 'options must be an object, but is null'],
    ['signal', [15], 'name must be a text, not empty, but is 15'],
    ['plan', [{ value: 3 }], 'fault.kind is missing'],
    ['plan', ['disk-full'], 'fault must be an object, but is "disk-full"'],
    [
      'plan',
      [{ kind: 'disk-full', value: [] }],
      'fault.value must be a number or a text, but is a list',
    ],
    ['readFile', [''], 'path must be a text, not empty, but is ""'],
    ['writeFile', ['a', [1, 2]], 'bytes must be a Uint8Array'],
    ['writeFile', ['a', new ArrayBuffer(1)], 'but is of type ArrayBuffer'],
    ['export', ['everything at once and a good deal more than that'], '…'],
  ];
  test.each(rows)('%s, row %#', async (method, args, message) => {
    const { lab, calls } = fakeLink();
    const act = lab[method] as (...args: unknown[]) => Promise<unknown>;
    const error: unknown = await act(...args).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toContain(message);
    expect(String(error)).toContain(`aofLab.${method}: `);
    expect(calls).toEqual([]);
  });

  test('of `on` throws, since it does not return a promise', () => {
    const { lab, listeners } = fakeLink();
    const on = lab.on as (...args: unknown[]) => unknown;
    expect(() => on('crush', () => undefined)).toThrow(`event must be one of 'reply', 'record'`);
    expect(() => on('crash')).toThrow('listener must be a function, but is missing');
    expect(listeners.size).toBe(0);
  });
});

test('a listener hears the events of its name alone, until it is taken off', () => {
  const { lab, tell, listeners } = fakeLink();
  const heard: LabEvent[] = [];
  const off = lab.on('boot', (event) => heard.push(event));
  tell({ event: 'boot', lane: 'main', at: 1 });
  tell({ event: 'flush', lane: 'main', at: 2, offset: 3 });
  off();
  tell({ event: 'boot', lane: 'main', at: 4 });
  expect(heard).toEqual([{ event: 'boot', lane: 'main', at: 1 }]);
  expect(listeners.size).toBe(0);
});

test('ready is the link’s, and the door cannot be changed', async () => {
  const { lab } = fakeLink();
  expect(await lab.ready).toBe('recovered');
  expect(Object.isFrozen(lab)).toBe(true);
});
