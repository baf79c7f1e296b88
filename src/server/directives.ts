/**
 * The directives of Redis 7.2.4 as data: names, kinds, bounds, defaults and flags, as in config.c. CONFIG GET, SET and
 * REWRITE, redis.conf and the command line all go by this table; what values mean stands in directive-values.ts.
 */
import { assert } from '../base/assert.ts';
import { ascii, type ByteString } from '../base/bytes.ts';

export type DirectiveFlag =
  /** Only redis.conf and the command line can set it. */
  | 'immutable'
  /** CONFIG SET needs enable-protected-configs. */
  | 'protected'
  /** CONFIG GET shows it by its exact name only. */
  | 'hidden'
  /** Its value is kept out of logs. */
  | 'sensitive'
  /** It takes several words; CONFIG SET splits its value at each blank. */
  | 'multi'
  /** CONFIG SET is refused while a data set is loaded. */
  | 'deny-loading'
  /** A string that is either absent or not empty: CONFIG REWRITE removes its line. */
  | 'absent-if-empty';

export type StringRule =
  | 'any'
  | 'bytes'
  | 'dbfilename'
  | 'appendfilename'
  | 'appenddirname'
  | 'hostname'
  | 'nodename'
  | 'proc-title'
  | 'locale';

export type DirectiveKind =
  | { readonly kind: 'bool' }
  /** `same`: a spelling that is shown as another. `combine`: several words at once, the first stands alone. */
  | {
      readonly kind: 'enum';
      readonly values: readonly string[];
      readonly same?: Readonly<Record<string, string>>;
      readonly combine?: boolean;
    }
  /** Bounds are inclusive. `unsigned`: a negative number counts as one above 2^63, as C converts it. */
  | {
      readonly kind: 'number';
      readonly notation: 'integer' | 'memory' | 'memory-or-percent' | 'octal';
      readonly min: bigint;
      readonly max: bigint;
      readonly unsigned: boolean;
    }
  | { readonly kind: 'string'; readonly rule: StringRule }
  | {
      readonly kind:
        | 'dir'
        | 'save'
        | 'client-output-buffer-limit'
        | 'oom-score-adj-values'
        | 'notify-keyspace-events'
        | 'bind'
        | 'replicaof'
        | 'percentiles';
    };

export interface Directive {
  readonly name: string;
  readonly alias: string | null;
  readonly kind: DirectiveKind;
  readonly default: ByteString;
  readonly flags: readonly DirectiveFlag[];
}

/** What a server is configured to, as plain data. */
export interface DirectiveValues {
  /** Canonical text by primary name; every directive has one. */
  readonly texts: Map<string, ByteString>;
  /** Primary names that redis.conf, the command line or CONFIG SET have set, be it to the default. */
  readonly given: Set<string>;
  /** `rename-command`: from and to; '' hides the command. */
  readonly renames: (readonly [ByteString, ByteString])[];
  /** `user` lines, as written. */
  readonly users: ByteString[];
}

/** `workingDirectory`: what CONFIG GET dir shows as long as no directive changes it. */
export function defaultDirectives(workingDirectory = './'): DirectiveValues {
  const texts = new Map(directives.map((directive) => [directive.name, directive.default]));
  texts.set('dir', ascii(workingDirectory));
  return { texts, given: new Set(), renames: [], users: [] };
}

/** By its name or its alias, in any case. */
export function findDirective(name: string): Directive | undefined {
  return byName.get(name.toLowerCase());
}

export function directiveText(values: DirectiveValues, name: string): ByteString {
  const text = values.texts.get(name);
  assert(text !== undefined, `no directive ${name}`);
  return text;
}

const INT_MAX = 0x7fff_ffffn;
const INT_MIN = -0x8000_0000n;
const UINT_MAX = 0xffff_ffffn;
const LONG_MAX = 0x7fff_ffff_ffff_ffffn;
const ULONG_MAX = 0xffff_ffff_ffff_ffffn;
const MEGABYTE = 1_048_576n;

type Flags = readonly DirectiveFlag[];
const NONE: Flags = [];
const IMMUTABLE: Flags = ['immutable'];
const HIDDEN: Flags = ['hidden'];
const ABSENT: Flags = ['absent-if-empty'];
const IMMUTABLE_ABSENT: Flags = ['immutable', 'absent-if-empty'];
const SECRET: Flags = ['sensitive', 'absent-if-empty'];

/** `primary|alias`, or just the name. */
function directive(names: string, kind: DirectiveKind, value: string, flags: Flags): Directive {
  const [name, alias] = names.split('|');
  return { name: name!, alias: alias ?? null, kind, default: ascii(value), flags };
}

function bool(names: string, value: 'yes' | 'no', flags = NONE): Directive {
  return directive(names, { kind: 'bool' }, value, flags);
}

function text(names: string, value: string, flags = NONE, rule: StringRule = 'any'): Directive {
  return directive(names, { kind: 'string', rule }, value, flags);
}

function choice(names: string, values: string, value: string, flags = NONE): Directive {
  return directive(names, { kind: 'enum', values: values.split(' ') }, value, flags);
}

function int(names: string, min: bigint, max: bigint, value: number, flags = NONE): Directive {
  return directive(
    names,
    { kind: 'number', notation: 'integer', min, max, unsigned: false },
    String(value),
    flags,
  );
}

function unsigned(names: string, min: bigint, max: bigint, value: number, flags = NONE): Directive {
  return directive(
    names,
    { kind: 'number', notation: 'integer', min, max, unsigned: true },
    String(value),
    flags,
  );
}

/** Bytes in a signed integer of C. */
function signedMemory(names: string, min: bigint, max: bigint, value: number): Directive {
  return directive(
    names,
    { kind: 'number', notation: 'memory', min, max, unsigned: false },
    String(value),
    NONE,
  );
}

function memory(names: string, min: bigint, max: bigint, value: number): Directive {
  return directive(
    names,
    { kind: 'number', notation: 'memory', min, max, unsigned: true },
    String(value),
    NONE,
  );
}

function special(
  names: string,
  kind: Exclude<DirectiveKind['kind'], 'bool' | 'enum' | 'number' | 'string'>,
  value: string,
  flags: Flags,
): Directive {
  return directive(names, { kind }, value, flags);
}

const SHUTDOWN_OPTIONS = ['default', 'save', 'nosave', 'now', 'force'];
const POLICIES =
  'volatile-lru volatile-lfu volatile-random volatile-ttl allkeys-lru allkeys-lfu allkeys-random noeviction';

export const directives: readonly Directive[] = [
  bool('rdbchecksum', 'yes', IMMUTABLE),
  bool('daemonize', 'no', IMMUTABLE),
  bool('io-threads-do-reads', 'no', IMMUTABLE),
  bool('always-show-logo', 'no', IMMUTABLE),
  bool('protected-mode', 'yes'),
  bool('rdbcompression', 'yes'),
  bool('rdb-del-sync-files', 'no'),
  bool('activerehashing', 'yes'),
  bool('stop-writes-on-bgsave-error', 'yes'),
  bool('set-proc-title', 'yes', IMMUTABLE),
  bool('dynamic-hz', 'yes'),
  bool('lazyfree-lazy-eviction', 'no'),
  bool('lazyfree-lazy-expire', 'no'),
  bool('lazyfree-lazy-server-del', 'no'),
  bool('lazyfree-lazy-user-del', 'no'),
  bool('lazyfree-lazy-user-flush', 'no'),
  bool('repl-disable-tcp-nodelay', 'no'),
  bool('repl-diskless-sync', 'yes'),
  bool('aof-rewrite-incremental-fsync', 'yes'),
  bool('no-appendfsync-on-rewrite', 'no'),
  bool('cluster-require-full-coverage', 'yes'),
  bool('rdb-save-incremental-fsync', 'yes'),
  bool('aof-load-truncated', 'yes'),
  bool('aof-use-rdb-preamble', 'yes'),
  bool('aof-timestamp-enabled', 'no'),
  bool('cluster-replica-no-failover|cluster-slave-no-failover', 'no'),
  bool('replica-lazy-flush|slave-lazy-flush', 'no'),
  bool('replica-serve-stale-data|slave-serve-stale-data', 'yes'),
  bool('replica-read-only|slave-read-only', 'yes'),
  bool('replica-ignore-maxmemory|slave-ignore-maxmemory', 'yes'),
  bool('jemalloc-bg-thread', 'yes'),
  bool('activedefrag', 'no'),
  bool('syslog-enabled', 'no', IMMUTABLE),
  bool('cluster-enabled', 'no', IMMUTABLE),
  bool('appendonly', 'no', ['deny-loading']),
  bool('cluster-allow-reads-when-down', 'no'),
  bool('cluster-allow-pubsubshard-when-down', 'yes'),
  bool('crash-log-enabled', 'yes'),
  bool('crash-memcheck-enabled', 'yes'),
  bool('use-exit-on-panic', 'no', HIDDEN),
  bool('disable-thp', 'yes', IMMUTABLE),
  bool('cluster-allow-replica-migration', 'yes'),
  bool('replica-announced', 'yes'),
  bool('latency-tracking', 'yes'),
  bool('aof-disable-auto-gc', 'no', HIDDEN),
  bool('replica-ignore-disk-write-errors', 'no'),

  text('aclfile', '', IMMUTABLE),
  text('unixsocket', '', IMMUTABLE_ABSENT),
  text('pidfile', '', IMMUTABLE_ABSENT),
  text('replica-announce-ip|slave-announce-ip', '', ABSENT),
  text('masteruser', '', SECRET),
  text('cluster-announce-ip', '', ABSENT),
  text('cluster-config-file', 'nodes.conf', IMMUTABLE),
  text('cluster-announce-hostname', '', ABSENT, 'hostname'),
  text('cluster-announce-human-nodename', '', ABSENT, 'nodename'),
  text('syslog-ident', 'redis', IMMUTABLE),
  text('dbfilename', 'dump.rdb', ['protected'], 'dbfilename'),
  text('appendfilename', 'appendonly.aof', IMMUTABLE, 'appendfilename'),
  text('appenddirname', 'appendonlydir', IMMUTABLE, 'appenddirname'),
  text('server_cpulist', '', IMMUTABLE_ABSENT),
  text('bio_cpulist', '', IMMUTABLE_ABSENT),
  text('aof_rewrite_cpulist', '', IMMUTABLE_ABSENT),
  text('bgsave_cpulist', '', IMMUTABLE_ABSENT),
  text('ignore-warnings', ''),
  text('proc-title-template', '{title} {listen-addr} {server-mode}', NONE, 'proc-title'),
  text('bind-source-addr', '', ABSENT),
  text('logfile', '', IMMUTABLE),
  text('locale-collate', '', NONE, 'locale'),
  text('masterauth', '', SECRET, 'bytes'),
  text('requirepass', '', SECRET, 'bytes'),

  choice('supervised', 'upstart systemd auto no', 'no', IMMUTABLE),
  choice(
    'syslog-facility',
    'user local0 local1 local2 local3 local4 local5 local6 local7',
    'local0',
    IMMUTABLE,
  ),
  choice('repl-diskless-load', 'disabled on-empty-db swapdb', 'disabled', ['deny-loading']),
  choice('loglevel', 'debug verbose notice warning nothing', 'notice'),
  choice('maxmemory-policy', POLICIES, 'noeviction'),
  choice('appendfsync', 'everysec always no', 'everysec'),
  directive(
    'oom-score-adj',
    { kind: 'enum', values: ['no', 'yes', 'relative', 'absolute'], same: { relative: 'yes' } },
    'no',
    NONE,
  ),
  choice('acl-pubsub-default', 'allchannels resetchannels', 'resetchannels'),
  choice('sanitize-dump-payload', 'no yes clients', 'no'),
  choice('enable-protected-configs', 'no yes local', 'no', IMMUTABLE),
  choice('enable-debug-command', 'no yes local', 'no', IMMUTABLE),
  choice('enable-module-command', 'no yes local', 'no', IMMUTABLE),
  choice('cluster-preferred-endpoint-type', 'ip hostname unknown-endpoint', 'ip'),
  choice('propagation-error-behavior', 'ignore panic panic-on-replicas', 'ignore'),
  directive(
    'shutdown-on-sigint',
    { kind: 'enum', values: SHUTDOWN_OPTIONS, combine: true },
    'default',
    ['multi'],
  ),
  directive(
    'shutdown-on-sigterm',
    { kind: 'enum', values: SHUTDOWN_OPTIONS, combine: true },
    'default',
    ['multi'],
  ),

  int('databases', 1n, INT_MAX, 16, IMMUTABLE),
  int('port', 0n, 65535n, 6379),
  int('io-threads', 1n, 128n, 1, IMMUTABLE),
  int('auto-aof-rewrite-percentage', 0n, INT_MAX, 100),
  int('cluster-replica-validity-factor|cluster-slave-validity-factor', 0n, INT_MAX, 10),
  int('list-max-listpack-size|list-max-ziplist-size', INT_MIN, INT_MAX, -2),
  int('tcp-keepalive', 0n, INT_MAX, 300),
  int('cluster-migration-barrier', 0n, INT_MAX, 1),
  int('active-defrag-cycle-min', 1n, 99n, 1),
  int('active-defrag-cycle-max', 1n, 99n, 25),
  int('active-defrag-threshold-lower', 0n, 1000n, 10),
  int('active-defrag-threshold-upper', 0n, 1000n, 100),
  int('lfu-log-factor', 0n, INT_MAX, 10),
  int('lfu-decay-time', 0n, INT_MAX, 1),
  int('replica-priority|slave-priority', 0n, INT_MAX, 100),
  int('repl-diskless-sync-delay', 0n, INT_MAX, 5),
  int('maxmemory-samples', 1n, INT_MAX, 5),
  int('maxmemory-eviction-tenacity', 0n, 100n, 10),
  int('timeout', 0n, INT_MAX, 0),
  int('replica-announce-port|slave-announce-port', 0n, 65535n, 0),
  int('tcp-backlog', 0n, INT_MAX, 511, IMMUTABLE),
  int('cluster-port', 0n, 65535n, 0, IMMUTABLE),
  int('cluster-announce-bus-port', 0n, 65535n, 0),
  int('cluster-announce-port', 0n, 65535n, 0),
  int('cluster-announce-tls-port', 0n, 65535n, 0),
  int('repl-timeout', 1n, INT_MAX, 60),
  int('repl-ping-replica-period|repl-ping-slave-period', 1n, INT_MAX, 10),
  int('list-compress-depth', 0n, INT_MAX, 0),
  int('rdb-key-save-delay', INT_MIN, INT_MAX, 0, HIDDEN),
  int('key-load-delay', INT_MIN, INT_MAX, 0, HIDDEN),
  int('active-expire-effort', 1n, 10n, 1),
  int('hz', 0n, INT_MAX, 10),
  int('min-replicas-to-write|min-slaves-to-write', 0n, INT_MAX, 0),
  int('min-replicas-max-lag|min-slaves-max-lag', 0n, INT_MAX, 10),
  int('watchdog-period', 0n, INT_MAX, 0, HIDDEN),
  int('shutdown-timeout', 0n, INT_MAX, 10),
  int('repl-diskless-sync-max-replicas', 0n, INT_MAX, 0),

  unsigned('maxclients', 1n, UINT_MAX, 10_000),
  directive(
    'unixsocketperm',
    { kind: 'number', notation: 'octal', min: 0n, max: 0o777n, unsigned: true },
    '0',
    IMMUTABLE,
  ),
  unsigned('socket-mark-id', 0n, UINT_MAX, 0, IMMUTABLE),
  int('active-defrag-max-scan-fields', 1n, LONG_MAX, 1000),
  int('slowlog-max-len', 0n, LONG_MAX, 128),
  int('acllog-max-len', 0n, LONG_MAX, 128),

  int('busy-reply-threshold|lua-time-limit', 0n, LONG_MAX, 5000),
  int('cluster-node-timeout', 0n, LONG_MAX, 15_000),
  int('slowlog-log-slower-than', -1n, LONG_MAX, 10_000),
  int('latency-monitor-threshold', 0n, LONG_MAX, 0),
  signedMemory('proto-max-bulk-len', MEGABYTE, LONG_MAX, 536_870_912),
  int('stream-node-max-entries', 0n, LONG_MAX, 100),
  signedMemory('repl-backlog-size', 1n, LONG_MAX, 1_048_576),
  memory('maxmemory', 0n, ULONG_MAX, 0),
  memory('cluster-link-sendbuf-limit', 0n, ULONG_MAX, 0),

  unsigned('hash-max-listpack-entries|hash-max-ziplist-entries', 0n, LONG_MAX, 512),
  unsigned('set-max-intset-entries', 0n, LONG_MAX, 512),
  unsigned('set-max-listpack-entries', 0n, LONG_MAX, 128),
  memory('set-max-listpack-value', 0n, LONG_MAX, 64),
  unsigned('zset-max-listpack-entries|zset-max-ziplist-entries', 0n, LONG_MAX, 128),
  memory('active-defrag-ignore-bytes', 1n, LONG_MAX, 104_857_600),
  memory('hash-max-listpack-value|hash-max-ziplist-value', 0n, LONG_MAX, 64),
  memory('stream-node-max-bytes', 0n, LONG_MAX, 4096),
  memory('zset-max-listpack-value|zset-max-ziplist-value', 0n, LONG_MAX, 64),
  memory('hll-sparse-max-bytes', 0n, LONG_MAX, 3000),
  unsigned('tracking-table-max-keys', 0n, LONG_MAX, 1_000_000),
  memory('client-query-buffer-limit', MEGABYTE, LONG_MAX, 1_073_741_824),
  directive(
    'maxmemory-clients',
    { kind: 'number', notation: 'memory-or-percent', min: -100n, max: LONG_MAX, unsigned: false },
    '0',
    NONE,
  ),
  int('repl-backlog-ttl', 0n, LONG_MAX, 3600),
  signedMemory('auto-aof-rewrite-min-size', 0n, LONG_MAX, 67_108_864),
  int('loading-process-events-interval-bytes', 1024n, INT_MAX, 2_097_152, HIDDEN),

  int('tls-port', 0n, 65535n, 0),
  int('tls-session-cache-size', 0n, INT_MAX, 20_480),
  int('tls-session-cache-timeout', 0n, INT_MAX, 300),
  bool('tls-cluster', 'no'),
  bool('tls-replication', 'no'),
  choice('tls-auth-clients', 'no yes optional', 'yes'),
  bool('tls-prefer-server-ciphers', 'no'),
  bool('tls-session-caching', 'yes'),
  text('tls-cert-file', '', ABSENT),
  text('tls-key-file', '', ABSENT),
  text('tls-key-file-pass', '', ABSENT),
  text('tls-client-cert-file', '', ABSENT),
  text('tls-client-key-file', '', ABSENT),
  text('tls-client-key-file-pass', '', ABSENT),
  text('tls-dh-params-file', '', ABSENT),
  text('tls-ca-cert-file', '', ABSENT),
  text('tls-ca-cert-dir', '', ABSENT),
  text('tls-protocols', '', ABSENT),
  text('tls-ciphers', '', ABSENT),
  text('tls-ciphersuites', '', ABSENT),

  special('dir', 'dir', './', ['protected', 'deny-loading']),
  special('save', 'save', '3600 1 300 100 60 10000', ['multi']),
  special(
    'client-output-buffer-limit',
    'client-output-buffer-limit',
    'normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60',
    ['multi'],
  ),
  special('oom-score-adj-values', 'oom-score-adj-values', '0 200 800', ['multi']),
  special('notify-keyspace-events', 'notify-keyspace-events', '', NONE),
  special('bind', 'bind', '* -::*', ['multi']),
  special('replicaof|slaveof', 'replicaof', '', ['immutable', 'multi']),
  special('latency-tracking-info-percentiles', 'percentiles', '50 99 99.9', ['multi']),
];

const byName: ReadonlyMap<string, Directive> = new Map(
  directives.flatMap((entry): [string, Directive][] =>
    entry.alias === null
      ? [[entry.name, entry]]
      : [
          [entry.name, entry],
          [entry.alias, entry],
        ],
  ),
);
