/** Runs a script: each function is part of a shell's process, and returns the status. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { parseShell } from '../grammar/parse.ts';
import type { AndOr, Command, Pipeline, Script } from '../grammar/syntax.ts';
import {
  close,
  complain,
  machine,
  now,
  pipe,
  readAll,
  spawn,
  takeSignals,
  waitFor,
  work,
  type Program,
  type ProgramContext,
  type Run,
} from '../program.ts';
import { expandText, expandWords } from './expand.ts';
import { addJob, runForeground } from './jobs.ts';
import { applyRedirects, restoreStreams } from './redirect.ts';
import { hintFor } from './redis-words.ts';
import {
  environmentOf,
  getVariable,
  messageHead,
  setVariable,
  subshellOf,
  type ShellState,
  type Variable,
} from './shell-state.ts';
import { builtins, findProgram, syntaxMessage } from './registry.ts';
import { runCompound } from './compound.ts';

/** What a command that runs in the shell itself takes of the processor. */
const BUILTIN_MICROS = 20;

export function* runScript(state: ShellState, script: Script): Run {
  for (const item of script) {
    if (state.flow !== null) break;
    state.line = item.line;
    yield* checkSignals(state);
    if (item.background) yield* startBackground(state, item);
    else state.status = yield* runAndOr(state, item);
  }
  return state.status;
}

/** Ctrl-C, and signals that a trap waits for. */
function* checkSignals(state: ShellState): Run<undefined> {
  for (const signal of yield* takeSignals()) {
    const trap = state.traps.get(signal);
    if (trap !== undefined) {
      const { status } = state;
      yield* runSource(state, trap);
      state.status = status;
    } else if (signal === 'INT') {
      state.status = 130;
      state.flow = { flow: 'break', levels: Infinity };
    }
  }
  return undefined;
}

function* runAndOr(state: ShellState, { first, rest }: AndOr): Run {
  if (rest.length > 0) state.tested++;
  let status = yield* runPipeline(state, first);
  for (const [i, { when, pipeline }] of rest.entries()) {
    if (state.flow !== null) break;
    const last = i === rest.length - 1;
    if ((status === 0) !== (when === '&&')) continue;
    state.status = status;
    if (last) state.tested--;
    status = yield* runPipeline(state, pipeline);
    if (last) state.tested++;
  }
  if (rest.length > 0) state.tested--;
  return status;
}

function* runPipeline(state: ShellState, pipeline: Pipeline): Run {
  const started = pipeline.timed ? yield* now() : 0;
  if (pipeline.negated) state.tested++;
  const [only] = pipeline.commands;
  let status =
    pipeline.commands.length === 1 && only !== undefined
      ? yield* runCommand(state, only)
      : yield* runPipes(state, pipeline);
  if (pipeline.negated) {
    state.tested--;
    status = status === 0 ? 1 : 0;
  } else if (
    status !== 0 &&
    state.tested === 0 &&
    state.options.has('errexit') &&
    state.flow === null
  ) {
    state.flow = { flow: 'exit', status };
  }
  state.status = status;
  if (pipeline.timed)
    yield* complain(`\nreal\t${minutes((yield* now()) - started)}\nuser\t0m0.000s\nsys\t0m0.000s`);
  return status;
}

function minutes(micros: number): string {
  return `${Math.floor(micros / 60e6)}m${((micros % 60e6) / 1e6).toFixed(3)}s`;
}

/** The commands of a pipeline run side by side, each in a process of its own. */
function* runPipes(state: ShellState, { commands }: Pipeline): Run {
  const pids: number[] = [];
  let input: number | null = null;
  for (const [i, command] of commands.entries()) {
    const last = i === commands.length - 1;
    const next: { readonly read: number; readonly write: number } | null = last
      ? null
      : yield* pipe();
    const streams = childStreams(state);
    if (input !== null) streams.set(0, input);
    if (next !== null) streams.set(1, next.write);
    const pid: number = yield* spawn({
      argv: [state.name],
      body: commandBody(state, command),
      streams,
      env: environmentOf(state),
      ...(state.interactive ? { group: pids[0] ?? ('new' as const) } : {}),
    });
    pids.push(pid);
    if (input !== null) yield* close(input);
    if (next !== null) yield* close(next.write);
    input = next?.read ?? null;
  }
  return yield* runForeground(state, pids, state.name);
}

export function childStreams(state: ShellState): Map<number, number> {
  return new Map([0, 1, 2, ...state.openFds].map((fd) => [fd, fd]));
}

/** A command as a process of its own, as in a pipeline and behind `&`. */
function commandBody(state: ShellState, command: Command): Program {
  return function* (context: ProgramContext): Run {
    const inner = subshellOf(state);
    inner.status = yield* command.command === 'simple'
      ? runSimple(inner, command, context)
      : runCommand(inner, command);
    return yield* endOfShell(inner);
  };
}

/** The status that a shell ends with, after its EXIT trap. */
export function* endOfShell(state: ShellState): Run {
  let status = state.flow?.flow === 'exit' ? state.flow.status : state.status;
  const trap = state.traps.get('EXIT');
  if (trap !== undefined) {
    state.traps.delete('EXIT');
    state.flow = null;
    state.status = status;
    yield* runSource(state, trap);
    const { flow } = state;
    if (isExit(flow)) ({ status } = flow);
  }
  return status;
}

function isExit(
  flow: ShellState['flow'],
): flow is { readonly flow: 'exit'; readonly status: number } {
  return flow?.flow === 'exit';
}

export function* startBackground(state: ShellState, item: AndOr): Run<undefined> {
  const pid = yield* spawn({
    argv: [state.name],
    body: function* (context): Run {
      const inner = subshellOf(state);
      const [command] = item.first.commands;
      if (
        item.rest.length === 0 &&
        item.first.commands.length === 1 &&
        command?.command === 'simple' &&
        !item.first.negated
      )
        return yield* commandBody(state, command)(context);
      inner.status = yield* runAndOr(inner, item);
      return yield* endOfShell(inner);
    },
    streams: childStreams(state),
    env: environmentOf(state),
    ...(state.interactive ? { group: 'new' as const } : {}),
  });
  state.lastBackground = pid;
  state.status = 0;
  yield* addJob(state, [pid], ascii(item.text.replace(/\s*&$/, '')), 'running');
  return undefined;
}

export function* runCommand(state: ShellState, command: Command): Run {
  if (command.command === 'simple') return yield* runSimple(state, command, null);
  if (command.command === 'function') {
    state.functions.set(command.name, command.body);
    return 0;
  }
  if (command.command === 'subshell') return yield* runSubshell(state, command);
  const saved = yield* applyRedirects(state, command.redirects, substitute, 'save');
  if (saved === null) return 1;
  const status = yield* runCompound({ script: runScript, substitute }, state, command);
  yield* restoreStreams(state, saved);
  return status;
}

function* runSubshell(
  state: ShellState,
  command: Extract<Command, { command: 'group' | 'subshell' }>,
): Run {
  const pid = yield* spawn({
    argv: [state.name],
    body: function* (): Run {
      const inner = subshellOf(state);
      if ((yield* applyRedirects(inner, command.redirects, substitute, 'keep')) === null) return 1;
      yield* runScript(inner, command.body);
      return yield* endOfShell(inner);
    },
    streams: childStreams(state),
    env: environmentOf(state),
    ...(state.interactive ? { group: 'new' as const } : {}),
  });
  return yield* runForeground(state, [pid], ascii('( ... )'));
}

/** What `$( script )` prints, without the newlines at its end. */
export function* substitute(state: ShellState, script: Script): Run<ByteString> {
  const { read, write } = yield* pipe();
  const streams = childStreams(state);
  streams.set(1, write);
  const pid = yield* spawn({
    argv: [state.name],
    body: function* (): Run {
      const inner = subshellOf(state);
      yield* runScript(inner, script);
      return yield* endOfShell(inner);
    },
    streams,
    env: environmentOf(state),
  });
  yield* close(write);
  const text = yield* readAll(read);
  yield* close(read);
  state.status = (yield* waitFor(pid))?.status ?? 130;
  return ascii(text.replace(/\0/g, '').replace(/\n+$/, ''));
}

// --- simple commands ---

type Simple = Extract<Command, { command: 'simple' }>;

/** `own`: the process exists for this command alone, which then runs in it. */
function* runSimple(state: ShellState, command: Simple, own: ProgramContext | null): Run {
  const substituted = state.status;
  const words = yield* expandWords(state, command.words, substitute);
  if (state.flow !== null) return state.status;
  const [name] = words;
  if (name === undefined) {
    const saved = yield* applyRedirects(state, command.redirects, substitute, 'save');
    if (saved === null) return 1;
    state.status = command.words.length === 0 ? 0 : substituted;
    let status = 0;
    for (const assignment of command.assignments) {
      state.status = 0;
      if (!(yield* assign(state, assignment))) return 1;
      status = state.status;
    }
    yield* restoreStreams(state, saved);
    return status;
  }
  if (state.options.has('xtrace')) yield* complain(`+ ${words.map(traceQuote).join(' ')}`);
  const body = state.functions.get(name);
  const builtin = builtins.get(name);
  if (body === undefined && builtin === undefined)
    return yield* runExternal(state, command, words, own);
  const before = new Map<string, Variable | undefined>();
  for (const assignment of command.assignments) {
    const known = state.variables.get(assignment.name);
    before.set(assignment.name, known === undefined ? undefined : { ...known });
    yield* assign(state, assignment);
  }
  const keeps = name === 'exec' && words.length === 1;
  const saved = yield* applyRedirects(
    state,
    command.redirects,
    substitute,
    keeps ? 'keep' : 'save',
  );
  if (saved === null) return 1;
  yield* work(BUILTIN_MICROS);
  const status =
    body !== undefined ? yield* callFunction(state, body, words) : yield* builtin!(state, words);
  if (!keeps) yield* restoreStreams(state, saved);
  restoreVariables(state, before);
  return status;
}

function traceQuote(word: ByteString): string {
  return /^[\w./:=@%^+,-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`;
}

function restoreVariables(
  state: ShellState,
  before: ReadonlyMap<string, Variable | undefined>,
): void {
  for (const [name, variable] of before) {
    if (variable === undefined) state.variables.delete(name);
    else state.variables.set(name, variable);
  }
}

function* assign(
  state: ShellState,
  { name, value, how }: Simple['assignments'][number],
): Run<boolean> {
  const text = yield* expandText(state, value, substitute);
  const whole = how === 'append' ? ascii((getVariable(state, name) ?? '') + text) : text;
  if (setVariable(state, name, whole)) return true;
  yield* complain(`${messageHead(state)}${name}: readonly variable`);
  return false;
}

function* callFunction(state: ShellState, body: Command, words: readonly ByteString[]): Run {
  const { positional } = state;
  if (state.locals.length > 1000) {
    yield* complain(
      `${messageHead(state)}${words[0] ?? ''}: maximum function nesting level exceeded (1000)`,
    );
    return 1;
  }
  state.positional = words.slice(1);
  state.locals.push(new Map());
  let status = yield* runCommand(state, body);
  const { flow } = state;
  if (flow?.flow === 'return') {
    ({ status } = flow);
    state.flow = null;
  }
  restoreVariables(state, state.locals.pop() ?? new Map());
  state.positional = positional;
  return status;
}

/** A program: in a process of its own, unless this one is there for it. */
function* runExternal(
  state: ShellState,
  command: Simple,
  words: readonly ByteString[],
  own: ProgramContext | null,
): Run {
  const env = environmentOf(state);
  for (const assignment of command.assignments)
    env.set(assignment.name, yield* expandText(state, assignment.value, substitute));
  const name = words[0] ?? ascii('');
  const body: Program = function* (context): Run {
    if ((yield* applyRedirects(state, command.redirects, substitute, 'keep')) === null) return 1;
    const found = yield* findProgram(name);
    if (typeof found !== 'function') {
      yield* complain(`${messageHead(state)}${name}: ${found.why}`);
      const hint = state.interactive && found.status === 127 ? hintFor(words) : undefined;
      if (hint !== undefined) yield* complain(hint);
      return found.status;
    }
    yield* machine((door) => {
      door.rename(words);
      return null;
    });
    return yield* found({ argv: words, env, pid: context.pid });
  };
  if (own !== null) return yield* body(own);
  const pid = yield* spawn({
    argv: words,
    body,
    streams: childStreams(state),
    env,
    ...(state.interactive ? { group: 'new' as const } : {}),
  });
  return yield* runForeground(state, [pid], ascii(words.join(' ')));
}

/** Runs one program in place of the shell. */
export function* execProgram(state: ShellState, words: readonly ByteString[]): Run {
  const name = words[0] ?? ascii('');
  const found = yield* findProgram(name);
  if (typeof found !== 'function') {
    yield* complain(
      `${messageHead(state)}exec: ${name}: ${found.why.replace('command not found', 'not found')}`,
    );
    return found.status;
  }
  return yield* found({ argv: words, env: environmentOf(state), pid: state.pid });
}

/** Reads a text as a script and runs it in this shell: `eval`, `.`, traps. */
export function* runSource(state: ShellState, text: ByteString): Run {
  const parsed = parseShell(text);
  if (parsed.kind === 'script') return yield* runScript(state, parsed.script);
  yield* complain(`${messageHead(state)}${syntaxMessage(parsed)}`);
  state.status = 2;
  return 2;
}
