/** The typed settings that the texts of the directives amount to. */
import { assert } from '../base/assert.ts';
import type { ByteString } from '../base/bytes.ts';
import { directiveText, type DirectiveValues } from './directives.ts';
import type { SavePoint, Settings } from './settings.ts';

export function settingsOf(directives: DirectiveValues): Settings {
  const text = (name: string): string => directiveText(directives, name);
  const number = (name: string): number => Number(text(name));
  const yes = (name: string): boolean => text(name) === 'yes';
  return {
    databases: number('databases'),
    protoMaxBulkLength: number('proto-max-bulk-len'),
    lazyfreeLazyExpire: yes('lazyfree-lazy-expire'),
    lazyfreeLazyEviction: yes('lazyfree-lazy-eviction'),
    lazyfreeLazyServerDel: yes('lazyfree-lazy-server-del'),
    lazyfreeLazyUserDel: yes('lazyfree-lazy-user-del'),
    lazyfreeLazyUserFlush: yes('lazyfree-lazy-user-flush'),
    maxmemory: number('maxmemory'),
    maxmemoryPolicy: text('maxmemory-policy'),
    maxmemorySamples: number('maxmemory-samples'),
    notifyKeyspaceEvents: text('notify-keyspace-events'),
    hashMaxListpackEntries: number('hash-max-listpack-entries'),
    hashMaxListpackValue: number('hash-max-listpack-value'),
    zsetMaxListpackEntries: number('zset-max-listpack-entries'),
    zsetMaxListpackValue: number('zset-max-listpack-value'),
    hllSparseMaxBytes: number('hll-sparse-max-bytes'),
    setMaxIntsetEntries: number('set-max-intset-entries'),
    streamNodeMaxEntries: number('stream-node-max-entries'),
    streamNodeMaxBytes: number('stream-node-max-bytes'),
    setMaxListpackEntries: number('set-max-listpack-entries'),
    setMaxListpackValue: number('set-max-listpack-value'),
    listMaxListpackSize: number('list-max-listpack-size'),
    lfuLogFactor: number('lfu-log-factor'),
    busyReplyThreshold: number('busy-reply-threshold'),
    lfuDecayTime: number('lfu-decay-time'),
    activeExpireEffort: number('active-expire-effort'),
    requirePass: text('requirepass'),
    appendOnly: yes('appendonly'),
    appendFsync: oneOf(text('appendfsync'), ['always', 'everysec', 'no']),
    appendFilename: text('appendfilename'),
    appendDirname: text('appenddirname'),
    noAppendFsyncOnRewrite: yes('no-appendfsync-on-rewrite'),
    autoAofRewritePercentage: number('auto-aof-rewrite-percentage'),
    autoAofRewriteMinSize: number('auto-aof-rewrite-min-size'),
    aofLoadTruncated: yes('aof-load-truncated'),
    aofUseRdbPreamble: yes('aof-use-rdb-preamble'),
    aofTimestampEnabled: yes('aof-timestamp-enabled'),
    aofRewriteIncrementalFsync: yes('aof-rewrite-incremental-fsync'),
    rdbSaveIncrementalFsync: yes('rdb-save-incremental-fsync'),
    aofDisableAutoGc: yes('aof-disable-auto-gc'),
    save: savePoints(text('save')),
    stopWritesOnBgsaveError: yes('stop-writes-on-bgsave-error'),
    rdbCompression: yes('rdbcompression'),
    rdbChecksum: yes('rdbchecksum'),
    dbFilename: text('dbfilename'),
    dir: text('dir'),
    hz: number('hz'),
    port: number('port'),
    maxClients: number('maxclients'),
    timeout: number('timeout'),
    enableDebugCommand: oneOf(text('enable-debug-command'), ['no', 'yes', 'local']),
    enableModuleCommand: oneOf(text('enable-module-command'), ['no', 'yes', 'local']),
    enableProtectedConfigs: oneOf(text('enable-protected-configs'), ['no', 'yes', 'local']),
    logLevel: oneOf(text('loglevel'), ['debug', 'verbose', 'notice', 'warning', 'nothing']),
    alwaysShowLogo: yes('always-show-logo'),
    keyLoadDelayMicros: number('key-load-delay'),
    rdbKeySaveDelayMicros: number('rdb-key-save-delay'),
    loadingProcessEventsIntervalBytes: number('loading-process-events-interval-bytes'),
    shutdownTimeout: number('shutdown-timeout'),
    slowlogLogSlowerThan: number('slowlog-log-slower-than'),
    slowlogMaxLen: number('slowlog-max-len'),
    sanitizeDumpPayload: oneOf(text('sanitize-dump-payload'), ['no', 'yes', 'clients']),
    latencyMonitorThreshold: number('latency-monitor-threshold'),
    latencyTracking: yes('latency-tracking'),
    aclLogMaxLen: number('acllog-max-len'),
    aclPubsubDefault: oneOf(text('acl-pubsub-default'), ['allchannels', 'resetchannels']),
    trackingTableMaxKeys: number('tracking-table-max-keys'),
  };
}

/** Brings `settings` in line with the directives, in place: everybody holds the same object. */
export function refreshSettings(settings: Settings, directives: DirectiveValues): void {
  Object.assign(settings, settingsOf(directives));
}

/** A directive could not be put into effect: those set by the same command are as before. */
export function undoConfigSet(
  { settings, directives }: ConfigHolder,
  undo: ReadonlyMap<string, ByteString>,
): void {
  for (const [name, text] of undo) directives.texts.set(name, text);
  refreshSettings(settings, directives);
}

interface ConfigHolder {
  readonly settings: Settings;
  readonly directives: DirectiveValues;
}

function savePoints(text: string): SavePoint[] {
  const words = text === '' ? [] : text.split(' ');
  const points: SavePoint[] = [];
  for (let i = 0; i + 1 < words.length; i += 2) {
    points.push({ seconds: Number(words[i]), changes: Number(words[i + 1]) });
  }
  return points;
}

function oneOf<const T extends string>(text: string, values: readonly T[]): T {
  const value = values.find((candidate) => candidate === text);
  assert(value !== undefined, `not one of ${values.join(', ')}: ${text}`);
  return value;
}
