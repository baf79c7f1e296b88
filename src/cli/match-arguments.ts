import { equalsIgnoreCase } from '../base/bytes.ts';
import type { CommandArgument } from './command-syntax.ts';

/** An argument and how much of it the typed words have used up. Made anew for every line; changed in place. */
export interface MatchedArgument {
  readonly syntax: CommandArgument;
  readonly parts: readonly MatchedArgument[];
  readonly optional: boolean;
  readonly multiple: boolean;
  readonly multipleToken: boolean;
  /** How many words matched. */
  words: number;
  token: boolean;
  name: boolean;
  all: boolean;
}

export function unmatched(syntax: CommandArgument): MatchedArgument {
  const has = (flag: string): boolean => syntax.flags?.includes(flag) ?? false;
  return {
    syntax,
    parts: (syntax.arguments ?? []).map(unmatched),
    optional: has('optional'),
    multiple: has('multiple'),
    multipleToken: has('multiple_token'),
    words: 0,
    token: false,
    name: false,
    all: false,
  };
}

/** Forgets what was matched, in an argument and its parts. */
export function clearMatch(argument: MatchedArgument): void {
  argument.words = 0;
  argument.token = false;
  argument.name = false;
  argument.all = false;
  argument.parts.forEach(clearMatch);
}

/**
 * Matches words with a command's arguments, as many as can be; returns how many words were used. When a
 * required argument does not fit, none are (redis-cli.c:matchArgs).
 */
export function matchArguments(words: readonly string[], args: readonly MatchedArgument[]): number {
  let used = 0;
  for (let i = 0; used < words.length && i < args.length; i++) {
    const argument = args[i];
    if (argument === undefined) break;
    if (argument.optional) {
      // Optional arguments that stand together may be typed in any order.
      const end = endOfOptionals(args, i);
      used += matchOptionals(words.slice(used), args.slice(i, end));
      i = end - 1;
      continue;
    }
    const count = matchArgument(words.slice(used), argument);
    if (count === 0) return 0;
    used += count;
  }
  return used;
}

/** The index after the optional arguments that begin at `start`. */
export function endOfOptionals(args: readonly MatchedArgument[], start: number): number {
  let end = start;
  while (args[end]?.optional === true) end++;
  return end;
}

function matchOptionals(words: readonly string[], args: readonly MatchedArgument[]): number {
  let used = 0;
  let previous: MatchedArgument | undefined;
  while (used < words.length) {
    const match = matchAnyOptional(words.slice(used), args);
    if (match === undefined) break;
    // Once the next one has begun, the rest of the one before is not offered any more.
    if (previous !== undefined) previous.all = true;
    previous = match.argument;
    used += match.used;
  }
  return used;
}

function matchAnyOptional(
  words: readonly string[],
  args: readonly MatchedArgument[],
): { readonly argument: MatchedArgument; readonly used: number } | undefined {
  for (const argument of args) {
    if (argument.words > 0) continue;
    const used = matchArgument(words, argument);
    if (used > 0) return { argument, used };
  }
  return undefined;
}

function matchArgument(words: readonly string[], argument: MatchedArgument): number {
  const once = matchOnce(words, argument);
  if (!argument.multiple) return once;

  let used = once;
  while (argument.all && used < words.length) {
    clearMatch(argument);
    const rest = words.slice(used);
    if (argument.syntax.token !== undefined && !argument.multipleToken) {
      // The token stands only before the first; behind it, act as if it had been typed again.
      used += matchAfterToken(rest, argument);
      if (argument.words > 0) argument.token = true;
    } else {
      used += matchOnce(rest, argument);
    }
  }
  argument.all = false; // more may always follow
  return used;
}

function matchOnce(words: readonly string[], argument: MatchedArgument): number {
  let rest = words;
  const { token, type } = argument.syntax;
  if (token !== undefined) {
    if (!equalsIgnoreCase(token, words[0] ?? '')) return 0;
    argument.token = true;
    argument.words = 1;
    if (type === 'pure-token') {
      argument.all = true;
      return 1;
    }
    if (words.length === 1) return 1;
    rest = words.slice(1);
  }
  return matchAfterToken(rest, argument) === 0 ? 0 : argument.words;
}

function matchAfterToken(words: readonly string[], argument: MatchedArgument): number {
  const word = words[0] ?? '';
  switch (argument.syntax.type) {
    case 'block':
      argument.words += matchArguments(words, argument.parts);
      argument.all = argument.parts.every((part) => part.all);
      break;
    case 'oneof':
      for (const choice of argument.parts) {
        if (matchArgument(words, choice) === 0) continue;
        argument.words += choice.words;
        argument.all = choice.all;
        break;
      }
      break;
    case 'integer':
    case 'unix-time':
      matchNumber(argument, /^\s*[+-]?\d/.test(word));
      break;
    case 'double':
      matchNumber(argument, /^\s*[+-]?(\d|\.\d|inf|nan)/i.test(word));
      break;
    default:
      matchNumber(argument, true);
  }
  return argument.words;
}

function matchNumber(argument: MatchedArgument, fits: boolean): void {
  argument.name = fits;
  if (!fits) {
    argument.words = 0;
    return;
  }
  argument.words += 1;
  argument.all = true;
}
