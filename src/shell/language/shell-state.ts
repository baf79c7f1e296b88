/** What one shell knows: variables, functions, options, jobs. A subshell has a copy. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { nextUint32, seedRandom, type RandomState } from '../../base/random.ts';
import type { Pid } from '../../machine/syscall.ts';
import type { Command } from '../grammar/syntax.ts';

export interface Variable {
  value: ByteString;
  exported: boolean;
  fixed: boolean;
}

export interface Job {
  readonly number: number;
  readonly group: Pid;
  readonly pids: Pid[];
  readonly text: ByteString;
  state: 'running' | 'stopped' | 'done';
  status: number;
  signal: string | null;
}

export type Flow =
  | { readonly flow: 'break' | 'continue'; readonly levels: number }
  | { readonly flow: 'return' | 'exit'; readonly status: number };

export interface ShellState {
  readonly variables: Map<string, Variable>;
  readonly functions: Map<string, Command>;
  /** `$0`, and how its messages begin. */
  name: ByteString;
  /** `lines`: messages name the line, as in a script. */
  readonly messages: 'plain' | 'lines';
  line: number;
  positional: readonly ByteString[];
  status: number;
  readonly options: Set<'errexit' | 'nounset' | 'xtrace' | 'pipefail' | 'noglob'>;
  readonly jobs: Job[];
  lastBackground: Pid;
  readonly pid: Pid;
  readonly interactive: boolean;
  /** Something that ends commands before their end. */
  flow: Flow | null;
  /** Where `set -e` does not look: conditions, and all but the last of `&&` and `||`. */
  tested: number;
  /** How many loops are at work, and how many files are being sourced. */
  loops: number;
  sourcing: number;
  readonly traps: Map<string, ByteString>;
  /** Descriptors beyond 2 that `exec` has opened. */
  readonly openFds: Set<number>;
  /** Variables that `local` hides, one map for each function that runs. */
  readonly locals: Map<string, Variable | undefined>[];
  readonly aliases: Map<string, ByteString>;
  /** Lines that were typed at its prompt. */
  readonly history: ByteString[];
  nextSaved: number;
  readonly random: RandomState;
  startedAt: number;
  optIndex: number;
}

/** A shell that stands at its prompt: all that it goes on with. */
export interface AtPrompt {
  readonly state: ShellState;
  /** The lines of a command that is not complete yet. */
  readonly pending: ByteString;
}

const NOTHING: ReadonlyMap<string, ByteString> = new Map();

export function newShellState(
  pid: Pid,
  kind: { readonly interactive: boolean; readonly messages: 'plain' | 'lines' },
  env: ReadonlyMap<string, ByteString> = NOTHING,
): ShellState {
  const variables = new Map<string, Variable>();
  for (const [name, value] of env) variables.set(name, { value, exported: true, fixed: false });
  if (!variables.has('IFS'))
    variables.set('IFS', { value: ascii(' \t\n'), exported: false, fixed: false });
  return {
    variables,
    functions: new Map(),
    name: ascii('bash'),
    messages: kind.messages,
    line: 0,
    positional: [],
    status: 0,
    options: new Set(),
    jobs: [],
    lastBackground: 0,
    pid,
    interactive: kind.interactive,
    flow: null,
    tested: 0,
    loops: 0,
    sourcing: 0,
    traps: new Map(),
    openFds: new Set(),
    locals: [],
    aliases: new Map(),
    history: [],
    nextSaved: 100,
    random: seedRandom(pid),
    startedAt: 0,
    optIndex: 1,
  };
}

/** For `( … )`, `$( … )`, and the parts of a pipeline: what it changes stays there. */
export function subshellOf(state: ShellState): ShellState {
  return {
    ...state,
    variables: new Map([...state.variables].map(([name, variable]) => [name, { ...variable }])),
    functions: new Map(state.functions),
    options: new Set(state.options),
    jobs: [],
    interactive: false,
    flow: null,
    traps: new Map(),
    openFds: new Set(state.openFds),
    locals: state.locals.map((one) => new Map(one)),
    aliases: new Map(state.aliases),
  };
}

export function getVariable(state: ShellState, name: string): ByteString | undefined {
  if (name === 'RANDOM') return ascii(String(nextUint32(state.random) & 0x7fff));
  return state.variables.get(name)?.value;
}

/** False: it is read-only. */
export function setVariable(state: ShellState, name: string, value: ByteString): boolean {
  const known = state.variables.get(name);
  if (known === undefined) state.variables.set(name, { value, exported: false, fixed: false });
  else if (known.fixed) return false;
  else known.value = value;
  return true;
}

export function environmentOf(state: ShellState): Map<string, ByteString> {
  const env = new Map<string, ByteString>();
  for (const [name, { value, exported }] of state.variables) if (exported) env.set(name, value);
  return env;
}

/** A special parameter, a positional one or a variable; undefined: not set. */
export function parameterValue(state: ShellState, name: string): ByteString | undefined {
  switch (name) {
    case '?':
      return ascii(String(state.status));
    case '$':
      return ascii(String(state.pid));
    case '!':
      return state.lastBackground === 0 ? undefined : ascii(String(state.lastBackground));
    case '#':
      return ascii(String(state.positional.length));
    case '0':
      return state.name;
    case '-':
      return ascii(`${state.options.has('errexit') ? 'e' : ''}h${state.interactive ? 'i' : ''}B`);
    case '@':
    case '*':
      return state.positional.length === 0
        ? undefined
        : ascii(state.positional.join(separatorOf(state)));
    case 'LINENO':
      return ascii(String(state.line));
    default:
      if (/^\d+$/.test(name)) return state.positional[Number(name) - 1];
      return getVariable(state, name);
  }
}

export function separatorOf(state: ShellState): string {
  return (state.variables.get('IFS')?.value ?? ' ').charAt(0);
}

/** How a message of the shell begins: `bash: ` or `bash: line 3: `. */
export function messageHead(state: ShellState): string {
  return state.messages === 'plain' ? `${state.name}: ` : `${state.name}: line ${state.line}: `;
}
