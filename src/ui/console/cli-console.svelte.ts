/**
 * One redis-cli of this page, with a client of its own: kept while panes come and go. A terminal that is mounted later
 * is given what was printed before; a page without a terminal reads the transcript.
 */
import { RedisCliSession } from '../../console/redis-cli-session.ts';
import type { LabCalls } from '../../worker/link.ts';
import type { PushedReply } from '../../worker/protocol.ts';
import type { ReadModel } from '../read-model.svelte.ts';
import { clientNamed } from './console-client.ts';
import { pagePorts } from './page-ports.ts';
import type { PagePorts } from './page-ports.ts';

const backlogLimit = 200_000;
const transcriptLimit = 400;

export class CliConsole {
  /** 1, 2, …: as its tab says. */
  readonly number: number;
  readonly cli: RedisCliSession;
  readonly #ports: PagePorts;
  readonly #model: ReadModel;
  /** Named by `!lane`; null: the machine that the page shows. */
  #lane = $state<string | null>(null);
  #client = $state('');
  #backlog = '';
  #terminal: ((ansi: string) => void) | null = null;
  #lines = $state.raw<readonly string[]>([]);
  #status = $state('');
  #prompt = $state('');
  /** Its terminal takes the focus as soon as it stands. */
  wantsFocus = false;
  /** Resolves when the first prompt stands. */
  readonly started: Promise<void>;

  /** `onquit`: redis-cli was left by `quit`, `exit` or Ctrl-D. */
  constructor(model: ReadModel, lab: LabCalls, number: number, onquit?: () => void) {
    this.#model = model;
    this.number = number;
    this.#client = clientNamed(number);
    this.#ports = pagePorts(lab, {
      lane: () => this.lane,
      client: () => this.#client,
      lanes: () => model.lanes.map(({ view }) => view.id),
      attach: (to) => this.#attach(to),
      now: () => model.clock?.now ?? 0,
      write: (ansi) => this.#write(ansi),
      ...(onquit === undefined ? {} : { quit: onquit }),
    });
    this.cli = new RedisCliSession(this.#ports);
    this.cli.onTranscript((event) => {
      if (event.kind === 'lines') {
        this.#lines = [...this.#lines, ...event.lines].slice(-transcriptLimit);
      } else if (event.kind === 'status') this.#status = event.text;
      else this.#lines = [];
      this.#prompt = this.cli.prompt;
    });
    this.started = this.#start();
  }

  /** The machine that its next command goes to. */
  get lane(): string | undefined {
    const { lanes, view } = this.#model;
    return lanes.some((lane) => lane.view.id === this.#lane) ? (this.#lane ?? undefined) : view?.id;
  }
  /** The name that the lab knows it by. */
  get client(): string {
    return this.#client;
  }
  /** What was printed, newest last. */
  get lines(): readonly string[] {
    return this.#lines;
  }
  /** "waiting for fsync; …", or empty. */
  get status(): string {
    return this.#status;
  }
  get prompt(): string {
    return this.#prompt;
  }

  /** A message that no command asked for, if it is this one's. */
  receive({ lane, client, reply }: PushedReply): void {
    if (client === this.#client && lane === this.lane) this.cli.push(reply);
  }

  /** Sends everything printed so far, and from now on, to a terminal; the answer stops it. */
  attach(write: (ansi: string) => void): () => void {
    if (this.#backlog !== '') write(this.#backlog);
    this.#terminal = write;
    return () => {
      if (this.#terminal === write) this.#terminal = null;
    };
  }

  /** Its connection ends with it. */
  close(): void {
    this.#ports.disconnect();
  }

  #attach(to: { readonly lane?: string; readonly client?: string }): string {
    const known = this.#model.lanes.map(({ view }) => view.id);
    if (to.lane !== undefined && !known.includes(to.lane))
      return `There is no lane "${to.lane}". The lanes are: ${known.join(', ')}`;
    if (to.lane !== undefined) {
      this.#lane = to.lane;
      this.#model.choose(to.lane);
    }
    if (to.client !== undefined) this.#client = to.client;
    return `This console is client ${this.#client} of lane ${this.lane ?? ''} now.`;
  }

  async #start(): Promise<void> {
    await this.cli.start();
    this.#prompt = this.cli.prompt;
    await this.#ports.learnSyntax();
    this.cli.refresh();
  }

  #write(ansi: string): void {
    this.#backlog += ansi;
    if (this.#backlog.length > backlogLimit) this.#backlog = this.#backlog.slice(-backlogLimit / 2);
    this.#terminal?.(ansi);
  }
}
