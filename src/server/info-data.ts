/** INFO's sections memory, commandstats, errorstats and keyspace. */
import { millisOfMicros, type Micros } from '../base/time.ts';
import type { KeySpace } from '../engine/data/key-space.ts';
import type { InfoField } from './info.ts';
import { humanBytes, percent, ratio } from './info-format.ts';
import { microsAtPercentile } from '../base/latency-histogram.ts';
import { formatFixedPoint } from '../base/doubles.ts';
import { directiveText } from './directives.ts';
import { memoryFacts, scriptFacts } from './memory-estimate.ts';
import type { ServerState } from './state.ts';

export function memoryFields(state: ServerState): readonly InfoField[] {
  const facts = memoryFacts(state);
  const { used, startup, overhead, clients, aofBuffer, active, rss, peak: peakMemory } = facts;
  const { settings } = state;
  const dataset = used - overhead;
  return [
    ['used_memory', used],
    ['used_memory_human', humanBytes(used)],
    ['used_memory_rss', rss],
    ['used_memory_rss_human', humanBytes(rss)],
    ['used_memory_peak', peakMemory],
    ['used_memory_peak_human', humanBytes(peakMemory)],
    ['used_memory_peak_perc', percent(used, peakMemory)],
    ['used_memory_overhead', overhead],
    ['used_memory_startup', startup],
    ['used_memory_dataset', dataset],
    ['used_memory_dataset_perc', percent(dataset, used - startup)],
    ['allocator_allocated', used],
    ['allocator_active', active],
    ['allocator_resident', active],
    // What Redis reports where the system does not tell.
    ['total_system_memory', 0],
    ['total_system_memory_human', humanBytes(0)],
    ...scriptMemory(state),
    ['maxmemory', settings.maxmemory],
    ['maxmemory_human', humanBytes(settings.maxmemory)],
    ['maxmemory_policy', settings.maxmemoryPolicy],
    ['allocator_frag_ratio', ratio(active, used)],
    ['allocator_frag_bytes', active - used],
    ['allocator_rss_ratio', ratio(active, active)],
    ['allocator_rss_bytes', 0],
    ['rss_overhead_ratio', ratio(rss, active)],
    ['rss_overhead_bytes', rss - active],
    ['mem_fragmentation_ratio', ratio(rss, used)],
    ['mem_fragmentation_bytes', rss - used],
    ['mem_not_counted_for_evict', aofBuffer],
    ['mem_replication_backlog', 0],
    ['mem_total_replication_buffers', 0],
    ['mem_clients_slaves', 0],
    ['mem_clients_normal', clients],
    ['mem_cluster_links', 0],
    ['mem_aof_buffer', aofBuffer],
    ['mem_allocator', 'libc'],
    ['active_defrag_running', 0],
    ['lazyfree_pending_objects', 0],
    ['lazyfreed_objects', state.engine.stats.lazyFreed],
  ];
}

function scriptMemory({ engine }: ServerState): readonly InfoField[] {
  const { cached, functions, libraries, cachedBytes, functionBytes } = scriptFacts(
    engine.scripting,
  );
  const interpreters = EVAL_INTERPRETER + FUNCTION_INTERPRETER;
  const scripts = cachedBytes + functionBytes;
  return [
    ['used_memory_lua', EVAL_INTERPRETER],
    ['used_memory_vm_eval', EVAL_INTERPRETER],
    ['used_memory_lua_human', humanBytes(EVAL_INTERPRETER)],
    ['used_memory_scripts_eval', cachedBytes],
    ['number_of_cached_scripts', cached],
    ['number_of_functions', functions],
    ['number_of_libraries', libraries],
    ['used_memory_vm_functions', FUNCTION_INTERPRETER],
    ['used_memory_vm_total', interpreters],
    ['used_memory_vm_total_human', humanBytes(interpreters)],
    ['used_memory_functions', functionBytes],
    ['used_memory_scripts', scripts],
    ['used_memory_scripts_human', humanBytes(scripts)],
  ];
}

/** What idle interpreters of a real server take. */
const EVAL_INTERPRETER = 32_768;
const FUNCTION_INTERPRETER = 33_792;

export function commandFields({ engine }: ServerState): readonly InfoField[] {
  return [...engine.stats.byCommand]
    .filter(([, { calls, rejected, failed }]) => calls + rejected + failed > 0)
    .map(([name, { calls, micros, rejected, failed }]) => [
      `cmdstat_${name}`,
      `calls=${calls},usec=${micros},usec_per_call=${ratio(micros, calls)},rejected_calls=${rejected},failed_calls=${failed}`,
    ]);
}

/** The percentiles of latency-tracking-info-percentiles, in µs. */
export function latencyFields({ engine, directives }: ServerState): readonly InfoField[] {
  const percentiles = directiveText(directives, 'latency-tracking-info-percentiles')
    .split(' ')
    .filter((text) => text !== '');
  return [...engine.stats.byCommand]
    .filter(([, { latency }]) => latency.total > 0)
    .map(([name, { latency }]) => [
      `latency_percentiles_usec_${name}`,
      percentiles
        .map((p) => `p${p}=${formatFixedPoint(microsAtPercentile(latency, Number(p)), 3)}`)
        .join(','),
    ]);
}

export function errorFields({ engine }: ServerState): readonly InfoField[] {
  return [...engine.stats.errors].map(([code, count]) => [`errorstat_${code}`, `count=${count}`]);
}

export function keyspaceFields({ engine }: ServerState, now: Micros): readonly InfoField[] {
  return engine.databases
    .filter(({ space }) => space.entries.length > 0)
    .map(({ id, space }) => [
      `db${id}`,
      `keys=${space.entries.length},expires=${space.expiring.length},avg_ttl=${averageTtl(space, now)}`,
    ]);
}

const SAMPLED_EXPIRIES = 400;

/** In milliseconds, from a sample that is spread evenly over the keys that expire. */
function averageTtl({ expiring }: KeySpace, now: Micros): number {
  if (expiring.length === 0) return 0;
  const step = Math.max(1, Math.floor(expiring.length / SAMPLED_EXPIRIES));
  const nowMs = millisOfMicros(now);
  let sum = 0;
  let seen = 0;
  for (let i = 0; i < expiring.length; i += step) {
    sum += Math.max(0, Number(expiring[i]!.expiry!.at) - nowMs);
    seen++;
  }
  return Math.round(sum / seen);
}
