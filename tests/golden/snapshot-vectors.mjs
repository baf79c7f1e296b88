/** Snapshots and DUMP payloads of 7.2.4, made again by a server and compared byte for byte. */
import fs from 'node:fs';
import path from 'node:path';

/**
 * @typedef {object} SnapshotVector
 * @property {string} name
 * @property {Record<string, string>} config
 * @property {string[][]} commands
 * @property {'7.2.4'} server
 * @property {string} rdb_hex
 * @property {string} after_aux_hex
 * @property {string | null} dump_hex of the key k
 */

const FILE = 'dump.rdb';
const SIGNATURE = 9;
const SUM = 8;
const AUX = 0xfa;
/** They tell of the moment and of the machine. */
const VOLATILE_FIELDS = ['ctime', 'used-mem'];

/**
 * @param {SnapshotVector} vector
 * @param {import('./run.mjs').Served} server
 * @returns {Promise<string | undefined>} what differs
 */
export async function reproduceSnapshot({ config, commands, ...expected }, { directory, client }) {
  const connection = await client(0);
  const send = (/** @type {string[]} */ argv) => connection.send(argv);
  for (const argv of commands) await send(argv);
  if (expected.dump_hex !== null) {
    const dump = Buffer.from(String(await send(['DUMP', 'k'])), 'latin1').toString('hex');
    if (dump !== expected.dump_hex) return `DUMP gives ${dump}, expected ${expected.dump_hex}`;
  }
  await send(['SAVE']);
  const ours = partsOf(fs.readFileSync(path.join(directory, FILE)));
  const theirs = partsOf(Buffer.from(expected.rdb_hex, 'hex'));
  if (theirs.rest !== expected.after_aux_hex) return 'the vector does not agree with itself';
  if (ours.head !== theirs.head) return `begins with ${ours.head}, expected ${theirs.head}`;
  if (ours.rest !== theirs.rest) return `goes on with ${ours.rest}, expected ${theirs.rest}`;
  const wanted = config['rdbchecksum'] === 'no' ? 0n : ours.computedSum;
  return ours.sum === wanted ? undefined : `the sum is ${ours.sum}, expected ${wanted}`;
}

/**
 * The signature with the names of the fields and the values that stay, what follows, and the sum.
 *
 * @param {Buffer} bytes
 */
function partsOf(bytes) {
  const head = [bytes.toString('latin1', 0, SIGNATURE)];
  let at = SIGNATURE;
  while (bytes[at] === AUX) {
    const name = textAt(bytes, at + 1);
    const value = textAt(bytes, name.end);
    head.push(VOLATILE_FIELDS.includes(name.text) ? name.text : `${name.text}=${value.text}`);
    at = value.end;
  }
  const end = bytes.length - SUM;
  return {
    head: head.join(' '),
    rest: bytes.toString('hex', at, end),
    sum: bytes.readBigUInt64LE(end),
    computedSum: crc64(bytes.subarray(0, end)),
  };
}

/**
 * A short string, or an integer of 8, 16 or 32 bits.
 *
 * @param {Buffer} bytes
 * @param {number} at
 * @returns {{ text: string, end: number }}
 */
function textAt(bytes, at) {
  switch (bytes[at]) {
    case 0xc0:
      return { text: String(bytes.readInt8(at + 1)), end: at + 2 };
    case 0xc1:
      return { text: String(bytes.readInt16LE(at + 1)), end: at + 3 };
    case 0xc2:
      return { text: String(bytes.readInt32LE(at + 1)), end: at + 5 };
    default: {
      const start = at + 1;
      const end = start + (bytes[at] ?? 0);
      return { text: bytes.toString('latin1', start, end), end };
    }
  }
}

/**
 * Jones, reflected, written down once more: the sum that the server computes is not to judge itself.
 *
 * @param {Uint8Array} bytes
 */
function crc64(bytes) {
  let sum = 0n;
  for (const byte of bytes) {
    sum ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++)
      sum = (sum & 1n) === 0n ? sum >> 1n : (sum >> 1n) ^ 0x95ac9329ac4bc9b5n;
  }
  return sum;
}
