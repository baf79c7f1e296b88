/**
 * What the commands of the crash workload mean, written down a second time and without the engine: Maps and arrays.
 * The judge compares with it what a start brings back. It refuses commands that it does not know.
 */
import {
  entryText,
  keyPrint,
  pairText,
  RunningPrint,
  type DataPrint,
  type PlainValue,
} from './data-print.ts';

type Content =
  | { readonly type: 'string'; text: string }
  | { readonly type: 'list'; items: string[] }
  | { readonly type: 'hash'; readonly fields: Map<string, string> }
  | { readonly type: 'set'; readonly members: Set<string> }
  | { readonly type: 'zset'; readonly scores: Map<string, number> }
  | {
      readonly type: 'stream';
      entries: { readonly id: string; readonly fields: readonly string[] }[];
      lastId: number;
    };

interface Key {
  readonly content: Content;
  expireAt: number | null;
}

interface Speaker {
  db: number;
  queue: (readonly string[])[] | null;
}

const DATABASES = 16;

export class DataModel {
  private databases = Array.from({ length: DATABASES }, () => new Map<string, Key>());
  private readonly speakers = new Map<string, Speaker>();
  private readonly running = new RunningPrint();
  private changes = 0;

  /** Whether the data, or an expiry, has changed. `now`: milliseconds since 1970. */
  execute(client: string, argv: readonly string[], now: number): 'changed' | 'unchanged' {
    const speaker = this.speaker(client);
    const before = this.changes;
    const name = argv[0]!.toUpperCase();
    if (speaker.queue !== null && name !== 'EXEC' && name !== 'DISCARD') speaker.queue.push(argv);
    else if (name === 'MULTI') speaker.queue = [];
    else if (name === 'EXEC' || name === 'DISCARD') {
      const queue = speaker.queue ?? [];
      speaker.queue = null;
      if (name === 'EXEC') for (const words of queue) this.run(speaker, words, now);
    } else this.run(speaker, argv, now);
    return this.changes > before ? 'changed' : 'unchanged';
  }

  print(): DataPrint {
    return this.running.take();
  }

  private speaker(client: string): Speaker {
    const known = this.speakers.get(client) ?? { db: 0, queue: null };
    this.speakers.set(client, known);
    return known;
  }

  private run(speaker: Speaker, [word, ...args]: readonly string[], now: number): void {
    const name = word!.toUpperCase();
    const { db } = speaker;
    const at = new Keys(this.databases[db]!, now, (key) => this.changed(db, key));
    const handler = handlers[name];
    if (handler !== undefined) return handler(at, args);
    switch (name) {
      case 'SELECT':
        speaker.db = Number(args[0]);
        return;
      case 'FLUSHDB':
        this.databases[db]!.clear();
        return this.changedAll();
      case 'SWAPDB': {
        const [first, second] = [Number(args[0]), Number(args[1])];
        const swapped = this.databases[first]!;
        this.databases[first] = this.databases[second]!;
        this.databases[second] = swapped;
        return this.changedAll();
      }
      case 'GET':
      case 'EXISTS':
      case 'TTL':
      case 'BGREWRITEAOF':
        return;
      default:
        throw new Error(`the model does not know ${name}`);
    }
  }

  private changed(db: number, key: string): void {
    this.changes++;
    const entry = this.databases[db]!.get(key);
    const print =
      entry === undefined ? undefined : keyPrint(db, key, plain(entry.content), entry.expireAt);
    this.running.set(db, key, print);
  }

  private changedAll(): void {
    this.running.clear();
    for (const [db, keys] of this.databases.entries())
      for (const key of keys.keys()) this.changed(db, key);
    this.changes++;
  }
}

function plain(content: Content): PlainValue {
  switch (content.type) {
    case 'string':
      return { type: 'string', parts: [content.text] };
    case 'list':
      return { type: 'list', parts: content.items };
    case 'hash':
      return {
        type: 'hash',
        parts: [...content.fields].map(([name, text]) => pairText(name, text)),
      };
    case 'set':
      return { type: 'set', parts: [...content.members] };
    case 'zset':
      return {
        type: 'zset',
        parts: [...content.scores].map(([member, score]) => pairText(member, `${score}`)),
      };
    case 'stream':
      return {
        type: 'stream',
        parts: content.entries.map(({ id, fields }) => entryText(id, fields)),
      };
  }
}

/** One database at an instant: a key whose time is over is not there. */
class Keys {
  private readonly keys: Map<string, Key>;
  readonly now: number;
  private readonly changed: (key: string) => void;

  constructor(keys: Map<string, Key>, now: number, changed: (key: string) => void) {
    this.keys = keys;
    this.now = now;
    this.changed = changed;
  }

  find<T extends Content['type']>(
    key: string,
    type: T,
  ): Extract<Content, { readonly type: T }> | undefined {
    const content = this.live(key)?.content;
    if (content !== undefined && content.type !== type) throw new Error(`${key} is no ${type}`);
    return content as Extract<Content, { readonly type: T }> | undefined;
  }

  /** The content of that type, made if it is not there. */
  need<T extends Content['type']>(key: string, type: T): Extract<Content, { readonly type: T }> {
    const known = this.find(key, type);
    if (known !== undefined) return known;
    const content = empty[type]();
    this.keys.set(key, { content, expireAt: null });
    return content as Extract<Content, { readonly type: T }>;
  }

  live(key: string): Key | undefined {
    const entry = this.keys.get(key);
    if (entry === undefined || entry.expireAt === null || entry.expireAt >= this.now) return entry;
    this.keys.delete(key);
    return undefined;
  }

  put(key: string, content: Content, expireAt: number | null): void {
    this.keys.set(key, { content, expireAt });
    this.changed(key);
  }

  remove(key: string): boolean {
    const was = this.live(key) !== undefined;
    this.keys.delete(key);
    if (was) this.changed(key);
    return was;
  }

  /** After a change in place; what is empty goes. */
  touch(key: string): void {
    const { content } = this.keys.get(key)!;
    if (isEmpty(content)) this.keys.delete(key);
    this.changed(key);
  }

  expire(key: string, at: number | null): void {
    const entry = this.live(key);
    if (entry === undefined || (at === null && entry.expireAt === null)) return;
    entry.expireAt = at;
    this.changed(key);
  }
}

const empty: { readonly [T in Content['type']]: () => Content } = {
  string: () => ({ type: 'string', text: '' }),
  list: () => ({ type: 'list', items: [] }),
  hash: () => ({ type: 'hash', fields: new Map() }),
  set: () => ({ type: 'set', members: new Set() }),
  zset: () => ({ type: 'zset', scores: new Map() }),
  stream: () => ({ type: 'stream', entries: [], lastId: 0 }),
};

function isEmpty(content: Content): boolean {
  switch (content.type) {
    case 'list':
      return content.items.length === 0;
    case 'hash':
      return content.fields.size === 0;
    case 'set':
      return content.members.size === 0;
    case 'zset':
      return content.scores.size === 0;
    case 'string':
    case 'stream':
      return false;
  }
}

function add(keys: Keys, key: string, amount: number): void {
  const text = keys.find(key, 'string')?.text ?? '0';
  if (!/^-?\d{1,15}$/.test(text)) return;
  keys.need(key, 'string').text = `${Number(text) + amount}`;
  keys.touch(key);
}

function remove(keys: Keys, names: readonly string[]): void {
  for (const name of names) keys.remove(name);
}

function push(keys: Keys, key: string, items: readonly string[], end: 'left' | 'right'): void {
  const list = keys.need(key, 'list');
  for (const item of items) {
    if (end === 'left') list.items.unshift(item);
    else list.items.push(item);
  }
  keys.touch(key);
}

function pairs(words: readonly string[]): [string, string][] {
  return words.flatMap((word, i) => (i % 2 === 0 ? [[word, words[i + 1]!]] : []));
}

type Handler = (keys: Keys, args: readonly string[]) => void;

const handlers: Readonly<Record<string, Handler>> = {
  SET: (keys, [key, text, unit, amount]) => {
    const ms =
      unit === undefined ? null : Number(amount) * (unit.toUpperCase() === 'EX' ? 1000 : 1);
    keys.put(key!, { type: 'string', text: text! }, ms === null ? null : keys.now + ms);
  },
  MSET: (keys, args) => {
    for (const [key, text] of pairs(args)) keys.put(key, { type: 'string', text }, null);
  },
  APPEND: (keys, [key, more]) => {
    keys.need(key!, 'string').text += more!;
    keys.touch(key!);
  },
  INCRBY: (keys, [key, amount]) => add(keys, key!, Number(amount)),
  DECR: (keys, [key]) => add(keys, key!, -1),
  GETDEL: (keys, [key]) => remove(keys, [key!]),
  DEL: remove,
  UNLINK: remove,
  EXPIRE: (keys, [key, seconds]) => keys.expire(key!, keys.now + Number(seconds) * 1000),
  PEXPIRE: (keys, [key, ms]) => keys.expire(key!, keys.now + Number(ms)),
  PERSIST: (keys, [key]) => keys.expire(key!, null),
  RENAME: (keys, [from, to]) => {
    const entry = keys.live(from!);
    if (entry === undefined || from === to) return;
    keys.remove(from!);
    keys.put(to!, entry.content, entry.expireAt);
  },
  RPUSH: (keys, [key, ...items]) => push(keys, key!, items, 'right'),
  LPUSH: (keys, [key, ...items]) => push(keys, key!, items, 'left'),
  LPOP: (keys, [key]) => {
    const list = keys.find(key!, 'list');
    if (list === undefined) return;
    list.items.shift();
    keys.touch(key!);
  },
  LTRIM: (keys, [key, start, stop]) => {
    const list = keys.find(key!, 'list');
    if (list === undefined) return;
    const before = list.items.length;
    list.items = list.items.slice(Number(start), Number(stop) + 1);
    if (list.items.length < before) keys.touch(key!);
  },
  HSET: (keys, [key, ...words]) => {
    const hash = keys.need(key!, 'hash');
    for (const [field, text] of pairs(words)) hash.fields.set(field, text);
    keys.touch(key!);
  },
  HDEL: (keys, [key, field]) => {
    if (keys.find(key!, 'hash')?.fields.delete(field!) === true) keys.touch(key!);
  },
  SADD: (keys, [key, ...members]) => {
    const set = keys.need(key!, 'set');
    const before = set.members.size;
    for (const member of members) set.members.add(member);
    if (set.members.size > before) keys.touch(key!);
  },
  SREM: (keys, [key, member]) => {
    if (keys.find(key!, 'set')?.members.delete(member!) === true) keys.touch(key!);
  },
  ZADD: (keys, [key, score, member]) => {
    const { scores } = keys.need(key!, 'zset');
    if (scores.get(member!) === Number(score)) return;
    scores.set(member!, Number(score));
    keys.touch(key!);
  },
  ZREM: (keys, [key, member]) => {
    if (keys.find(key!, 'zset')?.scores.delete(member!) === true) keys.touch(key!);
  },
  XADD: (keys, [key, id, ...fields]) => {
    // Another client may have been faster with a greater one.
    if (Number.parseInt(id!, 10) <= (keys.find(key!, 'stream')?.lastId ?? 0)) return;
    const stream = keys.need(key!, 'stream');
    stream.entries.push({ id: id!, fields });
    stream.lastId = Number.parseInt(id!, 10);
    keys.touch(key!);
  },
  XDEL: (keys, [key, id]) => {
    const stream = keys.find(key!, 'stream');
    const kept = stream?.entries.filter((entry) => entry.id !== id) ?? [];
    if (stream === undefined || kept.length === stream.entries.length) return;
    stream.entries = kept;
    keys.touch(key!);
  },
  /** The workload's one script: SET KEYS[1] ARGV[1] and RPUSH KEYS[2] ARGV[1]. */
  EVAL: (keys, [, , first, second, text]) => {
    keys.put(first!, { type: 'string', text: text! }, null);
    push(keys, second!, [text!], 'right');
  },
};
