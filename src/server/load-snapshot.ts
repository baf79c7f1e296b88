/** Reading a file in RDB format into the data set, in steps: dump.rdb, or the base of the log (spec §5). */
import { ascii } from '../base/bytes.ts';
import type { PlanOutcome } from '../machine/plan.ts';
import { errnoText } from '../machine/syscall.ts';
import { newRdbLoad, stepRdbLoad, type RdbLoad } from '../persistence/rdb-loader.ts';
import { openingLine, reportRdb } from '../persistence/rdb-report.ts';
import type { Core } from './core.ts';
import type { Loading, ServerState } from './state.ts';

const WHOLE_FILE = 0x7fff_ffff;

/** Reads `dbfilename` into memory; `snapshotBytes` takes it from there. */
export function readSnapshot(core: Core): void {
  const { state } = core;
  state.phase = 'loading';
  core.begin(
    'main',
    [
      { call: 'open', path: state.settings.dbFilename, mode: 'read', as: 'file' },
      { call: 'fstat', fd: 'file' },
      { call: 'read', fd: 'file', length: WHOLE_FILE },
      { call: 'close', fd: 'file' },
    ],
    { step: 'snapshot-read' },
  );
}

/** `absent`: there is no such file. `unreadable`: there is, and the log says why it cannot be read. */
export function snapshotBytes(
  core: Core,
  outcome: PlanOutcome,
): Uint8Array | 'absent' | 'unreadable' {
  const { dbFilename } = core.state.settings;
  if (!outcome.ok && outcome.failed.call === 'open' && outcome.errno === 'ENOENT') return 'absent';
  const [, stat, read] = outcome.results;
  const bytes = (read?.ok === true ? read.bytes : undefined) ?? new Uint8Array();
  const size = (stat?.ok === true ? stat.stat?.size : undefined) ?? 0;
  if (outcome.ok && bytes.length >= size) return bytes;
  // More than one read takes is as good as unreadable: half a snapshot is none.
  const why = errnoText[outcome.ok ? 'EFBIG' : outcome.errno];
  core.log('warning', `Fatal error: can't open the RDB file ${dbFilename} for reading: ${why}`);
  return 'unreadable';
}

export function snapshotLoad(
  state: ServerState,
  bytes: Uint8Array,
  kind: RdbLoad['kind'],
): RdbLoad {
  return newRdbLoad(bytes, state.settings, {
    kind,
    duplicates: state.reload?.request.merge === true ? 'replace' : 'refuse',
    checksum: state.settings.rdbChecksum ? 'verify' : 'ignore',
    startedAt: state.now,
  });
}

/** Whoever asks has `loading.rdb`. The log has said why a load failed; `aborted`: real Redis panics there. */
export type SnapshotStep =
  | { readonly kind: 'more' | 'failed' | 'refused' | 'aborted' }
  /** The log holds what the built-in redis-check-rdb says of the file. */
  | { readonly kind: 'reported'; readonly exit: 0 | 1 }
  | { readonly kind: 'done'; readonly end: number };

export function stepSnapshot(core: Core, loading: Loading): SnapshotStep {
  const { state } = core;
  const { settings, engine, save } = state;
  const load = loading.rdb!;
  const { input } = load.reader;
  const { at } = input;
  const { loaded } = load;
  const step = stepRdbLoad(
    load,
    engine,
    settings,
    settings.loadingProcessEventsIntervalBytes,
    ({ level, text }) => core.log(level, text),
  );
  state.work.bytes += input.at - at;
  if (settings.keyLoadDelayMicros > 0)
    state.sleepMicros += (load.loaded - loaded) * settings.keyLoadDelayMicros;
  if (step.kind === 'more') return step;
  save.loadedKeys = load.loaded;
  save.expiredKeys = load.expired;
  if (step.kind === 'done') return step;
  if (step.exit === 'abort') return { kind: 'aborted' };
  if (step.exit === 'report') return { kind: 'reported', exit: reportDamage(core, loading) };
  // Neither signature nor version: the caller is told, and may go on.
  return { kind: load.reader.version === 0 ? 'refused' : 'failed' };
}

/**
 * The report goes to stdout as it is, and an end without complaint is a clean exit, also where the server could not
 * read the file. Real Redis opens the file by its bare name, in the working directory: it does not find a base of the
 * log there, and says no more than its name.
 */
function reportDamage({ state, clock }: Core, { files, file, rdb }: Loading): 0 | 1 {
  const { kind, reader } = rdb!;
  const name = ascii(files[file]!.name);
  const { pid, utcOffset } = state;
  const around = { id: pid, now: clock, role: 'M', utcOffset } as const;
  const report = kind === 'snapshot' ? reportRdb(name, reader.input.bytes, around) : undefined;
  const lines = (report?.output ?? openingLine(name)).trimEnd().split('\n');
  for (const line of lines) state.events.push({ event: 'log', line });
  return report?.kind === 'right' ? 0 : 1;
}
