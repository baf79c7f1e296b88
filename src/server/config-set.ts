/** CONFIG GET and CONFIG SET (spec §8.3). */
import { ascii, EMPTY, type ByteString } from '../base/bytes.ts';
import { globMatch } from '../base/glob.ts';
import { configSetFailed, errors, unknownDirective } from '../engine/errors.ts';
import { parseValue, shownText } from './directive-values.ts';
import {
  directives as table,
  directiveText,
  findDirective,
  type Directive,
  type DirectiveValues,
} from './directives.ts';

type Pair = readonly [ByteString, ByteString];

/** Names without a pattern are echoed as they were typed; a pattern gives all names that it matches, but no hidden ones. */
export function configGet(
  values: DirectiveValues,
  patterns: readonly ByteString[],
): readonly Pair[] {
  const found = new Map<string, Pair>();
  const add = (name: ByteString, directive: Directive): void => {
    const key = name.toLowerCase();
    if (found.has(key)) return;
    found.set(key, [name, shownText(directive, directiveText(values, directive.name))]);
  };
  for (const pattern of patterns) {
    if (!/[[*?]/.test(pattern)) {
      const directive = findDirective(pattern);
      if (directive !== undefined) add(pattern, directive);
      continue;
    }
    for (const directive of table) {
      if (directive.flags.includes('hidden')) continue;
      for (const name of [directive.name, directive.alias]) {
        if (name !== null && globMatch(pattern, ascii(name), 'ignore')) add(ascii(name), directive);
      }
    }
  }
  return [...found.values()];
}

export interface ConfigSetSituation {
  readonly loading: boolean;
  /** Whether this client may set directives that are protected. */
  readonly protectedAllowed: boolean;
}

export type ConfigSetOutcome =
  | {
      readonly ok: true;
      /** Where the process has still to go: the caller makes the system call. */
      readonly directory?: ByteString;
      /** The first of the directives that say where to listen, if one has changed. */
      readonly listens?: string;
    }
  | { readonly ok: false; readonly error: string };

/** Sets all pairs, or none. */
export function configSet(
  values: DirectiveValues,
  pairs: readonly Pair[],
  situation: ConfigSetSituation,
): ConfigSetOutcome {
  const checked = findDirectives(pairs, situation);
  if (!checked.ok) return checked;
  const before = new Map(values.texts);
  for (const { asked, directive, value } of checked.directives) {
    const problem = setOne(values, directive, value) ?? applyProblem(values, directive, before);
    if (problem === undefined) continue;
    for (const [name, text] of before) values.texts.set(name, text);
    return { ok: false, error: configSetFailed(asked, problem) };
  }
  for (const { directive } of checked.directives) values.given.add(directive.name);
  const directory = checked.directives.find(
    ({ directive }) => directive.kind.kind === 'dir',
  )?.value;
  const listens = checked.directives
    .map(({ directive }) => directive.name)
    .find((name) => LISTENING.includes(name) && before.get(name) !== values.texts.get(name));
  return {
    ok: true,
    ...(directory === undefined ? {} : { directory }),
    ...(listens === undefined ? {} : { listens }),
  };
}

const LISTENING: readonly string[] = ['bind', 'port'];

interface Asked {
  /** The name or alias that was used, in lower case. */
  readonly asked: string;
  readonly directive: Directive;
  readonly value: ByteString;
}

function findDirectives(
  pairs: readonly Pair[],
  { loading, protectedAllowed }: ConfigSetSituation,
):
  | { readonly ok: true; readonly directives: readonly Asked[] }
  | { readonly ok: false; readonly error: string } {
  const asked: Asked[] = [];
  for (const [name, value] of pairs) {
    const directive = findDirective(name);
    if (directive === undefined) return { ok: false, error: unknownDirective(name) };
    const { flags } = directive;
    if (flags.includes('immutable'))
      return { ok: false, error: configSetFailed(name, "can't set immutable config") };
    if (flags.includes('protected') && !protectedAllowed) {
      return { ok: false, error: configSetFailed(name, "can't set protected config") };
    }
    if (loading && flags.includes('deny-loading')) return { ok: false, error: errors.loading };
    const key = name.toLowerCase();
    // An alias and its primary name are two directives to Redis: both may stand in one command.
    if (asked.some((other) => other.asked === key)) {
      return { ok: false, error: configSetFailed(name, 'duplicate parameter') };
    }
    asked.push({ asked: key, directive, value });
  }
  return { ok: true, directives: asked };
}

/** Why the value is refused; undefined: it is set. */
function setOne(
  values: DirectiveValues,
  directive: Directive,
  value: ByteString,
): string | undefined {
  const words = directive.flags.includes('multi') ? splitAtBlanks(value) : [value];
  const parsed = parseValue(directive, words, values, {
    from: 'client',
    changeDirectory: (path) => ({ ok: true, text: path }),
  });
  if (!parsed.ok) return parsed.reason;
  values.texts.set(directive.name, inEffect(directive.name, parsed.text));
  return undefined;
}

/** sdssplitlen: each blank separates, so two of them have an empty word between them. */
function splitAtBlanks(value: ByteString): ByteString[] {
  return value === EMPTY ? [] : value.split(' ').map((word) => ascii(word));
}

/** Some values are taken as the nearest that makes sense. */
function inEffect(name: string, text: ByteString): ByteString {
  if (name === 'hz') return clampedHz(text);
  if (name === 'repl-backlog-size' && BigInt(text) < SMALLEST_BACKLOG)
    return ascii(String(SMALLEST_BACKLOG));
  return text;
}

const SMALLEST_BACKLOG = 16_384n;

/** Redis accepts any number of ticks a second and keeps within these. */
export function clampedHz(text: ByteString): ByteString {
  return ascii(String(Math.min(500, Math.max(1, Number(text)))));
}

const TLS_SWITCHES: readonly string[] = ['tls-port', 'tls-replication', 'tls-cluster'];

/** What the real server refuses when it puts a value into effect. */
function applyProblem(
  values: DirectiveValues,
  { name }: Directive,
  before: ReadonlyMap<string, ByteString>,
): string | undefined {
  if (!TLS_SWITCHES.includes(name)) return undefined;
  const text = directiveText(values, name);
  if (text === before.get(name) || text === '0' || text === 'no') return undefined;
  // There are no certificates, and nobody to encrypt for.
  return 'Unable to update TLS configuration. Check server logs.';
}
