import { equalsIgnoreCase, utf8Decode, utf8Encode } from '../base/bytes.ts';
import type { ByteString } from '../base/bytes.ts';
import { splitArguments } from '../base/split-arguments.ts';
import { parseControlLine } from './control-line.ts';
import type { ControlAction } from './control-line.ts';
import {
  INVALID_ARGUMENTS,
  INVALID_REPEAT,
  RESTART_ONLY_IN_DEBUGGER,
  unknownInternalCommand,
  unknownPreference,
} from './texts.ts';

/** What a line typed at redis-cli's prompt asks for. */
export type ClientLine =
  | { readonly kind: 'nothing' }
  /** `text` is all that happens: it is printed. */
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'command'; readonly argv: readonly ByteString[]; readonly repeat: number }
  | { readonly kind: 'quit' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'connect'; readonly host: string; readonly port: number }
  | { readonly kind: 'hints'; readonly shown: 'yes' | 'no' }
  | { readonly kind: 'help'; readonly topic: readonly string[] }
  /** The lab's own controls, which redis-cli has not: they begin with `!`. */
  | { readonly kind: 'control'; readonly action: ControlAction };

/** Reads a line as redis-cli.c:repl does. Never throws: what is wrong with a line becomes a message. */
export function parseClientLine(line: string): ClientLine {
  if (line.trimStart().startsWith('!')) {
    const parsed = parseControlLine(line);
    return parsed.ok
      ? { kind: 'control', action: parsed.action }
      : { kind: 'message', text: parsed.error };
  }
  const words = splitArguments(utf8Encode(line));
  if (words === undefined) return { kind: 'message', text: INVALID_ARGUMENTS };
  const [first] = words;
  if (first === undefined) return { kind: 'nothing' };

  const repeat = words.length > 1 ? repeatCount(first) : undefined;
  if (repeat === 'invalid') return { kind: 'message', text: INVALID_REPEAT };

  const is = (name: string): boolean => equalsIgnoreCase(first, name);
  if (is('quit') || is('exit')) return { kind: 'quit' };
  if (first.startsWith(':')) return preference(words);
  if (is('restart')) return { kind: 'message', text: RESTART_ONLY_IN_DEBUGGER };
  if (is('connect') && words.length === 3) return connectTarget(words);
  if (is('clear') && words.length === 1) return { kind: 'clear' };

  const argv = repeat === undefined ? words : words.slice(1);
  const command = argv[0] ?? first;
  if (equalsIgnoreCase(command, 'help') || command === '?') {
    return { kind: 'help', topic: argv.slice(1).map(utf8Decode) };
  }
  return { kind: 'command', argv, repeat: repeat ?? 1 };
}

/** strtol over the whole first word; undefined when the word is no number. */
function repeatCount(word: string): number | 'invalid' | undefined {
  if (!/^\s*[+-]?\d+$/.test(word)) return undefined;
  const count = Number(word);
  return count > 0 && count < 2 ** 63 ? count : 'invalid';
}

function preference(words: readonly ByteString[]): ClientLine {
  const [name = '', value] = words.map(utf8Decode);
  if (!equalsIgnoreCase(name, ':set') || value === undefined) {
    return { kind: 'message', text: unknownInternalCommand(name) };
  }
  if (equalsIgnoreCase(value, 'hints')) return { kind: 'hints', shown: 'yes' };
  if (equalsIgnoreCase(value, 'nohints')) return { kind: 'hints', shown: 'no' };
  return { kind: 'message', text: unknownPreference(value) };
}

/** The port is read by atoi, so what is no number is port 0. */
function connectTarget(words: readonly ByteString[]): ClientLine {
  const [, host = '', port = ''] = words.map(utf8Decode);
  const digits = /^\s*\d+/.exec(port)?.[0];
  return { kind: 'connect', host, port: digits === undefined ? 0 : Number(digits) };
}
