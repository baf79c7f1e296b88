/** What the parts of the server share: the state, the engine, and the ways to act. */
import type { Micros } from '../base/time.ts';
import type { Engine } from '../engine/engine.ts';
import type { Unit } from '../engine/effects.ts';
import type { ClientId } from '../engine/session.ts';
import type { PlannedCall } from '../machine/plan.ts';
import type { Reply } from '../resp/reply.ts';
import type { ServerEvent } from './events.ts';
import type { AfterSave, ServerState, ThreadName } from './state.ts';
import type { AfterFlush, Step } from './steps.ts';

export type LogLevel = 'debug' | 'verbose' | 'notice' | 'warning';

export interface Core {
  readonly state: ServerState;
  readonly engine: Engine;
  /** The instant at hand, in µs; `state.now` is what Redis cached at the start of its turn. */
  readonly clock: Micros;
  log(level: LogLevel, message: string): void;
  emit(event: ServerEvent): void;
  /** Puts a thread on these calls; `then` follows when they have ended. The main thread has one plan at a time. */
  begin(thread: ThreadName, calls: readonly PlannedCall[], then: Step): void;
  /** The log is flushed: the main thread goes on with what it was flushed for. */
  flushed(next: AfterFlush): void;
  /** A snapshot was written in the foreground, or was not: the main thread goes on with what it was for. */
  saved(after: AfterSave, how: 'saved' | 'failed'): void;
  /** Answers a client that waited for the server. */
  answer(client: ClientId | null, reply: Reply | null): void;
  /** Gives units to the log. */
  propagate(units: readonly Unit[]): void;
  /** The process ends; nothing runs after this. */
  die(code: number, signal?: string): void;
}

export function aofPath(state: ServerState, name: string): string {
  return `${state.settings.appendDirname}/${name}`;
}
