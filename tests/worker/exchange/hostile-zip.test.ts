/** Archives that somebody made to hurt: each is refused with what, where and what to do, and no server sees a byte. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ImportDesk } from '../../../src/worker/exchange/import-desk.ts';
import type { ImportView } from '../../../src/worker/protocol.ts';
import { makeZip, zeros } from './make-zip.ts';

const ping = new TextEncoder().encode('*1\r\n$4\r\nPING\r\n');
const log = { name: 'appendonly.aof', content: ping };

/** How an import of these files ends, and how many files a server was given. */
async function brought(
  files: Record<string, Uint8Array>,
): Promise<{ end: ImportView; loaded: number }> {
  let loaded = 0;
  const desk = new ImportDesk((taken) => {
    loaded += taken.size;
    return Promise.resolve({ keys: 0, commands: 1 });
  });
  const parts = Object.entries(files).map(([path, bytes]) => ({
    path,
    file: new Blob([bytes.slice()]),
  }));
  const opened = await desk.answer({ do: 'open', files: parts });
  const end = opened.stage === 'asking' ? await desk.answer({ do: 'take' }) : opened;
  return { end, loaded };
}

const failed = (problem: string, name: string) => ({
  end: { stage: 'failed', problem, name },
  loaded: 0,
});

test('the maker of these archives makes whole ones, too: unzip and this reader agree', async () => {
  const zip = makeZip([log, { name: 'notes.txt', content: new Uint8Array(5000) }]);
  const folder = mkdtempSync(join(tmpdir(), 'aof-lab-'));
  writeFileSync(join(folder, 'x.zip'), zip);
  expect(execFileSync('unzip', ['-t', join(folder, 'x.zip')], { encoding: 'utf8' })).toContain(
    'No errors detected',
  );
  rmSync(folder, { recursive: true });
  expect(await brought({ 'x.zip': zip })).toEqual({
    end: { stage: 'done', keys: 0, commands: 1 },
    loaded: 1,
  });
});

test('10 GB of zeros in one deflate stream stop at what the archive claims of them, or at the cap', async () => {
  const packed = zeros(640);
  expect(packed.length).toBeLessThan(12_000_000);
  const start = performance.now();
  for (const [claims, problem] of [
    [100, 'lies'],
    [16_000_000, 'lies'],
    // What 10 GB are in a field of 32 bits.
    [10 * 1024 ** 3, 'too-big'],
    [0xffffffff, 'too-big'],
  ] as const) {
    const zip = makeZip([{ name: 'appendonly.aof', packed, claims, crc: 0 }]);
    expect(await brought({ 'bomb.zip': zip })).toEqual(failed(problem, 'appendonly.aof'));
  }
  console.log(`four bombs of 10 GB: ${Math.round(performance.now() - start)} ms`);
});

test('archives in archives stay packed: a 42.zip is no log', async () => {
  const bottom = makeZip([{ name: '0.dll', packed: zeros(4), claims: 4 * 2 ** 24, crc: 0 }]);
  const middle = makeZip(
    Array.from({ length: 16 }, (_, i) => ({ name: `book ${i}.zip`, content: bottom })),
  );
  const top = makeZip(
    Array.from({ length: 16 }, (_, i) => ({ name: `lib ${i}.zip`, content: middle })),
  );
  const { end, loaded } = await brought({ '42.zip': top });
  expect([end, loaded]).toEqual([
    { stage: 'failed', problem: 'nothing', name: expect.any(String) as string },
    0,
  ]);
});

test('many entries that share a bomb are counted together', async () => {
  // A folder of a log, each file 64 MB: the fifth passes the cap of 256 MB before anything is unpacked.
  const packed = zeros(4);
  const claims = 4 * 2 ** 24;
  const entries = ['a.manifest', 'b.aof', 'c.aof', 'd.aof', 'e.aof'].map((name) => ({
    name: `appendonlydir/${name}`,
    packed,
    claims,
    crc: 0,
  }));
  expect(await brought({ 'x.zip': makeZip(entries) })).toEqual(
    failed('too-big', 'appendonlydir/e.aof'),
  );
});

test('names that leave the folder, absolute ones, and names that are there twice', async () => {
  for (const name of [
    '../../x',
    '/etc/cron.d/x',
    'a/../../x',
    'C:\\x',
    'a\\..\\x',
    './x',
    'a//x',
  ]) {
    const zip = makeZip([log, { name, content: ping }]);
    expect(await brought({ 'x.zip': zip })).toEqual(failed('name', name));
  }
  const twice = makeZip([log, log]);
  expect(await brought({ 'x.zip': twice })).toEqual(failed('twice', 'appendonly.aof'));
});

test('a million entries are not even listed, whatever the archive counts', async () => {
  // Version 1 of the format counts to 65,535: beyond that stands 0xffff, and zip64 has the number.
  const zip = makeZip([log], { count: 0xffff });
  expect(await brought({ 'x.zip': zip })).toEqual(failed('too-many', 'x.zip'));
  const five = makeZip(
    Array.from({ length: 5000 }, (_, i) => ({ name: `f${i}`, packed: new Uint8Array() })),
  );
  expect(await brought({ 'x.zip': five })).toEqual(failed('too-many', 'x.zip'));
  // Fewer are counted than there are: what is not counted is not there.
  const hidden = makeZip([log, { name: '../x', content: ping }], { count: 1 });
  expect((await brought({ 'x.zip': hidden })).loaded).toBe(1);
});

test('encrypted and cut archives, and directories that point elsewhere', async () => {
  const encrypted = makeZip([{ ...log, flags: 0x801 }]);
  expect(await brought({ 'x.zip': encrypted })).toEqual(failed('encrypted', 'appendonly.aof'));
  const strange = makeZip([{ ...log, method: 99 }]);
  expect(await brought({ 'x.zip': strange })).toEqual(failed('method', 'appendonly.aof'));
  const whole = makeZip([log]);
  for (let length = 4; length < whole.length; length++) {
    const { end, loaded } = await brought({ 'x.zip': whole.slice(0, length) });
    expect([end, loaded]).toEqual([{ stage: 'failed', problem: 'truncated', name: 'x.zip' }, 0]);
  }
  for (const offset of [0xffffff00, whole.length, 1]) {
    const { end, loaded } = await brought({ 'x.zip': makeZip([log], { offset }) });
    expect(loaded).toBe(0);
    expect(end).toMatchObject({ stage: 'failed', problem: 'truncated' });
  }
  const wrongSum = makeZip([{ ...log, crc: 1 }]);
  expect(await brought({ 'x.zip': wrongSum })).toEqual(failed('damaged', 'appendonly.aof'));
  const small = makeZip([{ ...log, claims: ping.length + 1 }]);
  expect(await brought({ 'x.zip': small })).toEqual(failed('damaged', 'appendonly.aof'));
});
