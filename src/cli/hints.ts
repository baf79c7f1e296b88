import { equalsIgnoreCase, utf8Decode, utf8Encode } from '../base/bytes.ts';
import { splitArguments } from '../base/split-arguments.ts';
import type { CommandArgument, HelpEntry, HelpTable } from './command-syntax.ts';
import { clearMatch, endOfOptionals, matchArguments, unmatched } from './match-arguments.ts';
import type { MatchedArgument } from './match-arguments.ts';

/**
 * What stands in grey behind a line that is being typed (redis-cli.c:getHintForInput and hintsCallback): the
 * arguments still to come, led by a blank unless the line ends with one. Undefined when nothing is known.
 */
export function hintFor(table: HelpTable, line: string): string | undefined {
  const words = splitArguments(utf8Encode(line))?.map(utf8Decode);
  if (words === undefined) return undefined;
  const endsWithBlank = /[ \t-\r]$/.test(line);
  // The word under the cursor counts only when a blank follows it.
  const complete = endsWithBlank ? words : words.slice(0, -1);
  const entry = longestMatch(table, complete);
  if (entry === undefined) return undefined;
  const hint = hintAfter(complete.slice(entry.words.length), entry);
  return endsWithBlank ? hint : ` ${hint}`;
}

/** The whole syntax of a command, as `help` shows it. */
export function syntaxText(args: readonly CommandArgument[]): string {
  return describeAll(args.map(unmatched), ' ');
}

/** The command whose name is the longest beginning of the words. */
function longestMatch(table: HelpTable, words: readonly string[]): HelpEntry | undefined {
  let best: HelpEntry | undefined;
  for (const entry of table.entries) {
    if (entry.words.length > words.length || entry.words.length <= (best?.words.length ?? 0))
      continue;
    if (entry.words.every((word, i) => equalsIgnoreCase(word, words[i] ?? ''))) best = entry;
  }
  return best;
}

function hintAfter(typed: readonly string[], entry: HelpEntry): string {
  const args = (entry.syntax.arguments ?? []).map(unmatched);
  // A word that fits nowhere ends the hinting: what would follow it is anybody's guess.
  return matchArguments(typed, args) === typed.length ? describeAll(args, ' ') : '';
}

/** Collects what is still to be typed of several arguments (redis-cli.c:addHintForArguments). */
function describeAll(args: readonly MatchedArgument[], separator: string): string {
  const parts: string[] = [];
  const add = (argument: MatchedArgument): void => {
    const text = describe(argument);
    if (text !== '') parts.push(text);
  };
  for (let i = 0; i < args.length; i++) {
    const argument = args[i];
    if (argument === undefined) break;
    if (!argument.optional) {
      add(argument);
      continue;
    }
    const end = endOfOptionals(args, i);
    const group = args.slice(i, end);
    // What was begun comes first; the others follow unless a required argument behind them was reached.
    const begun = group.filter((each) => each.words > 0 && !each.all);
    begun.forEach(add);
    const next = args[end];
    if (next === undefined || next.words === 0)
      group.filter((each) => !begun.includes(each)).forEach(add);
    i = end - 1;
  }
  return parts.join(separator);
}

/** What is still to be typed of one argument (redis-cli.c:addHintForArgument). */
function describe(argument: MatchedArgument): string {
  if (argument.all) return '';
  const bracketed = argument.optional && argument.words === 0;
  const text = withRepetition(beforeRepetition(argument), argument);
  return bracketed ? `[${text}]` : text;
}

function beforeRepetition(argument: MatchedArgument): string {
  const { type, token } = argument.syntax;
  let text = '';
  if (token !== undefined && !argument.token) {
    text += orQuotes(token);
    if (type !== 'pure-token') text += ' ';
  }
  switch (type) {
    case 'oneof':
      if (argument.words === 0) return text + describeAll(argument.parts, '|');
      return (
        text +
        argument.parts
          .filter((part) => part.words > 0)
          .map(describe)
          .join('')
      );
    case 'block':
      return text + describeAll(argument.parts, ' ');
    case 'pure-token':
      return text;
    default:
      return argument.name ? text : text + displayed(argument);
  }
}

/** Adds `[key ...]` to an argument that may be repeated; that part does not shrink while it is typed. */
function withRepetition(text: string, argument: MatchedArgument): string {
  if (!argument.multiple) return text;
  clearMatchedParts(argument);
  const { type, token } = argument.syntax;
  let again = '';
  if (argument.multipleToken) {
    again += orQuotes(token ?? '');
    if (type !== 'pure-token') again += ' ';
  }
  if (type === 'oneof') again += describeAll(argument.parts, '|');
  else if (type === 'block') again += describeAll(argument.parts, ' ');
  else if (type !== 'pure-token') again += displayed(argument);
  return `${text}${text === '' ? '' : ' '}[${again} ...]`;
}

/** The argument itself keeps its count: whether it was begun decides about its brackets. */
function clearMatchedParts(argument: MatchedArgument): void {
  argument.parts.forEach(clearMatch);
}

function displayed(argument: MatchedArgument): string {
  return orQuotes(argument.syntax.display_text ?? argument.syntax.name);
}

/** An empty token, as MIGRATE's, shows as a pair of quotes. */
function orQuotes(text: string): string {
  return text === '' ? '""' : text;
}
