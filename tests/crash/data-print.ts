/**
 * What a data set amounts to, in a few numbers that can be added up key by key: the model's data and the engine's are
 * compared by them. Keys with an expiry are kept apart, so that a print can be taken for any instant.
 */
import type { ByteString } from '../../src/base/bytes.ts';
import { elements } from '../../src/engine/data/list.ts';
import { entryOf, type KeySpace } from '../../src/engine/data/key-space.ts';
import { membersByRank } from '../../src/engine/data/sorted-set.ts';
import { entriesBetween } from '../../src/engine/data/stream.ts';
import { idMillis, idSequence } from '../../src/engine/data/stream-id.ts';
import { stringText } from '../../src/engine/data/string.ts';
import type { Value } from '../../src/engine/data/value.ts';

/** 64 bits of one key: its database, name, type, contents and expiry. */
export interface KeyPrint {
  readonly high: number;
  readonly low: number;
  /** Milliseconds since 1970; null: the key stays. */
  readonly expireAt: number | null;
}

export interface DataPrint {
  readonly high: number;
  readonly low: number;
  readonly expiring: readonly KeyPrint[];
}

export type PlainValue =
  | { readonly type: 'string'; readonly parts: readonly string[] }
  | { readonly type: 'list' | 'stream'; readonly parts: readonly string[] }
  /** The order of the parts tells nothing. */
  | { readonly type: 'set' | 'hash' | 'zset'; readonly parts: readonly string[] };

export function keyPrint(
  db: number,
  key: string,
  { type, parts }: PlainValue,
  expireAt: number | null,
): KeyPrint {
  const unordered = type === 'set' || type === 'hash' || type === 'zset';
  const texts = unordered ? parts.toSorted() : parts;
  const framed = texts.map((text) => `${text.length}:${text}`).join('');
  return hash(`${db} ${key.length}:${key} ${type} ${expireAt ?? ''} ${framed}`, expireAt);
}

/** Two rounds of different multipliers over the chars (cyrb53 without its last step). */
function hash(text: string, expireAt: number | null): KeyPrint {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return { high, low, expireAt };
}

/** A data set's print that follows single keys. */
export class RunningPrint {
  private high = 0;
  private low = 0;
  private readonly keys = new Map<string, KeyPrint>();
  private expiring = new Map<string, KeyPrint>();

  /** `print` undefined: there is no such key any more. */
  set(db: number, key: string, print: KeyPrint | undefined): void {
    const name = `${db}:${key}`;
    const before = this.keys.get(name);
    if (before !== undefined && before.expireAt === null) this.add(before);
    if (before !== undefined && before.expireAt !== null) this.expiring.delete(name);
    if (print === undefined) {
      this.keys.delete(name);
      return;
    }
    this.keys.set(name, print);
    if (print.expireAt === null) this.add(print);
    else this.expiring.set(name, print);
  }

  clear(): void {
    this.high = 0;
    this.low = 0;
    this.keys.clear();
    this.expiring.clear();
  }

  take(): DataPrint {
    return { high: this.high, low: this.low, expiring: [...this.expiring.values()] };
  }

  private add(print: KeyPrint): void {
    this.high ^= print.high;
    this.low ^= print.low;
  }
}

/** The keys that are alive at `now` (milliseconds), in one text. */
export function printAt(print: DataPrint, now: number): string {
  let { high, low } = print;
  for (const key of print.expiring) {
    if (key.expireAt! < now) continue;
    high ^= key.high;
    low ^= key.low;
  }
  return `${high >>> 0}.${low >>> 0}`;
}

/** Of a whole engine's data. */
export function enginePrint(databases: readonly { readonly space: KeySpace }[]): DataPrint {
  const running = new RunningPrint();
  for (const [db, { space }] of databases.entries())
    for (const { key } of space.entries) running.set(db, key, entryPrint(space, db, key));
  return running.take();
}

export function entryPrint(space: KeySpace, db: number, key: string): KeyPrint | undefined {
  const entry = entryOf(space, key as ByteString);
  if (entry === undefined) return undefined;
  const at = entry.expiry === null ? null : Number(entry.expiry.at);
  return keyPrint(db, key, plainValue(entry.value), at);
}

function plainValue(value: Value): PlainValue {
  if (typeof value !== 'object' || value.kind === 'raw')
    return { type: 'string', parts: [stringText(value)] };
  switch (value.kind) {
    case 'list':
      return { type: 'list', parts: [...elements(value)] };
    case 'set':
      return { type: 'set', parts: value.members };
    case 'hash':
      return {
        type: 'hash',
        parts: [...value.fields].map(([field, text]) => pairText(field, text)),
      };
    case 'zset':
      return {
        type: 'zset',
        parts: [...membersByRank(value)].map(({ member, score }) => pairText(member, `${score}`)),
      };
    case 'stream':
      return {
        type: 'stream',
        parts: [...entriesBetween(value)].map(({ id, fields }) =>
          entryText(`${idMillis(id)}-${idSequence(id)}`, fields),
        ),
      };
  }
}

export function pairText(first: string, second: string): string {
  return `${first.length}:${first}${second}`;
}

export function entryText(id: string, fields: readonly string[]): string {
  return `${id} ${fields.map((field) => `${field.length}:${field}`).join('')}`;
}
