/** The report of the page is what `rdb -c memory` prints, in any order that is asked for. */
import { expect, test } from 'vitest';
import { ascii, byteStringOf } from '../../../src/base/bytes.ts';
import { splitArguments } from '../../../src/base/split-arguments.ts';
import { applyAction } from '../../../src/lab/action.ts';
import { Lab } from '../../../src/lab/lab.ts';
import { planLab } from '../../../src/lab/setup.ts';
import { rdb } from '../../../src/tools/rdb/rdb.ts';
import { ReportDesk, snapshotOf } from '../../../src/worker/exchange/report-desk.ts';

const lines = [
  'SET small 1',
  `SET large ${'x'.repeat(5000)}`,
  'SET "a,b\\x00\\xff" "quo\\"te"',
  'SET soon x PXAT 1900000000000',
  'RPUSH list a b c',
  `HSET hash f ${'y'.repeat(300)}`,
  'ZADD z 1 a 2 b',
  'SADD ints 1 2 3',
  'XADD stream 1-1 a b',
  'SELECT 5',
  'SADD set a b c',
  'SELECT 0',
  'SAVE',
];

function filled(): Lab {
  const plan = planLab(
    { clock: { paused: true }, disk: { preset: 'nvme' } },
    1_790_000_000_000_000,
  );
  if (typeof plan === 'string') throw new Error(plan);
  const lab = Lab.create(plan);
  for (const line of lines) {
    applyAction(lab, {
      ...{ kind: 'command', lane: 'main', client: 'script' },
      argv: splitArguments(ascii(line))!,
    });
    lab.runUntil(lab.clock.now + 500_000, Infinity);
  }
  return lab;
}

/** What the tool prints of that file. */
function printed(bytes: Uint8Array, ...words: string[]): string {
  const steps = rdb([...words, 'dump.rdb'].map(ascii));
  let text = '';
  let next = steps.next();
  while (next.done !== true) {
    const ask = next.value;
    if (ask.ask === 'print' && ask.to === 'stdout') text += ask.text;
    next = steps.next(ask.ask === 'read-file' ? { answer: 'file', bytes } : { answer: 'done' });
  }
  expect(next.value).toBe(0);
  return text;
}

const window = { sort: 'bytes', order: 'down', from: 0, count: 100 } as const;

test('its CSV is the output of rdb -c memory, of a saved file and of the running server alike', async () => {
  const lab = filled();
  const { kernel, state } = lab.lanes[0]!;
  const file = kernel.readFile('/data/dump.rdb')!;
  expect(byteStringOf(file, 0, 5)).toBe('REDIS');
  const expected = printed(file, '-c', 'memory', '-e', 'print');
  expect(expected.split('\n')).toHaveLength(1 + 10 + 1);
  const desk = new ReportDesk();
  for (const bytes of [file, await snapshotOf(state.server!)]) {
    await desk.read('dump.rdb', bytes);
    const { name, blob } = desk.csv();
    expect(name).toBe('dump.rdb.csv');
    expect(await blob.text()).toBe(expected);
  }
});

test('rows are given in any order, a window of them; sums are those of all rows', async () => {
  const lab = filled();
  const desk = new ReportDesk();
  await desk.read('memory', await snapshotOf(lab.lanes[0]!.state.server!));
  const all = desk.view(window);
  expect(all.total).toBe(10);
  // By the tool's own reckoning, the largest first.
  const largest = printed(
    lab.lanes[0]!.kernel.readFile('/data/dump.rdb')!,
    '-c',
    'memory',
    '-l',
    '4',
  );
  expect(all.rows.slice(0, 4).map(({ key, bytes }) => `${key} ${bytes}`)).toEqual(
    largest
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .map(([, , key, bytes]) => `${key} ${bytes}`),
  );
  expect(all.bytes).toBe(all.rows.reduce((sum, { bytes }) => sum + bytes, 0));
  expect(all.byType.reduce((sum, { keys }) => sum + keys, 0)).toBe(10);
  expect(all.byDatabase.map(({ name, keys }) => [name, keys])).toEqual([
    ['db0', 9],
    ['db5', 1],
  ]);
  const up = desk.view({ ...window, order: 'up' });
  expect(up.rows.map(({ bytes }) => bytes)).toEqual(all.rows.map(({ bytes }) => bytes).reverse());
  const byKey = desk.view({ ...window, sort: 'key', order: 'up' }).rows.map(({ key }) => key);
  expect(byKey[0]).toBe('a,b\\x00\\xFF');
  const some = desk.view({ ...window, from: 3, count: 2 });
  expect([some.from, some.rows]).toEqual([3, all.rows.slice(3, 5)]);
  expect(desk.view({ ...window, from: 50, count: 2 }).rows).toEqual([]);
  expect(all.rows.find(({ key }) => key === 'soon')?.expireAt).toBe(1_900_000_000_000);
});

test('of a damaged file the keys before the damage are shown, and where it is', async () => {
  const lab = filled();
  const file = lab.lanes[0]!.kernel.readFile('/data/dump.rdb')!;
  const desk = new ReportDesk();
  await desk.read('cut.rdb', file.slice(0, file.length - 20));
  const { total, damage } = desk.view(window);
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(10);
  expect(damage).toMatch(/offset \d+/);
  await desk.read('photo.rdb', new Uint8Array(100));
  expect(desk.view(window)).toMatchObject({
    total: 0,
    damage: expect.stringContaining('REDIS') as string,
  });
});

test('a report that is asked for while another is read takes its place', async () => {
  const lab = Lab.create(planOf());
  const server = lab.lanes[0]!.state.server!;
  const big = await snapshotOf(server);
  const desk = new ReportDesk();
  const [first, second] = await Promise.all([desk.read('one', big), desk.read('two', big)]);
  expect(second).toBe('read');
  expect(['read', undefined]).toContain(first);
  expect(desk.csv().name).toBe('two.csv');
});

function planOf() {
  const plan = planLab({ clock: { paused: true } }, 1_790_000_000_000_000);
  if (typeof plan === 'string') throw new Error(plan);
  return plan;
}
