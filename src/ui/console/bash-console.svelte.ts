/** bash on this page: started when its tab is first chosen, kept while panes come and go. */
import { BashSession } from '../../console/bash-session.ts';
import type { LabCalls } from '../../worker/link.ts';
import type { TerminalUpdate } from '../../worker/protocol.ts';
import { readPreference, writePreference } from '../preferences.ts';

const backlogLimit = 200_000;
const transcriptLimit = 400;
let nextSession = 1;

export class BashConsole {
  readonly cli: BashSession;
  readonly #session = nextSession++;
  #backlog = '';
  #terminal: ((ansi: string) => void) | null = null;
  #lines = $state.raw<readonly string[]>([]);
  #prompt = $state('');

  /** `lane`: the machine that the console is attached to. */
  constructor(lab: LabCalls, lane: () => string | undefined) {
    const session = this.#session;
    const quietly = (call: Promise<unknown>): void => void call.catch(() => undefined);
    this.cli = new BashSession({
      async open(columns, rows) {
        const on = lane();
        await lab.openTerminal(session, {
          ...(on === undefined ? {} : { lane: on }),
          columns,
          rows,
        });
      },
      send: (input) => quietly(lab.terminalInput(session, input)),
      complete: (line) => lab.completeLine(session, line),
      write: (ansi) => this.#write(ansi),
      loadHistory: () =>
        (readPreference('bash-history') ?? '').split('\n').filter((line) => line !== ''),
      saveHistory: (lines) => writePreference('bash-history', lines.slice(-200).join('\n')),
    });
    this.cli.onTranscript((event) => {
      if (event.kind === 'lines')
        this.#lines = [...this.#lines, ...event.lines].slice(-transcriptLimit);
      else if (event.kind === 'clear') this.#lines = [];
      this.#prompt = this.cli.prompt;
    });
    void this.cli.start();
  }

  get lines(): readonly string[] {
    return this.#lines;
  }
  get prompt(): string {
    return this.#prompt;
  }

  receive(update: TerminalUpdate): void {
    if (update.session !== this.#session) return;
    this.cli.receive(update);
    this.#prompt = this.cli.prompt;
  }

  /** Sends everything printed so far, and from now on, to a terminal; the answer stops it. */
  attach(write: (ansi: string) => void): () => void {
    if (this.#backlog !== '') write(this.#backlog);
    this.#terminal = write;
    return () => {
      if (this.#terminal === write) this.#terminal = null;
    };
  }

  #write(ansi: string): void {
    this.#backlog += ansi;
    if (this.#backlog.length > backlogLimit) this.#backlog = this.#backlog.slice(-backlogLimit / 2);
    this.#terminal?.(ansi);
  }
}
