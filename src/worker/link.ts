import { FrameRequests } from './link/frame-requests.ts';
import type {
  Frame,
  FromWorker,
  LabEvent,
  LabMethod,
  LabMethods,
  PushedReply,
  Recovered,
  TerminalUpdate,
  ToWorker,
} from './protocol.ts';

/** The worker's methods as the page calls them: each answers when the lab has done it, or rejects with its reason. */
export type LabCalls = {
  readonly [Method in LabMethod]: (
    ...args: Parameters<LabMethods[Method]>
  ) => Promise<Answer<Method>>;
};

/** Why the lab does not answer, for a person. */
export interface Trouble {
  /** `hung`: it may still answer. `failed`: it is gone, and calls reject until `restart`. */
  readonly kind: 'hung' | 'failed';
  readonly message: string;
}

/** The page's end of the line to the lab's worker. */
export interface LabLink {
  readonly call: LabCalls;
  /** Resolves when the lab runs, with what was recovered at its start, if anything; a new promise after `restart`. */
  readonly ready: Promise<Recovered | null>;
  /** Frames in order. The next one is asked for when this one has been painted. */
  onFrame(listener: (frame: Frame) => void): () => void;
  /** What no command asked for: MONITOR, published messages. */
  onPush(listener: (push: PushedReply) => void): () => void;
  /** What a page's terminal is to show. */
  onTerminal(listener: (update: TerminalUpdate) => void): () => void;
  /** The events of a frame, each after the frame itself was given out. */
  onEvent(listener: (event: LabEvent) => void): () => void;
  readonly trouble: Trouble | null;
  onTrouble(listener: (trouble: Trouble | null) => void): () => void;
  /** Ends the worker, hung or not, and starts another: the lab comes back from what the browser kept. */
  restart(): void;
  /** Ends the worker for good. */
  close(): void;
}

/**
 * Connects the page to the worker, which must have been created in the same turn of the event loop:
 * its first message is not to be missed. `startWorker` creates another one for `restart`.
 */
export function connectLab(worker: Worker, startWorker: () => Worker): LabLink {
  return new WorkerLink(worker, startWorker);
}

type Answer<M extends LabMethod> = ReturnType<LabMethods[M]>;

interface Waiting {
  readonly what: string;
  readonly answer: (value: unknown) => void;
  readonly refuse: (error: Error) => void;
}

/** How long the worker may be silent while calls wait, and how often the page looks. */
const SILENCE_LIMIT_MS = 3_000;
/** At its start it reads and replays what was kept, and cannot answer yet. */
const START_LIMIT_MS = 20_000;
const LOOK_MS = 500;
const SHOWN_COMMAND_CHARS = 60;

class WorkerLink implements LabLink {
  readonly call: LabCalls;
  #worker: Worker;
  readonly #startWorker: () => Worker;
  readonly #frames = new Listeners<Frame>();
  readonly #events = new Listeners<LabEvent>();
  readonly #pushes = new Listeners<PushedReply>();
  readonly #terminals = new Listeners<TerminalUpdate>();
  readonly #troubles = new Listeners<Trouble | null>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #requests = new FrameRequests(() =>
    this.#worker.postMessage({ to: 'frame-shown' } satisfies ToWorker),
  );
  #calls = 0;
  #ready = readiness();
  #trouble: Trouble | null = null;
  /** Counted in looks, not by a clock: a computer that slept was not a worker that hung. */
  #silentMs = 0;
  #pinging = false;
  #started = false;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(worker: Worker, startWorker: () => Worker) {
    this.#worker = worker;
    this.#startWorker = startWorker;
    this.call = this.#calling();
    this.#listen(worker);
  }

  get ready(): Promise<Recovered | null> {
    return this.#ready.promise;
  }

  get trouble(): Trouble | null {
    return this.#trouble;
  }

  onFrame(listener: (frame: Frame) => void): () => void {
    return this.#frames.add(listener);
  }

  onEvent(listener: (event: LabEvent) => void): () => void {
    return this.#events.add(listener);
  }

  onPush(listener: (push: PushedReply) => void): () => void {
    return this.#pushes.add(listener);
  }

  onTerminal(listener: (update: TerminalUpdate) => void): () => void {
    return this.#terminals.add(listener);
  }

  onTrouble(listener: (trouble: Trouble | null) => void): () => void {
    return this.#troubles.add(listener);
  }

  restart(): void {
    this.#end('The lab was restarted before it answered.');
    this.#ready = readiness();
    this.#worker = this.#startWorker();
    this.#listen(this.#worker);
    this.#setTrouble(null);
  }

  close(): void {
    this.#end('The lab was closed.');
    this.#setTrouble({
      kind: 'failed',
      message: 'The lab was closed. Reload the page to open it again.',
    });
  }

  #listen(worker: Worker): void {
    worker.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (worker === this.#worker && isFromWorker(data)) this.#receive(data);
    };
    worker.onerror = (event) => {
      const where = event.filename === '' ? '' : ` (${event.filename}:${event.lineno})`;
      this.#fail(worker, `${event.message || 'its script could not be loaded'}${where}`);
    };
    worker.onmessageerror = () => this.#fail(worker, 'a message could not be read');
    this.#started = false;
    this.#startWatching();
  }

  #receive(message: FromWorker): void {
    this.#silentMs = 0;
    if (this.#trouble?.kind === 'hung') this.#setTrouble(null);
    switch (message.from) {
      case 'ready':
        this.#started = true;
        this.#ready.resolve(message.recovered);
        if (this.#waiting.size === 0) this.#stopWatching();
        return;
      case 'answer':
        this.#settle(message.id)?.answer(message.value);
        return;
      case 'refusal':
        this.#settle(message.id)?.refuse(new Error(message.message));
        return;
      case 'frame':
        this.#show(message.frame);
        return;
      case 'push':
        for (const push of message.pushes) this.#pushes.tell(push);
        return;
      case 'terminal':
        for (const update of message.updates) this.#terminals.tell(update);
        return;
      case 'fatal':
        this.#fail(this.#worker, message.message);
    }
  }

  #show(frame: Frame): void {
    this.#frames.tell(frame);
    for (const event of frame.events) this.#events.tell(event);
    this.#requests.shown(frame);
  }

  #calling(): LabCalls {
    const one =
      <M extends LabMethod>(method: M) =>
      (...args: Parameters<LabMethods[M]>): Promise<Answer<M>> =>
        this.#send(method, args);
    return {
      reset: one('reset'),
      send: one('send'),
      command: one('command'),
      interrupt: one('interrupt'),
      shell: one('shell'),
      openTerminal: one('openTerminal'),
      terminalInput: one('terminalInput'),
      completeLine: one('completeLine'),
      workload: one('workload'),
      setClock: one('setClock'),
      advance: one('advance'),
      step: one('step'),
      crash: one('crash'),
      boot: one('boot'),
      signal: one('signal'),
      plan: one('plan'),
      disks: one('disks'),
      selectTail: one('selectTail'),
      watch: one('watch'),
      checkConfig: one('checkConfig'),
      view: one('view'),
      lost: one('lost'),
      memory: one('memory'),
      calls: one('calls'),
      traffic: one('traffic'),
      draft: one('draft'),
      readFile: one('readFile'),
      writeFile: one('writeFile'),
      importFiles: one('importFiles'),
      importing: one('importing'),
      download: one('download'),
      report: one('report'),
      history: one('history'),
      link: one('link'),
      load: one('load'),
      lesson: one('lesson'),
      keep: one('keep'),
      leave: one('leave'),
      undo: one('undo'),
      redo: one('redo'),
      time: one('time'),
      actionLog: one('actionLog'),
      export: one('export'),
      syntax: one('syntax'),
      takeOver: one('takeOver'),
    };
  }

  #send<M extends LabMethod>(method: M, args: Parameters<LabMethods[M]>): Promise<Answer<M>> {
    if (this.#trouble?.kind === 'failed') return Promise.reject(new Error(this.#trouble.message));
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      const answer = (value: unknown): void => {
        if (isAnswerTo(method, value)) resolve(value);
        else reject(new Error(`The lab gave no answer to ${method}.`));
      };
      this.#worker.postMessage({ to: 'call', id, method, args } satisfies ToWorker);
      this.#requests.hasten();
      this.#waiting.set(id, { what: describeCall(method, args), answer, refuse: reject });
      this.#startWatching();
    });
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0 && this.#started) this.#stopWatching();
    return waiting;
  }

  /**
   * A call may rightly wait for long (BLPOP with the clock paused), so a silent worker is asked for
   * something that costs nothing. One that does not answer even that is stuck in a loop.
   */
  #look(): void {
    this.#silentMs += LOOK_MS;
    if (!this.#pinging && this.#started) {
      this.#pinging = true;
      const done = (): void => void (this.#pinging = false);
      this.#send('lost', [{ from: 0, count: 0 }]).then(done, done);
    }
    const limit = this.#started ? SILENCE_LIMIT_MS : START_LIMIT_MS;
    if (this.#silentMs < limit || this.#trouble !== null) return;
    const [oldest] = this.#waiting.values();
    const busyWith = oldest === undefined ? '' : ` to ${oldest.what}`;
    this.#setTrouble({
      kind: 'hung',
      message: `The lab has not answered${busyWith} for ${limit / 1_000} seconds. Wait, or restart it: it comes back as this browser kept it.`,
    });
  }

  #startWatching(): void {
    if (this.#watch !== undefined) return;
    this.#silentMs = 0;
    this.#watch = setInterval(() => this.#look(), LOOK_MS);
  }

  #stopWatching(): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  #fail(worker: Worker, reason: string): void {
    if (worker !== this.#worker || this.#trouble?.kind === 'failed') return;
    const message = `The lab stopped: ${reason.replace(/\.$/, '')}. Restart it: it comes back as this browser kept it.`;
    this.#setTrouble({ kind: 'failed', message });
    this.#end(message);
  }

  /** Ends the worker; what it had not answered is refused. */
  #end(message: string): void {
    this.#requests.stop();
    this.#worker.onmessage = null;
    this.#worker.onerror = null;
    this.#worker.onmessageerror = null;
    this.#worker.terminate();
    this.#stopWatching();
    this.#pinging = false;
    this.#ready.reject(new Error(message));
    const unanswered = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { refuse } of unanswered) refuse(new Error(message));
  }

  #setTrouble(trouble: Trouble | null): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#troubles.tell(trouble);
  }
}

class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();

  add(listener: (value: T) => void): () => void {
    // A function of its own, so that one listener may be added twice.
    const own = (value: T): void => listener(value);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** A listener that throws keeps nothing from the others. */
  tell(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        reportError(error);
      }
    }
  }
}

function readiness(): {
  readonly promise: Promise<Recovered | null>;
  readonly resolve: (recovered: Recovered | null) => void;
  readonly reject: (error: Error) => void;
} {
  let resolve: (recovered: Recovered | null) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<Recovered | null>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // Who does not wait for it learns of the failure through onTrouble.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

/** What a person would call it: the command itself, where there is one. */
function describeCall(method: LabMethod, args: readonly unknown[]): string {
  const [first] = args;
  const words = Array.isArray(first) ? first.join(' ') : first;
  const named = (method === 'send' || method === 'command') && typeof words === 'string';
  const text = named ? words.replace(/\s+/g, ' ') : method;
  return text.length > SHOWN_COMMAND_CHARS ? `${text.slice(0, SHOWN_COMMAND_CHARS)}…` : text;
}

function isFromWorker(data: unknown): data is FromWorker {
  return typeof data === 'object' && data !== null && 'from' in data;
}

/** The worker is ours and was compiled against the same types; only a missing answer can be told here. */
function isAnswerTo<M extends LabMethod>(_method: M, value: unknown): value is Answer<M> {
  return value !== undefined;
}
