import { expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
import { cloneData } from '../../src/base/clone.ts';
import { nextBelow, seedRandom } from '../../src/base/random.ts';
import { splitArguments } from '../../src/base/split-arguments.ts';
import { datasetDigest } from '../../src/engine/data/digest.ts';
import { Lab } from '../../src/lab/lab.ts';
import { comeBack, compareKeys, databasesNow, memoryRow } from '../../src/lab/memory-view.ts';
import { planLab } from '../../src/lab/setup.ts';
import type { MemoryRow, Setup } from '../../src/lab/view.ts';

function newLab(setup: Setup): Lab {
  const plan = planLab(setup, 1_795_225_880_000_000);
  if (typeof plan === 'string') throw new Error(plan);
  return Lab.create(plan);
}

function type(lab: Lab, ...lines: readonly string[]): void {
  for (const line of lines) lab.send(splitArguments(ascii(line))!, 'person', undefined, 1);
  lab.runUntil(lab.clock.now + 20_000, Infinity);
}

function rows(lab: Lab): readonly MemoryRow[] {
  const lane = lab.lanes[0]!;
  const back = comeBack(lab, lane, 'power-lost', 'lost');
  if (!back.ok) throw new Error(back.refusal);
  const now = databasesNow(lane);
  const millis = Math.floor(lab.clock.now / 1000);
  return compareKeys(now, back.databases).map((key) => memoryRow(key, now, back.databases, millis));
}

test('what would come back is what does come back, at random instants', () => {
  const random = seedRandom('memory view');
  for (const policy of ['always', 'everysec', 'no']) {
    const lab = newLab({ lanes: [{ config: { appendfsync: policy } }] });
    lab.setWorkload({
      rate: 200,
      keys: 40,
      mix: ['SET k:{k} {v}', 'RPUSH l:{k} {v}', 'DEL k:{k}', 'EXPIRE l:{k} 60'],
    });
    for (let i = 0; i < 4; i++) {
      lab.runUntil(lab.clock.now + nextBelow(random, 1_500_000), Infinity);
      const accident = i % 2 === 0 ? 'power-lost' : 'process-killed';
      const tail = (['holes', 'reordered', 'lost'] as const)[i % 3]!;
      expect(lab.lanes[0]!.state.records.count).toBeGreaterThan(0);
      const predicted = comeBack(lab, lab.lanes[0]!, accident, tail);
      const copy = new Lab(cloneData(lab.state));
      copy.setWorkload(null);
      copy.crash(accident, tail, undefined);
      copy.boot(undefined);
      copy.runUntilUp();
      const { server, status } = copy.lanes[0]!.state;
      if (status !== 'running') expect(predicted.ok).toBe(false);
      else {
        if (!predicted.ok) throw new Error(predicted.refusal);
        expect(datasetDigest(predicted.databases), `${policy} ${accident} ${tail}`).toBe(
          datasetDigest(server!.engine.databases),
        );
      }
    }
  }
});

test('each key says whether it is gone, older, back or the same, those in danger first', () => {
  const lab = newLab({ lanes: [{ config: { appendfsync: 'no' } }] });
  type(lab, 'SET kept 1', 'SET changed 1', 'SET deleted 1', 'RPUSH list a b', 'EXPIRE list 100');
  lab.runUntil(lab.clock.now + 40_000_000, Infinity);
  type(lab, 'SET changed 2', 'DEL deleted', 'HSET product:1 name Kopi', 'SADD s 1 2 3');
  expect(rows(lab).map(({ key, mark }) => [key, mark])).toEqual([
    ['product:1', 'gone'],
    ['s', 'gone'],
    ['changed', 'older'],
    ['deleted', 'back'],
    ['kept', 'same'],
    ['list', 'same'],
  ]);
  const [product, , changed, deleted, , list] = rows(lab);
  expect(product).toMatchObject({ now: { type: 'hash', text: '{name Kopi}' }, after: null });
  expect(changed).toMatchObject({ now: { text: '2' }, after: { text: '1' } });
  expect(deleted).toMatchObject({ now: null, after: { text: '1' } });
  expect(list!.now).toMatchObject({ type: 'list', encoding: 'listpack', text: '[a b]' });
  expect(list!.now!.ttl).toBeGreaterThan(59_000);
  expect(list!.now!.ttl).toBeLessThan(60_100);
});

test('without a log nothing comes back; with a log that is refused, the server says why', () => {
  const bare = newLab({ lanes: [{ config: { appendonly: 'no' } }] });
  type(bare, 'SET a 1');
  expect(rows(bare).map(({ mark }) => mark)).toEqual(['gone']);

  const torn = newLab({ lanes: [{ config: { 'aof-load-truncated': 'no' } }] });
  type(torn, 'SET a 1');
  const lane = torn.lanes[0]!;
  torn.runUntil(torn.clock.now + 2_000_000, Infinity);
  const path = lane.kernel.files().find(({ path }) => path.endsWith('.incr.aof'))!.path;
  const bytes = lane.kernel.readFile(path)!;
  lane.kernel.writeFile(path, bytes.subarray(0, bytes.length - 3));
  const back = comeBack(torn, lane, 'power-lost', 'lost');
  expect(back).toMatchObject({ ok: false });
  expect(back.ok ? '' : back.refusal).toContain(
    'Unexpected end of file reading the append only file',
  );
});
