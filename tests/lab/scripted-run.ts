/** One run with a bit of everything, and what it amounts to: the same in Node and in every browser. */
import { ascii, bytesOf, utf8Encode } from '../../src/base/bytes.ts';
import { sha1Hex } from '../../src/base/sha1.ts';
import { splitArguments } from '../../src/base/split-arguments.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { laneView } from '../../src/lab/lane-view.ts';
import type { Setup } from '../../src/lab/view.ts';

export const SCRIPTED_SETUP: Setup = {
  seed: 4242,
  lanes: [
    { id: 'always', config: { appendfsync: 'always' } },
    { id: 'everysec', config: { appendfsync: 'everysec', 'aof-timestamp-enabled': 'yes' } },
    { id: 'no', config: { appendfsync: 'no' } },
    { id: 'none', config: { appendonly: 'no' } },
  ],
  disk: { preset: 'hdd' },
};

export function scriptedRun(lab: Lab): void {
  const send = (line: string): void => {
    for (const { state } of lab.lanes)
      lab.send(splitArguments(utf8Encode(line)) ?? [ascii('')], 'person', state.id, 1);
    lab.runUntil(lab.clock.now + 40_000, Infinity);
  };
  lab.setWorkload({
    rate: 300,
    mix: ['SET k:{k} {v}', 'INCRBYFLOAT f:{k} 0.1', 'SET e:{n} 1 PX 700', 'DEL k:{k}'],
  });
  send('SET a 1');
  send('MULTI');
  send('INCR a');
  send('EXPIRE a 1');
  send('EXEC');
  lab.runUntil(lab.clock.now + 1_300_000, Infinity);
  send('BGREWRITEAOF');
  lab.plan({ kind: 'fsync-time', value: 900 });
  lab.runUntil(lab.clock.now + 2_500_000, Infinity);
  lab.crash('process-killed', 'lost', undefined);
  lab.boot(undefined);
  lab.plan(null);
  lab.runUntil(lab.clock.now + 1_700_000, Infinity);
  lab.crash('power-lost', 'holes', 'no');
  lab.crash('power-lost', 'lost', undefined);
  lab.boot(undefined);
  lab.runUntil(lab.clock.now + 900_000, Infinity);
}

/** Strings and numbers as they are; the run has no other values. */
function shown(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number}`;
}

/** Every file of every lane, what each lane shows, and the data sets, in one number. */
export function runFingerprint(lab: Lab): string {
  const parts: string[] = [];
  for (const lane of lab.lanes) {
    for (const { path, size, durableSize } of lane.kernel.files()) {
      parts.push(
        `${path} ${size} ${durableSize} ${sha1Hex(lane.kernel.readFile(path) ?? new Uint8Array())}`,
      );
    }
    parts.push(JSON.stringify(laneView(lane, 'lost')), lane.state.logLines.join('\n'));
    for (const { id, space } of lane.state.server?.engine.databases ?? []) {
      for (const { key, value, expiry } of space.entries)
        parts.push(`${id} ${key} ${shown(value)} ${expiry?.at ?? ''}`);
    }
  }
  return sha1Hex(bytesOf(utf8Encode(parts.join('\n'))));
}
