import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ascii, byteStringOf, type ByteString } from '../../src/base/bytes.ts';
import { newGrowableBytes } from '../../src/base/growable-bytes.ts';
import { findCommand } from '../../src/engine/command-table.ts';
import type { Unit } from '../../src/engine/effects.ts';
import { encodeCommand } from '../../src/resp/command-encoder.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { configure } from '../support/engine-port.ts';
import { asRead, newEngineFixture, splitLine } from '../support/engine-fixture.ts';
import { hasKey } from '../../src/engine/data/key-space.ts';

/** What real servers wrote: tests/golden/README tells how. */
interface Vector {
  readonly name: string;
  readonly server: string;
  readonly config: Readonly<Record<string, string>>;
  readonly commands: readonly (readonly [string, ...(string | number)[]])[];
  readonly conns?: readonly number[];
  readonly aof: string;
  readonly volatile: readonly { readonly offset: number; readonly length: number }[];
  readonly replies: readonly unknown[];
  readonly nondeterministic?: unknown;
}

const vectors = (
  JSON.parse(readFileSync(new URL('../golden/aof.json', import.meta.url), 'utf8')) as Vector[]
).filter(({ server }) => server === '7.2.4');

/** What lies outside of the engine. */
const elsewhere: Readonly<Record<string, string>> = {
  'rewrite-forces-select': 'a rewrite is the server’s',
  'timestamp-annotation-multi': 'annotations are the log’s',
  'debug-reload-not-logged': 'a reload is the server’s',
};

describe('what goes to the log is what 7.2.4 wrote', () => {
  for (const vector of vectors) {
    const missing = vector.commands
      .map(([name]) => name)
      .filter((name) => !name.startsWith('@') && !isKnown(name));
    const reason =
      elsewhere[vector.name] ?? (missing.length > 0 ? `no ${missing[0]} yet` : unsupported(vector));
    test.skipIf(reason !== undefined)(
      reason === undefined ? vector.name : `${vector.name}: ${reason}`,
      () => {
        const { log, replies } = run(vector);
        expect(blanked(log, vector)).toBe(blanked(vector.aof, vector));
        expect(replies).toEqual(vector.replies);
      },
    );
  }
});

/** `NOSUCH` is a command that real servers do not know either. */
function isKnown(name: string): boolean {
  return name.toLowerCase() === 'nosuch' || findCommand(name) !== undefined;
}

function unsupported({ commands, nondeterministic }: Vector): string | undefined {
  if (nondeterministic !== undefined) return 'depends on chance';
  if (commands.some(([name]) => name === '@restore')) return 'no RESTORE yet';
  if (commands.some(([name, , directive]) => name === 'CONFIG' && directive === 'maxmemory'))
    return 'eviction needs the server’s estimate of memory: see tests/hosts';
  return undefined;
}

function run(vector: Vector): { log: string; replies: unknown[] } {
  const fixture = newEngineFixture();
  for (const [name, value] of Object.entries(vector.config))
    configure(fixture.port.config, name, value);
  const replies = vector.commands.map(([name, ...args], i) => {
    if (name === '@sleep') {
      fixture.now += Number(args[0]) * 1000;
      fixture.units.push(...fixture.engine.activeExpire(fixture.now, 1000));
      return null;
    }
    const argv = [name, ...args.map(String)].map((word) => ascii(word));
    const client = (vector.conns?.[i] ?? 0) + 1;
    const late = fixture.others.findIndex((delivery) => delivery.client === client);
    const [reply] =
      name === '@read'
        ? fixture.others.splice(late, 1).map(({ reply }) => reply)
        : fixture.run(argv, client);
    return reply === undefined ? '(blocked)' : plain(asRead(reply, 2));
  });
  return { log: encoded(fixture.units), replies };
}

/** Spec §3.2 and §3.3: a SELECT where the database changes, and MULTI and EXEC around two commands or more. */
function encoded(units: readonly Unit[]): string {
  const sink = newGrowableBytes();
  let selected = -1;
  const write = (...argv: ByteString[]): void => encodeCommand(argv, sink);
  for (const { commands } of units) {
    if (commands.length > 1) write(ascii('MULTI'));
    for (const { db, argv } of commands) {
      if (db !== selected) write(ascii('SELECT'), ascii(String(db)));
      selected = db;
      write(...argv);
    }
    if (commands.length > 1) write(ascii('EXEC'));
  }
  return byteStringOf(sink.bytes, 0, sink.length);
}

/** The log without its absolute times. */
function blanked(log: string, { volatile }: Vector): string {
  let text = log;
  for (const { offset, length } of volatile)
    text = text.slice(0, offset) + '?'.repeat(length) + text.slice(offset + length);
  return text;
}

/** A reply as the vectors write it. */
function plain(reply: Reply): unknown {
  switch (reply.type) {
    case 'null':
    case 'null-array':
      return null;
    case 'error':
      return { error: reply.value };
    case 'array':
      return reply.value.map(plain);
    case 'map':
      throw new Error('RESP2 has no maps');
    default:
      return reply.value;
  }
}

describe('units and their causes', () => {
  test('a command is logged as typed, and names the client and its words', () => {
    const fixture = newEngineFixture();
    fixture.line('set a 1', 3);
    expect(fixture.units).toEqual([
      {
        cause: { client: 3, typed: splitLine('set a 1'), kind: 'command' },
        commands: [{ db: 0, argv: splitLine('set a 1') }],
      },
    ]);
  });

  test('a key that expired is deleted in the unit of the command that found it', () => {
    const fixture = newEngineFixture();
    fixture.line('SET a 1 PX 10');
    fixture.units.length = 0;
    fixture.now += 20_000;
    fixture.line('INCR a');
    expect(fixture.units.map(({ commands }) => commands.map(({ argv }) => argv.join(' ')))).toEqual(
      [['DEL a', 'INCR a']],
    );
  });

  test('the active cycle logs each deletion by itself, born of no client', () => {
    const fixture = newEngineFixture();
    fixture.line('SET a 1 PX 10');
    fixture.line('SET b 1 PX 10');
    fixture.units.length = 0;
    fixture.port.config.lazyfreeLazyExpire = true;
    const units = fixture.engine.activeExpire(fixture.now + 20_000, 100);
    expect(units.map(({ cause }) => cause)).toEqual(
      Array(2).fill({ client: null, typed: null, kind: 'expiry' }),
    );
    expect(units.map(({ commands }) => commands.map(({ argv }) => argv.join(' '))).sort()).toEqual([
      ['UNLINK a'],
      ['UNLINK b'],
    ]);
  });

  test('a log that is loaded again changes the data and is not logged again, and nothing expires meanwhile', () => {
    const source = newEngineFixture();
    const lines = [
      'SET a 1',
      'SET b 2 PXAT 1',
      'RPUSH l 1 2',
      'MULTI',
      'INCR a',
      'SELECT 1',
      'SET c 3',
      'EXEC',
      'HSET h f v',
      'SELECT 0',
    ];
    const { engine } = source;
    const loader = { ...source.session(9), loading: true };
    for (const line of lines)
      expect(engine.replay(loader, splitLine(line), source.now)).toBeUndefined();
    expect(source.units).toEqual([]);
    expect(source.line('GET a')).toEqual({ type: 'bulk', value: '2' });
    expect(engine.state.databases[1]!.space.entries.map(({ key }) => key)).toEqual(['c', 'h']);
    expect(hasKey(engine.state.databases[0]!.space, ascii('b'))).toBe(true);
    expect(engine.replay(loader, splitLine('NOSUCH x'), source.now)).toBe('unknown');
    expect(engine.replay(loader, splitLine('INCR l'), source.now)).toMatchObject({ type: 'error' });
  });
});
