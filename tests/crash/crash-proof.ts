/**
 * Crashes a run at every byte that it writes and at every system call and event of the disk, by a kill and by a loss of
 * power with every fate of the unsynced tail, loads what survives and has it judged.
 */
import { Buffer } from 'node:buffer';
import { ascii } from '../../src/base/bytes.ts';
import { checkAof } from '../../src/tools/check-aof.ts';
import { MemoryFiles } from '../tools/run-tools.ts';
import {
  isQuirk,
  isVersion,
  judge,
  wrong,
  type Crash,
  type Tail,
  type Violation,
} from './crash-judge.ts';
import type { Accident, CrashRun, CrashRunOptions, LogFile } from './crash-run.ts';
import { CrashStates, filesOf, type CrashState, type StateVisitor } from './crash-states.ts';
import { enginePrint, type DataPrint } from './data-print.ts';
import { sizeAfterLoad } from './log-splitter.ts';
import type { Loaded } from './prefix-loads.ts';
import { complaintIn, startFrom, type Start } from './start-from.ts';
import { manifestOf, survivors } from './survivors.ts';
import { SurvivorLoads } from './survivor-loads.ts';

export interface CrashProofOptions extends CrashRunOptions {
  /** Crashes are tried while `from` to before `to` commands have been executed; all without it. */
  readonly part?: { readonly from: number; readonly to: number };
  /** One in so many states is also loaded by a start from its files alone. */
  readonly scratchEvery?: number;
  /** After so many violations no more states are tried. */
  readonly enough?: number;
}

export interface CrashReport {
  readonly states: number;
  /** Different sets of files that were loaded, and how many of the states by a start from scratch. */
  readonly loads: number;
  readonly scratch: number;
  readonly instants: number;
  readonly logBytes: number;
  readonly violations: number;
  /** Zeros or holes in the tail, refused as they have to be; and holes between two files, a named quirk. */
  readonly refusals: number;
  readonly quirks: number;
  /** How many versions clients were told of, at the most, that no write(2) had taken yet. */
  readonly aheadOfLog: number;
  /** The first few. */
  readonly examples: readonly string[];
}

const SCRATCH_EVERY = 1_000;
const EXAMPLES = 5;
/** How long after the accident the server starts: some expiries are over by then. */
const PAUSES_MS = [0, 400, 60_000];
/** Bytes of a middle file of the log at which it is torn, one by a start of its own each. */
const TORN_MIDDLES = 12;

export function proveCrashes(options: CrashProofOptions): CrashReport {
  const proof = new CrashProof(options);
  proof.run.run();
  return proof.report();
}

/** A start from files alone, and the files that it left. */
interface Scratch {
  readonly loaded: Loaded;
  readonly start: Start;
  readonly left: Map<string, Uint8Array>;
}

class CrashProof implements StateVisitor {
  readonly run: CrashRun;
  private readonly options: CrashProofOptions;
  private readonly all: CrashStates;
  private readonly loads: SurvivorLoads;
  private states = 0;
  private scratch = 0;
  private instants = 0;
  private violations = 0;
  private refusals = 0;
  private quirks = 0;
  private aheadOfLog = 0;
  private readonly examples: string[] = [];

  constructor(options: CrashProofOptions) {
    this.options = options;
    this.all = new CrashStates(options, this);
    this.run = this.all.run;
    this.loads = new SurvivorLoads(this.all);
  }

  report(): CrashReport {
    const { states, scratch, instants, violations, refusals, quirks, aheadOfLog, examples } = this;
    const loads = this.loads.distinct;
    const logBytes = this.run.files.reduce((sum, { split }) => sum + split.end, 0);
    return {
      states,
      loads,
      scratch,
      instants,
      logBytes,
      violations,
      refusals,
      quirks,
      aheadOfLog,
      examples,
    };
  }

  complaint(clause: string, text: string): void {
    this.states++;
    this.violated({ clause, text }, 'the run itself');
  }

  isDue({ executed }: CrashRun): boolean {
    const { part, enough = Infinity } = this.options;
    if (this.violations >= enough) return false;
    return part === undefined || (executed >= part.from && executed < part.to);
  }

  instant(what: string): void {
    this.instants++;
    const { run } = this;
    this.aheadOfLog = Math.max(this.aheadOfLog, run.acknowledged - run.writtenVersion());
    if (what === 'rename') this.tearMiddles();
  }

  unreadable(accident: Accident, tail: Tail, problem: string): void {
    this.states++;
    this.violated(wrong('starts', problem), `${accident}, tail ${tail}`);
  }

  state(state: CrashState): void {
    const number = this.states++;
    const { crash, files, last } = state;
    this.loads.isNew(state);
    const loaded = this.loads.load(state) ?? this.fromScratch(filesOf(files), last.path).loaded;
    if (loaded.outcome !== 'ready') this.refusals++;
    if (isQuirk(crash)) this.quirks++;
    const violation = judge(this.run, crash, loaded, this.now());
    if (violation !== null) this.violated(violation, whereOf(crash));
    const every = this.options.scratchEvery ?? SCRATCH_EVERY;
    if ((number + this.options.seed) % every === 0)
      this.compareWithScratch(filesOf(files), crash, loaded);
  }

  private now(): number {
    return Math.floor(this.run.lab.clock.now / 1000) + 1;
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
    const why = complaintIn(start.logLines);
    return { loaded: { outcome: start.outcome, why, size, print, note: '' }, start, left };
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
    const listed = manifestOf(survivors(this.all.live()))?.listed ?? [];
    if (middle === undefined || !listed.includes(last.path) || !listed.includes(middle.path))
      return;
    if (last.written > 0) return;
    const room = middle.written - middle.fsynced;
    for (let i = 1; i <= Math.min(TORN_MIDDLES, room - 1); i++)
      this.tearMiddle(middle, last, middle.fsynced + Math.floor((room * i) / (TORN_MIDDLES + 1)));
  }

  private tearMiddle(middle: LogFile, last: LogFile, cutAt: number): void {
    const { path } = middle;
    const files = filesOf(this.all.afterPowerLoss({ cutAt, path }));
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
