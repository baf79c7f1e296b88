/** Data sets of every type and encoding, as commands, and what servers write of them. */
import { readFileSync } from 'node:fs';
import { ascii, type ByteString } from '../../src/base/bytes.ts';

interface GoldenSnapshot {
  readonly name: string;
  readonly commands: readonly (readonly string[])[];
  readonly rdb_hex: string;
}

const golden: readonly GoldenSnapshot[] = JSON.parse(
  readFileSync(new URL('../golden/rdb.json', import.meta.url), 'utf8'),
);

/** A file that 7.2.4 wrote. */
export function goldenRdb(name: string): Uint8Array {
  const found = golden.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no such snapshot: ${name}`);
  return Buffer.from(found.rdb_hex, 'hex');
}

export const goldenNames: readonly string[] = golden.map(({ name }) => name);

const many = (count: number, make: (i: number) => readonly string[]): string[] =>
  Array.from({ length: count }, (_, i) => make(i)).flat();
const noise = (length: number, salt: number): string =>
  Array.from({ length }, (_, i) => String.fromCharCode((i * 131 + salt * 17 + i * i) % 256)).join(
    '',
  );

/** Each row makes one value; small ones are packed, large ones are not. */
export const everyType: readonly (readonly string[])[] = [
  ['SET', 'string', 'value'],
  ['SET', 'integer', '-123456'],
  ['SET', 'wide integer', '9007199254740993'],
  ['SET', 'empty string', ''],
  ['SET', 'binary \xff\x00\r\n', noise(300, 1)],
  ['SET', 'compressed', 'abc'.repeat(5_000)],
  ['RPUSH', 'list', 'a', '', '-5', '9223372036854775807', noise(70, 2), 'a'],
  ['RPUSH', 'long list', ...many(2_000, (i) => [`element ${i}`])],
  ['RPUSH', 'huge element', 'x'.repeat(9_000), 'y'],
  ['SADD', 'intset 16', '1', '-2', '300'],
  ['SADD', 'intset 64', '1', '5000000000'],
  ['SADD', 'set', 'a', 'b', '\xff'],
  ['SADD', 'large set', ...many(700, (i) => [`member ${i}`])],
  ['HSET', 'hash', 'name', 'Kopi', '', '7'],
  ['HSET', 'large hash', ...many(300, (i) => [`f${i}`, noise(80, i)])],
  ['ZADD', 'zset', '1', 'one', '2.5', 'two and a half', '-inf', 'low', '1e300', '\x00'],
  ['ZADD', 'large zset', ...many(300, (i) => [String(i / 7 - 20), `m${i}`])],
  ['PFADD', 'hyperloglog', 'a', 'b', 'c'],
  ['SETBIT', 'bitmap', '1000', '1'],
  ['GEOADD', 'geo', '106.8', '-6.2', 'Jakarta', '112.7', '-7.25', 'Surabaya'],
  ['XADD', 'stream', '1-1', 'sensor', '1', 'value', '20.5'],
  ['XADD', 'stream', '1-2', 'sensor', '2', 'value', ''],
  ['XADD', 'stream', '5-0', 'other', 'fields'],
  ['XDEL', 'stream', '1-2'],
  ['XGROUP', 'CREATE', 'stream', 'group', '0'],
  ['XREADGROUP', 'GROUP', 'group', 'anna', 'COUNT', '1', 'STREAMS', 'stream', '>'],
  ['XGROUP', 'CREATECONSUMER', 'stream', 'group', 'idle'],
  ['XADD', 'emptied stream', '3-3', 'a', 'b'],
  ['XDEL', 'emptied stream', '3-3'],
  ['PEXPIREAT', 'string', '4102444800123'],
  ['PEXPIREAT', 'large zset', '4102444801000'],
  ['SELECT', '9'],
  ['SET', 'in another database', '1'],
  ['EXPIREAT', 'in another database', '4102444800'],
];

export function asCommands(rows: readonly (readonly string[])[]): ByteString[][] {
  return rows.map((row) => row.map(ascii));
}
