/** Writes an RDB file of records of others: what a merge or an extract leaves. */
import { newGrowableBytes, takenBytes } from '../../base/growable-bytes.ts';
import { addKey, newKeySpace, setExpiry, type Database } from '../../engine/data/key-space.ts';
import { presentState } from '../../engine/data/snapshot.ts';
import { redisVersion } from '../../engine/version.ts';
import { newRdbWriteJob, stepRdbWrite } from '../../persistence/rdb-writer.ts';
import { SNAPSHOT_LIMITS } from '../../persistence/snapshot-limits.ts';
import type { Gathered } from './gather.ts';

export function snapshotFile(gathered: Gathered): Uint8Array {
  const databases: Database[] = [];
  for (const [id, records] of gathered.databases) {
    const space = newKeySpace();
    for (const { key, value, expireAt } of records.values()) {
      addKey(space, key, value, 0);
      if (expireAt !== null) setExpiry(space, key, expireAt);
    }
    databases.push({ id, space });
  }
  const number = (name: string): number => Number(gathered.aux.get(name) ?? 0);
  const job = newRdbWriteJob(
    presentState(databases, [...gathered.libraries]),
    {
      redisVersion: gathered.aux.get('redis-ver') ?? redisVersion,
      createdAt: number('ctime'),
      usedMemory: number('used-mem'),
      aofBase: false,
    },
    {
      compression: 'compressed',
      listMaxListpackSize: SNAPSHOT_LIMITS.listMaxListpackSize,
      checksum: true,
      usage: 'none',
      now: 0,
      lfuLogFactor: 10,
      lfuDecayTime: 1,
    },
  );
  const sink = newGrowableBytes();
  while (stepRdbWrite(job, sink, 1024) === 'more');
  return takenBytes(sink);
}
