import { describe, expect, test } from 'vitest';
import { byteStringOf } from '../../src/base/bytes.ts';
import { nextBelow, seedRandom } from '../../src/base/random.ts';
import { createClockState } from '../../src/machine/clock.ts';
import { kernelFromPlatter } from '../../src/machine/kernel-state.ts';
import { decodePlatterChanges, encodePlatterChanges } from '../../src/machine/platter-codec.ts';
import {
  applyPlatterChanges,
  createPlatter,
  readPlatterFile,
  type Platter,
  type PlatterChange,
} from '../../src/machine/platter.ts';
import type { TailMode } from '../../src/machine/power-loss.ts';
import { platterSnapshot } from '../../src/machine/platter-snapshot.ts';
import { boot, bytes, Machine, SECOND } from './harness.ts';
import { RandomRun } from './random-run.ts';

/** What a platter holds, whether a page of zeros is there or missing. */
function contents(platter: Platter): unknown[] {
  return [...platter.inodes]
    .sort(([a], [b]) => a - b)
    .map(([number, inode]) => {
      const { kind, mode, modifiedAt, links } = inode;
      const held =
        inode.kind === 'file' ? byteStringOf(readPlatterFile(inode)) : [...inode.entries].sort();
      return { number, kind, mode, modifiedAt, links, held };
    });
}

function sound(platter: Platter, at: string): void {
  const links = new Map<number, number>([[1, 1]]);
  for (const inode of platter.inodes.values()) {
    if (inode.kind === 'directory') {
      for (const child of inode.entries.values()) links.set(child, (links.get(child) ?? 0) + 1);
      continue;
    }
    const last = inode.pages[Math.floor(inode.size / 4096)]?.subarray(inode.size % 4096);
    expect(last === undefined || last.every((byte) => byte === 0), at).toBe(true);
    expect(inode.pages.length, at).toBeLessThanOrEqual(Math.ceil(inode.size / 4096));
  }
  for (const [number, inode] of platter.inodes)
    expect(inode.links, `${at}, inode ${number}`).toBe(links.get(number) ?? 0);
}

function roundTrip(changes: readonly PlatterChange[]): PlatterChange[] {
  const decoded = decodePlatterChanges(encodePlatterChanges(changes));
  if (!decoded.ok) throw new Error(decoded.error);
  return decoded.changes;
}

const TAILS: TailMode[] = [
  'lost',
  'kept',
  'zero-filled',
  'holes',
  'reordered',
  { cutAt: 3000, path: '/data/a' },
];

describe('the journal of a platter', () => {
  test('rebuilds exactly that platter, batch by batch, through calls, faults and losses of power', () => {
    const choice = seedRandom('losses of power');
    for (let seed = 0; seed < 100; seed++) {
      const machine = boot({ seed });
      const run = new RandomRun(machine, seed);
      const rebuilt = createPlatter(0);
      applyPlatterChanges(rebuilt, roundTrip(machine.kernel.platterSnapshot()));
      machine.kernel.takePlatterChanges();
      for (let i = 0; i < 150; i++) {
        run.step();
        if (nextBelow(choice, 40) === 0) {
          machine.kernel.losePower(TAILS[nextBelow(choice, TAILS.length)]!);
          machine.spawn();
        }
        if (nextBelow(choice, 10) > 0) continue;
        applyPlatterChanges(rebuilt, roundTrip(machine.kernel.takePlatterChanges()));
        expect(contents(rebuilt), `seed ${seed}, step ${i}`).toEqual(
          contents(machine.kernel.state.platter),
        );
        sound(machine.kernel.state.platter, `seed ${seed}, step ${i}`);
        const garbage = [...machine.kernel.state.platter.inodes].filter(
          ([number, { links }]) => links === 0 && !machine.kernel.state.inodes.has(number),
        );
        expect(garbage, `seed ${seed}, step ${i}: nothing leads there`).toEqual([]);
        sound(rebuilt, `seed ${seed}, step ${i}`);
      }
    }
  });

  test('tells of bytes that come back on the page of a later write, after a failed fsync or while it runs', () => {
    for (const wait of [0, 100_000]) {
      const machine = boot({ fsyncMs: 10 });
      const fd = machine.append('/data/a');
      machine.write(fd, 'lost');
      machine.kernel.plan({ kind: 'fsync-error', until: machine.now + 1 });
      machine.start({ call: 'fsync', fd }, 'bio_aof');
      machine.run(wait);
      machine.write(fd, 'kept');
      machine.fsync(fd);
      const rebuilt = createPlatter(0);
      applyPlatterChanges(rebuilt, machine.kernel.takePlatterChanges());
      expect(machine.durable('/data/a')).toBe('lostkept');
      expect(contents(rebuilt)).toEqual(
        contents(machine.kernel.state.platter).map((one) =>
          Object.assign({}, one, (one as { number: number }).number === 1 ? { modifiedAt: 0 } : {}),
        ),
      );
    }
  });

  test('used space is what all files that are named or open have, at every step', () => {
    for (let seed = 200; seed < 260; seed++) {
      const machine = boot({ seed });
      const run = new RandomRun(machine, seed);
      for (let i = 0; i < 150; i++) {
        run.step();
        let used = 0;
        const held = new Set(
          [...machine.kernel.process(machine.pid)!.descriptors.values()].map(({ inode }) => inode),
        );
        for (const { inode } of machine.kernel.files()) held.add(inode);
        for (const inode of held) used += machine.kernel.layersOfInode(inode)?.size ?? 0;
        expect(machine.kernel.diskSpace(machine.now).used, `seed ${seed}, step ${i}`).toBe(used);
      }
    }
  });

  test('a machine mounted from the rebuilt platter has the files of one that lost its power', () => {
    for (let seed = 300; seed < 360; seed++) {
      const machine = boot({ seed });
      const run = new RandomRun(machine, seed);
      for (let i = 0; i < 120; i++) run.step();
      const platter = createPlatter(0);
      applyPlatterChanges(platter, roundTrip(machine.kernel.platterSnapshot()));
      const { now } = machine;
      const other = new Machine(
        {
          kernel: kernelFromPlatter(platter, { owner: 'other', seed, now }),
          clock: createClockState(now),
        },
        0,
      );
      const promised = machine.kernel.files().filter(({ durableSize }) => durableSize > 0);
      const before = promised.map(({ path, durableSize }) =>
        machine.read(path)?.slice(0, durableSize),
      );
      machine.kernel.losePower('lost');
      expect(other.kernel.files(), `seed ${seed}`).toEqual(machine.kernel.files());
      for (const { path } of machine.kernel.files())
        expect(other.read(path)).toBe(machine.read(path));
      // What layersOf called durable before is what came back.
      expect(
        promised.map(({ path, durableSize }) => other.read(path)?.slice(0, durableSize)),
        `seed ${seed}`,
      ).toEqual(before);
      other.kernel.writeFile('/data/new', bytes('x'));
      expect(other.read('/data/new')).toBe('x');
    }
  });

  test('holds of an append only what was appended', () => {
    const machine = boot();
    const fd = machine.append('/data/a');
    machine.write(fd, 'x'.repeat(100_000));
    machine.fsync(fd);
    machine.kernel.takePlatterChanges();
    machine.write(fd, 'new');
    machine.fsync(fd);
    const changes = machine.kernel.takePlatterChanges();
    expect(changes).toEqual([
      { kind: 'data', inode: 3, offset: 100_000, bytes: bytes('new') },
      { kind: 'size', inode: 3, size: 100_003, modifiedAt: expect.any(Number) as number },
    ]);
    expect(encodePlatterChanges(changes).length).toBeLessThan(60);
    expect(machine.kernel.takePlatterChanges()).toEqual([]);
  });

  test('is not kept where nobody will take it', () => {
    const machine = boot({ platterJournal: 'drop' });
    machine.fsync(machine.append('/data/a'));
    machine.kernel.losePower('kept');
    expect(machine.kernel.takePlatterChanges()).toEqual([]);
  });

  test('a large file is told in several changes', () => {
    const machine = boot();
    machine.kernel.writeFile('/data/a', new Uint8Array(2_500_000).fill(7));
    const sizes = platterSnapshot(machine.kernel.state.platter).flatMap((change) =>
      change.kind === 'data' ? [change.bytes.length] : [],
    );
    expect(sizes).toEqual([1_048_576, 1_048_576, 402_848]);
  });
});

describe('the codec', () => {
  const changes: PlatterChange[] = [
    {
      kind: 'create',
      inode: 300,
      type: 'directory',
      mode: 0o1755,
      modifiedAt: 1_700_000_000_000_000,
    },
    { kind: 'create', inode: Number.MAX_SAFE_INTEGER, type: 'file', mode: 0, modifiedAt: 0 },
    { kind: 'link', parent: 1, name: 'größe \u{1f600} \xff', inode: 300 },
    { kind: 'unlink', parent: 1, name: '', inode: 127 },
    {
      kind: 'rename',
      inode: 128,
      fromParent: 1,
      fromName: 'a',
      toParent: 300,
      toName: 'x'.repeat(255),
    },
    { kind: 'data', inode: 2, offset: 2 ** 40, bytes: Uint8Array.of(0, 255, 128) },
    { kind: 'data', inode: 2, offset: 0, bytes: new Uint8Array(0) },
    { kind: 'size', inode: 2, size: 2 ** 41, modifiedAt: 16_384 },
    { kind: 'mode', inode: 2, mode: 0o600 },
    { kind: 'free', inode: 2 },
  ];

  test('gives back what it was given', () => {
    expect(roundTrip(changes)).toEqual(changes);
    expect(roundTrip([])).toEqual([]);
  });

  test('refuses every truncation, every flipped bit and anything behind the end, without throwing', () => {
    const encoded = encodePlatterChanges(changes);
    const accepted: string[] = [];
    for (let length = 0; length < encoded.length; length++) {
      if (decodePlatterChanges(encoded.subarray(0, length)).ok) accepted.push(`cut at ${length}`);
    }
    for (let bit = 0; bit < encoded.length * 8; bit++) {
      const damaged = encoded.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      if (decodePlatterChanges(damaged).ok) accepted.push(`bit ${bit}`);
    }
    if (decodePlatterChanges(Uint8Array.of(...encoded, 0)).ok) accepted.push('one byte more');
    expect(accepted).toEqual([]);
  });

  test('tells what is wrong', () => {
    const encoded = encodePlatterChanges(changes);
    const told = (bytesToRead: Uint8Array): string => {
      const decoded = decodePlatterChanges(bytesToRead);
      return decoded.ok ? 'ok' : decoded.error;
    };
    expect(told(new Uint8Array(3))).toBe('3 bytes are too few for a batch of disk changes');
    expect(told(bytes('REDIS0011....................'))).toBe('not a batch of disk changes');
    expect(told(encoded.map((byte, i) => (i === 4 ? 9 : byte)))).toBe(
      'disk changes of version 9, this program reads version 1',
    );
    expect(told(encoded.map((byte, i) => (i === encoded.length - 1 ? byte ^ 1 : byte)))).toBe(
      'the checksum of the disk changes is wrong',
    );
  });

  test('a batch with a right checksum and wrong insides is refused too', () => {
    let state = 1;
    const random = (): number => (state = Math.imul(state, 1_103_515_245) + 12_345) >>> 24;
    const encoded = encodePlatterChanges(changes);
    for (let i = 0; i < 3_000; i++) {
      const damaged = encoded.slice();
      damaged[17 + (random() % (encoded.length - 17))] = random();
      damaged.set(crcOf(damaged.subarray(17)), 13);
      const decoded = decodePlatterChanges(damaged);
      if (decoded.ok) expect(decoded.changes.length).toBe(changes.length);
      else expect(decoded.error).toMatch(/malformed|beyond the end|announced/);
    }
  });
});

/** CRC-32 bit by bit, as the standard describes it. */
function crcOf(data: Uint8Array): Uint8Array {
  let crc = 0xffff_ffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  }
  const sum = ~crc >>> 0;
  return Uint8Array.of(sum, sum >>> 8, sum >>> 16, sum >>> 24);
}

test('a machine saved in the middle comes back with what was durable', () => {
  const machine = boot();
  const fd = machine.append('/data/a');
  machine.write(fd, 'saved');
  machine.fsync(fd);
  machine.write(fd, ' unsaved');
  const platter = createPlatter(0);
  applyPlatterChanges(platter, roundTrip(machine.kernel.platterSnapshot()));
  const state = kernelFromPlatter(platter, { owner: 'lane', seed: 1, now: machine.now + SECOND });
  expect(
    new Machine({ kernel: state, clock: createClockState(machine.now) }, 0).read('/data/a'),
  ).toBe('saved');
});
