/** What a server keeps of scripts and functions, as plain data: a copy of it runs on to the same replies. */
import type { ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import type { Protocol, Reply } from '../resp/reply.ts';
import type { PropagatedCommand, ServerRequest } from './effects.ts';
import type { Session } from './session.ts';
import type { MachineState, World } from './scripting/lua/lua-machine.ts';
import type { LuaFunction } from './scripting/lua/lua-value.ts';

/** A script or function that has begun and not ended; other clients may be told so meanwhile. */
export interface RunningScript {
  readonly kind: 'script' | 'function';
  /** As errors name it: the SHA-1, or the function's name. */
  readonly name: string;
  readonly session: Session;
  /** What the client sent: EVAL, or the EXEC that it is a part of. */
  readonly typed: readonly ByteString[];
  readonly machine: MachineState;
  readonly rules: ScriptRules;
  /** Of the client, to be put back. */
  readonly db: number;
  readonly insideTransaction: boolean;
  /** That of its own calls: redis.setresp. */
  protocol: Protocol;
  /** redis.set_repl: what it writes goes to the log. */
  toLog: boolean;
  /** It has called a command that writes. */
  wrote: boolean;
  killed: boolean;
  readonly startedAt: Micros;
  /** Time that it has taken so far. */
  micros: Micros;
  /** busy-reply-threshold is over: others are served, most with BUSY. */
  timedOut: boolean;
  /** The rest of a transaction, and the replies so far. */
  transaction: RunningTransaction | null;
  /** What it left behind before it paused. */
  pending: PropagatedCommand[];
  requests: ServerRequest[];
}

export interface RunningTransaction {
  readonly queue: readonly (readonly ByteString[])[];
  at: number;
  /** In their order; there may be more of them than commands. */
  readonly replies: Reply[];
}

/** What a script may do, by its shebang, by the command that runs it, and by the state of the server. */
export interface ScriptRules {
  readonly readOnly: boolean;
  /** Memory was short when it began, and it has not said that it may run then: its writes are refused. */
  readonly outOfMemory: boolean;
  /** It has said what it does: what it may not do was refused before. */
  readonly declared: boolean;
}

export interface Library {
  readonly name: ByteString;
  readonly code: ByteString;
  /** By name, in the order in which they were registered. */
  readonly functions: Map<ByteString, LibraryFunction>;
}

export interface LibraryFunction {
  readonly name: ByteString;
  readonly callback: LuaFunction;
  readonly description: ByteString | null;
  readonly flags: readonly string[];
}

export interface ScriptingState {
  world: World | null;
  /** Scripts by their SHA-1, in small letters: those that EVAL and SCRIPT LOAD have brought. */
  readonly scripts: Map<ByteString, ByteString>;
  readonly libraries: Map<ByteString, Library>;
  running: RunningScript | null;
  /** Commands that scripts may not run are refused: DEBUG SET-DISABLE-DENY-SCRIPTS lets them pass. */
  deniesCommands: boolean;
  /** Instructions of Lua since whoever charges for them has taken them. */
  instructions: number;
}

export function newScriptingState(): ScriptingState {
  return {
    world: null,
    scripts: new Map(),
    libraries: new Map(),
    running: null,
    deniesCommands: true,
    instructions: 0,
  };
}

/** The code of all libraries, in the order in which they are saved. */
export function libraryCodes({ libraries }: ScriptingState): ByteString[] {
  return [...libraries.values()].map(({ code }) => code);
}
