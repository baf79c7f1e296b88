/** bash and sh: a script from a file, from `-c`, from stdin, or line by line at a prompt. */
import { ascii, EMPTY, type ByteString } from '../../base/bytes.ts';
import { parseShell } from '../grammar/parse.ts';
import { reapJobs } from '../language/jobs.ts';
import { fileText, syntaxMessage } from '../language/registry.ts';
import { endOfShell, runScript } from '../language/run.ts';
import {
  getVariable,
  newShellState,
  setVariable,
  type AtPrompt,
  type ShellState,
} from '../language/shell-state.ts';
import {
  complain,
  handle,
  print,
  promptLine,
  readAll,
  takeSignals,
  terminalOf,
  workingDirectory,
  type ProgramContext,
  type Run,
} from '../program.ts';

export function* bash(context: ProgramContext): Run {
  return yield* begin(context, 'within');
}

/** The bash of a terminal or of scripts' lines: all of its process, so that it can be copied while it waits for a line. */
export function* bashAlone(context: ProgramContext): Run {
  return yield* begin(context, 'alone');
}

/** It goes on from its prompt, which has been shown already. */
export function* bashAtPrompt(standing: AtPrompt, shown: ByteString): Run {
  return yield* converse(standing.state, 'alone', standing.pending, shown);
}

type Place = 'alone' | 'within';

function* begin({ argv, env, pid }: ProgramContext, place: Place): Run {
  let at = 1;
  const flags: string[] = [];
  for (; /^[-+]./.test(argv[at] ?? '') && argv[at] !== '--'; at++) {
    flags.push(argv[at] ?? '');
    if (argv[at] === '-o') flags.push(argv[++at] ?? '');
  }
  if (flags.includes('--version')) {
    yield* print('GNU bash, version 5.2 (simulated: the shell of this lab)\n');
    return 0;
  }
  const short = flags.filter((flag) => !flag.startsWith('--')).join('');
  if (flags.includes('--lines'))
    return yield* converse(
      newShellState(pid, { interactive: false, messages: 'plain' }, env),
      place,
    );
  const isCommand = short.includes('c');
  const first = argv[at];
  const asked = !isCommand && first === undefined && (yield* terminalOf(0)) !== null;
  const interactive = short.includes('i') || asked;
  const state = newShellState(pid, { interactive, messages: interactive ? 'plain' : 'lines' }, env);
  for (const [letter, option] of [
    ['e', 'errexit'],
    ['u', 'nounset'],
    ['x', 'xtrace'],
  ] as const)
    if (new RegExp(`-\\w*${letter}`).test(short)) state.options.add(option);
  if (flags.includes('pipefail')) state.options.add('pipefail');
  setVariable(state, 'PWD', yield* workingDirectory());
  if (isCommand) {
    if (first === undefined) {
      yield* complain('bash: -c: option requires an argument');
      return 2;
    }
    state.name = argv[at + 1] ?? ascii('bash');
    state.positional = argv.slice(at + 2);
    return yield* runText(state, first);
  }
  if (interactive) return yield* converse(state, place);
  if (first === undefined || short.includes('s')) return yield* runText(state, yield* readAll(0));
  const text = yield* fileText(first);
  if (text === undefined) {
    yield* complain(`bash: ${first}: No such file or directory`);
    return 127;
  }
  state.name = first;
  state.positional = argv.slice(at + 1);
  return yield* runText(state, text);
}

/** What can be read of it runs, as bash reads and runs one command after the other. */
function* runText(state: ShellState, text: ByteString): Run {
  const parsed = parseShell(text);
  if (parsed.kind === 'script') {
    yield* runScript(state, parsed.script);
    return yield* endOfShell(state);
  }
  const lines = text.split('\n');
  let done = 0;
  for (let n = lines.length - 1; n > 0; n--) {
    const head = parseShell(ascii(lines.slice(0, n).join('\n')));
    if (head.kind !== 'script') continue;
    yield* runScript(state, head.script);
    done = n;
    break;
  }
  if (state.flow?.flow !== 'exit') {
    state.line = parsed.kind === 'wrong' ? done + 1 : lines.length + (text.endsWith('\n') ? 0 : 1);
    yield* complain(`${state.name}: line ${state.line}: ${syntaxMessage(parsed)}`);
    if (parsed.kind === 'wrong')
      yield* complain(`${state.name}: line ${state.line}: \`${lines[done] ?? ''}'`);
    state.status = 2;
  }
  return yield* endOfShell(state);
}

/** The prompt: one line after the other, until `exit` or Ctrl-D. `shown`: the prompt that it stands at already. */
function* converse(
  state: ShellState,
  place: Place,
  pending = EMPTY,
  shown: ByteString | null = null,
): Run {
  if (shown === null) {
    yield* handle('INT', 'queue');
    yield* handle('TSTP', 'ignore-here');
    yield* handle('TERM', 'ignore-here');
  }
  for (let standsAt = shown; ; standsAt = null) {
    if (standsAt === null) yield* reapJobs(state, state.interactive ? 'say' : 'quiet');
    const prompt = standsAt ?? (yield* nextPrompt(state, pending));
    const standing = place === 'alone' ? { state, pending } : null;
    const line = yield* promptLine(prompt, state.status, standing);
    if (typeof line === 'object') {
      yield* takeSignals();
      pending = EMPTY;
      state.status = 130;
      continue;
    }
    if (line === '') {
      if (pending !== '')
        yield* complain(`bash: ${syntaxMessage({ kind: 'incomplete', message: '' })}`);
      return yield* endOfShell(state);
    }
    const text = ascii(pending + line);
    const parsed = parseShell(text);
    if (parsed.kind === 'incomplete' && state.interactive) {
      pending = text;
      continue;
    }
    pending = EMPTY;
    if (text.trim() !== '') state.history.push(ascii(text.trimEnd()));
    if (parsed.kind !== 'script') {
      yield* complain(`bash: ${syntaxMessage(parsed)}`);
      state.status = 2;
      continue;
    }
    yield* takeSignals();
    yield* runScript(state, parsed.script);
    if (state.flow?.flow === 'exit') return yield* endOfShell(state);
    state.flow = null;
    state.tested = 0;
  }
}

function* nextPrompt(state: ShellState, pending: ByteString): Run<ByteString> {
  if (pending !== '') return ascii(getVariable(state, 'PS2') ?? '> ');
  return yield* promptText(state);
}

function* promptText(state: ShellState): Run<ByteString> {
  const wanted = getVariable(state, 'PS1');
  const cwd = yield* workingDirectory();
  const home = getVariable(state, 'HOME') ?? EMPTY;
  const short =
    home !== '' && (cwd === home || cwd.startsWith(`${home}/`))
      ? `~${cwd.slice(home.length)}`
      : cwd;
  const host = getVariable(state, 'HOSTNAME') ?? 'lab';
  if (wanted === undefined) return ascii(`root@${host}:${short}# `);
  return ascii(
    wanted.replace(/\\([uhHwW$])/g, (_, letter: string) =>
      letter === 'u'
        ? 'root'
        : letter === 'w'
          ? short
          : letter === 'W'
            ? (short.split('/').pop() ?? '')
            : letter === '$'
              ? '#'
              : host,
    ),
  );
}
