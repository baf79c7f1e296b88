/** Who may do what: users with their selectors, as plain data (acl.c). The rules of ACL SETUSER stand in rules.ts. */
import { ascii, type ByteString } from '../../base/bytes.ts';

export interface User {
  readonly name: ByteString;
  enabled: boolean;
  /** Any password will do. */
  noPassword: boolean;
  sanitizePayload: boolean;
  /** SHA-256 of each, in hexadecimal. */
  passwords: string[];
  /** The root selector first; one that permits a command is enough. */
  selectors: Selector[];
}

export interface Selector {
  /** What was said of commands, in its order: `+@read -get`. What it says for all is left out. */
  commandRules: string;
  /** All commands, be they added later (bit 1023 of Redis): the description begins with +@all. */
  allByDefault: boolean;
  /** Full names of the commands that are permitted; null: all of them. */
  commands: Set<string> | null;
  /** Commands that are permitted only with these first words, as they were given. */
  firstWords: Map<string, ByteString[]>;
  allKeys: boolean;
  keys: KeyPattern[];
  allChannels: boolean;
  channels: ByteString[];
}

export interface KeyPattern {
  readonly pattern: ByteString;
  read: boolean;
  write: boolean;
}

/** By name. */
export type Users = Map<ByteString, User>;

export const DEFAULT_USER = ascii('default');

/** What a new user may use of channels (acl-pubsub-default). */
export type ChannelDefault = 'allchannels' | 'resetchannels';

export function newSelector(channels: ChannelDefault): Selector {
  return {
    commandRules: '',
    allByDefault: false,
    commands: new Set(),
    firstWords: new Map(),
    allKeys: false,
    keys: [],
    allChannels: channels === 'allchannels',
    channels: [],
  };
}

export function newUser(name: ByteString, channels: ChannelDefault): User {
  return {
    name,
    enabled: false,
    noPassword: false,
    sanitizePayload: true,
    passwords: [],
    selectors: [newSelector(channels)],
  };
}

/** The default user as it comes: it may do everything, without a password. */
export function newUsers(): Users {
  return new Map([[DEFAULT_USER, newDefaultUser()]]);
}

export function newDefaultUser(): User {
  const user = newUser(DEFAULT_USER, 'allchannels');
  user.enabled = true;
  user.noPassword = true;
  const root = user.selectors[0]!;
  root.allKeys = true;
  root.allByDefault = true;
  root.commands = null;
  return user;
}

export function copyUser(user: User): User {
  return { ...user, passwords: [...user.passwords], selectors: user.selectors.map(copySelector) };
}

function copySelector(selector: Selector): Selector {
  return {
    ...selector,
    commands: selector.commands === null ? null : new Set(selector.commands),
    firstWords: new Map([...selector.firstWords].map(([name, words]) => [name, [...words]])),
    keys: selector.keys.map((key) => ({ ...key })),
    channels: [...selector.channels],
  };
}

export function sortedNames(users: Users): ByteString[] {
  return [...users.keys()].sort();
}

// --- as text ---

/** `user default on nopass sanitize-payload ~* &* +@all` without its first word. */
export function describeUser(user: User): string {
  const flags = userFlags(user);
  const passwords = user.passwords.map((hash) => `#${hash}`);
  const [root, ...others] = user.selectors.map(describeSelector);
  return [user.name, ...flags, ...passwords, root, ...others.map((text) => `(${text})`)].join(' ');
}

export function userFlags({ enabled, noPassword, sanitizePayload }: User): string[] {
  return [
    enabled ? 'on' : 'off',
    ...(noPassword ? ['nopass'] : []),
    sanitizePayload ? 'sanitize-payload' : 'skip-sanitize-payload',
  ];
}

function describeSelector(selector: Selector): string {
  const channels = selector.allChannels
    ? ['&*']
    : ['resetchannels', ...selector.channels.map((channel) => `&${channel}`)];
  return [keysText(selector), ...channels, commandsText(selector)]
    .filter((text) => text !== '')
    .join(' ');
}

export function keysText({ allKeys, keys }: Selector): string {
  return allKeys ? '~*' : keys.map(keyText).join(' ');
}

function keyText({ pattern, read, write }: KeyPattern): string {
  if (read && write) return `~${pattern}`;
  return `%${read ? 'R' : ''}${write ? 'W' : ''}~${pattern}`;
}

export function channelsText({ allChannels, channels }: Selector): string {
  return allChannels ? '&*' : channels.map((channel) => `&${channel}`).join(' ');
}

export function commandsText({ allByDefault, commandRules }: Selector): string {
  const first = allByDefault ? '+@all' : '-@all';
  return commandRules === '' ? first : `${first} ${commandRules}`;
}
