/**
 * What passes between the page and the worker. Requests are answered one by one; everything that the page shows
 * arrives as one frame at a time, so that no two panes can disagree.
 */
import type { Reply } from '../resp/reply.ts';
import type { StorageView } from '../storage/storage-view.ts';
import type {
  CallLine,
  Crash,
  CrashKind,
  DiskPreset,
  DiskView,
  Fault,
  FileView,
  FutureLane,
  LabEvent,
  LabMillis,
  LaneForecast,
  LaneView,
  Layer,
  LostWrite,
  MemoryReport,
  RecordBatch,
  Setup,
  Tail,
  TimelineBatch,
  TrafficReport,
  Workload,
} from '../lab/view.ts';

import type { LessonView } from '../lessons/view.ts';
import type { ExchangeMethods } from './exchange/exchange-types.ts';
import type { DraftProblem, RecordPart, RecordState } from '../tools/log-draft.ts';

export type { DraftProblem, Mend, RecordPart, RecordState } from '../tools/log-draft.ts';
export type * from './exchange/exchange-types.ts';
export type { Finding } from '../lessons/check.ts';
export type { Block, CourseEntry, Inline, LessonText } from '../lessons/lesson-text.ts';
export type { LessonView, QuestionView, StepView } from '../lessons/view.ts';
export type { StorageCause, StorageView, StoreFailure } from '../storage/storage-view.ts';
/** The page knows this file alone: what it shows is the lab's own view of itself. */
export { recordCause, recordKind } from '../lab/view.ts';
export type {
  CallLine,
  Crash,
  CrashKind,
  DiskPreset,
  DiskView,
  Fault,
  FileView,
  FsyncView,
  FutureLane,
  LabEvent,
  LabEventName,
  LabMillis,
  LaneForecast,
  LaneOutcome,
  LaneSetup,
  LaneStatus,
  LaneView,
  Layer,
  LostWrite,
  Measured,
  MemoryMark,
  MemoryReport,
  MemoryRow,
  MemoryValue,
  RecordBatch,
  RecordCause,
  RecordKind,
  Risk,
  Segment,
  Setup,
  Tail,
  TimelineBatch,
  TrafficLine,
  TrafficReport,
  Workload,
} from '../lab/view.ts';

export interface ClockView {
  readonly paused: boolean;
  /** Virtual seconds per real second, 0.001 to 100. */
  readonly speed: number;
  readonly now: LabMillis;
}

export interface LaneFrame {
  readonly view: LaneView;
  readonly records: RecordBatch | null;
  readonly timeline: TimelineBatch | null;
  /** Alternating time (ms) and writes at risk over the whole run; only while the race is looked at. */
  readonly curve: Float64Array | null;
  /** Lines of redis-server's own log since the last frame. */
  readonly log: readonly string[];
}

export interface Frame {
  /** Grows with every reset: a page that sees a new one drops what it had. */
  readonly run: number;
  readonly seed: number;
  readonly watched: Watched;
  /** An earlier instant is shown, that of the clock; the run itself stands at `now`. Each look has a number of its own. */
  readonly past?: { readonly look: number; readonly now: LabMillis };
  /** Long work that somebody waits for and can stop: how much of it is done, 0 to 1. */
  readonly going?: number;
  /** The lab is somebody's run, looked at: the browser keeps nothing of it until `keep`. */
  readonly sandbox?: true;
  /** The lesson whose lab this is. */
  readonly lesson?: LessonView;
  readonly clock: ClockView;
  readonly disk: DiskView;
  readonly workload: Workload | null;
  readonly tail: Tail;
  /** Faults that are planned or at work now, so that the page can show what is armed. */
  readonly faults?: readonly Fault[];
  readonly lanes: readonly LaneFrame[];
  readonly events: readonly LabEvent[];
  readonly storage: StorageView;
}

/** What the page looks at: records come for one lane only (the first, if none is named), curves for a race. */
export interface Watched {
  readonly lane?: string | undefined;
  readonly race?: boolean | undefined;
}

/** A whole run behind the `#` of an address; if it does not fit one that everybody passes on, it is better a file. */
export interface RunLink {
  readonly hash: string;
  readonly fits: boolean;
}

export interface SendResult {
  /** What redis-cli prints on a terminal, without the last line end. */
  readonly text: string;
  /** Plain JSON; bytes as latin1 strings. Null when there was no server to answer. */
  readonly reply: JsonReply | null;
}

/** What a line of the shell printed, and its exit status. Bytes that are no UTF-8 become U+FFFD. */
export interface ShellOutcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** What a page's terminal does to the bash behind it. */
export type TerminalInput =
  /** For the prompt, or for the program that reads lines. */
  | { readonly kind: 'line'; readonly text: string }
  /** For a program that reads keys. */
  | { readonly kind: 'keys'; readonly data: string }
  | { readonly kind: 'end' | 'close' | 'shown' }
  | { readonly kind: 'signal'; readonly name: 'INT' | 'TSTP' | 'QUIT' }
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number };

/** What a page's terminal is told, in order. */
export type TerminalUpdate = { readonly session: number } &
  /** One char a byte. */
  /** It begins anew; what it has shown so far follows. */
  (
    | { readonly kind: 'fresh' }
    | { readonly kind: 'output'; readonly bytes: string }
    | { readonly kind: 'prompt'; readonly text: string; readonly status: number }
    | { readonly kind: 'mode'; readonly mode: 'line' | 'raw' }
    | { readonly kind: 'reading' }
    | { readonly kind: 'ended'; readonly why: 'exit' | 'power' | 'lab' }
  );

export type JsonReply = { readonly type: string; readonly value: unknown };

/** `refused`: nothing listens at that port. `closed`: the connection ended before a reply came. */
export type CommandResult =
  { readonly outcome: 'reply'; readonly reply: Reply } | { readonly outcome: 'refused' | 'closed' };

/** A page of the last crash's losses: a person's own writes first, the others by offset. */
export interface LostReport {
  readonly total: number;
  readonly rows: readonly LostWrite[];
  /** How many of all of them died in each layer; a page derives it where the whole list is one page. */
  readonly groups?: readonly { readonly layer: Layer; readonly writes: number }[];
}

/** What `aofLab.view()` answers. */
export interface LabView {
  readonly now: LabMillis;
  readonly lanes: readonly (Omit<LaneView, 'crash'> & {
    readonly lost: readonly LostWrite[];
    readonly files: readonly FileView[];
    readonly crash: Crash | null;
  })[];
}

/** What is asked of the time that has passed. */
export type TimeRequest =
  /** Shows the run as it was then, or as it is; what was long on its way there is stopped. */
  | { readonly do: 'seek'; readonly at: LabMillis }
  | { readonly do: 'present' }
  /** Stops what is on its way: a seek, an undo, a run that is loaded. */
  | { readonly do: 'stop' }
  /** Goes on from the instant that is looked at: what came after it is kept as a future of its own. */
  | { readonly do: 'continue' }
  /** What an accident at that instant would have taken of each lane. */
  | { readonly do: 'forecast'; readonly at: LabMillis }
  | { readonly do: 'futures' }
  /** Goes over to a future that was left; the one at hand is kept. */
  | { readonly do: 'open'; readonly future: string }
  | { readonly do: 'compare'; readonly future: string }
  /** A link and a file of a future, without going over to it. */
  | { readonly do: 'share'; readonly future: string };

export interface TimeAnswer {
  /** The instant that a seek has come to; the frame that shows it has the number of that look. */
  readonly looked?: { readonly look: number; readonly at: LabMillis };
  readonly forecast?: readonly LaneForecast[];
  readonly futures?: readonly FutureView[];
  readonly comparison?: FutureComparison;
  readonly shared?: { readonly link: RunLink; readonly file: Uint8Array };
  /** What of an earlier visit's futures could not be used, in sentences; it is told once. */
  readonly report?: string;
}

/** One way in which the run went on; the one at hand is among them. */
export interface FutureView {
  /** A letter. */
  readonly name: string;
  readonly here: boolean;
  /** Where it was left, or stands now. */
  readonly at: LabMillis;
  readonly actions: number;
  /** What was done last in it, as a line of the action log; null: nothing. */
  readonly last: string | null;
  /** Its last accident in any lane, if there was one. */
  readonly crash: CrashKind | null;
  /** Whether the browser has it for the next visit. */
  readonly kept: boolean;
}

export interface FutureComparison {
  readonly here: FutureView;
  readonly there: FutureView;
  /** The first action that one did and the other did not; null: neither. */
  readonly partAt: LabMillis;
  readonly first: { readonly here: string | null; readonly there: string | null };
  readonly lanes: readonly FutureLane[];
}

/** What a memory pane asks for. `again`: compare anew, else the last comparison is shown. */
export interface MemoryQuery {
  readonly lane?: string;
  readonly accident: CrashKind;
  readonly from: number;
  readonly count: number;
  readonly filter?: string;
  readonly again: boolean;
}

/** What is done to the log under edit. There is one at a time; opening another forgets it. */
export type DraftRequest =
  | { readonly do: 'open'; readonly path: string; readonly lane?: string }
  | {
      readonly do: 'edit';
      readonly at: number;
      readonly remove: number;
      readonly insert: Uint8Array;
    }
  | { readonly do: 'undo' | 'mend' | 'look' };

/** The part of a draft that is in sight. */
export interface DraftWindow {
  readonly bytesFrom: number;
  readonly bytesCount: number;
  readonly recordsFrom: number;
  readonly recordsCount: number;
  /** The byte whose record is told of in full. */
  readonly at: number;
}

export interface DraftRow {
  readonly at: number;
  readonly state: RecordState;
  readonly words: string;
}

export interface DraftView {
  readonly path: string;
  readonly size: number;
  readonly edits: number;
  readonly edited: readonly (readonly [number, number])[];
  readonly format: 'log' | 'rdb' | 'other';
  readonly recordCount: number;
  readonly recordsFrom: number;
  readonly records: readonly DraftRow[];
  readonly bytesFrom: number;
  readonly bytes: Uint8Array;
  readonly record: {
    readonly index: number;
    readonly at: number;
    readonly end: number;
    readonly parts: readonly RecordPart[];
    readonly state: RecordState;
    readonly words: string;
  } | null;
  readonly problem: DraftProblem | null;
  /** Records that `redis-check-aof --fix` would throw away. */
  readonly thrownAway: number;
  /** What a server would say of it; null where trying it out would take long. */
  readonly server: {
    readonly starts: boolean;
    readonly words: string;
    readonly keys: number;
  } | null;
  /** redis-check-aof's last line, or redis-check-rdb's. */
  readonly check: string;
}

export interface DiskChoice {
  readonly preset: DiskPreset;
  /** Shortest and longest time of an fsync that has little to carry, in milliseconds. */
  readonly fsyncMs: readonly [number, number];
}

/** What is done with lessons. `again`: the step from its beginning; `solve`: a line of the solution. */
export type LessonRequest =
  | { readonly do: 'open'; readonly id: string; readonly round?: number }
  | { readonly do: 'answer'; readonly question: string; readonly answer: string }
  | { readonly do: 'again' | 'solve' | 'close' };

/** The methods that the worker answers; `link.ts` turns them into promises. */
export interface LabMethods extends ExchangeMethods {
  reset(setup: Setup): null;
  send(command: string, options: { lane?: string; client?: string }): SendResult;
  /** The console's door: words already split, the reply itself. */
  command(argv: readonly string[], options: { lane?: string; client?: string }): CommandResult;
  /** The console gave up waiting (Ctrl-C): the client's connection is closed. */
  interrupt(options: { lane?: string; client?: string }): null;
  /** A line for the bash of that machine, whose variables and working directory last. */
  shell(line: string, options: { lane?: string }): ShellOutcome;
  openTerminal(session: number, options: { lane?: string; columns: number; rows: number }): null;
  terminalInput(session: number, input: TerminalInput): null;
  /** What Tab offers for a line: whole lines. */
  completeLine(session: number, line: string): readonly string[];
  workload(workload: Workload | null): null;
  setClock(clock: { paused?: boolean; speed?: number }): null;
  advance(ms: number): null;
  step(what: 'command' | 'tick' | 'fsync'): null;
  crash(kind: CrashKind, options: { lane?: string; tail?: Tail }): null;
  boot(options: { lane?: string }): null;
  /** To the server, or to the child that rewrites or saves for it. */
  signal(name: string, options: { lane?: string; to?: 'child' }): null;
  plan(fault: Fault | null): null;
  /** The disks that a lab can have, with the time of an fsync on each. */
  disks(): readonly DiskChoice[];
  selectTail(tail: Tail): null;
  watch(watched: Watched): null;
  /** What is wrong with a lane's redis.conf lines, in redis-server's own words; null if it would start with them. */
  checkConfig(text: string): string | null;
  view(): LabView;
  lost(options: { lane?: string; from: number; count: number; filter?: string }): LostReport;
  /** Every key now, beside what a boot would bring back if the accident happened now. */
  memory(query: MemoryQuery): MemoryReport;
  /** Finished system calls with a number above `after`, oldest first; the machine remembers the last 2048. */
  calls(options: { lane?: string; after: number }): readonly CallLine[];
  /** Edits a copy of a log; nothing of the machine changes until it is written back. */
  draft(request: DraftRequest, window: DraftWindow): DraftView;
  /** What has passed between the server and its clients behind line `after`; kept only while somebody asks. */
  traffic(options: { lane?: string; after: number }): TrafficReport;
  readFile(path: string, options: { lane?: string }): Uint8Array;
  writeFile(path: string, bytes: Uint8Array, options: { lane?: string }): null;
  /** The run so far, without passwords. */
  link(): RunLink;
  /** Shows the run of a link or a file; what is at hand stays until `keep`, and comes back by `leave`. */
  load(run: string | Uint8Array): null;
  /** Opens a lesson beside the lab at hand, which comes back when the lesson is closed. */
  lesson(request: LessonRequest): null;
  keep(): null;
  leave(): null;
  /** Takes back the last thing that was done. */
  undo(): null;
  redo(): null;
  time(request: TimeRequest): TimeAnswer;
  actionLog(): readonly { readonly at: LabMillis; readonly action: string }[];
  export(
    kind: 'appendonlydir' | 'run',
    options: { lane?: string },
  ): ReadonlyMap<string, Uint8Array>;
  syntax(): readonly CommandSyntaxJson[];
  takeOver(): null;
}

export type LabMethod = keyof LabMethods;

/** Name, group, and argument syntax of a command or sub-command, as COMMAND DOCS gives them. */
export interface CommandSyntaxJson {
  readonly name: string;
  readonly group: string;
  readonly since: string;
  readonly arguments: readonly unknown[];
}

/** A call of one method, its arguments being that method's. */
export type LabCall<M extends LabMethod = LabMethod> = {
  readonly [Method in M]: {
    readonly method: Method;
    readonly args: Parameters<LabMethods[Method]>;
  };
}[M];

export type ToWorker =
  | {
      readonly to: 'call';
      readonly id: number;
      readonly method: LabMethod;
      readonly args: readonly unknown[];
    }
  | { readonly to: 'frame-shown' };

export interface PushedReply {
  readonly lane: string;
  readonly client: string;
  readonly reply: Reply;
}

/** What the last visit left: what happened to the browser's stores, and what the cut of the machine's power took. */
export interface Recovered {
  /** All of it, in English. */
  readonly text: string;
  /** Of the stores alone; null if there is nothing to say. */
  readonly stores: string | null;
  /** Acknowledged writes that were not on the disk when the page was closed. */
  readonly lostWrites: number;
}

export type FromWorker =
  | { readonly from: 'ready'; readonly recovered: Recovered | null }
  | { readonly from: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly from: 'refusal'; readonly id: number; readonly message: string }
  | { readonly from: 'frame'; readonly frame: Frame }
  /** What no command asked for: MONITOR, published messages, invalidations. */
  | { readonly from: 'push'; readonly pushes: readonly PushedReply[] }
  /** What bash and its programs print on the page's terminals. */
  | { readonly from: 'terminal'; readonly updates: readonly TerminalUpdate[] }
  | { readonly from: 'fatal'; readonly message: string };
