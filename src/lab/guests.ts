/**
 * What else runs on the machines of a lab beside their servers: the shell's processes. The lab does not know them. What
 * is done to them is in the lab's actions, so a run starts and drives them again.
 */
import type { ByteString } from '../base/bytes.ts';
import type { TerminalAct } from '../cli/terminal-control.ts';
import type { Reply } from '../resp/reply.ts';
import type { LabAction } from './action.ts';
import type { Lab } from './lab.ts';
import type { Lane } from './lane.ts';

/** What a person or a script does in a shell of a machine. */
export type GuestAction =
  /** A line of the shell that scripts share: `aofLab.shell`. */
  | { readonly kind: 'shell'; readonly lane: string; readonly line: ByteString }
  /** `session`: the number of the terminal in its lab. */
  | {
      readonly kind: 'terminal';
      readonly lane: string;
      readonly session: number;
      readonly act: TerminalAct;
    };

export interface LabGuests {
  /** Does it, or says why not. Who waits for the end of a shell's line has been given `token`. */
  act(action: GuestAction, token: number): string | undefined;
  /** Nobody looks at this lab any more: who waits for a line is told, and nothing changes. */
  leave(): void;
  /** A timer of theirs is due. */
  dispatch(lane: Lane, timer: number): void;
  /** To a client of theirs, whose name begins with GUEST_CLIENT; null: its connection is closed. */
  reply(lane: Lane, client: string, reply: Reply | null): void;
  /** The main server has said something in its log. */
  logged(lane: Lane, line: string): void;
  /** The main server did not start: what it said. */
  refused(lane: Lane, text: string): void;
  mainEnded(lane: Lane, code: number, signal: string | null): void;
  powerOff(lane: Lane): void;
  /** Whether each of them only waits for somebody to type, so that they can be copied. */
  isIdle(): boolean;
  /** To be called while they are idle. */
  freeze(): FrozenGuests;
}

/** Guests as they were at an instant; it never changes. */
export interface FrozenGuests {
  /** About how many bytes it holds. */
  readonly weight: number;
  /** Gives the same guests to a copy of their lab, of the same instant. */
  thaw(lab: Lab): void;
}

export const GUEST_CLIENT = 'guest ';
/** Who waits for answers of theirs. */
export const GUEST_TOKEN = -9;

let letIn: ((lab: Lab) => LabGuests) | null = null;

/** The shell is loaded when it is first needed, and says then how a lab gets its guests. */
export function provideGuests(make: (lab: Lab) => LabGuests): void {
  letIn = make;
}

/** The guests of a lab, from now on; or why it can have none. */
export function guestsOf(lab: Lab): LabGuests | string {
  if (lab.guests !== null) return lab.guests;
  if (lab.state.actions.some(({ action }) => isGuestAction(action)))
    return 'the processes of its shell are not in this copy of the lab';
  lab.guests = letIn?.(lab) ?? null;
  return lab.guests ?? 'the shell is not loaded';
}

export function isGuestAction(action: LabAction): action is GuestAction {
  return action.kind === 'shell' || action.kind === 'terminal';
}
