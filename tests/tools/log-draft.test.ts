import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ascii, bytesOf } from '../../src/base/bytes.ts';
import { nextBelow, seedRandom } from '../../src/base/random.ts';
import {
  editDraft,
  mendDraft,
  newDraft,
  recordParts,
  recordWords,
  undoDraft,
  type LogDraft,
} from '../../src/tools/log-draft.ts';

function command(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

const LOG = [
  command('SELECT', '0'),
  command('SET', 'user:1', 'Alice'),
  command('MULTI'),
  command('INCR', 'orders'),
  command('EXEC'),
  '#TS:1700000000\r\n',
  command('SET', 'user:2', 'Budi'),
].join('');

function draftOf(text: string): LogDraft {
  return newDraft('/data/appendonlydir/appendonly.aof.1.incr.aof', bytesOf(ascii(text)));
}

/** What stands at each record of the outline. */
function told(draft: LogDraft): string[] {
  const { starts, states } = draft.outline;
  return starts.map((at, i) => `${states[i]} ${recordWords(draft, at)?.join(' ') ?? '?'}`);
}

describe('a log being edited', () => {
  test('a whole log is a list of records', () => {
    const draft = draftOf(LOG);
    expect(draft.outline.problem).toBeNull();
    expect(told(draft)).toEqual([
      'good SELECT 0',
      'good SET user:1 Alice',
      'good MULTI',
      'good INCR orders',
      'good EXEC',
      'good #TS:1700000000\r\n',
      'good SET user:2 Budi',
    ]);
  });

  test('a value that outgrew its length is found, mended by its length, and the edit is undone', () => {
    const draft = draftOf(LOG);
    const at = LOG.indexOf('Alice');
    editDraft(draft, at + 4, 1, bytesOf(ascii('ia')));
    const { problem } = draft.outline;
    expect(problem).toMatchObject({
      record: 23,
      at: at + 5,
      words: expect.stringContaining('Expected \\r\\n, got: 610d') as string,
      okUpTo: 23,
      mend: { kind: 'length', at: at - 4, promised: 5, found: 6 },
    });
    expect(told(draft).slice(1, 4)).toEqual([
      'broken SET user:1 Alici',
      'unreadable MULTI',
      'unreadable INCR orders',
    ]);
    expect(recordParts(draft, 23).map(({ kind }) => kind)).toEqual([
      'header',
      ...['length', 'argument', 'length', 'argument', 'length', 'argument'],
    ]);
    expect(mendDraft(draft)).toBe(true);
    expect(draft.outline.problem).toBeNull();
    expect(told(draft)[1]).toBe('good SET user:1 Alicia');
    expect(undoDraft(draft) && undoDraft(draft)).toBe(true);
    expect(undoDraft(draft)).toBe(false);
    expect(draft.bytes).toEqual(draft.original);
    expect(draft.outline.problem).toBeNull();
  });

  test('a problem far behind the beginning is told at its own offset', () => {
    const many = LOG.repeat(8_000);
    const at = many.lastIndexOf('Alice');
    const draft = draftOf(many);
    expect(draft.outline.problem).toBeNull();
    editDraft(draft, at, 1, bytesOf(ascii('AA')));
    expect(draft.outline.problem).toMatchObject({ at: at + 5, mend: { found: 6 } });
    expect(draft.outline.starts).toHaveLength(56_000);
    expect(mendDraft(draft)).toBe(true);
    expect(draft.outline.problem).toBeNull();
  });

  test('a transaction without its end is broken as a whole, a torn end is cut off', () => {
    const open = draftOf(LOG.slice(0, LOG.indexOf('*1\r\n$4\r\nEXEC')));
    expect(told(open).slice(2)).toEqual(['broken MULTI', 'broken INCR orders']);
    expect(open.outline.problem).toMatchObject({ record: LOG.indexOf('*1\r\n$5\r\nMULTI') });
    expect(mendDraft(open)).toBe(true);
    expect(open.outline.problem).toBeNull();

    const torn = draftOf(LOG.slice(0, -3));
    expect(told(torn).at(-1)).toBe('broken ?');
    expect(mendDraft(torn)).toBe(true);
    expect(told(torn).at(-1)).toBe('good #TS:1700000000\r\n');
    expect(torn.outline.problem).toBeNull();
  });
});

function hasRealTool(): boolean {
  return spawnSync('redis-check-aof', ['--help']).error === undefined;
}

test.skipIf(!hasRealTool())('the first problem is where the real redis-check-aof finds it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-draft-'));
  try {
    const random = seedRandom('log draft');
    for (let i = 0; i < 60; i++) {
      const draft = draftOf(LOG);
      const at = nextBelow(random, LOG.length);
      const inserted = bytesOf(ascii('*$\r\n5x#'.slice(nextBelow(random, 6)).slice(0, 2)));
      editDraft(draft, at, Math.min(nextBelow(random, 3), LOG.length - at), inserted);
      const path = join(folder, 'appendonly.aof.1.incr.aof');
      writeFileSync(path, draft.bytes);
      const { status, stdout } = spawnSync('redis-check-aof', [path], { input: 'n\n' });
      const output = stdout.toString('latin1');
      const { problem } = draft.outline;
      expect(status === 0, output).toBe(problem === null);
      if (problem !== null) {
        // Something that is no record at all is told with other words.
        const okUpTo = /ok_up_to=(\d+)/.exec(output)?.[1];
        if (okUpTo !== undefined) expect(problem.okUpTo, output).toBe(Number(okUpTo));
        if (/Expected/.test(output)) expect(output).toContain(problem.words);
      }
      while (draft.outline.problem !== null) expect(mendDraft(draft)).toBe(true);
      writeFileSync(path, draft.bytes);
      expect(execFileSync('redis-check-aof', [path]).toString()).toMatch(/is (valid|empty)/);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
