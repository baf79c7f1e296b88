/**
 * The directives that our code looks at, parsed. CONFIG and redis.conf know all directives as text (directives.ts);
 * what they set arrives here.
 */
import type { Millis, Seconds } from '../base/time.ts';
import type { EngineConfig } from '../engine/server-port.ts';
import type { FsyncPolicy } from '../persistence/aof-writer.ts';

export interface SavePoint {
  readonly seconds: Seconds;
  readonly changes: number;
}

export interface Settings extends EngineConfig {
  appendOnly: boolean;
  appendFsync: FsyncPolicy;
  appendFilename: string;
  appendDirname: string;
  noAppendFsyncOnRewrite: boolean;
  autoAofRewritePercentage: number;
  autoAofRewriteMinSize: number;
  aofLoadTruncated: boolean;
  aofUseRdbPreamble: boolean;
  aofTimestampEnabled: boolean;
  aofRewriteIncrementalFsync: boolean;
  rdbSaveIncrementalFsync: boolean;
  aofDisableAutoGc: boolean;
  save: readonly SavePoint[];
  stopWritesOnBgsaveError: boolean;
  rdbChecksum: boolean;
  dbFilename: string;
  dir: string;
  hz: number;
  port: number;
  maxClients: number;
  timeout: Seconds;
  enableDebugCommand: 'no' | 'yes' | 'local';
  enableProtectedConfigs: 'no' | 'yes' | 'local';
  logLevel: 'debug' | 'verbose' | 'notice' | 'warning' | 'nothing';
  alwaysShowLogo: boolean;
  keyLoadDelayMicros: number;
  rdbKeySaveDelayMicros: number;
  loadingProcessEventsIntervalBytes: number;
  shutdownTimeout: Seconds;
  busyReplyThreshold: Millis;
  enableModuleCommand: 'no' | 'yes' | 'local';
}
