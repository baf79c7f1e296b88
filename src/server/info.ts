/** INFO: sections and fields in the order of 7.2.4 (server.c:genRedisInfoString; persistence: spec §1.8). */
import { ascii, type ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import { persistenceFields } from './info-persistence.ts';
import {
  clientFields,
  cpuFields,
  replicationFields,
  serverFields,
  statsFields,
} from './info-server.ts';
import {
  commandFields,
  errorFields,
  keyspaceFields,
  latencyFields,
  memoryFields,
} from './info-data.ts';
import type { ServerState } from './state.ts';

export type InfoField = readonly [name: string, value: string | number];

interface Section {
  readonly name: string;
  /** Part of a plain INFO. */
  readonly byDefault: boolean;
  readonly fields: (state: ServerState, now: Micros) => readonly InfoField[];
}

const none = (): readonly InfoField[] => [];

const sections: readonly Section[] = [
  { name: 'Server', byDefault: true, fields: serverFields },
  { name: 'Clients', byDefault: true, fields: clientFields },
  { name: 'Memory', byDefault: true, fields: memoryFields },
  { name: 'Persistence', byDefault: true, fields: persistenceFields },
  { name: 'Stats', byDefault: true, fields: statsFields },
  { name: 'Replication', byDefault: true, fields: replicationFields },
  { name: 'CPU', byDefault: true, fields: cpuFields },
  { name: 'Modules', byDefault: true, fields: none },
  { name: 'Commandstats', byDefault: false, fields: commandFields },
  { name: 'Errorstats', byDefault: true, fields: errorFields },
  { name: 'Latencystats', byDefault: false, fields: latencyFields },
  { name: 'Cluster', byDefault: true, fields: () => [['cluster_enabled', 0]] },
  { name: 'Keyspace', byDefault: true, fields: keyspaceFields },
];

/** `names`: in lower case; none stands for `default`. Names that no section has are ignored. */
export function infoText(state: ServerState, names: readonly string[], now: Micros): ByteString {
  const asked = new Set(names.length === 0 ? ['default'] : names);
  const all = asked.has('all') || asked.has('everything');
  const parts: string[] = [];
  for (const { name, byDefault, fields } of sections) {
    if (!all && !asked.has(name.toLowerCase()) && !(byDefault && asked.has('default'))) continue;
    const lines = fields(state, now).map(([field, value]) => `${field}:${value}\r\n`);
    parts.push(`# ${name}\r\n${lines.join('')}`);
  }
  return ascii(parts.join('\r\n'));
}
