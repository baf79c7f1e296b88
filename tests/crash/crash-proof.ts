/**
 * Crashes a run at every byte that it writes and at every system call and event of the disk, by a kill and by a loss of
 * power with every fate of the unsynced tail, loads what survives and has it judged.
 */
import { losePower, type TailMode } from '../../src/machine/power-loss.ts';
import type { KernelState } from '../../src/machine/kernel-state.ts';
import { ascii } from '../../src/base/bytes.ts';
import { checkAof } from '../../src/tools/check-aof.ts';
import { MemoryFiles } from '../tools/run-tools.ts';
import {
  isVersion,
  judge,
  wrong,
  type Accident,
  type Crash,
  type Tail,
  type Violation,
} from './crash-judge.ts';
import { CrashRun, type CrashRunOptions, type LogFile, type Visitor } from './crash-run.ts';
import { enginePrint, type DataPrint } from './data-print.ts';
import { PAGE_SIZE, pageCount, pageOf, type Pages } from '../../src/machine/pages.ts';
import { forkKernelState, stoppedClock } from './fork-kernel.ts';
import { sizeAfterLoad } from './log-splitter.ts';
import { PrefixLoads, type Loaded } from './prefix-loads.ts';
import { startFrom, type Start } from './start-from.ts';
import {
  bytesOfFile,
  MANIFEST,
  manifestOf,
  survivors,
  type SurvivingFile,
  type Survivors,
} from './survivors.ts';

export interface CrashProofOptions extends CrashRunOptions {
  /** Crashes are tried while `from` to before `to` commands have been executed; all without it. */
  readonly part?: { readonly from: number; readonly to: number };
  /** One in so many states is also loaded by a start from its files alone. */
  readonly scratchEvery?: number;
}

export interface CrashReport {
  readonly states: number;
  /** Different sets of files that were loaded, and how many of the states by a start from scratch. */
  readonly loads: number;
  readonly scratch: number;
  readonly instants: number;
  readonly logBytes: number;
  readonly violations: number;
  readonly refusals: number;
  /** The first few. */
  readonly examples: readonly string[];
}

const SCRATCH_EVERY = 1_000;
const EXAMPLES = 5;
/** How long after the accident the server starts: some expiries are over by then. */
const PAUSES_MS = [0, 400, 60_000];
const TAILS: readonly Exclude<TailMode, object>[] = ['lost', 'kept', 'zero-filled', 'holes'];
/** Bytes of a middle file of the log at which it is torn, one by a start of its own each. */
const TORN_MIDDLES = 12;

export function proveCrashes(options: CrashProofOptions): CrashReport {
  const proof = new CrashProof(options);
  proof.run.run();
  return proof.report();
}

/** Files that an accident leaves, and what a start makes of them as far as their names tell. */
interface Place {
  readonly accident: Accident;
  readonly files: Survivors;
  /** The last file of the log; null: there is a `problem`. */
  readonly last: {
    readonly path: string;
    readonly file: SurvivingFile;
    readonly log: LogFile;
  } | null;
  readonly broken: Crash['broken'];
  /** A name for all that a start reads, but for the bytes of that last file. */
  readonly head: string;
  readonly problem: string;
}

/** A start from files alone, and the files that it left. */
interface Scratch {
  readonly loaded: Loaded;
  readonly start: Start;
  readonly left: Map<string, Uint8Array>;
}

class CrashProof implements Visitor {
  readonly run: CrashRun;
  private readonly options: CrashProofOptions;
  private readonly loads = new Map<string, PrefixLoads | 'unstartable'>();
  private readonly seen = new Set<string>();
  private states = 0;
  private scratch = 0;
  private instants = 0;
  private violations = 0;
  private refusals = 0;
  private readonly examples: string[] = [];

  constructor(options: CrashProofOptions) {
    this.options = options;
    this.run = new CrashRun(options, this);
  }

  report(): CrashReport {
    const { states, scratch, instants, violations, refusals, examples } = this;
    const logBytes = this.run.files.reduce((sum, { split }) => sum + split.end, 0);
    return {
      states,
      loads: this.seen.size,
      scratch,
      instants,
      logBytes,
      violations,
      refusals,
      examples,
    };
  }

  complaint(clause: string, text: string): void {
    this.states++;
    this.violated({ clause, text }, 'the run itself');
  }

  /** A kill in the midst of a write(2): a part of its bytes is in the page cache. */
  writing({ path, inode }: { path: string; inode: number }, bytes: Uint8Array): void {
    if (!this.isDue()) return;
    const files = survivors(this.live());
    const file = files.get(path);
    if (file?.inode !== inode) return;
    const pages = pagesWith(file, bytes);
    const place = this.placeOf('process-killed', files);
    for (let size = file.size + 1; size < file.size + bytes.length; size++)
      this.tryOne('torn', place, { path, inode, size, pages, content: 'grows' });
  }

  boundary(
    what: string,
    written: { path: string; inode: number; from: number; to: number } | null,
  ): void {
    if (!this.isDue()) return;
    this.instants++;
    this.tryOne('kept', this.placeOf('process-killed', survivors(this.live())), null);
    for (const tail of TAILS)
      this.tryOne(tail, this.placeOf('power-lost', this.afterPowerLoss(tail)), null);
    if (written !== null) this.cutEverywhere(written);
    if (what === 'rename') this.tearMiddles();
  }

  /** The disk got a part of what was just written, and nothing behind that. */
  private cutEverywhere({
    path,
    inode,
    from,
    to,
  }: {
    path: string;
    inode: number;
    from: number;
    to: number;
  }): void {
    const kept = this.afterPowerLoss({ cutAt: to, path });
    const file = kept.get(path);
    if (file?.inode !== inode || this.run.names.sharedWith(this.live(), file) !== to) return;
    const place = this.placeOf('power-lost', kept);
    for (let size = from + 1; size < to; size++)
      this.tryOne('cut', place, { ...file, size, content: 'grows' });
  }

  private isDue(): boolean {
    const { part } = this.options;
    const { executed } = this.run;
    return part === undefined || (executed >= part.from && executed < part.to);
  }

  private live(): KernelState {
    return this.run.lane.kernel.state;
  }

  private afterPowerLoss(tail: TailMode): Survivors {
    const state = forkKernelState(this.live());
    losePower({ state, clock: stoppedClock(this.run.lab.clock.now) }, tail);
    return survivors(state);
  }

  // --- one state ---

  /** `other`: one of the files is not as it stands in `place`, but this. */
  private tryOne(tail: Tail, place: Place, other: SurvivingFile | null): void {
    const number = this.states++;
    const { accident, last, broken } = place;
    if (last === null)
      return this.violated(wrong('starts', place.problem), `${accident}, tail ${tail}`);
    const file = other?.path === last.path ? other : last.file;
    const crash: Crash = { accident, tail, log: last.log, size: file.size, broken };
    const files = (): Map<string, Uint8Array> =>
      filesOf(other === null ? place.files : new Map([...place.files, [other.path, other]]));
    const loaded = this.load(place, last.path, file, files);
    if (loaded.outcome !== 'ready') this.refusals++;
    const violation = judge(this.run, crash, loaded, this.now());
    if (violation !== null) this.violated(violation, whereOf(crash));
    const every = this.options.scratchEvery ?? SCRATCH_EVERY;
    if ((number + this.options.seed) % every === 0) this.compareWithScratch(files(), crash, loaded);
  }

  private now(): number {
    return Math.floor(this.run.lab.clock.now / 1000) + 1;
  }

  private placeOf(accident: Accident, files: Survivors): Place {
    const nothing = { accident, files, last: null, broken: null, head: '' };
    const logs: { path: string; file: SurvivingFile; log: LogFile }[] = [];
    const listed = manifestOf(files)?.listed ?? [];
    for (const path of listed) {
      const file = files.get(path);
      if (file === undefined) return { ...nothing, problem: `${path} is listed and not there` };
      const log = this.run.files.find(({ inode }) => inode === file.inode);
      if (log !== undefined) logs.push({ path, file, log });
    }
    const last = logs.pop();
    if (last === undefined) return { ...nothing, problem: 'no log is listed' };
    const short = logs.find(({ file, log }) => file.size < log.written);
    const broken = short === undefined ? null : { log: short.log, size: short.file.size };
    return {
      accident,
      files,
      last,
      broken,
      head: this.headName(files, listed, last.path),
      problem: '',
    };
  }

  /** Resumed where it can be. */
  private load(
    place: Place,
    path: string,
    last: SurvivingFile,
    files: () => Map<string, Uint8Array>,
  ): Loaded {
    const { names } = this.run;
    const loads = this.loadsAfter(place, path);
    this.seen.add(`${place.head} | ${names.nameOf(this.live(), last)}`);
    if (loads === 'unstartable') return this.fromScratch(files(), path).loaded;
    const live = this.live().inodes.get(last.inode);
    if (live?.kind === 'file') loads.extend({ ...last, size: live.size, pages: live.pages });
    if (names.sharedWith(this.live(), last) < last.size)
      return loads.withTail(bytesOfFile(last)) ?? this.fromScratch(files(), path).loaded;
    loads.extend(last);
    return loads.cutAt(last.size);
  }

  /** All that a start reads, but for the last file of the log. */
  private headName(files: Survivors, listed: readonly string[], last: string): string {
    const paths = [MANIFEST, ...listed].filter((path) => path !== last);
    const nameOf = (path: string): string => this.run.names.nameOf(this.live(), files.get(path)!);
    return [...paths.map((path) => `${path} ${nameOf(path)}`), last].join(' | ');
  }

  private loadsAfter({ head, files }: Place, path: string): PrefixLoads | 'unstartable' {
    const known = this.loads.get(head);
    if (known !== undefined) return known;
    const bytes = filesOf(files);
    bytes.set(path, new Uint8Array());
    const start = startFrom(bytes, this.run.config, this.run.startAt);
    const { engine } = start;
    const made = engine === null ? 'unstartable' : new PrefixLoads(engine, this.run.startAt * 1000);
    this.loads.set(head, made);
    return made;
  }

  // --- from scratch ---

  private fromScratch(files: Map<string, Uint8Array>, path: string, pause = 0): Scratch {
    this.scratch++;
    const start = startFrom(files, this.run.config, this.now() + pause);
    const size = start.cuts.get(path) ?? files.get(path)?.length ?? 0;
    const print: DataPrint =
      start.state === null ? { high: 0, low: 0, expiring: [] } : enginePrint(start.state.databases);
    const left = new Map(
      [...files.keys()].map((name) => [name, start.file(name) ?? new Uint8Array()]),
    );
    const kept = (left.get(path) ?? new Uint8Array()).subarray(0, size);
    if (start.outcome === 'ready' && Buffer.compare(kept, files.get(path)!.subarray(0, size)) !== 0)
      this.violated(wrong('cuts-at-a-record', `${path} does not begin as it did`), 'a start');
    return { loaded: { outcome: start.outcome, size, print, note: '' }, start, left };
  }

  private compareWithScratch(files: Map<string, Uint8Array>, crash: Crash, resumed: Loaded): void {
    const { path } = crash.log;
    const pause = PAUSES_MS[this.scratch % PAUSES_MS.length]!;
    const { loaded, start, left } = this.fromScratch(files, path, pause);
    // The clock of a started server is a little further than the one that it was started by.
    const later = this.now() + pause + 1_000;
    const where = whereOf(crash);
    if (loaded.outcome !== resumed.outcome)
      return this.violated(
        wrong('same-from-scratch', `${loaded.outcome} (${start.why}), resumed ${resumed.outcome}`),
        where,
      );
    if (loaded.outcome !== 'ready') return this.checkFix(files, crash, start);
    const violation = judge(this.run, crash, loaded, later);
    if (violation !== null) return this.violated(violation, `${where}, from scratch`);
    const second = this.fromScratch(left, path, pause).loaded;
    if (
      second.outcome !== 'ready' ||
      judge(this.run, crash, { ...second, size: loaded.size }, later) !== null
    )
      this.violated(wrong('starts-twice-alike', second.outcome), where);
  }

  /** A log that is refused: the repair keeps what was fsynced, and then the server starts. */
  private checkFix(files: Map<string, Uint8Array>, crash: Crash, refused: Start): void {
    const where = whereOf(crash);
    if (!refused.why.includes('Bad file format'))
      return this.violated(wrong('refuses-garbage', refused.why), where);
    const { path } = crash.log;
    // The tool cuts the last file only.
    if (!refused.why.includes(path.slice(path.lastIndexOf('/') + 1))) return;
    const memory = new MemoryFiles(new Map([['log.aof', files.get(path)!]]));
    const at = { id: 1, now: this.run.lab.clock.now };
    checkAof(ascii('redis-check-aof'), [ascii('--fix'), ascii('log.aof')], memory, at, ascii('y'));
    const mended = memory.files.get('log.aof')!;
    const { loaded, start } = this.fromScratch(new Map([...files, [path, mended]]), path);
    if (loaded.outcome !== 'ready')
      return this.violated(wrong('fix-keeps-fsynced', start.why), where);
    const whole = { ...crash, tail: 'lost', size: mended.length } as const;
    const violation = judge(this.run, whole, loaded, this.now() + 1_000);
    if (violation !== null) this.violated(wrong('fix-keeps-fsynced', violation.text), where);
  }

  /** Between the switch to a new file and the fsync of the old one, the old one may lose its tail. */
  private tearMiddles(): void {
    const { files } = this.run;
    const middle = files[files.length - 2];
    const last = files[files.length - 1]!;
    const listed = manifestOf(survivors(this.live()))?.listed ?? [];
    if (middle === undefined || !listed.includes(last.path) || !listed.includes(middle.path))
      return;
    if (last.written > 0) return;
    const room = middle.written - middle.fsynced;
    for (let i = 1; i <= Math.min(TORN_MIDDLES, room - 1); i++)
      this.tearMiddle(middle, last, middle.fsynced + Math.floor((room * i) / (TORN_MIDDLES + 1)));
  }

  private tearMiddle(middle: LogFile, last: LogFile, cutAt: number): void {
    const { path } = middle;
    const files = filesOf(this.afterPowerLoss({ cutAt, path }));
    const end = files.get(path)?.length ?? 0;
    const whole = sizeAfterLoad(middle.split, end);
    this.states++;
    const first = this.fromScratch(files, path);
    const where = `power-lost, ${path} cut to ${end} bytes`;
    const torn = whole !== end;
    if (
      (first.loaded.outcome === 'ready') === torn ||
      first.loaded.size !== whole ||
      (torn && !saysNotLast(first.start))
    )
      return this.violated(
        wrong('torn-middle-refuses-once', `${first.loaded.outcome}: ${first.start.why}`),
        where,
      );
    let next = this.fromScratch(first.left, last.path);
    // A cut behind a MULTI has left that open: it is found at the next start, which refuses once more.
    if (sizeAfterLoad(middle.split, whole) !== whole && saysNotLast(next.start))
      next = this.fromScratch(next.left, last.path);
    const version = this.run.versionAt(middle, whole);
    const { loaded } = next;
    const fine =
      loaded.outcome === 'ready' &&
      isVersion(this.run, loaded.print, version, this.now() + 1_000) &&
      version >= this.run.fsyncedVersion();
    if (!fine)
      this.violated(
        wrong('torn-middle-refuses-once', `then ${loaded.outcome}: ${next.start.why}`),
        where,
      );
  }

  private violated({ clause, text }: Violation, where: string): void {
    this.violations++;
    if (this.examples.length >= EXAMPLES) return;
    const { policy } = this.options;
    this.examples.push(
      `${clause}: ${text} (${policy}, ${this.run.executed} commands executed; ${where})`,
    );
  }
}

function saysNotLast({ outcome, logLines }: Start): boolean {
  const says = logLines.some((line) => line.includes('the truncated file is not the last file'));
  return outcome === 'refused' && says;
}

function whereOf({ accident, tail, size }: Crash): string {
  return `${accident}, tail ${tail}, ${size} bytes`;
}

/** The pages of a file to which `bytes` have been appended. */
function pagesWith({ pages, size }: SurvivingFile, bytes: Uint8Array): Pages {
  const all = pages.slice(0, pageCount(size));
  const last = pageOf(size);
  if (all[last] !== undefined) all[last] = all[last].slice();
  for (let i = 0; i < bytes.length; i++) {
    const at = size + i;
    const page = (all[pageOf(at)] ??= new Uint8Array(PAGE_SIZE));
    page[at % PAGE_SIZE] = bytes[i]!;
  }
  return all;
}

function filesOf(files: Survivors): Map<string, Uint8Array> {
  return new Map([...files.values()].map((file) => [file.path, bytesOfFile(file)]));
}
