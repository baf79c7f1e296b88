/** Programs about processes and time: ps, sleep, date, env, xargs, watch, timeout, nohup, kill, whoami, uname, strace. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { builtins, findProgram, programs } from '../language/registry.ts';
import { newShellState } from '../language/shell-state.ts';
import {
  close,
  complain,
  kill,
  now,
  pipe,
  print,
  readAll,
  sleep,
  spawn,
  terminalOf,
  waitFor,
  workingDirectory,
  write,
  handle,
  takeSignals,
  type Program,
  type ProgramContext,
  type Run,
} from '../program.ts';
import { readOptions } from './options.ts';
import { date, formatTime } from './date.ts';
import { byPattern, killall, pidof } from './by-name.ts';
import { ps } from './ps.ts';
import { strace } from './strace.ts';

/** The program that `words` name, as a child; its status. */
function* runChild(
  by: string,
  words: readonly ByteString[],
  env: ReadonlyMap<string, ByteString>,
  streams?: ReadonlyMap<number, number>,
): Run {
  const name = words[0] ?? ascii('');
  const program = programs.get(name.slice(name.lastIndexOf('/') + 1)) ?? builtinAsProgram(name);
  if (program === undefined) {
    yield* complain(`${by}: ${by === 'env' ? `'${name}'` : name}: No such file or directory`);
    return 127;
  }
  const pid = yield* spawn({
    argv: words,
    body: program,
    env,
    ...(streams === undefined ? {} : { streams }),
  });
  return (yield* waitFor(pid))?.status ?? 130;
}

/** echo, test, … stand in /usr/bin too. */
export function builtinAsProgram(name: string): Program | undefined {
  if (!['echo', 'true', 'false', 'test', '[', 'pwd', 'kill'].includes(name)) return undefined;
  const builtin = builtins.get(name);
  if (builtin === undefined) return undefined;
  return ({ argv, env, pid }) =>
    builtin(newShellState(pid, { interactive: false, messages: 'plain' }, env), argv);
}

function* sleepProgram({ argv }: ProgramContext): Run {
  let micros = 0;
  if (argv.length < 2) {
    yield* complain("sleep: missing operand\nTry 'sleep --help' for more information.");
    return 1;
  }
  for (const word of argv.slice(1)) {
    const match = /^(\d*\.?\d+)([smhd]?)$/.exec(word);
    if (word === 'infinity') micros = Infinity;
    else if (match === null) {
      yield* complain(
        `sleep: invalid time interval '${word}'\nTry 'sleep --help' for more information.`,
      );
      return 1;
    } else
      micros +=
        Number(match[1]) * ({ s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 }[match[2] ?? ''] ?? 1e6);
  }
  yield* sleep(Math.min(Math.round(micros), 1e15));
  return 0;
}

function* env({ argv, env: given }: ProgramContext): Run {
  const variables = new Map(given);
  let at = 1;
  for (; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '-i' || word === '-') variables.clear();
    else if (word === '-u') variables.delete(argv[++at] ?? '');
    else if (/^[A-Za-z_]\w*=/.test(word))
      variables.set(word.slice(0, word.indexOf('=')), ascii(word.slice(word.indexOf('=') + 1)));
    else break;
  }
  if (at < argv.length) return yield* runChild('env', argv.slice(at), variables);
  for (const [name, value] of variables) yield* write(1, ascii(`${name}=${value}\n`));
  return 0;
}

function* printenv({ argv, env: given }: ProgramContext): Run {
  if (argv.length < 2) return yield* env({ argv: [ascii('env')], env: new Map(given), pid: 0 });
  const value = given.get(argv[1] ?? '');
  if (value === undefined) return 1;
  yield* write(1, ascii(`${value}\n`));
  return 0;
}

function* xargs({ argv, env: given }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: '0rt',
    values: 'nILdP',
    long: {
      null: '0',
      'no-run-if-empty': 'r',
      'max-args=': 'n',
      'replace=': 'I',
      'delimiter=': 'd',
      'max-procs=': 'P',
    },
    order: 'strict',
  });
  if (typeof options === 'number') return options;
  const { flags, values, words } = options;
  const text = yield* readAll(0);
  const place = values.get('I');
  const separator = flags.has('0') ? '\0' : values.get('d')?.replace('\\n', '\n');
  const items =
    separator !== undefined
      ? text.split(separator).filter((item) => item !== '')
      : place !== undefined || values.has('L')
        ? text
            .split('\n')
            .filter((item) => item.trim() !== '')
            .map((item) => item.trim())
        : wordsOf(text);
  const command = words.length === 0 ? [ascii('echo')] : words;
  const each = place !== undefined ? 1 : Number(values.get('n') ?? values.get('L') ?? Infinity);
  let status = 0;
  if (items.length === 0 && (flags.has('r') || place !== undefined)) return 0;
  for (let i = 0; i === 0 || i < items.length; i += each) {
    const some = items.slice(i, i + each).map(ascii);
    const whole =
      place === undefined
        ? [...command, ...some]
        : command.map((word) => ascii(word.replaceAll(place, some[0] ?? '')));
    if (flags.has('t')) yield* complain(whole.join(' '));
    const ended = yield* runChild('xargs', whole, given);
    if (ended === 127) return 127;
    if (ended !== 0) status = 123;
    if (each === Infinity) break;
  }
  return status;
}

function wordsOf(text: string): string[] {
  return [...text.matchAll(/(?:"[^"]*"|'[^']*'|\\.|[^\s"'\\])+/gs)].map(([word]) =>
    word.replace(
      /"([^"]*)"|'([^']*)'|\\(.)/gs,
      (_, a: string | undefined, b: string | undefined, c: string | undefined) => a ?? b ?? c ?? '',
    ),
  );
}

function* timeout({ argv, env: given }: ProgramContext): Run {
  const options = yield* readOptions(argv, { values: 'sk', order: 'strict' });
  if (typeof options === 'number') return options;
  const [limit = '', ...words] = options.words;
  const match = /^(\d*\.?\d+)([smhd]?)$/.exec(limit);
  if (match === null || words.length === 0) {
    yield* complain(
      match === null
        ? `timeout: invalid time interval '${limit}'\nTry 'timeout --help' for more information.`
        : "timeout: missing operand\nTry 'timeout --help' for more information.",
    );
    return 125;
  }
  const micros =
    Number(match[1]) * ({ s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 }[match[2] ?? ''] ?? 1e6);
  const program = programs.get(words[0] ?? '') ?? builtinAsProgram(words[0] ?? '');
  if (program === undefined) {
    yield* complain(
      `timeout: failed to run command '${words[0] ?? ''}': No such file or directory`,
    );
    return 127;
  }
  const ends = yield* pipe();
  const pid = yield* spawn({
    argv: words,
    body: program,
    env: given,
    streams: new Map([
      [0, 0],
      [1, 1],
      [2, 2],
      [9, ends.write],
    ]),
  });
  yield* close(ends.write);
  const until = (yield* now()) + micros;
  yield* handle('INT', 'queue');
  for (let exit = yield* waitFor(pid, 'look'); ; exit = yield* waitFor(pid, 'look')) {
    if (exit !== null) return exit.status;
    const left = until - (yield* now());
    if (left <= 0) {
      yield* kill(pid, 'TERM');
      yield* waitFor(pid);
      return 124;
    }
    yield* sleep(Math.min(left, 10_000));
    if ((yield* takeSignals()).length > 0) yield* kill(pid, 'INT');
  }
}

function* nohup({ argv, env: given }: ProgramContext): Run {
  yield* handle('HUP', 'ignore');
  return yield* runChild('nohup', argv.slice(1), given);
}

/** Everybody is root here. */
function* sudo({ argv, env: given }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'EHnSkib',
    values: 'ug',
    order: 'strict',
  });
  if (typeof options === 'number') return 1;
  return yield* runChild('sudo', options.words, given);
}

/** Repeats a command every two seconds of virtual time, on a cleared screen. */
function* watch({ argv, env: given }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'tdegx',
    values: 'n',
    long: { 'interval=': 'n', 'no-title': 't' },
    order: 'strict',
  });
  if (typeof options === 'number') return options;
  const seconds = Math.max(0.1, Number(options.values.get('n') ?? 2));
  const line = ascii(options.words.join(' '));
  const shell = programs.get('bash');
  if (shell === undefined || line === '') {
    yield* complain('Usage: watch [options] command');
    return 1;
  }
  for (;;) {
    const ends = yield* pipe();
    const pid = yield* spawn({
      argv: [ascii('sh'), ascii('-c'), line],
      body: shell,
      env: given,
      streams: new Map([
        [1, ends.write],
        [2, ends.write],
      ]),
    });
    yield* close(ends.write);
    const text = yield* readAll(ends.read);
    yield* close(ends.read);
    yield* waitFor(pid);
    const size = yield* terminalOf(1);
    const title = options.flags.has('t')
      ? ''
      : `Every ${seconds.toFixed(1)}s: ${line}    ${formatTime('%a %b %e %H:%M:%S %Y', yield* now())}\n\n`;
    const rows = `${title}${text}`.split('\n').slice(0, size === null ? undefined : size.rows - 1);
    yield* write(1, ascii(size === null ? `${title}${text}` : `\x1b[H\x1b[2J${rows.join('\n')}\n`));
    yield* sleep(Math.round(seconds * 1e6));
  }
}

function saying(text: string): Program {
  return function* () {
    yield* print(text);
    return 0;
  };
}

function* uname({ argv }: ProgramContext): Run {
  yield* print(
    argv.some((word) => word.includes('a'))
      ? 'Linux lab 6.1.0-lab #1 SMP x86_64 GNU/Linux\n'
      : argv.includes(ascii('-r'))
        ? '6.1.0-lab\n'
        : 'Linux\n',
  );
  return 0;
}

function* pwdProgram(): Run {
  yield* write(1, ascii(`${yield* workingDirectory()}\n`));
  return 0;
}

/** Programs and scripts, not what the shell itself has. */
function* which({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, { flags: 'a' });
  if (typeof options === 'number') return 2;
  let status = options.words.length === 0 ? 1 : 0;
  for (const word of options.words) {
    const found = typeof (yield* findProgram(word)) === 'function';
    if (!found) status = 1;
    else yield* write(1, ascii(`${word.includes('/') ? '' : '/usr/bin/'}${word}\n`));
  }
  return status;
}

function* clear(): Run {
  yield* print('\x1b[H\x1b[2J');
  return 0;
}

export const systemPrograms: Readonly<Record<string, Program>> = {
  sleep: sleepProgram,
  date,
  env,
  printenv,
  xargs,
  timeout,
  nohup,
  sudo,
  watch,
  ps,
  pgrep: byPattern('pgrep'),
  pkill: byPattern('pkill'),
  killall,
  pidof,
  which,
  strace,
  whoami: saying('root\n'),
  hostname: saying('lab\n'),
  id: saying('uid=0(root) gid=0(root) groups=0(root)\n'),
  arch: saying('x86_64\n'),
  nproc: saying('1\n'),
  uname,
  clear,
  pwd: pwdProgram,
};
