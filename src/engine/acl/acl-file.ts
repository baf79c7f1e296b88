/** Users as text: an ACL file, and the `user` lines of redis.conf (acl.c:ACLLoadFromFile, ACLAppendUserForLoading). */
import { ascii, EMPTY, type ByteString } from '../../base/bytes.ts';
import { splitArguments } from '../../base/split-arguments.ts';
import { applyRule, DUPLICATE_USER, hasBlanks, mergeSelectors } from './rules.ts';
import {
  DEFAULT_USER,
  describeUser,
  newDefaultUser,
  newUser,
  sortedNames,
  type ChannelDefault,
  type User,
  type Users,
} from './users.ts';

export function aclFileText(users: Users): ByteString {
  return ascii(
    sortedNames(users)
      .map((name) => `user ${describeUser(users.get(name)!)}\n`)
      .join(''),
  );
}

export type ReadUsers =
  { readonly ok: true; readonly users: Users } | { readonly ok: false; readonly errors: string };

/** All of the file, or nothing: `errors` tells of each line that is wrong. */
export function readAclFile(text: string, file: string, channels: ChannelDefault): ReadUsers {
  const users: Users = new Map();
  const errors: string[] = [];
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
    if (line === '' || line.startsWith('#')) continue;
    const problem = readLine(users, line, `${file}:${i + 1}`, channels);
    if (problem !== undefined) errors.push(problem);
  }
  if (errors.length > 0) {
    return {
      ok: false,
      errors: `${errors.join('')}WARNING: ACL errors detected, no change to the previously active ACL rules was performed`,
    };
  }
  if (!users.has(DEFAULT_USER)) users.set(DEFAULT_USER, newDefaultUser());
  return { ok: true, users };
}

function readLine(
  users: Users,
  line: string,
  place: string,
  channels: ChannelDefault,
): string | undefined {
  const words = splitArguments(ascii(line));
  if (words === undefined) return `${place}: unbalanced quotes in acl line. `;
  const [first, name, ...rules] = words;
  if (first !== 'user' || name === undefined)
    return `${place} should start with user keyword followed by the username. `;
  if (hasBlanks(name)) return `${place}: username '${name}' contains invalid characters. `;
  if (users.has(name))
    return `WARNING: Duplicate user '${name}' found on line ${place.slice(place.lastIndexOf(':') + 1)}. `;
  const user = newUser(name, channels);
  const merged = mergeSelectors(rules);
  if (!merged.ok) return `${place}: Unmatched parenthesis in selector definition.`;
  users.set(name, user);
  for (const rule of merged.rules) {
    const problem = applyRule(user, rule, channels);
    if (problem !== undefined)
      return `${place}: Error in applying operation '${rule}': ${problem}. `;
  }
  return undefined;
}

/** A `user` line that is wrong: the words of the configuration's error; undefined if it is right. */
export function userLineProblem(line: ByteString, known: readonly string[]): string | undefined {
  const words = (splitArguments(line) ?? []).slice(1);
  const name = words[0] ?? EMPTY;
  if (hasBlanks(name)) return declaration(name, 'Wrong format');
  if (known.includes(name)) return declaration(name, DUPLICATE_USER);
  const merged = mergeSelectors(words.slice(1));
  if (!merged.ok) return declaration(words[merged.at + 1] ?? EMPTY, 'Unmatched parenthesis');
  return undefined;
}

/** A rule that cannot be applied: what redis-server says of it when it has read all lines. */
export function userRuleProblem(line: ByteString): string | undefined {
  const [name = EMPTY, ...words] = (splitArguments(line) ?? []).slice(1);
  const user = newUser(name, 'resetchannels');
  const merged = mergeSelectors(words);
  for (const rule of merged.ok ? merged.rules : []) {
    const problem = applyRule(user, rule, 'resetchannels');
    if (problem !== undefined)
      return `Error loading ACL rule '${rule}' for the user named '${name}': ${problem}`;
  }
  return undefined;
}

function declaration(word: string, problem: string): string {
  return `Error in user declaration '${word}': ${problem}`;
}

export function userNameOf(line: ByteString): string {
  return splitArguments(line)?.[1] ?? '';
}

/** The users of lines that were found to be right. */
export function addUserLines(
  users: Users,
  lines: readonly ByteString[],
  channels: ChannelDefault,
): void {
  for (const line of lines) {
    const words = (splitArguments(line) ?? []).slice(1);
    const name = words[0] ?? EMPTY;
    const user: User = newUser(name, channels);
    const merged = mergeSelectors(words.slice(1));
    for (const rule of merged.ok ? merged.rules : []) applyRule(user, rule, channels);
    users.set(name, user);
  }
}
