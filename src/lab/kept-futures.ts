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
  if (title !== `${TITLE}${VERSION}`)
    return unusable(
      `were kept by another version of this page (${title.slice(TITLE.length).slice(0, 20)})`,
    );
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
  return { name: head.name, named: head.named, futures, problems };
}

function unusable(why: string): FoundFutures {
  const problem = `The futures of the last visit ${why} and are dropped; the lab itself is as it was.`;
  return { name: 'A', named: 1, futures: [], problems: [problem] };
}

/** The first two lines, without their ends. */
function firstLines(bytes: Uint8Array): readonly string[] {
  const first = bytes.indexOf(NEWLINE);
  const second = first < 0 ? -1 : bytes.indexOf(NEWLINE, first + 1);
  return second < 0
    ? []
    : [
        utf8Decode(byteStringOf(bytes, 0, first)),
        utf8Decode(byteStringOf(bytes, first + 1, second)),
      ];
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
