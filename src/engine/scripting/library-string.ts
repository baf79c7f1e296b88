/** string (lstrlib.c). */
import { ascii, lowerCase, upperCase } from '../../base/bytes.ts';
import { argumentError, integerArgument, textArgument, type Args } from './library-arguments.ts';
import { formatText } from './lua-format.ts';
import { firstMatch, matchAt, type Match } from './lua-pattern.ts';
import type { LuaMachine, Natives } from './lua-machine.ts';
import { rawGet } from './lua-table.ts';
import { isTable, toText, truthy, typeName, type LuaValue } from './lua-value.ts';

/** Where a position that may count from the end lies; 1 is the first. */
function position(at: number, length: number): number {
  const from = at < 0 ? at + length + 1 : at;
  return from >= 0 ? from : 0;
}

export const stringLibrary: Natives = {
  'string.byte'(machine, args) {
    const text = textArgument(machine, args, 0);
    const first = position(integerArgument(machine, args, 1, 1), text.length);
    const last = Math.min(position(integerArgument(machine, args, 2, first), text.length), text.length);
    const codes: number[] = [];
    if (last - Math.max(1, first) >= 8000) machine.fail('string slice too long');
    for (let i = Math.max(1, first); i <= last; i++) codes.push(text.charCodeAt(i - 1));
    return codes;
  },

  'string.char'(machine, args) {
    let text = '';
    args.forEach((_, i) => {
      const code = integerArgument(machine, args, i);
      if (code < 0 || code > 255) argumentError(machine, i, 'invalid value');
      text += String.fromCharCode(code);
    });
    return [machine.string(text)];
  },

  'string.find': (machine, args) => find(machine, args, 'find'),
  'string.match': (machine, args) => find(machine, args, 'match'),
  'string.format': (machine, args) => [machine.string(formatText(machine, args))],

  'string.gmatch'(machine, args) {
    return machine.tail(machine.prelude['gmatch'], [textArgument(machine, args, 0), textArgument(machine, args, 1)]);
  },
  'string.gfind'(machine, args) {
    return machine.tail(machine.prelude['gmatch'], [textArgument(machine, args, 0), textArgument(machine, args, 1)]);
  },
  /** For our own library: the first match from a position on, as start, end and values. */
  search(machine, args) {
    const text = textArgument(machine, args, 0);
    const start = integerArgument(machine, args, 2) - 1;
    const found = searchAnywhere(machine, text, textArgument(machine, args, 1), start);
    return found === undefined ? [undefined] : [found.start + 1, found.end, ...found.values];
  },
  /** For our own library: the match at one position. */
  matchAt(machine, args) {
    const [text, pattern] = [textArgument(machine, args, 0), textArgument(machine, args, 1)];
    const found = matchAt(machine, text, pattern, integerArgument(machine, args, 2) - 1, integerArgument(machine, args, 3));
    return found === undefined ? [undefined] : [found.end, ...found.values];
  },

  'string.gsub'(machine, args) {
    const text = textArgument(machine, args, 0);
    const pattern = textArgument(machine, args, 1);
    const replacement = args[2];
    const kind = typeName(replacement);
    if (kind !== 'number' && kind !== 'string' && kind !== 'function' && kind !== 'table') {
      argumentError(machine, 2, 'string/function/table expected');
    }
    const most = integerArgument(machine, args, 3, text.length + 1);
    if (kind === 'function' || (isTable(replacement) && replacement.metatable !== undefined)) {
      return machine.tail(machine.prelude['gsub'], [text, pattern, replacement, most]);
    }
    return substitute(machine, text, pattern, replacement, most);
  },

  'string.len': (machine, args) => [textArgument(machine, args, 0).length],
  'string.lower': (machine, args) => [machine.string(lowerCase(ascii(textArgument(machine, args, 0))))],
  'string.upper': (machine, args) => [machine.string(upperCase(ascii(textArgument(machine, args, 0))))],
  'string.rep'(machine, args) {
    const text = textArgument(machine, args, 0);
    const times = Math.max(0, integerArgument(machine, args, 1));
    machine.room(text.length * times);
    return [machine.string(text === '' ? '' : text.repeat(times))];
  },
  'string.reverse': (machine, args) => [machine.string([...textArgument(machine, args, 0)].reverse().join(''))],
  'string.sub'(machine, args) {
    const text = textArgument(machine, args, 0);
    const first = Math.max(1, position(integerArgument(machine, args, 1), text.length));
    const last = position(integerArgument(machine, args, 2, -1), text.length);
    return [text.slice(first - 1, Math.max(first - 1, last))];
  },
};

function searchAnywhere(machine: LuaMachine, text: string, pattern: string, start: number): Match | undefined {
  for (let at = start; at <= text.length; at++) {
    const found = matchAt(machine, text, pattern, at, 0);
    if (found !== undefined) return found;
  }
  return undefined;
}

function find(machine: LuaMachine, args: Args, what: 'find' | 'match'): readonly LuaValue[] {
  const text = textArgument(machine, args, 0);
  const pattern = textArgument(machine, args, 1);
  const start = Math.min(text.length, Math.max(0, position(integerArgument(machine, args, 2, 1), text.length) - 1));
  if (what === 'find' && (truthy(args[3]) || !/[\^$*+?.([%-]/.test(pattern))) {
    const at = text.indexOf(pattern, start);
    return at < 0 ? [undefined] : [at + 1, at + pattern.length];
  }
  const found = firstMatch(machine, text, pattern, start);
  if (found === undefined) return [undefined];
  return what === 'find' ? [found.start + 1, found.end, ...found.captures] : found.values;
}

function substitute(machine: LuaMachine, text: string, pattern: string, replacement: LuaValue, most: number): readonly LuaValue[] {
  const anchored = pattern.startsWith('^');
  const template = toText(replacement);
  let result = '';
  let at = 0;
  let count = 0;
  while (count < most) {
    const found = matchAt(machine, text, pattern, at, anchored ? 1 : 0);
    if (found !== undefined) {
      count++;
      const whole = text.slice(at, found.end);
      result += template === undefined ? fromTable(machine, replacement, found, whole) : filledIn(machine, template, found, whole);
      machine.room(result.length);
    }
    if (found !== undefined && found.end > at) at = found.end;
    else if (at < text.length) result += text[at++];
    else break;
    if (anchored) break;
  }
  return [machine.string(result + text.slice(at)), count];
}

function fromTable(machine: LuaMachine, table: LuaValue, found: Match, whole: string): string {
  const value = isTable(table) ? rawGet(table, found.values[0]) : undefined;
  if (!truthy(value)) return whole;
  return toText(value) ?? machine.fail(`invalid replacement value (a ${typeName(value)})`);
}

function filledIn(machine: LuaMachine, template: string, found: Match, whole: string): string {
  let text = '';
  for (let i = 0; i < template.length; i++) {
    if (template[i] !== '%') {
      text += template[i];
      continue;
    }
    i++;
    const c = template[i] ?? '\0';
    if (c === '0') text += whole;
    else if (c >= '1' && c <= '9') {
      const value = found.values[Number(c) - 1];
      text += value === undefined ? machine.fail('invalid capture index') : (toText(value) ?? '');
    } else text += c;
  }
  return text;
}
