/** What the benchmarks do to a data set, by seed. */
import { ascii, type ByteString } from '../../src/base/bytes.ts';
import { type GrowableBytes, newGrowableBytes, takenBytes } from '../../src/base/growable-bytes.ts';
import { type RandomState, nextBelow, seedRandom } from '../../src/base/random.ts';
import { encodeCommand } from '../../src/resp/command-encoder.ts';

/** Ten keys of these to a key of each other kind. */
const PLAIN_KEYS = 250_000;
const OTHER_KEYS = 25_000;
/** The year 2100, so that nothing expires while it is measured. */
const EXPIRY = 4_102_444_800_000;

/**
 * Requests of string commands, all of which change something: SET, INCR, APPEND, SETRANGE, PEXPIREAT and DEL, about
 * 50 bytes each.
 */
export function stringCommands(count: number, seed: number): Uint8Array {
  const random = seedRandom(seed);
  const sink = newGrowableBytes(count * 52);
  for (let i = 0; i < count; i++) encodeNext(random, sink);
  return takenBytes(sink);
}

function encodeNext(random: RandomState, sink: GrowableBytes): void {
  const dice = nextBelow(random, 100);
  if (dice < 55) encode(sink, 'SET', plainKey(random), valueOf(random));
  else if (dice < 75) encode(sink, 'INCR', `visits:${numbered(nextBelow(random, OTHER_KEYS), 6)}`);
  else if (dice < 85)
    encode(sink, 'APPEND', `log:${numbered(nextBelow(random, OTHER_KEYS), 8)}`, 'one more;');
  else if (dice < 90) {
    const at = String(nextBelow(random, 48));
    encode(sink, 'SETRANGE', `page:${numbered(nextBelow(random, OTHER_KEYS), 7)}`, at, 'rewritten');
  } else if (dice < 95) encode(sink, 'DEL', plainKey(random));
  else {
    const key = plainKey(random);
    encode(sink, 'SET', key, valueOf(random));
    encode(sink, 'PEXPIREAT', key, String(EXPIRY + nextBelow(random, 1_000_000)));
  }
}

/** One in four values is a number, as counters and times are. */
function valueOf(random: RandomState): string {
  const n = nextBelow(random, 1_000_000_000);
  return n % 4 === 0 ? String(n) : `value:${n.toString(36)}:${numbered(n, 10)}`;
}

function plainKey(random: RandomState): string {
  return `user:${numbered(nextBelow(random, PLAIN_KEYS), 8)}`;
}

function numbered(n: number, digits: number): string {
  return String(n).padStart(digits, '0');
}

/** `count` different small keys, set once. */
export function smallKeys(count: number): Uint8Array {
  const sink = newGrowableBytes(count * 48);
  for (let i = 0; i < count; i++)
    encode(sink, 'SET', `key:${numbered(i, 8)}`, `value:${numbered(i, 8)}`);
  return takenBytes(sink);
}

function encode(sink: GrowableBytes, ...argv: string[]): void {
  encodeCommand(
    argv.map((word): ByteString => ascii(word)),
    sink,
  );
}
