/** INFO's sections server, clients, stats, replication and cpu. */
import { millisOfMicros, secondsOfMicros, type Micros } from '../base/time.ts';
import type { EngineState } from '../engine/engine-state.ts';
import type { Session } from '../engine/session.ts';
import { trackedItems } from '../engine/tracking.ts';
import { lruClock } from '../engine/data/usage.ts';
import { rateOf } from './counters.ts';
import { directiveText } from './directives.ts';
import type { InfoField } from './info.ts';
import { twoDecimals } from './info-format.ts';
import type { ServerState } from './state.ts';
import { redisVersion } from '../engine/version.ts';

const SECONDS_PER_DAY = 86_400;

export function serverFields(state: ServerState, now: Micros): readonly InfoField[] {
  const { settings, directives } = state;
  const uptime = secondsOfMicros(now) - secondsOfMicros(state.startedAt);
  const addresses = directiveText(directives, 'bind').split(' ');
  return [
    ['redis_version', redisVersion],
    ['redis_git_sha1', '00000000'],
    ['redis_git_dirty', 0],
    ['redis_build_id', '0'],
    ['redis_mode', 'standalone'],
    ['os', 'Linux simulated x86_64'],
    ['arch_bits', 64],
    ['monotonic_clock', 'POSIX clock_gettime'],
    ['multiplexing_api', 'epoll'],
    ['atomicvar_api', 'c11-builtin'],
    ['gcc_version', '0.0.0'],
    ['process_id', state.pid],
    ['process_supervised', 'no'],
    ['run_id', state.runId],
    ['tcp_port', settings.port],
    ['server_time_usec', now],
    ['uptime_in_seconds', uptime],
    ['uptime_in_days', Math.floor(uptime / SECONDS_PER_DAY)],
    ['hz', settings.hz],
    ['configured_hz', settings.hz],
    ['lru_clock', lruClock(millisOfMicros(now))],
    ['executable', '/usr/local/bin/redis-server'],
    ['config_file', state.configFile ?? ''],
    ['io_threads_active', 0],
    [
      'listener0',
      `name=tcp,${addresses.map((address) => `bind=${address}`).join(',')},port=${settings.port}`,
    ],
  ];
}

export function clientFields({ engine, settings, counters }: ServerState): readonly InfoField[] {
  const sessions = [...engine.sessions.values()].filter(({ loading }) => !loading);
  return [
    ['connected_clients', sessions.length],
    ['cluster_connections', 0],
    ['maxclients', settings.maxClients],
    ['client_recent_max_input_buffer', Math.max(...counters.recentPeaks.input)],
    ['client_recent_max_output_buffer', Math.max(...counters.recentPeaks.output)],
    ['blocked_clients', sessions.filter(({ blocked }) => blocked !== null).length],
    ['tracking_clients', engine.tracking.clients.size],
    ['clients_in_timeout_table', sessions.filter(hasDeadline).length],
    ['total_blocking_keys', engine.rows.size],
    ['total_blocking_keys_on_nokey', rowsWaitingForGone(engine)],
  ];
}

function hasDeadline({ blocked }: Session): boolean {
  return blocked !== null && blocked.reason !== 'server' && blocked.deadline !== null;
}

/** Keys for whose going somebody waits as well (XREADGROUP). */
function rowsWaitingForGone({ rows, sessions }: EngineState): number {
  return [...rows.values()].filter(({ clients }) =>
    [...clients].some((id) => {
      const blocked = sessions.get(id)?.blocked;
      return blocked?.reason === 'keys' && blocked.whenGone;
    }),
  ).length;
}

export function statsFields(
  { engine, counters, connectionsReceived }: ServerState,
  now: Micros,
): readonly InfoField[] {
  const { stats } = engine;
  const exceeded = stats.exceededSince === null ? 0 : Math.max(0, now - stats.exceededSince);
  const errors = [...stats.errors.values()].reduce((sum, count) => sum + count, 0);
  const kilobytes = (name: 'input' | 'output'): string =>
    twoDecimals(rateOf(counters, name) / 1024);
  return [
    ['total_connections_received', connectionsReceived],
    ['total_commands_processed', stats.commands],
    ['instantaneous_ops_per_sec', rateOf(counters, 'commands')],
    ['total_net_input_bytes', counters.netInputBytes],
    ['total_net_output_bytes', counters.netOutputBytes],
    ['total_net_repl_input_bytes', 0],
    ['total_net_repl_output_bytes', 0],
    ['instantaneous_input_kbps', kilobytes('input')],
    ['instantaneous_output_kbps', kilobytes('output')],
    ['instantaneous_input_repl_kbps', '0.00'],
    ['instantaneous_output_repl_kbps', '0.00'],
    ['rejected_connections', counters.rejectedConnections],
    ['sync_full', 0],
    ['sync_partial_ok', 0],
    ['sync_partial_err', 0],
    ['expired_keys', stats.expired],
    ['expired_stale_perc', twoDecimals(stats.staleShare * 100)],
    ['expired_time_cap_reached_count', stats.expireCapReached],
    ['expire_cycle_cpu_milliseconds', Math.floor(stats.expireMicros / 1000)],
    ['evicted_keys', stats.evicted],
    ['evicted_clients', counters.evictedClients],
    ['total_eviction_exceeded_time', Math.floor((stats.exceededMicros + exceeded) / 1000)],
    ['current_eviction_exceeded_time', Math.floor(exceeded / 1000)],
    ['keyspace_hits', stats.hits],
    ['keyspace_misses', stats.misses],
    ['pubsub_channels', engine.listeners.channels.size],
    ['pubsub_patterns', engine.listeners.patterns.size],
    ['pubsubshard_channels', engine.listeners.shardChannels.size],
    ['latest_fork_usec', counters.lastForkMicros],
    ['total_forks', counters.forks],
    ['migrate_cached_sockets', 0],
    ['slave_expires_tracked_keys', 0],
    ['active_defrag_hits', 0],
    ['active_defrag_misses', 0],
    ['active_defrag_key_hits', 0],
    ['active_defrag_key_misses', 0],
    ['total_active_defrag_time', 0],
    ['current_active_defrag_time', 0],
    ['tracking_total_keys', engine.tracking.readers.size],
    ['tracking_total_items', trackedItems(engine.tracking)],
    ['tracking_total_prefixes', engine.tracking.broadcasts.size],
    ['unexpected_error_replies', 0],
    ['total_error_replies', errors],
    ['dump_payload_sanitizations', stats.sanitizations],
    ['total_reads_processed', counters.reads],
    ['total_writes_processed', counters.writes],
    ['io_threaded_reads_processed', 0],
    ['io_threaded_writes_processed', 0],
    ['reply_buffer_shrinks', 0],
    ['reply_buffer_expands', 0],
    ['eventloop_cycles', counters.turns],
    ['eventloop_duration_sum', counters.turnMicros],
    ['eventloop_duration_cmd_sum', counters.commandMicros],
    ['instantaneous_eventloop_cycles_per_sec', rateOf(counters, 'turns')],
    ['instantaneous_eventloop_duration_usec', rateOf(counters, 'turn-micros')],
    ['acl_access_denied_auth', engine.accessLog.denied.auth],
    ['acl_access_denied_cmd', engine.accessLog.denied.command],
    ['acl_access_denied_key', engine.accessLog.denied.key],
    ['acl_access_denied_channel', engine.accessLog.denied.channel],
  ];
}

export function replicationFields(state: ServerState): readonly InfoField[] {
  return [
    ['role', 'master'],
    ['connected_slaves', 0],
    ['master_failover_state', 'no-failover'],
    ['master_replid', state.replicationId],
    ['master_replid2', '0'.repeat(40)],
    ['master_repl_offset', state.replicationOffset],
    ['second_repl_offset', -1],
    ['repl_backlog_active', 0],
    ['repl_backlog_size', directiveText(state.directives, 'repl-backlog-size')],
    ['repl_backlog_first_byte_offset', 0],
    ['repl_backlog_histlen', 0],
  ];
}

export function cpuFields({ counters }: ServerState): readonly InfoField[] {
  const own = seconds(counters.cpuMicros);
  const none = seconds(0);
  return [
    ['used_cpu_sys', none],
    ['used_cpu_user', own],
    ['used_cpu_sys_children', none],
    ['used_cpu_user_children', seconds(counters.childCpuMicros)],
    ['used_cpu_sys_main_thread', none],
    ['used_cpu_user_main_thread', own],
  ];
}

function seconds(micros: Micros): string {
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;
}
