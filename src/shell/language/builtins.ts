/** Commands that run in the shell's own process, because they change it. */
import { ascii, EMPTY } from '../../base/bytes.ts';
import { normalizePath } from '../../machine/paths.ts';
import { call, complain, machine, print, reasonOf, workingDirectory, write } from '../program.ts';
import { escapeText, formatWords, printfProgram } from '../programs/printf.ts';
import { evaluate } from './arithmetic.ts';
import { printJobs } from './jobs.ts';
import {
  builtins,
  fileText,
  findProgram,
  PATH_FOLDERS,
  programs,
  type Builtin,
} from './registry.ts';
import { execProgram, runSource } from './run.ts';
import { environmentOf, getVariable, messageHead, setVariable } from './shell-state.ts';
import { runTest } from './test-command.ts';
import { bg, fail, fg, killJobs, trap, waitJobs } from './job-builtins.ts';
import { getopts, readLine } from './input-builtins.ts';

const nothing: Builtin = function* () {
  return 0;
};

const echo: Builtin = function* (_state, words) {
  let at = 1;
  let newline = true;
  let escapes = false;
  for (; /^-[neE]+$/.test(words[at] ?? ''); at++) {
    for (const letter of (words[at] ?? '').slice(1)) {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
  }
  const text = words.slice(at).join(' ');
  const shown = escapes ? escapeText(text, 'echo') : { text, ends: false };
  const end = newline && !shown.ends ? '\n' : '';
  return (yield* write(1, ascii(shown.text + end))) === undefined ? 0 : 1;
};

const cd: Builtin = function* (state, words) {
  const [, word] = words;
  const before = yield* workingDirectory();
  const to =
    word === undefined
      ? getVariable(state, 'HOME')
      : word === '-'
        ? getVariable(state, 'OLDPWD')
        : word;
  if (to === undefined)
    return yield* fail(state, `cd: ${word === '-' ? 'OLDPWD' : 'HOME'} not set`);
  if (words.length > 2) return yield* fail(state, 'cd: too many arguments');
  const result = yield* call({ call: 'chdir', path: to });
  if (!result.ok) return yield* fail(state, `cd: ${to}: ${reasonOf(result.errno)}`);
  setVariable(state, 'OLDPWD', before);
  const here = ascii(normalizePath(to, before));
  setVariable(state, 'PWD', here);
  if (word === '-') yield* write(1, ascii(`${here}\n`));
  return 0;
};

const pwd: Builtin = function* () {
  yield* write(1, ascii(`${yield* workingDirectory()}\n`));
  return 0;
};

const NAME = /^[A-Za-z_]\w*$/;

/** `export`, `readonly` and `declare`: a name, or a name with a value. */
function marking(mark: 'exported' | 'fixed' | 'none'): Builtin {
  return function* (state, words) {
    let status = 0;
    const names = words.slice(1).filter((word) => !/^-[a-z]+$/.test(word));
    const flags = words
      .slice(1)
      .filter((word) => /^-[a-z]+$/.test(word))
      .join('');
    if (names.length === 0) {
      for (const [name, variable] of [...state.variables].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
        if (mark === 'exported' && !variable.exported) continue;
        if (mark === 'fixed' && !variable.fixed) continue;
        const letter = mark === 'exported' ? 'declare -x ' : mark === 'fixed' ? 'declare -r ' : '';
        yield* write(
          1,
          ascii(`${letter}${name}="${variable.value.replace(/["\\$`]/g, '\\$&')}"\n`),
        );
      }
      return 0;
    }
    for (const word of names) {
      const equals = word.indexOf('=');
      const name = equals < 0 ? word : word.slice(0, equals).replace(/\+$/, '');
      if (!NAME.test(name)) {
        status = yield* fail(state, `${words[0] ?? ''}: \`${word}': not a valid identifier`);
        continue;
      }
      if (equals >= 0 && !setVariable(state, name, ascii(word.slice(equals + 1))))
        status = yield* fail(state, `${name}: readonly variable`);
      if (equals < 0 && !state.variables.has(name) && !flags.includes('n'))
        state.variables.set(name, { value: EMPTY, exported: false, fixed: false });
      const variable = state.variables.get(name);
      if (variable === undefined) continue;
      if (mark === 'exported' || flags.includes('x')) variable.exported = !flags.includes('n');
      if (mark === 'fixed' || flags.includes('r')) variable.fixed = true;
    }
    return status;
  };
}

const local: Builtin = function* (state, words) {
  const scope = state.locals[state.locals.length - 1];
  if (scope === undefined) return yield* fail(state, 'local: can only be used in a function');
  for (const word of words.slice(1)) {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    if (!NAME.test(name)) continue;
    const known = state.variables.get(name);
    if (!scope.has(name)) scope.set(name, known === undefined ? undefined : { ...known });
    state.variables.set(name, {
      value: equals < 0 ? EMPTY : ascii(word.slice(equals + 1)),
      exported: known?.exported ?? false,
      fixed: false,
    });
  }
  return 0;
};

const unset: Builtin = function* (state, words) {
  let status = 0;
  for (const word of words.slice(1)) {
    if (word === '-v' || word === '-f') continue;
    if (state.variables.get(word)?.fixed === true)
      status = yield* fail(state, `unset: ${word}: cannot unset: readonly variable`);
    else if (!state.variables.delete(word)) state.functions.delete(word);
  }
  return status;
};

const OPTIONS = new Map([
  ['e', 'errexit'],
  ['u', 'nounset'],
  ['x', 'xtrace'],
  ['f', 'noglob'],
] as const);
const OPTION_NAMES = ['errexit', 'nounset', 'xtrace', 'pipefail', 'noglob'] as const;

const set: Builtin = function* (state, words) {
  if (words.length === 1) {
    for (const [name, { value }] of [...state.variables].sort((a, b) => (a[0] < b[0] ? -1 : 1)))
      yield* write(1, ascii(`${name}=${value}\n`));
    return 0;
  }
  for (let i = 1; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') {
      state.positional = words.slice(i + 1);
      return 0;
    }
    if (!/^[-+]\w+$/.test(word)) {
      state.positional = words.slice(i);
      return 0;
    }
    const on = word.startsWith('-');
    for (const letter of word.slice(1)) {
      const found =
        letter === 'o'
          ? OPTION_NAMES.find((one) => one === words[i + 1])
          : [...OPTIONS].find(([one]) => one === letter)?.[1];
      if (letter === 'o') i++;
      if (found === undefined) continue;
      if (on) state.options.add(found);
      else state.options.delete(found);
    }
  }
  return 0;
};

const shift: Builtin = function* (state, words) {
  const count = Number(words[1] ?? 1);
  if (count > state.positional.length) return 1;
  state.positional = state.positional.slice(count);
  return 0;
};

function leaving(flow: 'break' | 'continue'): Builtin {
  return function* (state, words) {
    if (state.loops === 0) {
      yield* complain(
        `${messageHead(state)}${flow}: only meaningful in a \`for', \`while', or \`until' loop`,
      );
      return 0;
    }
    state.flow = { flow, levels: Math.max(1, Number(words[1] ?? 1)) };
    return 0;
  };
}

function ending(flow: 'return' | 'exit'): Builtin {
  return function* (state, words) {
    const [, word] = words;
    if (flow === 'return' && state.locals.length === 0 && state.sourcing === 0) {
      yield* complain(
        `${messageHead(state)}return: can only \`return' from a function or sourced script`,
      );
      return 2;
    }
    if (word !== undefined && !/^[+-]?\d+$/.test(word)) {
      yield* complain(`${messageHead(state)}${flow}: ${word}: numeric argument required`);
      state.flow = { flow, status: 2 };
      return 2;
    }
    const status = word === undefined ? state.status : Number(word) & 255;
    state.flow = { flow, status };
    return status;
  };
}

const evalWords: Builtin = function* (state, words) {
  return words.length < 2 ? 0 : yield* runSource(state, ascii(words.slice(1).join(' ')));
};

const source: Builtin = function* (state, words) {
  const [, path] = words;
  if (path === undefined)
    return yield* fail(state, `${words[0] ?? '.'}: filename argument required`, 2);
  const text = yield* fileText(path);
  if (text === undefined) return yield* fail(state, `${path}: No such file or directory`);
  const { positional } = state;
  if (words.length > 2) state.positional = words.slice(2);
  state.sourcing++;
  const status = yield* runSource(state, text);
  state.sourcing--;
  state.positional = positional;
  const { flow } = state;
  if (flow?.flow !== 'return') return status;
  state.flow = null;
  return flow.status;
};

const exec: Builtin = function* (state, words) {
  if (words.length === 1) return 0;
  yield* machine((door) => {
    door.rename(words.slice(1));
    return null;
  });
  const status = yield* execProgram(state, words.slice(1));
  if (status === 127 && state.interactive) return status;
  state.flow = { flow: 'exit', status };
  return status;
};

const letArithmetic: Builtin = function* (state, words) {
  let value = 0n;
  for (const word of words.slice(1)) {
    const result = evaluate(state, word);
    if (!result.ok) return yield* fail(state, `let: ${result.error}`);
    ({ value } = result);
  }
  return value === 0n ? 1 : 0;
};

const test: Builtin = function* (state, words) {
  return yield* runTest(state, 'test', words.slice(1));
};

const bracket: Builtin = function* (state, words) {
  if (words[words.length - 1] !== ']') return yield* fail(state, "[: missing `]'", 2);
  return yield* runTest(state, '[', words.slice(1, -1));
};

const printf: Builtin = function* (state, words) {
  if (words[1] !== '-v' || words[2] === undefined)
    return yield* printfProgram({ argv: words, env: environmentOf(state), pid: state.pid });
  setVariable(state, words[2], formatWords(words.slice(3)).text);
  return 0;
};

const whereIs: Builtin = function* (state, words) {
  let status = 0;
  const brief = words[0] === 'command' || words.includes(ascii('-t'));
  for (const word of words.slice(1).filter((one) => !one.startsWith('-'))) {
    if (state.functions.has(word)) yield* print(brief ? `${word}\n` : `${word} is a function\n`);
    else if (builtins.has(word)) yield* print(brief ? `${word}\n` : `${word} is a shell builtin\n`);
    else if (programs.has(word))
      yield* print(brief ? `/usr/bin/${word}\n` : `${word} is /usr/bin/${word}\n`);
    else status = brief ? 1 : yield* fail(state, `type: ${word}: not found`);
  }
  return status;
};

const command: Builtin = function* (state, words) {
  const [, first] = words;
  if (first === '-v' || first === '-V') return yield* whereIs(state, words);
  const rest = words.slice(first === '-p' ? 2 : 1);
  const builtin = builtins.get(rest[0] ?? '');
  if (builtin !== undefined) return yield* builtin(state, rest);
  if (rest[0] === undefined) return 0;
  const found = yield* findProgram(rest[0]);
  if (typeof found !== 'function')
    return yield* fail(state, `${rest[0]}: ${found.why}`, found.status);
  return yield* found({ argv: rest, env: environmentOf(state), pid: state.pid });
};

const help: Builtin = function* () {
  yield* print('Commands of the shell:\n');
  yield* print(
    `${[...builtins.keys()].sort().join(' ')}\n\nPrograms, in ${PATH_FOLDERS[3] ?? ''}:\n`,
  );
  yield* print(`${[...programs.keys()].sort().join(' ')}\n`);
  return 0;
};

/** Of an interactive shell. */
const history: Builtin = function* (state, words) {
  if (words[1] === '-c') state.history.length = 0;
  const first = Math.max(0, state.history.length - Number(words[1] ?? Infinity));
  for (const [i, line] of state.history.entries())
    if (state.interactive && i >= first)
      yield* write(1, ascii(`${String(i + 1).padStart(5)}  ${line}\n`));
  return 0;
};

const umask: Builtin = function* () {
  yield* print('0022\n');
  return 0;
};

/** Puts all of them into the registry. */
export function registerBuiltins(): void {
  const table: readonly (readonly [string, Builtin])[] = [
    [':', nothing],
    ['true', nothing],
    [
      'false',
      function* () {
        return 1;
      },
    ],
    ['echo', echo],
    ['printf', printf],
    ['cd', cd],
    ['pwd', pwd],
    ['export', marking('exported')],
    ['readonly', marking('fixed')],
    ['declare', marking('none')],
    ['typeset', marking('none')],
    ['local', local],
    ['unset', unset],
    ['set', set],
    ['shift', shift],
    ['break', leaving('break')],
    ['continue', leaving('continue')],
    ['return', ending('return')],
    ['exit', ending('exit')],
    ['eval', evalWords],
    ['.', source],
    ['source', source],
    ['exec', exec],
    ['read', readLine],
    ['let', letArithmetic],
    ['test', test],
    ['[', bracket],
    ['trap', trap],
    ['kill', killJobs],
    ['wait', waitJobs],
    ['jobs', (state) => printJobs(state)],
    ['fg', fg],
    ['bg', bg],
    ['type', whereIs],
    ['command', command],
    ['help', help],
    ['history', history],
    ['umask', umask],
    ['getopts', getopts],
    ['hash', nothing],
    ['shopt', nothing],
    ['disown', nothing],
  ];
  for (const [name, builtin] of table) builtins.set(name, builtin);
}
