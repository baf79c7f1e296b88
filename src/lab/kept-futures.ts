/**
 * The futures of a run as the browser keeps them: a head line, a list as JSON, and each future as the file of a run
 * (run-file.ts), whose checksum tells of damage. So one that is damaged takes none of the others with it.
 */
import { ascii, byteStringOf, bytesOf, utf8Decode, utf8Encode } from '../base/bytes.ts';
import type { Run } from './replay.ts';
import { decodeRun, encodeRun } from './run-file.ts';
import { isRecord } from './run-setup.ts';
import type { LabPlan } from './setup.ts';

export interface KeptFutures {
  /** What the one at hand is called, and how many names were given. */
  readonly name: string;
  readonly named: number;
  /** The oldest first. */
  readonly futures: readonly { readonly name: string; readonly run: Run }[];
}

/** What was found: what of it can be used, and in sentences what cannot. */
export interface FoundFutures extends KeptFutures {
  readonly problems: readonly string[];
  /** A newer page wrote them and will want them: nothing may be written over them. */
  readonly untouchable: boolean;
}

const TITLE = 'AOF Lab futures, version ';
const VERSION = 1;
/** What all of them may take together. Of those that do not fit, the oldest go first. */
export const MOST_KEPT_BYTES = 4 * 1024 * 1024;
const LONGEST_NAME = 8;

/** To which lab they belong: a lab that is opened again has the seed and the beginning that it had. */
export function sessionOf({ seed, createdAt }: LabPlan): string {
  return `${seed} ${createdAt}`;
}

/** A future as it is kept; null: it would take more than all of them may. */
export function encodeFuture(run: Run): Uint8Array | null {
  const bytes = encodeRun(run);
  return bytes.length > MOST_KEPT_BYTES ? null : bytes;
}

/** How many of these, counted from the newest, may be kept together. `sizes`: in bytes, the oldest first. */
export function howManyFit(sizes: readonly number[]): number {
  let bytes = 0;
  for (let i = sizes.length - 1; i >= 0; i--) {
    bytes += sizes[i]!;
    if (bytes > MOST_KEPT_BYTES) return sizes.length - 1 - i;
  }
  return sizes.length;
}

export function encodeFutures(
  session: string,
  { name, named }: Pick<KeptFutures, 'name' | 'named'>,
  futures: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Uint8Array {
  const list = futures.map((each) => ({ name: each.name, length: each.bytes.length }));
  const head = `${TITLE}${VERSION}\n${JSON.stringify({ session, name, named, futures: list })}\n`;
  const parts = [bytesOf(utf8Encode(head)), ...futures.map(({ bytes }) => bytes)];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Null: they are of another lab. */
export function decodeFutures(bytes: Uint8Array, session: string): FoundFutures | null {
  const [title = '', second = ''] = firstLines(bytes);
  if (!title.startsWith(TITLE)) return unusable('are damaged');
  const version = title.slice(TITLE.length);
  if (/^\d{1,6}$/.test(version) && Number(version) > VERSION) return ofNewerPage(version);
  if (version !== String(VERSION)) return unusable('are damaged');
  const head = readHead(second);
  if (head === null) return unusable('are damaged');
  if (head.session !== session) return null;
  const futures: { name: string; run: Run }[] = [];
  const problems: string[] = [];
  let at = bytesOf(utf8Encode(`${title}\n${second}\n`)).length;
  for (const { name, length } of head.list) {
    const decoded = decodeRun(bytes.slice(at, at + length));
    at += length;
    if (decoded.ok) futures.push({ name, run: decoded.value });
    else problems.push(`Future ${name} of the last visit could not be read and is dropped.`);
  }
  return { name: head.name, named: head.named, futures, problems, untouchable: false };
}

function unusable(why: string): FoundFutures {
  const problem = `The futures of the last visit ${why} and are dropped; the lab itself is as it was.`;
  return { ...NONE, problems: [problem], untouchable: false };
}

function ofNewerPage(version: string): FoundFutures {
  const problem = `The futures of the last visit were kept by a newer version of this page (${version}). They stay for it; those of this visit are not kept. Reload the page to get the newer one.`;
  return { ...NONE, problems: [problem], untouchable: true };
}

const NONE: KeptFutures = { name: 'A', named: 1, futures: [] };

/** The first two lines, without their ends, as far as there are any. */
function firstLines(bytes: Uint8Array): readonly string[] {
  const lines: string[] = [];
  let from = 0;
  while (lines.length < 2) {
    const end = bytes.indexOf(NEWLINE, from);
    if (end < 0) break;
    lines.push(utf8Decode(byteStringOf(bytes, from, end)));
    from = end + 1;
  }
  return lines;
}

const NEWLINE = ascii('\n').charCodeAt(0);

interface Head extends Pick<KeptFutures, 'name' | 'named'> {
  readonly session: string;
  readonly list: readonly { readonly name: string; readonly length: number }[];
}

function readHead(json: string): Head | null {
  let head: unknown;
  try {
    head = JSON.parse(json);
  } catch {
    return null;
  }
  if (!isRecord(head)) return null;
  const { session, name, named, futures } = head;
  if (typeof session !== 'string' || !isName(name) || !isCount(named)) return null;
  if (!Array.isArray(futures)) return null;
  const list: { name: string; length: number }[] = [];
  const names = new Set([name]);
  const entries: readonly unknown[] = futures;
  for (const each of entries) {
    if (!isRecord(each)) return null;
    const { name: own, length } = each;
    if (!isName(own) || names.has(own) || !isCount(length)) return null;
    names.add(own);
    list.push({ name: own, length });
  }
  return { session, name, named, list };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Z]\d*$/.test(value) && value.length <= LONGEST_NAME;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
