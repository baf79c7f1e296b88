import { expect, test } from 'vitest';

test('the browser has what the lab keeps its platter in: IndexedDB, OPFS, Web Locks', async () => {
  expect(isSecureContext).toBe(true);
  expect(indexedDB).toBeInstanceOf(IDBFactory);
  expect(await navigator.storage.getDirectory()).toBeInstanceOf(FileSystemDirectoryHandle);
  expect(await navigator.locks.request('aof-lab-test', (lock) => lock?.mode)).toBe('exclusive');
});
