/** INFO persistence (spec §1.8). */
import { secondsOfMicros, type Micros } from '../base/time.ts';
import { writeErrno } from '../persistence/aof-writer.ts';
import { pendingFsyncs } from './flush.ts';
import type { InfoField } from './info.ts';
import { twoDecimals } from './info-format.ts';
import type { Child, Loading, ServerState } from './state.ts';

export function persistenceFields(state: ServerState, now: Micros): readonly InfoField[] {
  const { aof, child, rewrite, save, loading, engine } = state;
  const keysOfChild =
    child === null
      ? 0
      : child.task.snapshot.databases.reduce((sum, { entries }) => sum + entries.length, 0);
  const processed = child?.processed ?? 0;
  const enabled = aof.mode !== 'off';
  return [
    ['loading', flag(loading !== null)],
    ['async_loading', 0],
    ['current_cow_peak', 0],
    ['current_cow_size', 0],
    ['current_cow_size_age', 0],
    ['current_fork_perc', twoDecimals(keysOfChild === 0 ? 0 : (processed * 100) / keysOfChild)],
    ['current_save_keys_processed', processed],
    ['current_save_keys_total', keysOfChild],
    ['rdb_changes_since_last_save', engine.dirty],
    ['rdb_bgsave_in_progress', flag(child?.kind === 'rdb')],
    ['rdb_last_save_time', save.lastSave],
    ['rdb_last_bgsave_status', status(save.lastOk)],
    ['rdb_last_bgsave_time_sec', save.lastSeconds],
    ['rdb_current_bgsave_time_sec', secondsOf(child, 'rdb', now)],
    ['rdb_saves', save.count],
    ['rdb_last_cow_size', 0],
    ['rdb_last_load_keys_expired', save.expiredKeys],
    ['rdb_last_load_keys_loaded', save.loadedKeys],
    ['aof_enabled', flag(enabled)],
    ['aof_rewrite_in_progress', flag(child?.kind === 'aof')],
    ['aof_rewrite_scheduled', flag(state.rewriteScheduled)],
    ['aof_last_rewrite_time_sec', rewrite.lastSeconds],
    ['aof_current_rewrite_time_sec', secondsOf(child, 'aof', now)],
    ['aof_last_bgrewrite_status', status(rewrite.lastOk)],
    ['aof_rewrites', rewrite.count],
    ['aof_rewrites_consecutive_failures', rewrite.consecutiveFailures],
    ['aof_last_write_status', status(writeErrno(aof) === null)],
    ['aof_last_cow_size', 0],
    ['module_fork_in_progress', 0],
    ['module_fork_last_cow_size', 0],
    ...(enabled ? aofFields(state) : []),
    ...(loading === null ? [] : loadingFields(loading, now)),
  ];
}

function aofFields({ aof, rewriteScheduled, threads }: ServerState): readonly InfoField[] {
  return [
    ['aof_current_size', aof.currentSize],
    ['aof_base_size', aof.baseSize],
    ['aof_pending_rewrite', flag(rewriteScheduled)],
    ['aof_buffer_length', aof.buffer.length],
    ['aof_pending_bio_fsync', pendingFsyncs(threads.bio_aof)],
    ['aof_delayed_fsync', aof.delayedFsyncs],
  ];
}

function loadingFields(loading: Loading, now: Micros): readonly InfoField[] {
  const { startedAt, totalBytes, loadedBefore, load, rdb, writersMemory } = loading;
  const loaded = loadedBefore + (load?.at ?? rdb?.reader.input.at ?? 0);
  const elapsed = secondsOfMicros(now) - secondsOfMicros(startedAt);
  // In its first second Redis says one more.
  const eta = elapsed === 0 ? 1 : Math.floor((elapsed * (totalBytes - loaded)) / (loaded + 1));
  return [
    ['loading_start_time', secondsOfMicros(startedAt)],
    ['loading_total_bytes', totalBytes],
    ['loading_rdb_used_mem', rdb?.usedMemory ?? writersMemory],
    ['loading_loaded_bytes', loaded],
    ['loading_loaded_perc', twoDecimals(totalBytes === 0 ? 0 : (loaded * 100) / totalBytes)],
    ['loading_eta_seconds', eta],
  ];
}

function flag(on: boolean): number {
  return on ? 1 : 0;
}

function status(ok: boolean): string {
  return ok ? 'ok' : 'err';
}

function secondsOf(child: Child | null, kind: Child['kind'], now: Micros): number {
  if (child?.kind !== kind) return -1;
  // As Redis counts: how often the second has changed.
  return secondsOfMicros(now) - secondsOfMicros(child.startedAt);
}
