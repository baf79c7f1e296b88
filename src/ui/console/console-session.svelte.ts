/**
 * redis-cli on this page: loaded when the page stands, kept while panes come and go. A terminal that is mounted
 * later is given what was printed before; a page without a terminal reads the transcript.
 */
import { RedisCliSession } from '../../console/redis-cli-session.ts';
import type { LabCalls } from '../../worker/link.ts';
import type { ReadModel } from '../read-model.svelte.ts';
import type { BashConsole } from './bash-console.svelte.ts';
import { pagePorts } from './page-ports.ts';
import type { PagePorts } from './page-ports.ts';

export type ConsoleTab = 'redis-cli' | 'bash';

const backlogLimit = 200_000;
const transcriptLimit = 400;

export class ConsoleSession {
  readonly cli: RedisCliSession;
  readonly #ports: PagePorts;
  readonly #lab: LabCalls;
  readonly #model: ReadModel;
  #bash = $state.raw<BashConsole | null>(null);
  #chosen = $state<ConsoleTab>('redis-cli');
  #backlog = '';
  #terminal: ((ansi: string) => void) | null = null;
  #lines = $state.raw<readonly string[]>([]);
  #status = $state('');
  #prompt = $state('');
  /** Resolves when the first prompt stands. */
  readonly started: Promise<void>;

  constructor(model: ReadModel, lab: LabCalls) {
    this.#lab = lab;
    this.#model = model;
    this.#ports = pagePorts(lab, {
      lane: () => model.view?.id,
      now: () => model.clock?.now ?? 0,
      write: (ansi) => this.#write(ansi),
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

  /** Null until its tab was chosen once. */
  get bash(): BashConsole | null {
    return this.#bash;
  }
  get chosen(): ConsoleTab {
    return this.#chosen;
  }

  async choose(tab: ConsoleTab): Promise<void> {
    this.#chosen = tab;
    if (tab === 'redis-cli' || this.#bash !== null) return;
    const { BashConsole: Loaded } = await import('./bash-console.svelte.ts');
    this.#bash ??= new Loaded(this.#lab, () => this.#model.view?.id);
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

  /** Sends everything printed so far, and from now on, to a terminal; the answer stops it. */
  attach(write: (ansi: string) => void): () => void {
    if (this.#backlog !== '') write(this.#backlog);
    this.#terminal = write;
    return () => {
      if (this.#terminal === write) this.#terminal = null;
    };
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
