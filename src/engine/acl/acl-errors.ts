/** Error texts of ACL, and of those that it denies something. */
import { echoed } from '../errors.ts';

/** What a user is told who may not do something; `verbose`: with its name (acl.c:getAclErrorMessage). */
export const denied = {
  command: (user: string, name: string): string =>
    `User ${user} has no permissions to run the '${name}' command`,
  key: (user: string, key: string, detail: 'verbose' | 'terse'): string =>
    detail === 'terse'
      ? 'No permissions to access a key'
      : `User ${user} has no permissions to access the '${key}' key`,
  channel: (user: string, channel: string, detail: 'verbose' | 'terse'): string =>
    detail === 'terse'
      ? 'No permissions to access a channel'
      : `User ${user} has no permissions to access the '${channel}' channel`,
} as const;

const deniedSince = {
  command: 'no permission to execute the command or subcommand',
  key: 'no permission to touch the specified keys',
  channel: 'no permission to access one of the channels used as arguments to the command',
} as const;

export function rulesChanged(reason: keyof typeof deniedSince): string {
  return `NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. This command is no longer allowed for the following reason: ${deniedSince[reason]}`;
}

export function aclModifier(rule: string, problem: string): string {
  return `ERR Error in ACL SETUSER modifier '${echoed(rule)}': ${problem}`;
}

export function aclFileErrors(problems: string): string {
  return `ERR ${problems}`;
}

export function unmatchedSelector(word: string): string {
  return `ERR Unmatched parenthesis in acl selector starting at '${echoed(word)}'.`;
}

export function unknownAclCategory(name: string): string {
  return `ERR Unknown category '${echoed(name)}'`;
}

export function dryRunUser(name: string): string {
  return `ERR User '${echoed(name)}' not found`;
}

export function dryRunCommand(name: string): string {
  return `ERR Command '${echoed(name)}' not found`;
}
