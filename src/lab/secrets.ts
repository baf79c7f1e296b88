/**
 * Runs without the passwords in them, for links, files and what the browser keeps. The same secret becomes the same
 * stand-in wherever it is set or given, so that who could log in still can when the run is replayed.
 */
import {
  ascii,
  byteStringOf,
  bytesOf,
  EMPTY,
  equalsIgnoreCase,
  sliceBytes,
  utf8Decode,
  utf8Encode,
  type ByteString,
} from '../base/bytes.ts';
import { quoteBytes } from '../base/quote-bytes.ts';
import { sha256Hex } from '../base/sha256.ts';
import { splitArguments } from '../base/split-arguments.ts';
import type { LabAction, TimedAction } from './action.ts';
import type { LabPlan } from './setup.ts';
import { withoutSecrets } from './shell-secrets.ts';

const SECRET_DIRECTIVES = [
  'requirepass',
  'masterauth',
  'tls-key-file-pass',
  'tls-client-key-file-pass',
];

/** Secrets and their stand-ins, in the order in which they were met. */
interface Mask {
  readonly standIns: Map<ByteString, ByteString>;
  /** SHA-256 of a secret, as ACL SETUSER takes it, and that of its stand-in. */
  readonly hashes: Map<string, ByteString>;
  /** Variables of the shell that hold secrets. */
  readonly variables: Set<string>;
}

function newMask(): Mask {
  return { standIns: new Map(), hashes: new Map(), variables: new Set() };
}

export interface Maskable {
  readonly plan: LabPlan;
  readonly actions: readonly TimedAction[];
}

export function maskRun<R extends Maskable>(run: R): R {
  const mask = newMask();
  // Once to meet them all, since a password may be given by its hash, or in a variable, before it is known as one.
  maskedPlan(run.plan, mask);
  maskedActions(run.actions, mask);
  return {
    ...run,
    plan: maskedPlan(run.plan, mask),
    actions: maskedActions(run.actions, mask),
  };
}

export function maskActions(actions: readonly TimedAction[]): readonly TimedAction[] {
  return maskedActions(actions, newMask());
}

function maskedPlan(plan: LabPlan, mask: Mask): LabPlan {
  return {
    ...plan,
    lanes: plan.lanes.map((lane) => ({
      ...lane,
      config: new Map(
        [...lane.config].map(([name, value]) => [name, maskedDirective(name, value, mask)]),
      ),
    })),
    files: new Map(
      [...plan.files].map(([path, bytes]) => [path, maskedFile(path, bytes, mask)] as const),
    ),
  };
}

function maskedDirective(name: string, value: string, mask: Mask): string {
  const line = utf8Encode(`${name} ${value}`);
  const masked = maskedLine(line, mask);
  return masked === line ? value : utf8Decode(sliceBytes(masked, name.length + 1));
}

function maskedActions(actions: readonly TimedAction[], mask: Mask): readonly TimedAction[] {
  const masked = actions.map((timed) => {
    const action = maskedAction(timed.action, mask);
    return action === timed.action ? timed : { at: timed.at, action };
  });
  for (let at = 0; at < masked.length; at++) at += maskKeys(masked, at, mask);
  return masked;
}

/** Keys that are typed one after the other are one text. How many more actions it is made of. */
function maskKeys(actions: TimedAction[], at: number, mask: Mask): number {
  const first = keysOf(actions[at]);
  if (first === undefined) return 0;
  const pieces = [first.data];
  for (let next = at + 1; ; next++) {
    const keys = keysOf(actions[next]);
    if (keys === undefined || keys.session !== first.session) break;
    pieces.push(keys.data);
  }
  const masked = withoutSecrets(pieces, mask.variables, (secret) => standIn(secret, mask));
  if (masked === pieces) return pieces.length - 1;
  for (const [i, data] of masked.entries()) {
    const { at: instant, action } = actions[at + i]!;
    if (action.kind === 'terminal')
      actions[at + i] = { at: instant, action: { ...action, act: { kind: 'keys', data } } };
  }
  return pieces.length - 1;
}

function keysOf(
  timed: TimedAction | undefined,
): { readonly session: number; readonly data: ByteString } | undefined {
  const action = timed?.action;
  if (action?.kind !== 'terminal' || action.act.kind !== 'keys') return undefined;
  return { session: action.session, data: action.act.data };
}

function maskedLineOfShell(line: ByteString, mask: Mask): ByteString {
  const [masked = line] = withoutSecrets([line], mask.variables, (secret) => standIn(secret, mask));
  return masked;
}

function maskedAction(action: LabAction, mask: Mask): LabAction {
  if (action.kind === 'command') {
    const argv = maskedCommand(action.argv, mask);
    return argv === action.argv ? action : { ...action, argv };
  }
  if (action.kind === 'write') {
    const bytes = maskedFile(action.path, action.bytes, mask);
    return bytes === action.bytes ? action : { ...action, bytes };
  }
  if (action.kind === 'shell') {
    const line = maskedLineOfShell(action.line, mask);
    return line === action.line ? action : { ...action, line };
  }
  if (action.kind === 'terminal') {
    if (action.act.kind !== 'line') return action;
    const text = maskedLineOfShell(action.act.text, mask);
    return text === action.act.text ? action : { ...action, act: { kind: 'line', text } };
  }
  if (action.kind !== 'import') return action;
  const files = action.files.map(({ name, bytes }) => ({
    name,
    bytes: maskedFile(name, bytes, mask),
  }));
  return { ...action, files };
}

/** The words with stand-ins; the very same array if there is no secret in it. */
function maskedCommand(argv: readonly ByteString[], mask: Mask): readonly ByteString[] {
  const is = (i: number, name: string): boolean => equalsIgnoreCase(argv[i] ?? '', name);
  const secret = (...at: readonly number[]): readonly ByteString[] =>
    argv.map((word, i) => (at.includes(i) ? standIn(word, mask) : word));
  if (is(0, 'auth')) return argv.length < 2 ? argv : secret(argv.length === 2 ? 1 : 2);
  if (is(0, 'hello')) {
    const at = argv.findIndex((_, i) => i >= 2 && is(i, 'auth'));
    return at < 0 ? argv : secret(at + 2);
  }
  if (is(0, 'config') && is(1, 'set')) {
    const at = argv.flatMap((_, i) =>
      i >= 2 && i % 2 === 0 && SECRET_DIRECTIVES.some((name) => is(i, name)) ? [i + 1] : [],
    );
    return at.length === 0 ? argv : secret(...at);
  }
  if (is(0, 'acl') && is(1, 'setuser'))
    return argv.map((word, i) => (i < 3 ? word : maskedRule(word, mask)));
  if (is(0, 'migrate')) {
    const keys = argv.findIndex((_, i) => i >= 6 && is(i, 'keys'));
    const before = (name: string): number =>
      argv.findIndex((_, i) => i >= 6 && (keys < 0 || i < keys) && is(i, name));
    const at = [before('auth') + 1, before('auth2') + 2].filter((i) => i > 2);
    return at.length === 0 ? argv : secret(...at);
  }
  return argv;
}

/** `>password`, `<password`, `#hash` and `!hash` of ACL SETUSER and of `user` lines. */
function maskedRule(rule: ByteString, mask: Mask): ByteString {
  const kind = rule.charAt(0);
  const rest = sliceBytes(rule, 1);
  if (kind === '>' || kind === '<') return ascii(kind + standIn(rest, mask));
  if ((kind !== '#' && kind !== '!') || rest === '') return rule;
  const known = mask.hashes.get(rest.toLowerCase());
  if (known !== undefined) return ascii(kind + known);
  // A hash whose password nobody gives is a secret of its own.
  return ascii(kind + sha256Hex(bytesOf(standIn(rest, mask))));
}

function standIn(secret: ByteString, mask: Mask): ByteString {
  // What was masked before stays as it is.
  if (secret === EMPTY || /^secret-\d+$/.test(secret)) return secret;
  const known = mask.standIns.get(secret);
  if (known !== undefined) return known;
  const name = ascii(`secret-${mask.standIns.size + 1}`);
  mask.standIns.set(secret, name);
  mask.hashes.set(sha256Hex(bytesOf(secret)), ascii(sha256Hex(bytesOf(name))));
  return name;
}

/** Configuration and ACL files carry passwords in their lines. */
function maskedFile(path: string, bytes: Uint8Array, mask: Mask): Uint8Array {
  if (!/\.(conf|acl)$/.test(path)) return bytes;
  const text = byteStringOf(bytes);
  const masked = text
    .split('\n')
    .map((line) => maskedLine(ascii(line), mask))
    .join('\n');
  return masked === text ? bytes : bytesOf(ascii(masked));
}

function maskedLine(line: ByteString, mask: Mask): ByteString {
  const words = splitArguments(line);
  const [name, ...rest] = words ?? [];
  if (name === undefined) return line;
  const isUser = equalsIgnoreCase(name, 'user');
  const isSecret = SECRET_DIRECTIVES.some((directive) => equalsIgnoreCase(name, directive));
  if (!isUser && !isSecret) return line;
  const masked = rest.map((word, i) =>
    isUser ? (i === 0 ? word : maskedRule(word, mask)) : standIn(word, mask),
  );
  if (masked.every((word, i) => word === rest[i])) return line;
  return ascii([name, ...masked.map((word) => plainOrQuoted(word))].join(' '));
}

function plainOrQuoted(word: ByteString): string {
  return /^[\x21\x23-\x26\x28-\x5b\x5d-\x7e]+$/.test(word) ? word : quoteBytes(word);
}
