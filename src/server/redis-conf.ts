/**
 * redis.conf and the options of the command line, which are appended to it (spec §8.2): config.c:loadServerConfig.
 * What is wrong with them is told in the words of redis-server, which then exits with code 1.
 */
import { ascii, lowerCase, type ByteString } from '../base/bytes.ts';
import { splitArguments } from '../base/split-arguments.ts';
import { commandFacts } from '../engine/command-facts.ts';
import { userLineProblem, userNameOf, userRuleProblem } from '../engine/acl/acl-file.ts';
import { normalizePath } from '../machine/paths.ts';
import { clampedHz } from './config-set.ts';
import { parseValue, WRONG_NUMBER, type ParsedValue } from './directive-values.ts';
import {
  defaultDirectives,
  directiveText,
  findDirective,
  type DirectiveValues,
} from './directives.ts';
import { redisVersion } from '../engine/version.ts';

export type RedisConf =
  | { readonly ok: true; readonly directives: DirectiveValues }
  /** `text`: all that goes to stderr; or lines for the log, without their times. */
  | { readonly ok: false; readonly printed: 'stderr' | 'log'; readonly text: string };

export interface ConfFiles {
  /** One char a byte; undefined: there is no such file. */
  readonly readFile: (path: string) => string | undefined;
  /** The paths that a pattern of `include` matches, sorted. */
  readonly glob?: (pattern: string) => readonly string[];
  /** Whether `dir` can be entered; every path can, if this is left out. */
  readonly directoryExists?: (path: string) => boolean;
  /** Absolute; where the process starts, and relative `dir`s with it. */
  readonly workingDirectory: string;
}

/** `text`: the file's, then what came from stdin, then the appended options, one char a byte. */
export function parseRedisConf(text: string, files: ConfFiles): RedisConf {
  const reader: Reader = {
    files,
    values: defaultDirectives(files.workingDirectory),
    commands: new Set(commandFacts.map(({ name }) => name)),
    modules: [],
    moduleSettings: false,
    depth: 0,
  };
  const failure = readLines(reader, ascii(text)) ?? checkWhole(reader);
  if (failure !== undefined) return { ok: false, ...failure };
  const { values } = reader;
  values.texts.set('hz', clampedHz(directiveText(values, 'hz')));
  return { ok: true, directives: values };
}

/** The result when the configuration file itself cannot be read. */
export function missingConfig(path: string): RedisConf {
  return { ok: false, ...cannotOpen(path) };
}

interface Reader {
  readonly files: ConfFiles;
  readonly values: DirectiveValues;
  /** Names of commands, as renamed so far. */
  readonly commands: Set<string>;
  readonly modules: string[];
  moduleSettings: boolean;
  depth: number;
}

interface Failure {
  readonly printed: 'stderr' | 'log';
  readonly text: string;
}

/** Why a line is refused; or, from an included file, the failure to report as it is. */
type LineProblem = string | Failure | undefined;

/** A file that includes itself would go on forever. Redis has no limit and overflows its stack. */
const DEEPEST_INCLUDE = 32;

function readLines(reader: Reader, text: ByteString): Failure | undefined {
  for (const [i, raw] of text.split('\n').entries()) {
    const line = trimmed(raw);
    if (line === '' || line.startsWith('#')) continue;
    const problem = readLine(reader, ascii(line));
    if (problem === undefined) continue;
    if (typeof problem !== 'string') return problem;
    return fatal(`Reading the configuration file, at line ${i + 1}\n>>> '${line}'\n${problem}\n`);
  }
  return undefined;
}

/** sdstrim: no other blanks, and nothing of Unicode. */
export function trimmed(line: string): string {
  return line.replace(/^[ \t\r\n]+/, '').replace(/[ \t\r\n]+$/, '');
}

function fatal(text: string): Failure {
  return {
    printed: 'stderr',
    text: `\n*** FATAL CONFIG FILE ERROR (Redis ${redisVersion}) ***\n${text}`,
  };
}

function readLine(reader: Reader, line: ByteString): LineProblem {
  const words = splitArguments(line);
  if (words === undefined) return 'Unbalanced quotes in configuration line';
  const name = words[0];
  if (name === undefined) return undefined;
  const directive = lowerCase(name);
  return findDirective(directive) === undefined
    ? readOther(reader, line, directive, words)
    : readDirective(reader, directive, words.slice(1));
}

function readDirective(reader: Reader, name: string, given: readonly ByteString[]): LineProblem {
  const directive = findDirective(name)!;
  const { values } = reader;
  const multi = directive.flags.includes('multi');
  if (!multi && given.length !== 1) return WRONG_NUMBER;
  let words = given;
  if (multi && given.length === 1 && given[0] !== '') words = splitArguments(given[0]!) ?? given;
  const parsed = parseValue(directive, words, values, {
    from: 'file',
    changeDirectory: (path) => changeDirectory(reader, path),
  });
  if (!parsed.ok) return parsed.reason;
  values.texts.set(directive.name, parsed.text);
  values.given.add(directive.name);
  return undefined;
}

function changeDirectory({ files, values }: Reader, path: ByteString): ParsedValue {
  const target = normalizePath(path, directiveText(values, 'dir'));
  if (path === '' || files.directoryExists?.(target) === false) {
    return { ok: false, reason: 'No such file or directory' };
  }
  return { ok: true, text: ascii(target) };
}

/** Names, and numbers of words, that older versions had and that mean nothing any more. */
const RETIRED: readonly string[] = [
  'list-max-ziplist-entries',
  'list-max-ziplist-value',
  'lua-replicate-commands',
];

function readOther(
  reader: Reader,
  line: ByteString,
  name: string,
  words: readonly ByteString[],
): LineProblem {
  const { length } = words;
  if (RETIRED.includes(name) && length === 2) return undefined;
  if (name === 'include' && length === 2) return include(reader, words[1]!);
  if (name === 'rename-command' && length === 3) return rename(reader, words[1]!, words[2]!);
  if (name === 'user' && length >= 2) {
    const problem = userLineProblem(line, reader.values.users.map(userNameOf));
    if (problem !== undefined) return problem;
    reader.values.users.push(line);
    return undefined;
  }
  if (name === 'loadmodule' && length >= 2) {
    reader.modules.push(words[1]!);
    return undefined;
  }
  if (name.includes('.')) {
    if (length < 2) return 'Module config specified without value';
    reader.moduleSettings = true;
    return undefined;
  }
  if (name === 'sentinel')
    return length === 1 ? undefined : 'sentinel directive while not in sentinel mode';
  return 'Bad directive or wrong number of arguments';
}

function include(reader: Reader, path: string): LineProblem {
  if (reader.depth === DEEPEST_INCLUDE)
    return `include is nested more than ${DEEPEST_INCLUDE} times`;
  const { files } = reader;
  const pattern = /[*?[]/.test(path);
  const paths = pattern ? (files.glob?.(path) ?? []) : [path];
  let text = '';
  for (const each of paths) {
    const part = files.readFile(each);
    if (part === undefined) return cannotOpen(each);
    text += part;
  }
  reader.depth++;
  const failure = readLines(reader, ascii(text));
  reader.depth--;
  return failure;
}

function cannotOpen(path: string): Failure {
  return {
    printed: 'log',
    text: `Fatal error, can't open config file '${path}': No such file or directory`,
  };
}

function rename({ commands, values }: Reader, from: ByteString, to: ByteString): LineProblem {
  if (!commands.delete(lowerCase(from))) return 'No such command in rename-command';
  if (to !== '') {
    if (commands.has(lowerCase(to))) return 'Target command name already exists';
    commands.add(lowerCase(to));
  }
  values.renames.push([from, to]);
  return undefined;
}

const USERS_TWICE =
  'Configuring Redis with users defined in redis.conf and at the same setting an ACL file path is invalid. This setup is very likely to lead to configuration errors and security holes, please define either an ACL file or declare users directly in your redis.conf, but not both.';

/** What is refused only when all lines have been read. */
function checkWhole({ values, modules, moduleSettings }: Reader): Failure | undefined {
  const text = (name: string): string => directiveText(values, name);
  if (text('cluster-enabled') === 'yes' && text('replicaof') !== '') {
    return fatal('replicaof directive not allowed in cluster mode\n');
  }
  for (const line of values.users) {
    const problem = userRuleProblem(line);
    if (problem !== undefined) return log(problem, 'Critical error while loading ACLs. Exiting.');
  }
  if (values.users.length > 0 && text('aclfile') !== '') return log(USERS_TWICE);
  const path = modules[0];
  if (path !== undefined) {
    // No module can be loaded: to this server they are files that are not there.
    const why = `${path}: cannot open shared object file: No such file or directory`;
    return log(
      `Module ${path} failed to load: ${why}`,
      `Can't load module from ${path}: server aborting`,
    );
  }
  if (moduleSettings) {
    return log(
      'Module Configuration detected without loadmodule directive or no ApplyConfig call: aborting',
    );
  }
  if (
    text('tls-port') !== '0' ||
    text('tls-replication') === 'yes' ||
    text('tls-cluster') === 'yes'
  ) {
    return log('Failed to configure TLS. Check logs for more info.');
  }
  if (text('cluster-enabled') === 'yes')
    return log('cluster-enabled yes: this server has no cluster mode.');
  if (text('replicaof') !== '') return log('replicaof: this server is always a master.');
  return undefined;
}

function log(...lines: readonly string[]): Failure {
  return { printed: 'log', text: lines.join('\n') };
}
