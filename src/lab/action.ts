/**
 * What a person or a script does to a lab, and the one way in which it is done. Actions and the virtual times at which
 * they were applied are the whole of a run: time passing is implied by the next action's instant.
 */
import type { ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import { parseControlLine, type ControlAction, type NamedBytes } from '../cli/control-line.ts';
import { printControlLine } from '../cli/control-print.ts';
import type { TerminalAct } from '../cli/terminal-control.ts';
import { absolute } from './boot.ts';
import { guestsOf, type GuestAction } from './guests.ts';
import { importFiles } from './import.ts';
import type { Lab } from './lab.ts';
import type { Tail } from './view.ts';

/** Controls that change a lab. Without `lane` they mean every lane. */
export type LabControl = Extract<
  ControlAction,
  {
    readonly kind:
      | 'pause'
      | 'play'
      | 'speed'
      | 'kill'
      | 'power'
      | 'boot'
      | 'signal'
      | 'fault'
      | 'heal'
      | 'workload'
      | 'tail';
  }
>;

export type LabAction =
  | {
      readonly kind: 'command';
      readonly lane: string;
      readonly client: string;
      readonly argv: readonly ByteString[];
    }
  | { readonly kind: 'interrupt'; readonly lane: string; readonly client: string }
  | {
      readonly kind: 'write';
      readonly lane: string;
      readonly path: string;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'import'; readonly lane: string; readonly files: readonly NamedBytes[] }
  | GuestAction
  | LabControl;

export interface TimedAction {
  /** Since the lab began. */
  readonly at: Micros;
  readonly action: LabAction;
}

/** The answer to a command that nobody waits for. */
const NOBODY = 0;

/**
 * Does it now, with everything that is due at this instant, and notes it; or says why not, and changes nothing. The
 * answer to a command goes to `token`.
 */
export function applyAction(lab: Lab, action: LabAction, token = NOBODY): string | undefined {
  const said = inWords(lab, action);
  if (typeof said === 'string') return said;
  const at = lab.clock.now - lab.epoch;
  const problem = perform(lab, said, token);
  if (problem !== undefined) return problem;
  noteAction(lab, { at, action: said });
  return undefined;
}

/** What was done in steps, from that instant on, and would be done again as a whole. */
export function noteAction(lab: Lab, timed: TimedAction): void {
  lab.settleNow();
  lab.state.actions.push(timed);
}

/**
 * A control as its line reads back: what is done must be what the log says, to the last digit. What the lab would
 * refuse it refuses in its own words.
 */
function inWords(lab: Lab, action: LabAction): LabAction | string {
  switch (action.kind) {
    case 'command':
    case 'interrupt':
    case 'write':
    case 'import':
    case 'shell':
    case 'terminal':
      return action;
    default: {
      const problem = lab.whyNot(action);
      if (problem !== undefined) return problem;
      const parsed = parseControlLine(printControlLine(action));
      if (!parsed.ok) return parsed.error;
      return isLabControl(parsed.action) ? parsed.action : `!${parsed.action.kind} changes no lab`;
    }
  }
}

export function isLabControl(action: ControlAction): action is LabControl {
  switch (action.kind) {
    case 'pause':
    case 'play':
    case 'speed':
    case 'kill':
    case 'power':
    case 'boot':
    case 'signal':
    case 'fault':
    case 'heal':
    case 'workload':
    case 'tail':
      return true;
    default:
      return false;
  }
}

function perform(lab: Lab, action: LabAction, token: number): string | undefined {
  switch (action.kind) {
    case 'command':
      return lab.send(action.argv, action.client, action.lane, token);
    case 'interrupt':
      return lab.interrupt(action.client, action.lane);
    case 'write': {
      const lane = lab.lane(action.lane);
      if (lane === undefined) return lab.noLane(action.lane);
      const written = lane.kernel.writeFile(absolute(action.path), action.bytes);
      return written.ok ? undefined : `writeFile: ${written.error}`;
    }
    case 'import': {
      const lane = lab.lane(action.lane);
      if (lane === undefined) return lab.noLane(action.lane);
      const files = new Map(action.files.map(({ name, bytes }) => [name, bytes]));
      const result = importFiles(lab, lane, files);
      return result.ok ? undefined : result.error;
    }
    case 'shell':
    case 'terminal': {
      const guests = guestsOf(lab);
      return typeof guests === 'string' ? guests : guests.act(action, token);
    }
    case 'pause':
      return lab.setClock({ paused: true });
    case 'play':
      return lab.setClock({
        paused: false,
        ...(action.speed === undefined ? {} : { speed: action.speed }),
      });
    case 'speed':
      return lab.setClock({ speed: action.speed });
    case 'kill':
      return lab.crash('process-killed', 'lost', action.lane);
    case 'power':
      return lab.crash('power-lost', action.tail, action.lane);
    case 'boot':
      return lab.boot(action.lane);
    case 'signal':
      return lab.signal(action.signal, action.lane, action.to);
    case 'fault':
      return lab.plan(action.fault);
    case 'heal':
      return lab.plan(null);
    case 'workload':
      return lab.setWorkload(
        action.workload === null ? null : { ...action.workload, rate: action.workload.rate ?? 0 },
      );
    case 'tail':
      lab.state.tail = action.tail;
      return undefined;
  }
}

/** Whether somebody did something by it: a terminal that is opened or shown does nothing that could be taken back. */
export function isDeed({ action }: TimedAction): boolean {
  return action.kind !== 'terminal' || deedsAtTerminal.includes(action.act.kind);
}

const deedsAtTerminal: readonly TerminalAct['kind'][] = ['line', 'keys', 'signal', 'end'];

const WHOLE_TAILS = ['lost', 'kept', 'zero-filled', 'holes', 'reordered'] as const;

/** Whether what a script calls a tail is one. */
export function isTail(tail: unknown): tail is Tail {
  if (WHOLE_TAILS.some((name) => name === tail)) return true;
  return (
    typeof tail === 'object' &&
    tail !== null &&
    'cutAt' in tail &&
    Number.isSafeInteger(tail.cutAt) &&
    Number(tail.cutAt) >= 0
  );
}
