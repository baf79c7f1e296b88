import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { describe, expect, test } from 'vitest';
import { ImportDesk } from '../../../src/worker/exchange/import-desk.ts';
import type { DownloadRequest, FileView, ImportRequest } from '../../../src/worker/protocol.ts';
import FilesHost from './files-host.svelte';
import { zipBytes } from './zips.ts';

const manifest =
  'file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n';
const contents: Readonly<Record<string, string>> = {
  '/data/appendonlydir/appendonly.aof.manifest': manifest,
  '/data/appendonlydir/appendonly.aof.1.incr.aof': '*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n',
  '/data/appendonlydir/appendonly.aof.1.base.rdb': 'REDIS0011\xfa',
};
const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (char) => char.charCodeAt(0));

const files: FileView[] = Object.entries(contents).map(([path, text]) => ({
  path,
  size: text.length,
  durableSize: path.endsWith('incr.aof') ? 10 : text.length,
  mode: 0o644,
}));

async function show(change: { keys?: number; refuse?: string; hold?: boolean } = {}) {
  const imported: Map<string, Uint8Array>[] = [];
  const saved: { name: string; bytes: Uint8Array }[] = [];
  const asked: DownloadRequest[] = [];
  const desk = new ImportDesk((taken, { progress }) => {
    progress({ stage: 'trying', done: 1, total: 2, commands: 0 });
    if (change.refuse !== undefined) return Promise.reject(new Error(change.refuse));
    imported.push(new Map(taken));
    return Promise.resolve({ keys: 1, commands: 2 });
  });
  const screen = await render(FilesHost, {
    files,
    keys: change.keys ?? 0,
    download: (request: DownloadRequest) => {
      asked.push(request);
      const path = request.what === 'file' ? request.path : '/data.zip';
      const blob = new Blob([bytesOf(contents[path] ?? 'archive')]);
      return Promise.resolve({ name: path.slice(path.lastIndexOf('/') + 1), blob });
    },
    importer: (request: ImportRequest) => desk.answer(request),
    save: async (name: string, content: Blob) => {
      saved.push({ name, bytes: new Uint8Array(await content.arrayBuffer()) });
    },
  });
  return { screen, imported, saved, asked };
}

/** Drops files as a file manager does. */
function drop(...dropped: File[]): void {
  const transfer = new DataTransfer();
  for (const file of dropped) transfer.items.add(file);
  const target = document.querySelector('[aria-label="The simulated disk"]')!;
  target.dispatchEvent(
    new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }),
  );
}

function picker(): HTMLInputElement {
  return document.querySelector<HTMLInputElement>('input[type="file"][multiple]')!;
}

test('each file shows its size, what the platter has of it, and its mode', async () => {
  const { screen } = await show();
  const incr = screen.getByRole('row', { name: /incr\.aof/ });
  await expect.element(incr).toHaveTextContent('23 B');
  await expect.element(incr).toHaveTextContent('10 B');
  await expect.element(incr).toHaveTextContent('rw-r--r--');
  await expect.element(incr.getByRole('img', { name: 'page cache' })).toBeVisible();
  await expect
    .element(screen.getByRole('row', { name: /manifest/ }).getByRole('img', { name: 'disk' }))
    .toBeVisible();
});

test('by keyboard alone: a manifest opens as text, an RDB as hex, Escape closes', async () => {
  const { screen } = await show();
  (
    screen.getByRole('button', { name: 'Show appendonly.aof.manifest' }).element() as HTMLElement
  ).focus();
  await userEvent.keyboard('{Enter}');
  const peek = screen.getByRole('region', { name: 'appendonly.aof.manifest' });
  await expect.element(peek).toHaveTextContent('file appendonly.aof.1.base.rdb seq 1 type b');
  await screen.getByRole('button', { name: 'Show appendonly.aof.1.base.rdb' }).click();
  const hex = screen.getByRole('region', { name: 'appendonly.aof.1.base.rdb' });
  await expect.element(hex).toHaveTextContent('0000 52 45 44 49 53 30 30 31 31 fa');
  (hex.getByRole('button', { name: 'Close' }).element() as HTMLElement).focus();
  await userEvent.keyboard('{Escape}');
  await expect.element(hex).not.toBeInTheDocument();
});

test('one file downloads as it is, the whole appendonlydir as what the worker makes of it', async () => {
  const { screen, saved, asked } = await show();
  await screen.getByRole('button', { name: 'Download appendonly.aof.1.base.rdb' }).click();
  await expect.poll(() => saved.length).toBe(1);
  expect(saved[0]).toEqual({ name: 'appendonly.aof.1.base.rdb', bytes: bytesOf('REDIS0011\xfa') });
  await screen.getByRole('button', { name: 'Download appendonlydir', exact: true }).click();
  await expect.poll(() => saved.length).toBe(2);
  expect(asked[1]).toEqual({ what: 'log' });
  expect(saved[1]?.bytes).toEqual(bytesOf('archive'));
});

test('archives and what another Redis needs are in a menu, by keyboard alone', async () => {
  const { screen, saved, asked } = await show();
  (screen.getByRole('button', { name: 'More downloads' }).element() as HTMLElement).focus();
  await userEvent.keyboard('{Enter}');
  await expect.element(screen.getByRole('menuitemradio', { name: /as a zip/ })).toHaveFocus();
  await userEvent.keyboard('{ArrowDown}{Enter}');
  await expect.poll(() => saved.length).toBe(1);
  expect(asked).toEqual([{ what: 'data', as: 'tar' }]);
  await userEvent.keyboard('{Enter}');
  await expect.element(screen.getByRole('menuitemradio', { name: /as a zip/ })).toHaveFocus();
  await userEvent.keyboard('{End}{Enter}');
  await expect.poll(() => saved.length).toBe(2);
  expect(asked[1]).toEqual({ what: 'handover', target: 'cluster', language: 'en' });
});

describe('files come in', () => {
  test('a dropped .aof goes straight to an empty machine', async () => {
    const { screen, imported } = await show();
    drop(new File([bytesOf('*1\r\n$4\r\nPING\r\n')], 'aof_file.aof'));
    await expect.poll(() => imported.length).toBe(1);
    expect([...imported[0]!]).toEqual([['appendonly.aof', bytesOf('*1\r\n$4\r\nPING\r\n')]]);
    await expect.element(screen.getByText('Loaded. Keys: 1, commands: 2.').first()).toBeVisible();
  });

  test('a zip is unpacked on the way', async () => {
    const { imported } = await show();
    drop(new File([zipBytes('appendonlydir')], 'backup.zip'));
    await expect.poll(() => imported.length).toBe(1);
    expect([...imported[0]!.keys()]).toEqual([
      'appendonlydir/appendonly.aof.manifest',
      'appendonlydir/appendonly.aof.1.base.rdb',
      'appendonlydir/appendonly.aof.1.incr.aof',
    ]);
  });

  test('several files chosen in the picker belong together', async () => {
    const { imported } = await show();
    await userEvent.upload(page.elementLocator(picker()), [
      new File([manifest], 'appendonly.aof.manifest'),
      new File(['x'], 'appendonly.aof.1.incr.aof'),
    ]);
    await expect.poll(() => imported.length).toBe(1);
    expect([...imported[0]!.keys()]).toEqual([
      'appendonlydir/appendonly.aof.manifest',
      'appendonlydir/appendonly.aof.1.incr.aof',
    ]);
  });

  test('a machine with data is replaced only when asked to; Escape keeps it', async () => {
    const { screen, imported } = await show({ keys: 3 });
    drop(new File(['*1\r\n$4\r\nPING\r\n'], 'a.aof'));
    const dialog = screen.getByRole('dialog', { name: 'Replace what is in /data?' });
    await expect.element(dialog).toHaveTextContent('appendonly.aof');
    await userEvent.keyboard('{Escape}');
    await expect.element(dialog).not.toBeInTheDocument();
    expect(imported).toHaveLength(0);
    drop(new File(['*1\r\n$4\r\nPING\r\n'], 'a.aof'));
    await dialog.getByRole('button', { name: 'Replace and start' }).click();
    await expect.poll(() => imported.length).toBe(1);
  });
});

describe('what cannot be taken says what, where, and what to do', () => {
  test('a name that leaves the folder', async () => {
    const { screen, imported } = await show();
    drop(new File([zipBytes('evil')], 'evil.zip'));
    const alert = screen.getByRole('alert');
    await expect
      .element(alert)
      .toHaveTextContent('../etc/passwd would leave the folder that it is unpacked into.');
    expect(imported).toHaveLength(0);
    await alert.getByRole('button', { name: 'Close' }).click();
    await expect.element(alert).not.toBeInTheDocument();
  });

  test('no log among the files; a damaged archive; what Redis refuses', async () => {
    const first = await show({
      refuse: 'Bad file format reading the append only file, offset 57.',
    });
    const alert = first.screen.getByRole('alert');
    drop(new File(['x'], 'photo.jpg'));
    await expect
      .element(alert)
      .toHaveTextContent('There is no .aof, no .rdb and no manifest among the files.');
    drop(new File(['PK-not-a-zip'], 'a.zip'));
    await expect.element(alert).toHaveTextContent(/is not a zip archive/);
    drop(new File(['x'], 'a.aof'));
    await expect
      .element(alert)
      .toHaveTextContent(
        'Redis does not load these files: Bad file format reading the append only file, offset 57. Nothing was changed.',
      );
  });
});

test(
  'long work shows how far it is and stops at Escape, changing nothing',
  { timeout: 20_000 },
  async () => {
    const { screen, imported } = await show();
    const slow = new File([new Uint8Array(12_000_000)], 'backup.aof');
    // A disk that takes its time: each piece comes after a while.
    const slice = slow.slice.bind(slow);
    slow.slice = (...range) => {
      const piece = slice(...range);
      const whole = piece.arrayBuffer.bind(piece);
      piece.arrayBuffer = async () => {
        await new Promise((resolve) => setTimeout(resolve, 1500));
        return whole();
      };
      return piece;
    };
    const transfer = {
      items: [{ kind: 'file', webkitGetAsEntry: () => null, getAsFile: () => slow }],
    };
    const event = new DragEvent('drop', { bubbles: true, cancelable: true });
    Object.defineProperty(event, 'dataTransfer', { value: transfer });
    document.querySelector('[aria-label="The simulated disk"]')!.dispatchEvent(event);
    await expect
      .element(screen.getByRole('progressbar', { name: 'Reading appendonly.aof' }))
      .toBeVisible();
    await expect.element(screen.getByText('4.2 MB of 12.0 MB')).toBeVisible();
    await userEvent.keyboard('{Escape}');
    await expect
      .element(screen.getByRole('alert'))
      .toHaveTextContent('Stopped. Nothing was changed.');
    await new Promise((resolve) => setTimeout(resolve, 1800));
    expect(imported).toHaveLength(0);
    await expect
      .element(screen.getByRole('alert'))
      .toHaveTextContent('Stopped. Nothing was changed.');
  },
);
