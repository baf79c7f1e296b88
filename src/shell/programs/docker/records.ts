/** What docker's daemon keeps of its containers and volumes: files under /var/lib/docker, durable when it has said so. */
import { ascii, byteStringOf, bytesOf, utf8Decode, utf8Encode } from '../../../base/bytes.ts';
import { parseOwnJson } from '../../../base/json.ts';
import { sha256Hex } from '../../../base/sha256.ts';
import type { Micros } from '../../../base/time.ts';
import { call, machine, now, processes, type ProcessRow, type Run } from '../../program.ts';

export const ROOT = '/var/lib/docker';
/** The process of the machine that each running container has. */
export const SHIM = 'containerd-shim-runc-v2';

export interface Mount {
  /** Null: a folder of the machine. */
  readonly volume: string | null;
  readonly from: string;
  readonly at: string;
}

export interface PublishedPort {
  readonly host: number;
  readonly container: number;
}

export interface ContainerRecord {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** What its process 1 is: the words behind the entrypoint. */
  readonly command: readonly string[];
  /** As `docker ps` shows it: the entrypoint and what was said. */
  readonly shown: string;
  readonly createdAt: Micros;
  readonly mounts: readonly Mount[];
  readonly ports: readonly PublishedPort[];
  readonly env: readonly string[];
  readonly workingDirectory: string;
  readonly removeAtEnd: boolean;
  state: 'created' | 'running' | 'exited';
  exitCode: number;
  startedAt: Micros;
  finishedAt: Micros;
}

export function networkOf({ name }: ContainerRecord): string {
  return `container:${name}`;
}

export function folderOf({ id }: ContainerRecord): string {
  return `${ROOT}/containers/${id}`;
}

export function logPathOf(record: ContainerRecord): string {
  return `${folderOf(record)}/${record.id}-json.log`;
}

export function rootOf({ id }: ContainerRecord): string {
  return `${ROOT}/overlay2/${id}/merged`;
}

export function volumePath(name: string): string {
  return `${ROOT}/volumes/${name}/_data`;
}

/** 64 hex digits, of the machine's seed and of who asks when. */
export function* newId(what: string): Run<string> {
  const at = yield* now();
  const id = yield* machine((door) =>
    sha256Hex(bytesOf(utf8Encode(`${door.servers.seed} ${door.pid} ${at} ${what}`))),
  );
  return String(id);
}

export function* keepRecord(record: ContainerRecord): Run<undefined> {
  const path = `${folderOf(record)}/config.v2.json`;
  const bytes = bytesOf(utf8Encode(JSON.stringify(record)));
  yield* machine((door) => {
    door.writeFile(path, bytes);
    return null;
  });
  return undefined;
}

/** All containers, the newest first. One whose processes a power cut took has ended by it. */
export function* containers(): Run<readonly ContainerRecord[]> {
  const rows = yield* processes();
  const records: ContainerRecord[] = [];
  for (const id of yield* namesIn(`${ROOT}/containers`)) {
    const text = yield* machine((door) => {
      const bytes = door.readFile(`${ROOT}/containers/${id}/config.v2.json`);
      return bytes === undefined ? null : byteStringOf(bytes);
    });
    if (typeof text !== 'string') continue;
    const record = readRecord(utf8Decode(ascii(text)));
    if (record === undefined) continue;
    if (record.state === 'running' && !hasShim(record, rows)) {
      record.state = 'exited';
      record.exitCode = 255;
      record.finishedAt = yield* now();
      yield* keepRecord(record);
    }
    records.push(record);
  }
  return records.sort((a, b) => b.createdAt - a.createdAt);
}

/** Undefined: somebody has spoilt the file, and the daemon does not know that container. */
function readRecord(text: string): ContainerRecord | undefined {
  try {
    const record = parseOwnJson<ContainerRecord>(text);
    const lists: readonly unknown[] = [record.command, record.mounts, record.ports, record.env];
    const isWhole =
      lists.every((list) => Array.isArray(list)) &&
      [record.id, record.name, record.image, record.shown, record.state].every(
        (each: unknown) => typeof each === 'string',
      );
    return isWhole ? record : undefined;
  } catch {
    return undefined;
  }
}

function hasShim({ id }: ContainerRecord, rows: readonly ProcessRow[]): boolean {
  return rows.some(({ argv, state }) => argv[0] === SHIM && argv[2] === id && state !== 'Z');
}

/** Its process 1, if it runs. */
export function processOf(
  record: ContainerRecord,
  rows: readonly ProcessRow[],
): ProcessRow | undefined {
  const network = networkOf(record);
  return rows.find((row) => row.network === network && row.state !== 'Z');
}

/** By its name, its id or the beginning of its id. */
export function* findContainer(word: string): Run<ContainerRecord | undefined> {
  const all = yield* containers();
  const bare = word.replace(/^\//, '');
  return (
    all.find(({ name }) => name === bare) ??
    (/^[0-9a-f]+$/.test(bare) ? all.find(({ id }) => id.startsWith(bare)) : undefined)
  );
}

export function* volumes(): Run<readonly string[]> {
  return (yield* namesIn(`${ROOT}/volumes`)).slice().sort();
}

export function* makeVolume(name: string): Run<undefined> {
  yield* makeFolder(volumePath(name));
  return undefined;
}

/** Durable at once, as the daemon's folders are. */
export function* makeFolder(path: string): Run<undefined> {
  yield* machine((door) => {
    door.makeDirectory(path);
    return null;
  });
  return undefined;
}

export function* namesIn(folder: string): Run<readonly string[]> {
  const read = yield* call({ call: 'readdir', path: folder });
  return read.ok ? (read.names ?? []) : [];
}

/** rm -r. */
export function* removeTree(path: string): Run<undefined> {
  const found = yield* call({ call: 'stat', path });
  if (!found.ok) return undefined;
  if (found.stat?.kind !== 'directory') {
    yield* call({ call: 'unlink', path });
    return undefined;
  }
  for (const name of yield* namesIn(path)) yield* removeTree(`${path}/${name}`);
  yield* call({ call: 'rmdir', path });
  return undefined;
}

export function isAnonymous(volume: string): boolean {
  return /^[0-9a-f]{64}$/.test(volume);
}
