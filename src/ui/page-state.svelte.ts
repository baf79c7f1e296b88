/** What the page itself remembers: which tab is open, how large the panes are, which record is selected. */
import { LogState } from './log/log-state.svelte.ts';
import { readPreference, writePreference } from './preferences.ts';

export type SideTab = 'log' | 'memory' | 'ledger' | 'files' | 'calls' | 'traffic' | 'server-log';
export type PhoneTab = 'console' | SideTab | 'time';
/** One machine with all its panes, or all machines side by side. */
export type Place = 'lab' | 'race';
type Part = 'lesson' | 'console' | 'side' | 'time';

export const limits = {
  lesson: { min: 280, max: 480, usual: 320, wide: 360 },
  console: { min: 360 },
  side: { min: 440 },
  time: { min: 180, max: 320, usual: 180 },
} as const;

export class PageState {
  place = $state<Place>(placeOf(location.search));
  /** The race is to show its form, for lanes and workload. */
  raceForm = $state(false);
  sideTab = $state<SideTab>('log');
  phoneTab = $state<PhoneTab>('console');
  /** What is chosen in the log: its selected record is the one framed on the strip. */
  readonly log = new LogState();
  /** The file that is looked into, in the place of everything else; null: none. */
  inspected = $state<string | null>(null);
  /** The memory report that is looked at: of the running server, or of a snapshot on the disk. */
  reported = $state.raw<{ readonly path: string | null } | null>(null);
  /** The course is listed where the lesson stands. */
  course = $state(false);
  /** The future that is laid beside the one at hand. */
  compared = $state<string | null>(null);
  keysShown = $state(false);
  /** Loads the page anew in a newer build of the lab; null while there is none. */
  newBuild = $state.raw<(() => void) | null>(null);
  #letterKeys = $state(readPreference('letter-keys') !== 'off');
  #lessonWidth = $state<number | null>(storedNumber('lesson-width'));
  /** Share of the instrument's width, 0 to 1. */
  #consoleShare = $state<number | null>(storedNumber('console-share'));
  #timeHeight = $state<number>(storedNumber('time-height') ?? limits.time.usual);
  #folded = $state.raw<readonly Part[]>(storedParts());

  get letterKeys(): boolean {
    return this.#letterKeys;
  }
  set letterKeys(on: boolean) {
    this.#letterKeys = on;
    writePreference('letter-keys', on ? null : 'off');
  }

  /** Opens a tab of the right-hand pane, wherever the arrangement has it. */
  showSide(tab: SideTab): void {
    this.sideTab = tab;
    this.phoneTab = tab;
    this.fold('side', 'shown');
  }

  lessonWidth(arrangement: 'wide' | 'desk'): number {
    return this.#lessonWidth ?? (arrangement === 'wide' ? limits.lesson.wide : limits.lesson.usual);
  }
  setLessonWidth(width: number): void {
    this.#lessonWidth = width;
    writePreference('lesson-width', String(width));
  }

  get consoleShare(): number | null {
    return this.#consoleShare;
  }
  setConsoleShare(share: number): void {
    this.#consoleShare = share;
    writePreference('console-share', share.toFixed(4));
  }

  get timeHeight(): number {
    return this.#timeHeight;
  }
  setTimeHeight(height: number): void {
    this.#timeHeight = height;
    writePreference('time-height', String(height));
  }

  isFolded(part: Part): boolean {
    return this.#folded.includes(part);
  }
  fold(part: Part, to: 'folded' | 'shown' | 'other'): void {
    const folded = to === 'other' ? !this.#folded.includes(part) : to === 'folded';
    const others = this.#folded.filter((each) => each !== part);
    this.#folded = folded ? [...others, part] : others;
    writePreference('folded', this.#folded.join(' '));
  }
}

/** `?race` opens the race. */
function placeOf(search: string): Place {
  return /[?&]race\b/.test(search) ? 'race' : 'lab';
}

const parts: readonly Part[] = ['lesson', 'console', 'side', 'time'];

function storedNumber(name: string): number | null {
  const kept = Number(readPreference(name) ?? Number.NaN);
  return Number.isFinite(kept) ? kept : null;
}

function storedParts(): readonly Part[] {
  const kept = (readPreference('folded') ?? '').split(' ');
  return parts.filter((part) => kept.includes(part));
}
