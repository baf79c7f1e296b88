/** string (lstrlib.c). */
import { ascii, byteStringOf, bytesOf, lowerCase, upperCase } from '../../../base/bytes.ts';
import { dumped } from './dump.ts';
import {
  argumentError,
  intArgument,
  integerArgument,
  textArgument,
  typedArgument,
  type Args,
} from './library-arguments.ts';
import { formatText } from './format.ts';
import { captureOf, capturesOf, newMatcher, runMatcher } from './pattern.ts';
import type { MatcherState, PatternWork } from '../lua/native-work.ts';
import type { LuaMachine, NativeResult, Natives } from '../lua/lua-machine.ts';
import { rawGet } from '../lua/lua-table.ts';
import { isTable, toText, truthy, typeName, type LuaValue } from '../lua/lua-value.ts';

/** LUAI_MAXCSTACK. */
const MOST_SLOTS = 8000;

/** Where a position that may count from the end lies; 1 is the first. */
function position(at: number, length: number): number {
  const from = at < 0 ? at + length + 1 : at;
  return from >= 0 ? from : 0;
}

export const stringLibrary: Natives = {
  'string.byte'(machine, args) {
    const text = textArgument(machine, args, 0);
    const first = position(integerArgument(machine, args, 1, 1), text.length);
    const last = Math.min(
      position(integerArgument(machine, args, 2, first), text.length),
      text.length,
    );
    const codes: number[] = [];
    if (last - Math.max(1, first) + 1 + args.length > MOST_SLOTS)
      machine.fail('stack overflow (string slice too long)');
    for (let i = Math.max(1, first); i <= last; i++) codes.push(text.charCodeAt(i - 1));
    return codes;
  },

  'string.char'(machine, args) {
    let text = '';
    args.forEach((_, i) => {
      const code = intArgument(machine, args, i);
      if (code < 0 || code > 255) argumentError(machine, i, 'invalid value');
      text += String.fromCharCode(code);
    });
    return [machine.string(text)];
  },

  'string.dump'(machine, args) {
    const value = typedArgument(machine, args, 0, 'function');
    if (typeof value !== 'object' || value.type !== 'function' || value.proto.chunk === null)
      return machine.fail('unable to dump given function');
    return [machine.string(dumped(value.proto))];
  },

  'string.find': (machine, args) => find(machine, args, 'find'),
  'string.match': (machine, args) => find(machine, args, 'match'),
  'string.format': (machine, args) => [machine.string(formatText(machine, args))],

  'string.gmatch': (machine, args) => gmatch(machine, args),
  'string.gfind': (machine, args) => gmatch(machine, args),
  /** For our own library: the first match from a position on, as start, end and values. */
  search(machine, args) {
    const at = integerArgument(machine, args, 2) - 1;
    return begin(machine, patternWork(machine, args, 'search', at, false));
  },
  /** For our own library: the match at one position, as its end and values. */
  matchAt(machine, args) {
    const at = integerArgument(machine, args, 2) - 1;
    return begin(machine, patternWork(machine, args, 'match-at', at, truthy(args[3])));
  },

  'string.gsub'(machine, args) {
    const text = textArgument(machine, args, 0);
    const pattern = textArgument(machine, args, 1);
    const replacement = args[2];
    const kind = typeName(replacement);
    const most = intArgument(machine, args, 3, text.length + 1);
    if (kind !== 'number' && kind !== 'string' && kind !== 'function' && kind !== 'table') {
      argumentError(machine, 2, 'string/function/table expected');
    }
    const anchored = pattern.startsWith('^');
    if (kind === 'function' || (isTable(replacement) && replacement.metatable !== undefined)) {
      const given = [text, pattern, replacement, most, anchored];
      return machine.tail(machine.prelude('gsub'), given);
    }
    const work = patternWork(machine, args, 'replace', 0, anchored);
    return begin(machine, { ...work, replacement, most });
  },

  'string.len': (machine, args) => [textArgument(machine, args, 0).length],
  'string.lower': (machine, args) => [
    machine.string(lowerCase(ascii(textArgument(machine, args, 0)))),
  ],
  'string.upper': (machine, args) => [
    machine.string(upperCase(ascii(textArgument(machine, args, 0)))),
  ],
  'string.rep'(machine, args) {
    const text = textArgument(machine, args, 0);
    const times = Math.max(0, intArgument(machine, args, 1));
    machine.room(text.length * times);
    return [machine.string(text === '' ? '' : text.repeat(times))];
  },
  'string.reverse'(machine, args) {
    const text = textArgument(machine, args, 0);
    machine.spend(text.length >> 4);
    return [machine.string(byteStringOf(bytesOf(ascii(text)).reverse()))];
  },
  'string.sub'(machine, args) {
    const text = textArgument(machine, args, 0);
    const first = Math.max(1, position(integerArgument(machine, args, 1), text.length));
    const last = position(integerArgument(machine, args, 2, -1), text.length);
    return [text.slice(first - 1, Math.max(first - 1, last))];
  },
};

function gmatch(machine: LuaMachine, args: Args): NativeResult {
  const [text, pattern] = [textArgument(machine, args, 0), textArgument(machine, args, 1)];
  return machine.tail(machine.prelude('gmatch'), [text, pattern]);
}

function find(machine: LuaMachine, args: Args, what: 'find' | 'match'): NativeResult {
  const text = textArgument(machine, args, 0);
  const pattern = textArgument(machine, args, 1);
  const from = position(integerArgument(machine, args, 2, 1), text.length) - 1;
  const start = Math.min(text.length, Math.max(0, from));
  if (what === 'find' && (truthy(args[3]) || !/[\^$*+?.([%-]/.test(pattern))) {
    machine.spend(text.length >> 4);
    const at = text.indexOf(pattern, start);
    return at < 0 ? [undefined] : [at + 1, at + pattern.length];
  }
  return begin(machine, patternWork(machine, args, what, start, pattern.startsWith('^')));
}

function patternWork(
  machine: LuaMachine,
  args: Args,
  what: PatternWork['what'],
  at: number,
  anchored: boolean,
): PatternWork {
  const text = textArgument(machine, args, 0);
  const given = textArgument(machine, args, 1);
  const end = given.indexOf('\0');
  return {
    ...{ what, text, pattern: end < 0 ? given : given.slice(0, end), at, anchored, matcher: null },
    ...{ replacement: undefined, most: 0, count: 0, result: '', copied: 0 },
  };
}

function begin(machine: LuaMachine, work: PatternWork): NativeResult {
  return workOnPattern(machine, work) ?? machine.goOn('pattern', work);
}

/** Goes on with a search; undefined when the slice is used up. */
export function workOnPattern(machine: LuaMachine, work: PatternWork): NativeResult | undefined {
  const { text, pattern, what, anchored } = work;
  for (;;) {
    if (what === 'replace' && work.count >= work.most) return replaced(machine, work);
    if (what !== 'replace' && work.at > text.length) return [undefined];
    const start = work.at;
    work.matcher ??= newMatcher(start, anchored ? 1 : 0);
    const { matcher } = work;
    const end = runMatcher(machine, matcher, text, pattern);
    if (end === undefined) return undefined;
    work.matcher = null;
    if (what === 'replace') {
      if (end >= 0) {
        work.count++;
        replaceOne(machine, work, matcher, end);
      }
      if (end > start) work.at = end;
      else if (start < text.length) work.at++;
      else return replaced(machine, work);
      if (anchored) return replaced(machine, work);
    } else if (end >= 0) return found(machine, work, matcher, end);
    else if (anchored || what === 'match-at') return [undefined];
    else work.at++;
  }
}

function found(
  machine: LuaMachine,
  { what, text, at }: PatternWork,
  matcher: MatcherState,
  end: number,
): LuaValue[] {
  const whole = what === 'find' ? 'none' : 'whole';
  const captures = capturesOf(machine, matcher, text, at, end, whole);
  if (what === 'match') return captures;
  return what === 'match-at' ? [end, ...captures] : [at + 1, end, ...captures];
}

function replaceOne(
  machine: LuaMachine,
  work: PatternWork,
  matcher: MatcherState,
  end: number,
): void {
  const { text, replacement, at } = work;
  const whole = text.slice(at, end);
  const template = toText(replacement);
  const capture = (i: number): LuaValue => captureOf(machine, matcher, text, i, at, end);
  const value =
    template === undefined
      ? fromTable(machine, replacement, capture(0), whole)
      : filledIn(template, whole, capture);
  work.result += text.slice(work.copied, at) + value;
  work.copied = end;
  machine.room(work.result.length);
  machine.spend(value.length >> 3);
}

function replaced(machine: LuaMachine, { result, text, copied, count }: PatternWork): LuaValue[] {
  return [machine.string(result + text.slice(copied)), count];
}

function fromTable(machine: LuaMachine, table: LuaValue, key: LuaValue, whole: string): string {
  const value = isTable(table) ? rawGet(table, key) : undefined;
  if (!truthy(value)) return whole;
  return toText(value) ?? machine.fail(`invalid replacement value (a ${typeName(value)})`);
}

function filledIn(template: string, whole: string, capture: (i: number) => LuaValue): string {
  if (!template.includes('%')) return template;
  let text = '';
  for (let i = 0; i < template.length; i++) {
    if (template[i] !== '%') {
      text += template[i];
      continue;
    }
    i++;
    const c = template[i] ?? '\0';
    if (c === '0') text += whole;
    else if (c >= '1' && c <= '9') text += toText(capture(Number(c) - 1)) ?? '';
    else text += c;
  }
  return text;
}
