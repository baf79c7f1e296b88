/** Where commands are found: builtins of the shell, programs by name, scripts by path. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { call, close, open, readAll, type Program, type Run } from '../program.ts';
import type { ShellState } from './shell-state.ts';

export type Builtin = (state: ShellState, words: readonly ByteString[]) => Run;

/** Filled by builtins.ts, which needs run.ts, which needs these. */
export const builtins = new Map<string, Builtin>();
/** Filled by programs.ts. */
export const programs = new Map<string, Program>();

export const PATH_FOLDERS = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
];

export interface NotFound {
  readonly why: string;
  readonly status: 126 | 127;
}

/** The program of that name or path. */
export function* findProgram(name: ByteString): Run<Program | NotFound> {
  if (!name.includes('/')) {
    const program = programs.get(name);
    if (program !== undefined) return program;
    const local = `/usr/local/bin/${name}`;
    if ((yield* call({ call: 'stat', path: local })).ok) return yield* scriptAt(ascii(local));
    return { why: 'command not found', status: 127 };
  }
  const folder = name.slice(0, name.lastIndexOf('/'));
  const known = programs.get(name.slice(name.lastIndexOf('/') + 1));
  if (PATH_FOLDERS.includes(folder) && known !== undefined) return known;
  return yield* scriptAt(name);
}

function* scriptAt(path: ByteString): Run<Program | NotFound> {
  const found = yield* call({ call: 'stat', path });
  if (!found.ok || found.stat === undefined)
    return { why: 'No such file or directory', status: 127 };
  if (found.stat.kind === 'directory') return { why: 'Is a directory', status: 126 };
  if ((found.stat.mode & 0o111) === 0) return { why: 'Permission denied', status: 126 };
  const shell = programs.get('bash');
  if (shell === undefined) return { why: 'command not found', status: 127 };
  return ({ argv, env, pid }) => shell({ argv: [ascii('bash'), path, ...argv.slice(1)], env, pid });
}

export function syntaxMessage(parsed: {
  readonly kind: 'wrong' | 'incomplete';
  readonly message: string;
}): string {
  if (parsed.kind === 'wrong') return parsed.message;
  if (parsed.message === "'" || parsed.message === '"' || parsed.message === '`')
    return `unexpected EOF while looking for matching \`${parsed.message}'`;
  return 'syntax error: unexpected end of file';
}

/** The text of a file, or undefined. */
export function* fileText(path: ByteString): Run<ByteString | undefined> {
  const fd = yield* open(path, 'read');
  if (typeof fd === 'object') return undefined;
  const text = yield* readAll(fd);
  yield* close(fd);
  return text;
}
