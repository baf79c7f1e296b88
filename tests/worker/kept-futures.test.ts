/** Futures over a reload of the page: what the browser keeps of them, and what comes back of it. */
import { expect, test } from 'vitest';
import { bytesOf, utf8Encode } from '../../src/base/bytes.ts';
import { replay, runOf } from '../../src/lab/replay.ts';
import { decodeLink, decodeRun } from '../../src/lab/run-file.ts';
import type { FuturesShelf } from '../../src/storage/futures-shelf.ts';
import { LabHost } from '../../src/worker/lab-host.ts';
import { labMethods, type Methods } from '../../src/worker/methods.ts';
import type { FutureView } from '../../src/worker/protocol.ts';
import { reopenLab } from '../../src/worker/reopen.ts';
import { runFingerprint } from '../lab/scripted-run.ts';
import { type MemoryKeeper, opened } from './open-lab.ts';

class MemoryShelf implements FuturesShelf {
  bytes: Uint8Array | null = null;
  mayWrite = true;
  load(): Promise<Uint8Array | null> {
    return Promise.resolve(this.bytes);
  }
  save(bytes: Uint8Array): Promise<boolean> {
    if (this.mayWrite) this.bytes = bytes;
    return Promise.resolve(this.mayWrite);
  }
}

const PORTS = {
  now: () => 0,
  sendFrame: () => undefined,
  sendPushes: () => undefined,
  sendTerminal: () => undefined,
  fatal: (message: string): never => {
    throw new Error(message);
  },
};

/** A visit: of a new lab, or of that which `keeper` has. */
function visit(keeper: MemoryKeeper | null, shelf: MemoryShelf) {
  const first = keeper === null ? opened() : null;
  const records = keeper ?? first!.keeper;
  const found = keeper === null ? null : reopenLab(keeper.records);
  const host = first?.host ?? new LabHost(found!.lab!, records, PORTS, found!.actionsKept);
  const methods = labMethods(
    host,
    () => 1_795_225_990_000,
    () => Promise.resolve(),
    shelf,
  );
  return { host, methods, keeper: records };
}

async function set(methods: Methods, key: string): Promise<void> {
  const answer = methods.send(`SET ${key} ${key}`, {});
  await methods.advance(50);
  await answer;
}

const names = (futures: readonly FutureView[] | undefined): readonly string[] =>
  (futures ?? []).map(({ name, here, kept }) => `${name}${here ? ' here' : ''}${kept ? '' : '!'}`);

function sorted<T extends { readonly key: string }>(keys: readonly T[]): readonly T[] {
  return keys.toSorted((one, other) => (one.key < other.key ? -1 : 1));
}

/** A lab that was left once: A has a and b, B at hand has a and c. */
async function left(shelf: MemoryShelf) {
  const made = visit(null, shelf);
  const { host, methods } = made;
  await set(methods, 'a');
  const middle = host.lab.now - 1;
  await set(methods, 'b');
  const fingerprint = runFingerprint(replay(runOf(host.lab)));
  await methods.time({ do: 'seek', at: middle });
  await methods.time({ do: 'continue' });
  await set(methods, 'c');
  await methods.time({ do: 'futures' });
  return { ...made, middle, fingerprint };
}

test('a future outlives the visit, can be compared and gone over to, and what it parts from is found', async () => {
  const shelf = new MemoryShelf();
  const { keeper, middle, fingerprint } = await left(shelf);
  const { host, methods } = visit(keeper, shelf);
  expect(names((await methods.time({ do: 'futures' })).futures)).toEqual(['A', 'B here']);
  const { comparison } = await methods.time({ do: 'compare', future: 'A' });
  expect(comparison!.first).toEqual({ here: 'SET c c', there: 'SET b b' });
  expect(comparison!.partAt).toBeGreaterThanOrEqual(middle);
  expect(comparison!.partAt).toBeLessThan(middle + 50);
  expect(sorted(comparison!.lanes[0]!.keys)).toEqual([
    { key: 'b', here: null, there: 'b' },
    { key: 'c', here: 'c', there: null },
  ]);
  const opens = await methods.time({ do: 'open', future: 'A' });
  expect(names(opens.futures)).toEqual(['A here', 'B']);
  expect(runFingerprint(replay(runOf(host.lab)))).toBe(fingerprint);
  // Now B is the one that was left, on a machine that was opened again; a third visit has both.
  const third = visit(keeper, shelf);
  expect(names((await third.methods.time({ do: 'futures' })).futures)).toEqual(['A here', 'B']);
  const back = await third.methods.time({ do: 'compare', future: 'B' });
  expect(sorted(back.comparison!.lanes[0]!.keys).map(({ key }) => key)).toEqual(['b', 'c']);
});

test('a lab that is begun anew has no futures, in the next visit neither', async () => {
  const shelf = new MemoryShelf();
  const { methods, keeper } = await left(shelf);
  await methods.reset({ clock: { paused: true } });
  expect(names((await methods.time({ do: 'futures' })).futures)).toEqual(['A here']);
  const next = visit(keeper, shelf);
  expect(names((await next.methods.time({ do: 'futures' })).futures)).toEqual(['A here']);
});

test('while another run is looked at, those of the own lab wait', async () => {
  const shelf = new MemoryShelf();
  const { methods } = await left(shelf);
  const kept = shelf.bytes;
  await methods.load((await methods.time({ do: 'share', future: 'A' })).shared!.file);
  expect(names((await methods.time({ do: 'futures' })).futures)).toEqual(['A here']);
  await set(methods, 'x');
  await methods.undo();
  await set(methods, 'y');
  expect(names((await methods.time({ do: 'futures' })).futures)).toEqual(['A!', 'B here']);
  expect(shelf.bytes).toBe(kept);
  await methods.leave();
  expect(names((await methods.time({ do: 'futures' })).futures)).toEqual(['A', 'B here']);
});

test('what is damaged is told of once and dropped, and the lab is as it was', async () => {
  const shelf = new MemoryShelf();
  const { keeper } = await left(shelf);
  shelf.bytes!.fill(0x2a, shelf.bytes!.length - 30);
  const { host, methods } = visit(keeper, shelf);
  expect(host.lab.lanes[0]!.state.status).toBe('running');
  const answer = await methods.time({ do: 'futures' });
  expect(answer.report).toBe('Future A of the last visit could not be read and is dropped.');
  expect(names(answer.futures)).toEqual(['B here']);
  expect((await methods.time({ do: 'futures' })).report).toBeUndefined();
  const again = visit(keeper, shelf);
  expect((await again.methods.time({ do: 'futures' })).report).toBeUndefined();
});

test('what a newer page kept stays as it is, and the page says so', async () => {
  const shelf = new MemoryShelf();
  const { keeper } = await left(shelf);
  const newer = bytesOf(utf8Encode('AOF Lab futures, version 2\nsomething new'));
  shelf.bytes = newer;
  const { methods } = visit(keeper, shelf);
  expect((await methods.time({ do: 'futures' })).report).toContain(
    'by a newer version of this page (2)',
  );
  await set(methods, 'd');
  await methods.undo();
  await set(methods, 'e');
  expect(names((await methods.time({ do: 'futures' })).futures)).toEqual(['A!', 'B here']);
  await methods.reset({ clock: { paused: true } });
  await methods.time({ do: 'futures' });
  expect(shelf.bytes).toBe(newer);
});

test('who may only look keeps nothing', async () => {
  const shelf = new MemoryShelf();
  const { keeper } = await left(shelf);
  const { bytes } = shelf;
  const looking = visit(keeper, shelf);
  shelf.mayWrite = false;
  await set(looking.methods, 'd');
  await looking.methods.undo();
  await set(looking.methods, 'e');
  const { futures } = await looking.methods.time({ do: 'futures' });
  expect(names(futures)).toEqual(['A!', 'B!', 'C here']);
  expect(names((await looking.methods.time({ do: 'futures' })).futures)).toEqual([
    'A!',
    'B!',
    'C here',
  ]);
  expect(shelf.bytes).toBe(bytes);
});

test('a future is handed on as a link and as a file, without going over to it', async () => {
  const { host, methods, fingerprint } = await left(new MemoryShelf());
  const before = host.lab;
  const { shared } = await methods.time({ do: 'share', future: 'A' });
  expect(shared!.link.fits).toBe(true);
  for (const decoded of [decodeLink(`https://lab/#${shared!.link.hash}`), decodeRun(shared!.file)])
    expect(decoded.ok && runFingerprint(replay(decoded.value))).toBe(fingerprint);
  expect(host.lab).toBe(before);
  await expect(methods.time({ do: 'share', future: 'Q' })).rejects.toThrow(
    'share: there is no other future Q; there are A',
  );
});
