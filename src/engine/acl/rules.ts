/** The rules of ACL SETUSER, ACL files and `user` lines (acl.c:ACLSetUser). */
import { ascii, bytesOf, lowerCase, sliceBytes, type ByteString } from '../../base/bytes.ts';
import { sha256Hex } from '../../base/sha256.ts';
import type { CommandFacts } from '../command.ts';
import { categories, factsByName } from './command-names.ts';
import { newSelector, type ChannelDefault, type Selector, type User } from './users.ts';

/** Why a rule is refused, in Redis's words; undefined: it was applied. */
export type RuleProblem = string | undefined;

const problems = {
  unknown: 'Unknown command or category name in ACL',
  syntax: 'Syntax error',
  keysGiven:
    "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect. Try 'resetkeys' to start with an empty list of patterns",
  channelsGiven:
    "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not have any effect. Try 'resetchannels' to start with an empty list of channels",
  noPassword: 'The password you are trying to remove from the user does not exist',
  badHash:
    'The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters',
  firstWordOfSubcommand: 'Allowing first-arg of a subcommand is not supported',
} as const;

/** A user that is defined twice in a file. */
export const DUPLICATE_USER =
  'Duplicate user found. A user can only be defined once in config files';

/** `(~a +get)` may come as several words; a problem names the word with which an open one begins. */
export function mergeSelectors(
  words: readonly ByteString[],
):
  | { readonly ok: true; readonly rules: ByteString[] }
  | { readonly ok: false; readonly at: number } {
  const rules: ByteString[] = [];
  let openAt = -1;
  for (const [i, word] of words.entries()) {
    if (openAt >= 0) rules[rules.length - 1] = ascii(`${rules.at(-1)!} ${word}`);
    else rules.push(word);
    if (openAt < 0 && word.startsWith('(') && !word.endsWith(')')) openAt = i;
    else if (openAt >= 0 && word.endsWith(')')) openAt = -1;
  }
  return openAt < 0 ? { ok: true, rules } : { ok: false, at: openAt };
}

export function applyRule(user: User, rule: ByteString, channels: ChannelDefault): RuleProblem {
  const first = rule.charAt(0);
  switch (lowerCase(rule)) {
    case '':
      return undefined;
    case 'on':
      user.enabled = true;
      return undefined;
    case 'off':
      user.enabled = false;
      return undefined;
    case 'nopass':
      user.noPassword = true;
      user.passwords = [];
      return undefined;
    case 'resetpass':
      user.noPassword = false;
      user.passwords = [];
      return undefined;
    case 'sanitize-payload':
      user.sanitizePayload = true;
      return undefined;
    case 'skip-sanitize-payload':
      user.sanitizePayload = false;
      return undefined;
    case 'clearselectors':
      user.selectors.length = 1;
      return undefined;
    case 'reset':
      user.enabled = false;
      user.noPassword = false;
      user.sanitizePayload = true;
      user.passwords = [];
      user.selectors = [newSelector(channels)];
      return undefined;
  }
  if (first === '>' || first === '#') return addPassword(user, first, sliceBytes(rule, 1));
  if (first === '<' || first === '!') return removePassword(user, first, sliceBytes(rule, 1));
  if (first === '(' && rule.endsWith(')')) return addSelector(user, rule, channels);
  return applySelectorRule(user.selectors[0]!, rule);
}

function addPassword(user: User, kind: '>' | '#', text: ByteString): RuleProblem {
  if (kind === '#' && !isHash(text)) return problems.badHash;
  const hash = kind === '#' ? text : sha256Hex(bytesOf(text));
  if (!user.passwords.includes(hash)) user.passwords.push(hash);
  user.noPassword = false;
  return undefined;
}

function removePassword(user: User, kind: '<' | '!', text: ByteString): RuleProblem {
  if (kind === '!' && !isHash(text)) return problems.badHash;
  const at = user.passwords.indexOf(kind === '!' ? text : sha256Hex(bytesOf(text)));
  if (at < 0) return problems.noPassword;
  user.passwords.splice(at, 1);
  return undefined;
}

function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** aclCreateSelectorFromOpSet. */
function addSelector(user: User, rule: ByteString, channels: ChannelDefault): RuleProblem {
  const selector = newSelector(channels);
  for (const word of rule.slice(1, -1).split(' ')) {
    if (word === '') continue;
    const problem = applySelectorRule(selector, ascii(word));
    if (problem !== undefined) return problem;
  }
  user.selectors.push(selector);
  return undefined;
}

/** ACLSetSelector. */
function applySelectorRule(selector: Selector, rule: ByteString): RuleProblem {
  switch (lowerCase(rule)) {
    case 'allkeys':
    case '~*':
      selector.allKeys = true;
      selector.keys = [];
      return undefined;
    case 'resetkeys':
      selector.allKeys = false;
      selector.keys = [];
      return undefined;
    case 'allchannels':
    case '&*':
      selector.allChannels = true;
      selector.channels = [];
      return undefined;
    case 'resetchannels':
      selector.allChannels = false;
      selector.channels = [];
      return undefined;
    case 'allcommands':
    case '+@all':
      permitEverything(selector, true);
      return undefined;
    case 'nocommands':
    case '-@all':
      permitEverything(selector, false);
      return undefined;
  }
  const first = rule.charAt(0);
  if (first === '~' || first === '%') return addKeyPattern(selector, rule);
  if (first === '&') return addChannel(selector, sliceBytes(rule, 1));
  if (first !== '+' && first !== '-') return problems.syntax;
  const name = lowerCase(sliceBytes(rule, 1));
  if (name.startsWith('@')) return changeCategory(selector, name, first);
  return first === '-' ? forbid(selector, name) : permit(selector, name, sliceBytes(rule, 1));
}

function permitEverything(selector: Selector, yes: boolean): void {
  selector.allByDefault = yes;
  selector.commands = yes ? null : new Set();
  selector.firstWords.clear();
  selector.commandRules = '';
}

function addKeyPattern(selector: Selector, rule: ByteString): RuleProblem {
  if (selector.allKeys) return problems.keysGiven;
  const parts = /^(?:~|%(r|w|rw|wr)~)([^]*)$/i.exec(rule);
  if (parts === null) return problems.syntax;
  const [, access = 'rw', pattern = ''] = parts;
  if (hasBlanks(pattern)) return problems.syntax;
  const read = /r/i.test(access);
  const write = /w/i.test(access);
  const known = selector.keys.find((key) => key.pattern === pattern);
  if (known === undefined) selector.keys.push({ pattern: ascii(pattern), read, write });
  else {
    known.read ||= read;
    known.write ||= write;
  }
  return undefined;
}

function addChannel(selector: Selector, pattern: ByteString): RuleProblem {
  if (hasBlanks(pattern)) return problems.syntax;
  if (selector.allChannels) return problems.channelsGiven;
  if (!selector.channels.includes(pattern)) selector.channels.push(pattern);
  return undefined;
}

/** ACLStringHasSpaces. */
export function hasBlanks(text: string): boolean {
  return /[\t\n\v\f\r \0]/.test(text);
}

// --- commands ---

/** The names of all commands: a selector that permits all has to name them once it forbids one. */
function permitted(selector: Selector): Set<string> {
  selector.commands ??= new Set(factsByName.keys());
  return selector.commands;
}

function change(selector: Selector, { name, subcommands }: CommandFacts, sign: '+' | '-'): void {
  if (sign === '+' && selector.commands === null) return;
  const names = permitted(selector);
  for (const each of [name, ...subcommands.map((sub) => sub.name)]) {
    if (sign === '+') names.add(each);
    else names.delete(each);
  }
  selector.firstWords.delete(name);
}

function changeCategory(selector: Selector, name: ByteString, sign: '+' | '-'): RuleProblem {
  if (!categories.includes(name.slice(1))) return problems.unknown;
  note(selector, name, sign);
  for (const facts of factsByName.values())
    if (facts.categories.includes(name)) change(selector, facts, sign);
  return undefined;
}

function forbid(selector: Selector, name: ByteString): RuleProblem {
  const facts = factsByName.get(name);
  if (facts === undefined) return problems.unknown;
  change(selector, facts, '-');
  note(selector, facts.name, '-');
  return undefined;
}

/** `typed`: the rule without its sign; a first word is kept as it was given. */
function permit(selector: Selector, name: ByteString, typed: ByteString): RuleProblem {
  const bar = typed.lastIndexOf('|');
  const facts = factsByName.get(bar < 0 ? name : name.slice(0, bar));
  if (facts === undefined) return problems.unknown;
  if (bar < 0) {
    change(selector, facts, '+');
    note(selector, facts.name, '+');
    return undefined;
  }
  if (facts.name.includes('|')) return problems.firstWordOfSubcommand;
  const word = sliceBytes(typed, bar + 1);
  if (word === '') return problems.syntax;
  if (facts.subcommands.length > 0) {
    const sub = factsByName.get(name);
    if (sub === undefined) return problems.unknown;
    change(selector, sub, '+');
  } else {
    const words = selector.firstWords.get(facts.name) ?? [];
    if (!words.some((known) => lowerCase(known) === lowerCase(word))) words.push(word);
    selector.firstWords.set(facts.name, words);
  }
  note(selector, typed, '+');
  return undefined;
}

/** ACLUpdateCommandRules: a rule takes the place of what was said of the same command or its sub-commands. */
function note(selector: Selector, name: string, sign: '+' | '-'): void {
  const rule = name.toLowerCase();
  const kept = selector.commandRules
    .split(' ')
    .filter((old) => old !== '' && old.slice(1) !== rule && !old.slice(1).startsWith(`${rule}|`));
  selector.commandRules = [...kept, sign + rule].join(' ');
}
