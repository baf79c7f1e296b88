import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { ascii } from '../../../src/base/bytes.ts';
import { writeZip } from '../../../src/worker/exchange/write-zip.ts';

test('what is written here is read by another reader, and is the same whenever it is written', async () => {
  const files = {
    'appendonlydir/appendonly.aof.manifest': new Uint8Array([1, 2, 3]),
    'appendonlydir/empty': new Uint8Array(0),
  };
  const modifiedAt = Date.UTC(2026, 2, 29, 12, 34, 56) * 1000;
  const entries = Object.entries(files).map(
    ([name, bytes]) =>
      ({ name: ascii(name), kind: 'file', mode: 0o644, modifiedAt, bytes }) as const,
  );
  const write = async () =>
    new Uint8Array(
      await new Blob((await writeZip(entries)).map((part) => part.slice())).arrayBuffer(),
    );
  const zip = await write();
  expect(unzipSync(zip)).toEqual(files);
  expect(await write()).toEqual(zip);
});
