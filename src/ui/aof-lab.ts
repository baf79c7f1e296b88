import type { LabLink } from '../worker/link.ts';
import type {
  CrashKind,
  Fault,
  LabEvent,
  LabEventName,
  LabMethods,
  LabView,
  SendResult,
  Setup,
  ShellOutcome,
  Tail,
  Workload,
} from '../worker/protocol.ts';
import {
  bytes,
  callback,
  checkArguments,
  dictionaryOf,
  either,
  filledText,
  listOf,
  notNegative,
  number,
  object,
  oneOf,
  orNull,
  text,
  truth,
} from './aof-lab-arguments.ts';

/**
 * The scripting door, `window.aofLab`: the lab for scripts, tests and the developer console.
 *
 * Methods resolve when the lab has done what was asked and the browser has kept it. They reject with
 * an Error that says what is wrong, where, and what to do; then nothing has changed. Times are
 * milliseconds of the lab's virtual clock, counted from the lab's creation.
 */
export interface AofLab {
  /** Resolves when the lab runs: with what was recovered at its start, in a sentence, or null. */
  readonly ready: Promise<string | null>;
  /** Throws the lab away and builds another; `{}` gives one lane `main` with AOF on, everysec. */
  reset(setup?: Setup): Promise<void>;
  /**
   * Sends one command line as redis-cli would, and resolves with its reply. Each lane has one client
   * that stays connected, unless `client` names another. With no server to answer, `text` is
   * redis-cli's own complaint and `reply` is null.
   */
  send(command: string, options?: ClientOptions): Promise<SendResult>;
  /**
   * Runs a line in the machine's bash: pipes, loops, here-documents, redis-cli, docker and the rest. Its working
   * directory and variables last from call to call. It resolves when the line has ended; with the clock paused, a line
   * that has to wait (sleep, fsync) waits for Play.
   */
  shell(line: string, options?: LaneOptions): Promise<ShellOutcome>;
  /** Starts a seeded workload, the same to every lane; null stops it. */
  workload(workload: Workload | null): Promise<void>;
  /** `speed` is virtual seconds per real second, 0.001 to 100. */
  setClock(clock: { readonly paused?: boolean; readonly speed?: number }): Promise<void>;
  /** Lets that much virtual time pass, as fast as it can be computed. */
  advance(ms: number): Promise<void>;
  /** Lets time pass up to the end of the next command, cron tick or fsync. */
  step(what: StepKind): Promise<void>;
  /** An accident, in all lanes unless one is named. `tail`: what becomes of unsynced bytes (`lost`). */
  crash(kind: CrashKind, options?: LaneOptions & { readonly tail?: Tail }): Promise<void>;
  /** Switches the machine on and starts the server, in all lanes unless one is named. */
  boot(options?: LaneOptions): Promise<void>;
  /** Sends a signal to the server: `TERM`, `KILL`, `INT`, … */
  signal(name: string, options?: LaneOptions): Promise<void>;
  /** Plans a fault; null heals all of them. */
  plan(fault: Fault | null): Promise<void>;
  /** What the lab looks like now. */
  view(): Promise<LabView>;
  /** A file as a program on the machine would read it now; a relative path starts at /data. */
  readFile(path: string, options?: LaneOptions): Promise<Uint8Array>;
  /** Puts a file on the disk, past the page cache. */
  writeFile(path: string, bytes: Uint8Array, options?: LaneOptions): Promise<void>;
  /** Everything that was done since the reset, in the grammar of the action log. */
  actionLog(): Promise<ReturnType<LabMethods['actionLog']>>;
  /** The whole run as a link to this page, without passwords; `fits`: short enough for every program. */
  link(): Promise<{ readonly url: string; readonly fits: boolean }>;
  /**
   * Opens a lesson by its name, as `load('kill-or-power')`; `leave()` closes it. Or
   * shows the run of a link or of a file (`export('run')`), replayed to its end. The lab at hand stays as it is and
   * as it is kept, until `keep()` puts the run in its place, or `leave()` brings it back.
   */
  load(run: string | Uint8Array): Promise<void>;
  keep(): Promise<void>;
  leave(): Promise<void>;
  /** Takes back the last thing that was done, with all that followed; `redo` brings it back. */
  undo(): Promise<void>;
  redo(): Promise<void>;
  /** Files to keep, by name: the lane's `appendonlydir`, or the whole `run`. */
  export(kind: ExportKind, options?: LaneOptions): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Calls the listener at each such event, until the function that this returns is called. Throws on wrong arguments. */
  on<Name extends LabEventName>(
    event: Name,
    listener: (event: Extract<LabEvent, { readonly event: Name }>) => void,
  ): () => void;
}

export interface LaneOptions {
  readonly lane?: string;
}

export interface ClientOptions extends LaneOptions {
  readonly client?: string;
}

export type StepKind = Parameters<LabMethods['step']>[0];
export type ExportKind = Parameters<LabMethods['export']>[0];

declare global {
  interface Window {
    aofLab: AofLab;
  }
}

/** Puts the door on the window, where a script may wait for `ready` before the lab runs. */
export function installAofLab(link: LabLink): AofLab {
  const door = aofLabOf(link);
  window.aofLab = door;
  return door;
}

/** The door to the lab behind that link. */
export function aofLabOf(link: LabLink): AofLab {
  const { call } = link;
  return Object.freeze<AofLab>({
    get ready() {
      return link.ready.then((recovered) => recovered?.text ?? null);
    },
    async reset(setup = {}) {
      checkArguments(
        'reset',
        [['setup', setup, setupCheck]],
        "reset({seed: 1, disk: {preset: 'ssd'}})",
      );
      await call.reset(setup);
    },
    async send(command, options = {}) {
      const checks = [
        ['command', command, filledText],
        ['options', options, clientOptions],
      ] as const;
      checkArguments('send', checks, "send('SET a 1', {lane: 'main'})");
      return call.send(command, options);
    },
    async shell(line, options = {}) {
      const checks = [
        ['line', line, text],
        ['options', options, laneOptions],
      ] as const;
      checkArguments('shell', checks, "shell('ls -l appendonlydir | head -n 2')");
      return call.shell(line, options);
    },
    async workload(workload) {
      const checks = [['workload', workload, orNull(workloadCheck)]] as const;
      checkArguments(
        'workload',
        checks,
        "workload({rate: 200, mix: ['SET k:{n} {n}']}), or workload(null)",
      );
      await call.workload(workload);
    },
    async setClock(clock) {
      checkArguments(
        'setClock',
        [['clock', clock, clockCheck]],
        'setClock({paused: false, speed: 0.1})',
      );
      await call.setClock(clock);
    },
    async advance(ms) {
      checkArguments('advance', [['ms', ms, notNegative]], 'advance(1500)');
      await call.advance(ms);
    },
    async step(what) {
      checkArguments(
        'step',
        [['what', what, oneOf(['command', 'tick', 'fsync'])]],
        "step('fsync')",
      );
      await call.step(what);
    },
    async crash(kind, options = {}) {
      const kinds = oneOf(['process-killed', 'power-lost']);
      const checks = [
        ['kind', kind, kinds],
        ['options', options, crashOptions],
      ] as const;
      checkArguments('crash', checks, "crash('power-lost', {tail: 'zero-filled'})");
      await call.crash(kind, options);
    },
    async boot(options = {}) {
      checkArguments('boot', [['options', options, laneOptions]], "boot({lane: 'main'})");
      await call.boot(options);
    },
    async signal(name, options = {}) {
      const checks = [
        ['name', name, filledText],
        ['options', options, laneOptions],
      ] as const;
      checkArguments('signal', checks, "signal('TERM')");
      await call.signal(name, options);
    },
    async plan(fault) {
      checkArguments(
        'plan',
        [['fault', fault, orNull(faultCheck)]],
        "plan({kind: 'fsync-time', value: 1800})",
      );
      await call.plan(fault);
    },
    view: () => call.view(),
    async readFile(path, options = {}) {
      const checks = [
        ['path', path, filledText],
        ['options', options, laneOptions],
      ] as const;
      checkArguments('readFile', checks, "readFile('appendonlydir/appendonly.aof.manifest')");
      return call.readFile(path, options);
    },
    async writeFile(path, content, options = {}) {
      const checks = [
        ['path', path, filledText],
        ['bytes', content, bytes],
        ['options', options, laneOptions],
      ] as const;
      checkArguments('writeFile', checks, "writeFile('dump.rdb', new Uint8Array(0))");
      await call.writeFile(path, content, options);
    },
    async link() {
      const { hash, fits } = await call.link();
      return { url: `${location.href.replace(/#.*$/, '')}#${hash}`, fits };
    },
    async load(run) {
      const wanted = either('a link or the bytes of a run', filledText, bytes);
      checkArguments('load', [['run', run, wanted]], "load('https://…#run=…')");
      await call.load(run);
    },
    async keep() {
      await call.keep();
    },
    async leave() {
      await call.leave();
    },
    async undo() {
      await call.undo();
    },
    async redo() {
      await call.redo();
    },
    actionLog: () => call.actionLog(),
    async export(kind, options = {}) {
      const checks = [
        ['kind', kind, oneOf(['appendonlydir', 'run'])],
        ['options', options, laneOptions],
      ] as const;
      checkArguments('export', checks, "export('appendonlydir')");
      return call.export(kind, options);
    },
    on(name, listener) {
      const checks = [
        ['event', name, oneOf(eventNames)],
        ['listener', listener, callback],
      ] as const;
      checkArguments('on', checks, "on('crash', (event) => console.log(event.at))");
      return link.onEvent((event) => {
        if (isNamed(event, name)) listener(event);
      });
    },
  });
}

const eventNames: readonly LabEventName[] = [
  ...(['reply', 'record', 'flush', 'fsync', 'crash', 'boot', 'loss'] as const),
  ...(['step', 'complete', 'error'] as const),
];

const laneOptions = object({ lane: filledText });
const clientOptions = object({ lane: filledText, client: filledText });
const clockCheck = object({ paused: truth, speed: number });

const tailCheck = either(
  "'lost', 'kept', 'zero-filled', 'holes', 'reordered' or {cutAt: bytes}",
  oneOf(['lost', 'kept', 'zero-filled', 'holes', 'reordered']),
  object({ cutAt: notNegative }, ['cutAt']),
);
const crashOptions = object({ lane: filledText, tail: tailCheck });

const workloadCheck = object(
  {
    rate: number,
    loop: oneOf(['open', 'closed']),
    clients: number,
    mix: listOf(filledText),
    keys: number,
    valueBytes: number,
    transactions: number,
    ttl: number,
  },
  ['rate'],
);

const setupCheck = object({
  seed: number,
  lanes: listOf(
    object({ id: filledText, config: dictionaryOf(text), repaired: listOf(filledText) }),
  ),
  disk: object({
    preset: oneOf(['hdd', 'ssd', 'nvme', 'cloud', 'lying']),
    fsyncMs: number,
    capacity: number,
  }),
  clock: object({ paused: truth, speed: number, startAt: number }),
  workload: orNull(workloadCheck),
  files: dictionaryOf(bytes),
});

const faultCheck = object(
  {
    kind: filledText,
    lane: filledText,
    path: filledText,
    at: number,
    until: number,
    value: either('a number or a text', number, text),
  },
  ['kind'],
);

function isNamed<Name extends LabEventName>(
  event: LabEvent,
  name: Name,
): event is Extract<LabEvent, { readonly event: Name }> {
  return event.event === name;
}
