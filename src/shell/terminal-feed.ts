/**
 * What a terminal of the machine has shown: kept, so that a page that comes later sees it. Whoever looks changes nothing
 * about it: how much it takes before it must be shown is counted in bytes, and that it was shown is an action of the run.
 */
import { concatBytes, EMPTY, sliceBytes, type ByteString } from '../base/bytes.ts';
import type { SessionHost } from './session.ts';
import type { Sink } from './streams.ts';

export type FeedUpdate =
  /** The terminal begins anew; what it has shown so far follows. */
  | { readonly kind: 'fresh' }
  | { readonly kind: 'output'; readonly bytes: ByteString }
  | { readonly kind: 'prompt'; readonly text: ByteString; readonly status: number }
  | { readonly kind: 'mode'; readonly mode: 'line' | 'raw' }
  | { readonly kind: 'reading' }
  | { readonly kind: 'ended'; readonly why: 'exit' | 'power' };

/** Who looks at the terminal. */
export interface Viewer {
  tell(update: FeedUpdate): void;
}

/** A terminal that has so much to show takes no more. */
const ROOM = 256 * 1024;
const REMEMBERED = 64 * 1024;

export interface FeedState {
  room: number;
  shownSoFar: ByteString;
  /** What it says of itself now: its prompt, or how it takes what is typed. */
  standing: FeedUpdate;
}

function newFeed(): FeedState {
  return { room: ROOM, shownSoFar: EMPTY, standing: { kind: 'mode', mode: 'line' } };
}

export class TerminalFeed implements SessionHost {
  readonly sink: Sink;
  readonly state: FeedState;
  private viewer: Viewer | null = null;

  constructor(state: FeedState = newFeed()) {
    this.state = state;
    this.sink = {
      waiters: new Set<{ retry(): void }>(),
      take: (bytes) => {
        if (state.room <= 0) return false;
        state.room -= bytes.length;
        this.remember(bytes);
        this.viewer?.tell({ kind: 'output', bytes });
        return true;
      },
    };
  }

  get isFull(): boolean {
    return this.state.room <= 0;
  }

  get isSeen(): boolean {
    return this.viewer !== null;
  }

  /** From now on this one looks; it is told first what there is to see. */
  show(viewer: Viewer): void {
    this.viewer = viewer;
    viewer.tell({ kind: 'fresh' });
    const { shownSoFar, standing } = this.state;
    if (shownSoFar !== EMPTY) viewer.tell({ kind: 'output', bytes: shownSoFar });
    viewer.tell(standing);
  }

  turnAway(): void {
    this.viewer = null;
  }

  /** What it had to show has been shown. */
  makeRoom(): void {
    this.state.room = ROOM;
  }

  /** The terminal shows what is typed. */
  typed(line: ByteString): void {
    const { standing } = this.state;
    this.remember(standing.kind === 'prompt' ? concatBytes(standing.text, line) : line);
    this.state.standing = { kind: 'mode', mode: 'line' };
  }

  prompt(text: ByteString, status: number): void {
    this.stand({ kind: 'prompt', text, status });
  }

  mode(mode: 'line' | 'raw'): void {
    this.stand({ kind: 'mode', mode });
  }

  reading(): void {
    this.viewer?.tell({ kind: 'reading' });
  }

  ended(why: 'exit' | 'power'): void {
    this.viewer?.tell({ kind: 'ended', why });
  }

  private stand(update: FeedUpdate): void {
    this.state.standing = update;
    this.viewer?.tell(update);
  }

  private remember(bytes: ByteString): void {
    const { state } = this;
    const shown = concatBytes(state.shownSoFar, bytes);
    state.shownSoFar =
      shown.length > 2 * REMEMBERED ? sliceBytes(shown, shown.length - REMEMBERED) : shown;
  }
}
