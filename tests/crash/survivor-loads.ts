/** Loads what accidents leave, each different set of files once, resumed from the last record wherever that can be. */
import type { Engine } from '../../src/engine/engine.ts';
import { filesOf, type CrashState, type CrashStates } from './crash-states.ts';
import { PrefixLoads, type Loaded } from './prefix-loads.ts';
import { startFrom } from './start-from.ts';
import { bytesOfFile } from './survivors.ts';

export class SurvivorLoads {
  private readonly states: CrashStates;
  private readonly note: ((engine: Engine) => string) | undefined;
  private readonly logs = new Map<string, PrefixLoads | 'unstartable'>();
  private readonly seen = new Set<string>();

  /** `note` is asked for what is to be known of a data set behind each record. */
  constructor(states: CrashStates, note?: (engine: Engine) => string) {
    this.states = states;
    this.note = note;
  }

  /** How many different sets of files there were. */
  get distinct(): number {
    return this.seen.size;
  }

  /** Whether the same bytes were not there before. */
  isNew({ head, last }: CrashState): boolean {
    const { names } = this.states.run;
    const before = this.seen.size;
    this.seen.add(`${head} | ${names.nameOf(this.states.live(), last)}`);
    return this.seen.size > before;
  }

  /** Undefined: only a start can tell. */
  load(state: CrashState): Loaded | undefined {
    const { last } = state;
    const { names } = this.states.run;
    const log = this.logOf(state);
    if (log === 'unstartable') return undefined;
    const kernel = this.states.live();
    const live = kernel.inodes.get(last.inode);
    if (live?.kind === 'file') log.extend({ ...last, size: live.size, pages: live.pages });
    if (names.sharedWith(kernel, last) < last.size) return log.withTail(bytesOfFile(last));
    log.extend(last);
    return log.cutAt(last.size);
  }

  private logOf({ head, files, last }: CrashState): PrefixLoads | 'unstartable' {
    const known = this.logs.get(head);
    if (known !== undefined) return known;
    const { config, startAt } = this.states.run;
    const bytes = filesOf(files).set(last.path, new Uint8Array());
    const { engine } = startFrom(bytes, config, startAt);
    const { note } = this;
    const made =
      engine === null
        ? 'unstartable'
        : new PrefixLoads(
            engine,
            startAt * 1000,
            note === undefined ? undefined : () => note(engine),
          );
    this.logs.set(head, made);
    return made;
  }
}
