/** The consoles of this page, loaded when it stands: one redis-cli or several, and bash. */
import type { LabCalls } from '../../worker/link.ts';
import type { PushedReply } from '../../worker/protocol.ts';
import { readPreference, writePreference } from '../preferences.ts';
import type { ReadModel } from '../read-model.svelte.ts';
import type { BashConsole } from './bash-console.svelte.ts';
import { CliConsole } from './cli-console.svelte.ts';

/** `redis-cli`, `redis-cli-2` and so on, or `bash`. */
export type ConsoleTab = 'bash' | `redis-cli${string}`;

/** As many as a row of tabs can hold. */
export const mostConsoles = 6;

export class ConsoleSession {
  readonly #lab: LabCalls;
  readonly #model: ReadModel;
  #consoles = $state.raw<readonly CliConsole[]>([]);
  #bash = $state.raw<BashConsole | null>(null);
  #chosen = $state<ConsoleTab>('redis-cli');
  /** The redis-cli that was chosen last. */
  #current = $state(1);

  constructor(model: ReadModel, lab: LabCalls) {
    this.#lab = lab;
    this.#model = model;
    this.#consoles = [1, ...rememberedNumbers()].map((number) => this.#newConsole(number));
  }

  get consoles(): readonly CliConsole[] {
    return this.#consoles;
  }
  /** The redis-cli that is in sight, or would be if bash were not. */
  get console(): CliConsole {
    const [first, ...others] = this.#consoles;
    return others.find(({ number }) => number === this.#current) ?? first!;
  }
  get cli(): CliConsole['cli'] {
    return this.console.cli;
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
    const console = this.#consoles.find(({ number }) => tabOf(number) === tab);
    if (console !== undefined) this.#current = console.number;
    if (tab !== 'bash' || this.#bash !== null) return;
    const { BashConsole: Loaded } = await import('./bash-console.svelte.ts');
    this.#bash ??= new Loaded(this.#lab, () => this.#model.view?.id);
  }

  /** Another redis-cli, with the lowest number that is free. */
  open(): void {
    if (this.#consoles.length >= mostConsoles) return;
    const taken = this.#consoles.map(({ number }) => number);
    let number = 2;
    while (taken.includes(number)) number++;
    const opened = this.#newConsole(number);
    opened.wantsFocus = true;
    this.#consoles = [...this.#consoles, opened].sort((a, b) => a.number - b.number);
    this.#remember();
    void this.choose(tabOf(number));
  }

  /** The first one stays: it is the page's own. */
  close(number: number): void {
    const closed = this.#consoles.find((each) => each.number === number);
    if (closed === undefined || number === 1) return;
    this.#consoles = this.#consoles.filter((each) => each !== closed);
    this.#remember();
    if (this.#current === number) this.#current = 1;
    if (this.#chosen === tabOf(number)) void this.choose('redis-cli');
    closed.close();
  }

  receive(push: PushedReply): void {
    for (const console of this.#consoles) console.receive(push);
  }

  /** The page shows another machine: consoles that follow it go along. */
  laneChosen(): void {
    for (const { cli } of this.#consoles) void cli.moved();
  }

  #newConsole(number: number): CliConsole {
    const quit = number === 1 ? undefined : (): void => this.close(number);
    return new CliConsole(this.#model, this.#lab, number, quit);
  }

  #remember(): void {
    const others = this.#consoles.map(({ number }) => number).slice(1);
    writePreference('consoles', others.length === 0 ? null : others.join(' '));
  }
}

export function tabOf(number: number): ConsoleTab {
  return number === 1 ? 'redis-cli' : `redis-cli-${number}`;
}

function rememberedNumbers(): readonly number[] {
  const numbers = (readPreference('consoles') ?? '').split(' ').map(Number);
  const valid = numbers.filter((number) => Number.isInteger(number) && number > 1 && number < 100);
  return [...new Set(valid)].sort((a, b) => a - b).slice(0, mostConsoles - 1);
}
