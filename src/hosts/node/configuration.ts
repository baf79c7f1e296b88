/** The command line, redis.conf and stdin, read from the real machine. */
import fs from 'node:fs';
import path from 'node:path';
import { utf8Encode } from '../../base/bytes.ts';
import { globMatch } from '../../base/glob.ts';
import { ascii } from '../../base/bytes.ts';
import { configText, parseCommandLine } from '../../server/command-line.ts';
import { missingConfig, parseRedisConf, type RedisConf } from '../../server/redis-conf.ts';
import type { DirectiveValues } from '../../server/directives.ts';

export type Configuration =
  | {
      readonly kind: 'run';
      readonly directives: DirectiveValues;
      readonly configFile: string | null;
    }
  | {
      readonly kind: 'print';
      readonly to: 'stdout' | 'stderr' | 'log';
      readonly text: string;
      readonly code: number;
    };

/** `args`: what follows the name of the program. Reads stdin if they ask for it. */
export function readConfiguration(args: readonly string[]): Configuration {
  const line = parseCommandLine(args.map(utf8Encode));
  if (line.kind === 'print') return line;
  const workingDirectory = latin1(process.cwd());
  const configFile =
    line.configFile === null ? null : absolutePath(line.configFile, workingDirectory);
  const file = configFile === null ? '' : readText(configFile);
  if (file === undefined) return failed(missingConfig(configFile ?? ''));
  const stdin = line.fromStdin ? fs.readFileSync(0, 'latin1') : '';
  const conf = parseRedisConf(configText(file, stdin, line.options), {
    readFile: readText,
    glob,
    directoryExists,
    workingDirectory,
  });
  return conf.ok ? { kind: 'run', directives: conf.directives, configFile } : failed(conf);
}

function failed(conf: RedisConf): Configuration {
  if (conf.ok) throw new Error('a configuration that was read did not fail');
  return { kind: 'print', to: conf.printed, text: conf.text, code: 1 };
}

/** Paths inside the server are one char a byte, like all that it stores. */
function latin1(text: string): string {
  return utf8Encode(text);
}

export function rawPath(bytes: string): Buffer {
  return Buffer.from(bytes, 'latin1');
}

function absolutePath(file: string, base: string): string {
  return path.posix.resolve(base, file);
}

function readText(file: string): string | undefined {
  try {
    return fs.readFileSync(rawPath(file), 'latin1');
  } catch {
    return undefined;
  }
}

function directoryExists(directory: string): boolean {
  return fs.statSync(rawPath(directory), { throwIfNoEntry: false })?.isDirectory() === true;
}

/** glob(3): a pattern in any part of the path; names with a dot in front only if the pattern has one. */
function glob(pattern: string): readonly string[] {
  const parts = pattern.split('/');
  let found = [pattern.startsWith('/') ? '/' : ''];
  for (const part of parts.filter((name) => name !== '')) {
    found = found.flatMap((base) => matches(base, part));
  }
  return found.sort();
}

function matches(base: string, part: string): string[] {
  const joined = (name: string): string =>
    base === '' || base.endsWith('/') ? base + name : `${base}/${name}`;
  if (!/[*?[]/.test(part)) {
    return fs.existsSync(rawPath(joined(part))) ? [joined(part)] : [];
  }
  let names: string[];
  try {
    names = fs.readdirSync(rawPath(base === '' ? '.' : base), 'latin1');
  } catch {
    return [];
  }
  const hidden = part.startsWith('.');
  return names
    .filter((name) => name.startsWith('.') === hidden && globMatch(ascii(part), ascii(name)))
    .map(joined);
}
