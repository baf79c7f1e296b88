/** Several snapshots as one: of a key that many have, the last one stays. */
import type { ByteString } from '../../base/bytes.ts';
import type { RdbEvent, RdbRecord } from './records.ts';

export interface Gathered {
  readonly databases: Map<number, Map<ByteString, RdbRecord>>;
  readonly libraries: Set<ByteString>;
  /** What the first file says of itself. */
  readonly aux: Map<string, ByteString>;
}

export function newGathered(): Gathered {
  return { databases: new Map(), libraries: new Set(), aux: new Map() };
}

export function gather(gathered: Gathered, event: RdbEvent): void {
  if (event.kind === 'library') gathered.libraries.add(event.code);
  else if (event.kind === 'aux') {
    if (!gathered.aux.has(event.name)) gathered.aux.set(event.name, event.value);
  } else if (event.kind === 'record') {
    const { record } = event;
    let keys = gathered.databases.get(record.database);
    if (keys === undefined)
      gathered.databases.set(record.database, (keys = new Map<ByteString, RdbRecord>()));
    // A key that is replaced stands where the last file has it.
    keys.delete(record.key);
    keys.set(record.key, record);
  }
}

export function* eventsOf({ databases, libraries }: Gathered): Generator<RdbEvent> {
  for (const code of libraries) yield { kind: 'library', code };
  for (const [database, records] of [...databases].sort(([a], [b]) => a - b)) {
    yield { kind: 'database', database };
    for (const record of records.values()) yield { kind: 'record', record };
  }
}
