/** What leaves the lab as a download: one file, the log or /data as an archive, or all that another Redis needs to go on. */
import { ascii, bytesOf, utf8Encode } from '../../base/bytes.ts';
import { newGrowableBytes, takenBytes } from '../../base/growable-bytes.ts';
import type { Micros } from '../../base/time.ts';
import { presentState } from '../../engine/data/snapshot.ts';
import { libraryCodes } from '../../engine/scripting-state.ts';
import { absolute } from '../../lab/boot.ts';
import type { Lane } from '../../lab/lane.ts';
import { newFrameReader, readFrame } from '../../persistence/aof-reader.ts';
import { newRespBaseJob, stepRespBase } from '../../persistence/resp-base.ts';
import { defaultDirectives } from '../../server/directives.ts';
import type { ServerState } from '../../server/state.ts';
import { Refusal } from '../refusal.ts';
import { dataFiles, logEntries, type ArchiveEntry } from './data-files.ts';
import { composeFile, type HandoverTarget } from './handover-compose.ts';
import { handoverConf } from './handover-conf.ts';
import { readme, type HandoverLanguage } from './handover-readme.ts';
import { writeTar } from './write-tar.ts';
import { writeZip } from './write-zip.ts';

export type DownloadRequest =
  | { readonly what: 'file'; readonly path: string }
  | { readonly what: 'data'; readonly as: 'zip' | 'tar' }
  /** The files of appendonlydir, zipped. */
  | { readonly what: 'log' }
  /** The memory report that was made last, as CSV. */
  | { readonly what: 'report' }
  /** With a redis.conf, a compose.yaml, the data and what to do with them. */
  | {
      readonly what: 'handover';
      readonly target: HandoverTarget;
      readonly language: HandoverLanguage;
    };

/** The bytes stay where they are until the browser stores them. */
export interface Download {
  readonly name: string;
  readonly blob: Blob;
}

export async function download(
  lane: Lane,
  request: Exclude<DownloadRequest, { readonly what: 'report' }>,
): Promise<Download> {
  switch (request.what) {
    case 'file': {
      const bytes = lane.kernel.readFile(absolute(request.path));
      if (bytes === undefined)
        throw new Refusal(`download: there is no file ${request.path}; view() lists the files`);
      return { name: request.path.split('/').at(-1) ?? request.path, blob: blobOf([bytes]) };
    }
    case 'data': {
      const entries = dataFiles(lane);
      const parts = request.as === 'tar' ? writeTar(entries) : await writeZip(entries);
      return { name: `data.${request.as}`, blob: blobOf(parts) };
    }
    case 'log':
      return { name: 'appendonlydir.zip', blob: blobOf(await writeZip(logEntries(lane))) };
    case 'handover': {
      const { target, language } = request;
      const folder = `aof-lab-${target}`;
      const parts = await writeZip(handoverFiles(lane, `${folder}/`, target, language));
      return { name: `${folder}.zip`, blob: blobOf(parts) };
    }
  }
}

function blobOf(parts: readonly Uint8Array[]): Blob {
  return new Blob(
    parts.map((part) => part.slice()),
    { type: 'application/octet-stream' },
  );
}

const KEYS_A_STEP = 1000;

export function handoverFiles(
  lane: Lane,
  folder: string,
  target: HandoverTarget,
  language: HandoverLanguage,
): ArchiveEntry[] {
  const { server } = lane.state;
  const modifiedAt = lane.wallNow;
  const dataset = server === null ? null : datasetOf(server);
  const counts = (server?.engine.databases ?? []).map(({ id, space }) => ({
    id,
    keys: space.entries.length,
  }));
  const facts = {
    target,
    commands: dataset === null ? null : countCommands(dataset),
    keys: counts.find(({ id }) => id === 0)?.keys ?? 0,
    otherKeys: counts.reduce((sum, { id, keys }) => sum + (id === 0 ? 0 : keys), 0),
  };
  const conf = handoverConf(
    server?.directives ?? defaultDirectives(),
    server !== null && server.engine.users.size > 1 ? 'users' : 'none',
  );
  const text = (name: string, content: Uint8Array): ArchiveEntry =>
    fileOf(folder + name, content, modifiedAt);
  return [
    text('README.txt', bytesOf(utf8Encode(readme(facts, language)))),
    text('redis.conf', bytesOf(conf)),
    text('compose.yaml', bytesOf(ascii(composeFile(target)))),
    ...(dataset === null ? [] : [text('dataset.resp', dataset)]),
    ...dataFiles(lane, `${folder}data/`),
  ];
}

function fileOf(name: string, bytes: Uint8Array, modifiedAt: Micros): ArchiveEntry {
  return { name: ascii(name), kind: 'file', mode: 0o644, modifiedAt, bytes };
}

/** The data set as commands, as BGREWRITEAOF writes it with `aof-use-rdb-preamble no`. */
function datasetOf({ engine }: ServerState): Uint8Array {
  const job = newRespBaseJob(presentState(engine.databases, libraryCodes(engine.scripting)), '');
  const sink = newGrowableBytes();
  while (stepRespBase(job, sink, KEYS_A_STEP) === 'more');
  return takenBytes(sink);
}

function countCommands(bytes: Uint8Array): number {
  const reader = newFrameReader();
  let count = 0;
  for (let at = 0; readFrame(reader, bytes, at) === 'command'; at = reader.end) count++;
  return count;
}
