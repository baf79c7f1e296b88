/** A lesson's log in the hands of the real redis-server. */
import { datasetDigest } from '../../src/engine/data/digest.ts';
import { newCrc64, updateCrc64 } from '../../src/base/crc64.ts';
import type { Lane } from '../../src/lab/lane.ts';
import { digestOf, startLogging, temporaryFolder, writeLog } from '../e2e/redis-log.ts';

/** What differs when redis-server loads what that lane's server would load; null: nothing does. */
export async function realLoad({ state, kernel }: Lane): Promise<string | null> {
  if (state.server === null || state.status !== 'running' || state.policy === null) return null;
  const files = new Map<string, Uint8Array>();
  for (const { path } of kernel.files()) {
    const bytes = kernel.readFile(path);
    if (path.startsWith('/data/appendonlydir/') && bytes !== undefined)
      files.set(path.slice('/data/'.length), path.endsWith('.rdb') ? asVersion10(bytes) : bytes);
  }
  const ours = datasetDigest(state.server.engine.databases);
  const folder = temporaryFolder();
  writeLog(folder.path, files);
  try {
    const redis = await startLogging(folder.path);
    const real = await digestOf(redis);
    await redis.stop();
    return real === ours ? null : `the digest is ${ours}, and redis-server loads ${real}`;
  } catch (error) {
    return `redis-server does not load it: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    folder.remove();
  }
}

/**
 * The installed server may be a 7.0, which knows the version before; they differ in types that no lesson has here. It
 * would refuse an unknown type by name.
 */
function asVersion10(rdb: Uint8Array): Uint8Array {
  const copy = rdb.slice();
  const version = new TextDecoder().decode(copy.subarray(0, 9));
  if (version !== 'REDIS0011') return copy;
  copy.set(new TextEncoder().encode('REDIS0010'));
  const sum = newCrc64();
  updateCrc64(sum, copy, 0, copy.length - 8);
  const view = new DataView(copy.buffer, copy.length - 8);
  view.setUint32(0, sum.low >>> 0, true);
  view.setUint32(4, sum.high >>> 0, true);
  return copy;
}
