import { expect, test } from 'vitest';
import { filesOfDrop, TooManyFiles } from '../../../src/ui/files/dropped-files.ts';
import { planBrought } from '../../../src/worker/exchange/brought-files.ts';

type FakeEntry = { name: string; isFile: boolean; isDirectory: boolean };

function file(name: string, text = name): FakeEntry {
  const entry = {
    name,
    isFile: true,
    isDirectory: false,
    file: (done: (file: File) => void) => done(new File([text], name)),
  };
  return entry;
}

/** A folder whose reader gives two entries a time, as Chromium's gives a hundred. */
function folder(name: string, ...inside: FakeEntry[]): FakeEntry {
  const entry = {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => {
      let at = 0;
      return {
        readEntries: (done: (some: FakeEntry[]) => void) => done(inside.slice(at, (at += 2))),
      };
    },
  };
  return entry;
}

function dropOf(...entries: FakeEntry[]): DataTransfer {
  const items = entries.map((entry) => ({
    kind: 'file',
    webkitGetAsEntry: () => entry,
    getAsFile: () => null,
  }));
  return { items } as unknown as DataTransfer;
}

test('a dropped folder gives all its files, however many a reader hands out at once', async () => {
  const find = filesOfDrop(
    dropOf(folder('appendonlydir', file('a'), file('b'), file('c'), folder('sub', file('d')))),
  );
  const found = await find();
  expect(found.map(({ path }) => path)).toEqual([
    'appendonlydir/a',
    'appendonlydir/b',
    'appendonlydir/c',
    'appendonlydir/sub/d',
  ]);
  expect(await found[3]!.file.text()).toBe('d');
});

test('a folder that never ends is not followed to its end', async () => {
  let deep: FakeEntry = file('bottom');
  for (let i = 0; i < 100; i++) deep = folder('f', deep);
  expect(await filesOfDrop(dropOf(deep))()).toEqual([]);

  const many = Array.from({ length: 5000 }, (_, i) => file(`f${i}`));
  await expect(filesOfDrop(dropOf(folder('many', ...many)))()).rejects.toThrow(TooManyFiles);
});

test('files that are too big together are refused before they are read', async () => {
  const huge = new File([], 'huge.aof');
  Object.defineProperty(huge, 'size', { value: 600 * 1024 * 1024 });
  await expect(planBrought([{ path: 'huge.aof', file: huge }])).rejects.toThrow(
    'too-big: appendonly.aof',
  );
});
