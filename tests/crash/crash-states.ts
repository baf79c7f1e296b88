/** Every state in which an accident can leave the files of a run, one after the other, while the run goes on. */
import type { KernelState } from '../../src/machine/kernel-state.ts';
import { PAGE_SIZE, pageCount, pageOf, type Pages } from '../../src/machine/pages.ts';
import { losePower, type TailMode } from '../../src/machine/power-loss.ts';
import type { Crash, Tail } from './crash-judge.ts';
import {
  CrashRun,
  type Accident,
  type CrashRunOptions,
  type LogFile,
  type Visitor,
} from './crash-run.ts';
import { forkKernelState, stoppedClock } from './fork-kernel.ts';
import {
  bytesOfFile,
  MANIFEST,
  manifestOf,
  survivors,
  type SurvivingFile,
  type Survivors,
} from './survivors.ts';

export interface CrashState {
  readonly crash: Crash;
  /** All files under /data. */
  readonly files: Survivors;
  /** The last file of the log, cut where `crash` says. */
  readonly last: SurvivingFile;
  /** A name for all that a start reads, but for the bytes of that last file. */
  readonly head: string;
}

export interface StateVisitor {
  /** Whether states are wanted now; it costs to find them. */
  isDue(run: CrashRun): boolean;
  state(state: CrashState): void;
  /** The files do not even name a log that is there. */
  unreadable(accident: Accident, tail: Tail, problem: string): void;
  instant(what: string): void;
  complaint(clause: string, text: string): void;
}

const TAILS: readonly Exclude<TailMode, object>[] = [
  'lost',
  'kept',
  'zero-filled',
  'holes',
  'reordered',
];

type Target = { readonly path: string; readonly inode: number };

/** What an accident leaves, as far as it does not depend on the bytes of the last file. */
interface Place {
  readonly accident: Accident;
  readonly files: Survivors;
  readonly last: { readonly file: SurvivingFile; readonly log: LogFile } | null;
  readonly broken: Crash['broken'];
  readonly head: string;
  readonly problem: string;
}

/** Cuts of a log whose verdicts cannot have changed since they were last given. */
interface Judged {
  /** All that a verdict depends on, but for the size of the log. */
  readonly given: string;
  readonly upTo: number;
}

export class CrashStates implements Visitor {
  readonly run: CrashRun;
  private readonly visitor: StateVisitor;
  private readonly judged = new Map<number, Judged>();

  constructor(options: CrashRunOptions, visitor: StateVisitor) {
    this.visitor = visitor;
    this.run = new CrashRun(options, this);
  }

  complaint(clause: string, text: string): void {
    this.visitor.complaint(clause, text);
  }

  /** A kill in the midst of a write(2): a part of its bytes is in the page cache. */
  writing({ path, inode }: Target, bytes: Uint8Array): void {
    if (!this.visitor.isDue(this.run)) return;
    const files = survivors(this.live());
    const file = files.get(path);
    if (file?.inode !== inode) return;
    const pages = pagesWith(file, bytes);
    const place = this.placeOf('process-killed', files);
    for (let size = file.size + 1; size < file.size + bytes.length; size++)
      this.visit('torn', place, { path, inode, size, pages, content: 'grows' });
  }

  boundary(what: string, written: Parameters<Visitor['boundary']>[1]): void {
    if (!this.visitor.isDue(this.run)) return;
    this.visit('kept', this.placeOf('process-killed', survivors(this.live())), null);
    for (const tail of TAILS)
      this.visit(tail, this.placeOf('power-lost', this.afterPowerLoss(tail)), null);
    const log = this.run.files[this.run.files.length - 1]!;
    if (written !== null && written.inode !== log.inode) this.cutWritten(written);
    this.cutLog(log);
    this.visitor.instant(what);
  }

  live(): KernelState {
    return this.run.lane.kernel.state;
  }

  afterPowerLoss(tail: TailMode): Survivors {
    const state = forkKernelState(this.live());
    losePower({ state, clock: stoppedClock(this.run.lab.clock.now) }, tail);
    return survivors(state);
  }

  /** The disk got a part of what was just written to a file beside the log, and nothing behind that. */
  private cutWritten({ path, inode, from, to }: Target & { from: number; to: number }): void {
    const kept = this.keptUpTo({ path, inode }, to);
    if (kept === undefined) return;
    const place = this.placeOf('power-lost', kept.files);
    for (let size = from + 1; size < to; size++)
      this.visit('cut', place, { ...kept.file, size, content: 'grows' });
  }

  /**
   * The disk got the log up to any byte that no fsync has covered, however many writes ago that was. Where nothing
   * has changed but that the log has grown, the cuts before are the same files with the same verdict.
   */
  private cutLog({ path, inode, written: to }: LogFile): void {
    const kept = this.keptUpTo({ path, inode }, to);
    if (kept === undefined) return;
    const safe = this.afterPowerLoss('lost').get(path);
    const from = safe?.inode === inode ? safe.size : 0;
    const place = this.placeOf('power-lost', kept.files);
    const given = this.givenBeside(place, from);
    const before = this.judged.get(inode);
    const done = before?.given === given ? before.upTo : from;
    for (let size = done + 1; size < to; size++)
      this.visit('cut', place, { ...kept.file, size, content: 'grows' });
    this.judged.set(inode, { given, upTo: to - 1 });
  }

  private givenBeside({ head, broken }: Place, safe: number): string {
    const { run } = this;
    const hole = broken === null ? '' : `${broken.size} of ${broken.log.fsynced}`;
    const versions = [run.fsyncedVersion(), run.promisedAfter('power-lost')];
    return [head, safe, hole, ...versions].join(' | ');
  }

  private keptUpTo(
    { path, inode }: Target,
    to: number,
  ): { files: Survivors; file: SurvivingFile } | undefined {
    const files = this.afterPowerLoss({ cutAt: to, path });
    const file = files.get(path);
    if (file?.inode !== inode || this.run.names.sharedWith(this.live(), file) !== to)
      return undefined;
    return { files, file };
  }

  /** `other`: one of the files is not as it stands in `place`, but this. */
  private visit(tail: Tail, place: Place, other: SurvivingFile | null): void {
    const { accident, last, broken, head } = place;
    if (last === null) return this.visitor.unreadable(accident, tail, place.problem);
    const file = other?.path === last.file.path ? other : last.file;
    const crash: Crash = { accident, tail, log: last.log, size: file.size, broken };
    const files = other === null ? place.files : new WithOne(place.files, other);
    this.visitor.state({ crash, files, last: file, head });
  }

  private placeOf(accident: Accident, files: Survivors): Place {
    const nothing = { accident, files, last: null, broken: null, head: '' };
    const logs: { file: SurvivingFile; log: LogFile }[] = [];
    const listed = manifestOf(files)?.listed ?? [];
    for (const path of listed) {
      const file = files.get(path);
      if (file === undefined) return { ...nothing, problem: `${path} is listed and not there` };
      const log = this.run.files.find(({ inode }) => inode === file.inode);
      if (log !== undefined) logs.push({ file, log });
    }
    const last = logs.pop();
    if (last === undefined) return { ...nothing, problem: 'no log is listed' };
    const short = logs.find(({ file, log }) => file.size < log.written);
    const broken = short === undefined ? null : { log: short.log, size: short.file.size };
    const head = this.headName(files, listed, last.file.path);
    return { accident, files, last, broken, head, problem: '' };
  }

  private headName(files: Survivors, listed: readonly string[], last: string): string {
    const paths = [MANIFEST, ...listed].filter((path) => path !== last);
    const nameOf = (path: string): string => this.run.names.nameOf(this.live(), files.get(path)!);
    return [...paths.map((path) => `${path} ${nameOf(path)}`), last].join(' | ');
  }
}

/** The same files but for one. States are many, and few are looked at whole: so nothing is copied. */
class WithOne implements Survivors {
  private readonly others: Survivors;
  private readonly one: SurvivingFile;

  constructor(others: Survivors, one: SurvivingFile) {
    this.others = others;
    this.one = one;
  }

  get(path: string): SurvivingFile | undefined {
    return path === this.one.path ? this.one : this.others.get(path);
  }

  *values(): Generator<SurvivingFile> {
    for (const file of this.others.values()) yield file.path === this.one.path ? this.one : file;
  }
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

export function filesOf(files: Survivors): Map<string, Uint8Array> {
  const bytes = new Map<string, Uint8Array>();
  for (const file of files.values()) bytes.set(file.path, bytesOfFile(file));
  return bytes;
}
