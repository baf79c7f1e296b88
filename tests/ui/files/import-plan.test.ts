import { describe, expect, test } from 'vitest';
import type { FileView } from '../../../src/worker/protocol.ts';
import { peekAt } from '../../../src/ui/files/file-peek.ts';
import { modeText, treeLines } from '../../../src/ui/files/file-tree.ts';
import { planImport } from '../../../src/worker/exchange/import-plan.ts';

function planned(...paths: string[]): string[] | string {
  const plan = planImport(
    new Map(paths.map((path) => [path, Uint8Array.from(path, (c) => c.charCodeAt(0))])),
  );
  if (!plan.ok) return plan.problem;
  return [...plan.files].map(([to, bytes]) => `${to} from ${String.fromCharCode(...bytes)}`);
}

describe('what is dropped becomes files that Redis finds', () => {
  test('a whole appendonlydir, wherever it lay', () => {
    const names = [
      'appendonly.aof.manifest',
      'appendonly.aof.1.base.rdb',
      'appendonly.aof.1.incr.aof',
    ];
    for (const folder of ['', 'appendonlydir/', 'backup/2026/appendonlydir/', 'my log/']) {
      expect(planned(...names.map((name) => folder + name))).toEqual(
        names.map((name) => `appendonlydir/${name} from ${folder}${name}`),
      );
    }
  });

  test('a single .aof as the old-style file, a single .rdb as the dump', () => {
    expect(planned('aof_file.aof')).toEqual(['appendonly.aof from aof_file.aof']);
    expect(planned('backup.rdb')).toEqual(['dump.rdb from backup.rdb']);
    expect(planned('x/dump.rdb', 'x/README')).toEqual(['dump.rdb from x/dump.rdb']);
  });

  test('a /data folder brings its dump along', () => {
    expect(
      planned('data/dump.rdb', 'data/appendonlydir/a.manifest', 'data/appendonlydir/a.1.incr.aof'),
    ).toEqual([
      'appendonlydir/a.manifest from data/appendonlydir/a.manifest',
      'appendonlydir/a.1.incr.aof from data/appendonlydir/a.1.incr.aof',
      'dump.rdb from data/dump.rdb',
    ]);
  });

  test('nothing of a log, or two logs, is refused', () => {
    expect(planned('photo.jpg', '.DS_Store')).toBe('nothing');
    expect(planned('a/x.manifest', 'b/x.manifest')).toBe('two-logs');
    expect(planned('a.aof', 'b.aof')).toBe('two-files');
    expect(planned('a/x.manifest', '__MACOSX/a/x.manifest')).toEqual([
      'appendonlydir/x.manifest from a/x.manifest',
    ]);
  });
});

test('files stand by folder, and a folder that holds only a folder shares its line', () => {
  const file = (path: string): FileView => ({ path, size: 1, durableSize: 1, mode: 0o644 });
  const lines = treeLines([
    file('/data/dump.rdb'),
    file('/data/appendonlydir/b'),
    file('/etc/redis/redis.conf'),
    file('/data/appendonlydir/a'),
  ]);
  expect(lines.map(({ type, name, depth }) => `${' '.repeat(depth)}${type} ${name}`)).toEqual([
    'folder /data',
    ' folder appendonlydir',
    '  file a',
    '  file b',
    ' file dump.rdb',
    'folder /etc/redis',
    ' file redis.conf',
  ]);
  expect(treeLines([file('dump.rdb'), file('__proto__/x')]).map(({ name }) => name)).toEqual([
    '__proto__',
    'x',
    'dump.rdb',
  ]);
});

test('a mode reads as ls writes it', () => {
  expect(modeText(0o644)).toBe('rw-r--r--');
  expect(modeText(0o750)).toBe('rwxr-x---');
  expect(modeText(0)).toBe('---------');
});

test('a manifest is shown as text, an RDB as hex, and only the beginning of what is long', () => {
  const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
  expect(peekAt(bytes('file a seq 1 type b\r\n'))).toEqual({
    kind: 'text',
    text: 'file a seq 1 type b\n',
    rest: 0,
  });
  const hex = peekAt(bytes('REDIS0011\xfa\x09\x00'));
  expect(hex).toEqual({
    kind: 'hex',
    lines: [{ at: '0000', hex: '52 45 44 49 53 30 30 31 31 fa 09 00', text: 'REDIS0011···' }],
    rest: 0,
  });
  expect(peekAt(new Uint8Array(10_000).fill(65)).rest).toBe(10_000 - 4096);
});
