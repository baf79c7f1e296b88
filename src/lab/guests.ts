/** What else runs on the machines of a lab beside their servers: the shell's processes. The lab does not know them. */
import type { Reply } from '../resp/reply.ts';
import type { Lane } from './lane.ts';

export interface LabGuests {
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
}

export const GUEST_CLIENT = 'guest ';
/** Who waits for answers of theirs. */
export const GUEST_TOKEN = -9;
