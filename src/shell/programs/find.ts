/** find: tests joined by -a and -o, and -print, -exec, -delete. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { type Micros } from '../../base/time.ts';
import type { FileStat } from '../../machine/syscall.ts';
import { patternMatches } from '../language/pattern.ts';
import { programs } from '../language/registry.ts';
import {
  call,
  complain,
  now,
  reasonOf,
  spawn,
  waitFor,
  write,
  type ProgramContext,
  type Run,
} from '../program.ts';
import { baseName, joinPath } from './input.ts';
import { builtinAsProgram } from './system.ts';

// --- find ---

interface Found {
  readonly path: ByteString;
  readonly stat: FileStat;
  readonly depth: number;
}

type Test = (found: Found) => Run<boolean>;

export function* find({ argv, env }: ProgramContext): Run {
  const at = argv.findIndex(
    (word, i) => i > 0 && (word.startsWith('-') || word === '!' || word === '('),
  );
  const roots = argv.slice(1, at < 0 ? undefined : at);
  const expression = at < 0 ? [] : argv.slice(at);
  const bounds = { least: 0, most: Infinity };
  const today = yield* now();
  const batch: ByteString[] = [];
  const parsed = parseFind(expression, bounds, today, env, batch);
  if (typeof parsed === 'string') {
    yield* complain(`find: ${parsed}`);
    return 1;
  }
  let status = 0;
  const walk = function* (path: ByteString, depth: number): Run<undefined> {
    const one = yield* call({ call: 'stat', path });
    if (!one.ok || one.stat === undefined) {
      yield* complain(`find: '${path}': ${one.ok ? '' : reasonOf(one.errno)}`);
      status = 1;
      return undefined;
    }
    const found: Found = { path, stat: one.stat, depth };
    const deletes = expression.includes(ascii('-delete'));
    if (depth >= bounds.least && !deletes) yield* parsed.test(found);
    if (one.stat.kind === 'directory' && depth < bounds.most) {
      const listed = yield* call({ call: 'readdir', path });
      for (const name of listed.ok ? [...(listed.names ?? [])].sort() : [])
        yield* walk(joinPath(path, name), depth + 1);
    }
    if (depth >= bounds.least && deletes) yield* parsed.test(found);
    return undefined;
  };
  for (const root of roots.length === 0 ? [ascii('.')] : roots) yield* walk(root, 0);
  if (parsed.command !== null && batch.length > 0)
    status =
      (yield* runCommand(
        parsed.command.flatMap((word) => (word === '{}' ? batch : [word])),
        env,
      )) === 0
        ? status
        : 1;
  return status;
}

function* runCommand(words: readonly ByteString[], env: ReadonlyMap<string, ByteString>): Run {
  const program = programs.get(words[0] ?? '') ?? builtinAsProgram(words[0] ?? '');
  if (program === undefined) {
    yield* complain(`find: '${words[0] ?? ''}': No such file or directory`);
    return 127;
  }
  const pid = yield* spawn({ argv: words, body: program, env });
  return (yield* waitFor(pid))?.status ?? 130;
}

function parseFind(
  words: readonly ByteString[],
  bounds: { least: number; most: number },
  today: Micros,
  env: ReadonlyMap<string, ByteString>,
  batch: ByteString[],
): { readonly test: Test; readonly command: readonly ByteString[] | null } | string {
  let acts = false;
  let command: readonly ByteString[] | null = null;
  const alternatives: { test: Test; negated: boolean }[][] = [[]];
  let negated = false;
  const add = (test: Test): void => {
    alternatives[alternatives.length - 1]?.push({ test, negated });
    negated = false;
  };
  const simple = (test: (found: Found) => boolean): void =>
    add(function* (found) {
      return test(found);
    });
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const value = (): string => words[++i] ?? '';
    switch (word) {
      case '-name':
      case '-iname': {
        const pattern = value();
        const turn = (text: string): string => (word === '-iname' ? text.toLowerCase() : text);
        simple(({ path }) => patternMatches(turn(pattern), turn(baseName(path))));
        break;
      }
      case '-path': {
        const pattern = value();
        simple(({ path }) => patternMatches(pattern, path));
        break;
      }
      case '-type': {
        const kind = value();
        simple(({ stat }) => (kind === 'd') === (stat.kind === 'directory'));
        break;
      }
      case '-size': {
        const match = /^([+-]?)(\d+)([ckMGb]?)$/.exec(value());
        if (match === null) return `invalid -size type`;
        const unit =
          { c: 1, k: 1024, M: 1048576, G: 1073741824, b: 512, '': 512 }[match[3] ?? ''] ?? 512;
        simple(({ stat }) =>
          compare(match[1] ?? '', Math.ceil(stat.size / unit), Number(match[2])),
        );
        break;
      }
      case '-mmin':
      case '-mtime': {
        const match = /^([+-]?)(\d+)$/.exec(value());
        const unit = word === '-mmin' ? 60e6 : 86_400e6;
        simple(({ stat }) =>
          compare(
            match?.[1] ?? '',
            Math.floor((today - stat.modifiedAt) / unit),
            Number(match?.[2] ?? 0),
          ),
        );
        break;
      }
      case '-empty':
        add(function* ({ path, stat }) {
          if (stat.kind === 'file') return stat.size === 0;
          const listed = yield* call({ call: 'readdir', path });
          return listed.ok && listed.names?.length === 0;
        });
        break;
      case '-maxdepth':
        bounds.most = Number(value());
        break;
      case '-mindepth':
        bounds.least = Number(value());
        break;
      case '!':
      case '-not':
        negated = true;
        break;
      case '-o':
      case '-or':
        alternatives.push([]);
        break;
      case '-a':
      case '-and':
        break;
      case '-print':
      case '-print0': {
        acts = true;
        const end = word === '-print' ? '\n' : '\0';
        add(function* ({ path }) {
          yield* write(1, ascii(path + end));
          return true;
        });
        break;
      }
      case '-delete':
        acts = true;
        add(function* ({ path, stat }) {
          return (yield* call({ call: stat.kind === 'directory' ? 'rmdir' : 'unlink', path })).ok;
        });
        break;
      case '-exec': {
        acts = true;
        const end = words.findIndex(
          (one, at) => at > i && (one === ';' || (one === '+' && words[at - 1] === '{}')),
        );
        if (end < 0) return "missing argument to `-exec'";
        const template = words.slice(i + 1, end);
        if (words[end] === '+') {
          command = template;
          add(function* ({ path }) {
            batch.push(path);
            return true;
          });
        } else
          add(function* ({ path }) {
            return (
              (yield* runCommand(
                template.map((one) => ascii(one.replaceAll('{}', path))),
                env,
              )) === 0
            );
          });
        i = end;
        break;
      }
      default:
        return word.startsWith('-')
          ? `unknown predicate \`${word}'`
          : `paths must precede expression: \`${word}'`;
    }
  }
  const test: Test = function* (found) {
    for (const all of alternatives) {
      let ok = true;
      for (const one of all) {
        ok = (yield* one.test(found)) !== one.negated;
        if (!ok) break;
      }
      if (!ok) continue;
      if (!acts) yield* write(1, ascii(`${found.path}\n`));
      return true;
    }
    return false;
  };
  return { test, command };
}

function compare(sign: string, a: number, b: number): boolean {
  return sign === '+' ? a > b : sign === '-' ? a < b : a === b;
}
