/** Logs and what may happen to them: the corpus on which redis-check-aof and ours are compared. */
import { ascii, bytesOf, concatBytes, type ByteString } from '../../src/base/bytes.ts';

/** One run of the tool in a directory of its own. */
export interface ToolCase {
  readonly name: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly words: readonly string[];
  readonly stdin: string;
}

/** Whole numbers from 0 below `limit`, the same ones for the same seed. */
export type Pick = (limit: number) => number;

export function picker(seed: number): Pick {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

export function command(...words: readonly string[]): ByteString {
  const lines = words.map((word) => `$${word.length}\r\n${word}\r\n`);
  return ascii(`*${words.length}\r\n${lines.join('')}`);
}

const words = [
  '',
  'k',
  'key',
  'file',
  'a\r\nfile b',
  'x\0y',
  '\xff\xfe',
  'multi',
  'EXEC',
  '*3\r\n$',
];

/** A log of `units` commands, transactions and timestamps. */
export function randomLog(pick: Pick, units: number, startTime = 1_700_000_000): Uint8Array {
  const parts: ByteString[] = [];
  const word = () => words[pick(words.length)]!;
  const write = () => command('SET', `k${pick(9)}`, word() + 'v'.repeat(pick(40)));
  let time = startTime;
  if (pick(3) === 0) parts.push(command('SELECT', '0'));
  for (let i = 0; i < units; i++) {
    switch (pick(7)) {
      case 0:
        parts.push(ascii(`#TS:${(time += pick(3))}\r\n`));
        break;
      case 1:
        parts.push(command(pick(2) === 0 ? 'MULTI' : 'multi'));
        for (let n = pick(3); n >= 0; n--) parts.push(write());
        parts.push(command(pick(2) === 0 ? 'EXEC' : 'exec'));
        break;
      case 2:
        parts.push(command('RPUSH', 'list', ...Array.from({ length: pick(5) + 1 }, word)));
        break;
      default:
        parts.push(write());
    }
  }
  return bytesOf(concatBytes(...parts));
}

export type Damage = (bytes: Uint8Array, pick: Pick) => Uint8Array;

function spliced(bytes: Uint8Array, at: number, removed: number, added: string): Uint8Array {
  const rest = bytes.subarray(at + removed);
  const out = new Uint8Array(at + added.length + rest.length);
  out.set(bytes.subarray(0, at));
  for (let i = 0; i < added.length; i++) out[at + i] = added.charCodeAt(i);
  out.set(rest, at + added.length);
  return out;
}

/** The offsets at which `text` begins. */
function places(bytes: Uint8Array, text: string): number[] {
  const found: number[] = [];
  for (let at = 0; at + text.length <= bytes.length; at++)
    if ([...text].every((char, i) => bytes[at + i] === char.charCodeAt(0))) found.push(at);
  return found;
}

function replacedOnce(bytes: Uint8Array, pick: Pick, text: string, by: string): Uint8Array {
  const found = places(bytes, text);
  if (found.length === 0) return spliced(bytes, pick(bytes.length), 0, by);
  return spliced(bytes, found[pick(found.length)]!, text.length, by);
}

const oddNumbers = [
  ...['', ' 3', '+3', '-1', '-0', '\t3', '3 ', '03', '0x3', '3a', '\x003', '3\0', '\x80', '1e1'],
  ...['9223372036854775807', '9223372036854775806', '99999999999999999999', '-9223372036854775809'],
  ...['0'.repeat(100) + '3', '0'.repeat(124), '0'.repeat(125), '0'.repeat(126), '0'.repeat(300)],
];
const strayLines = [
  ...[
    'PING\r\n',
    '#',
    '# a comment\r\n',
    '#TS:\r\n',
    '#TS:abc\r\n',
    '#TS:1\n',
    '#TS: 5\r\n',
    '\r\n',
  ],
  ...[
    '#TS:1700000001',
    '#TS:99999999999999999999\r\n',
    `#${'c'.repeat(1021)}\r\n`,
    '*0\r\n',
    '*-1\r\n',
  ],
  ...[
    `#${'c'.repeat(1022)}\r\n`,
    `#${'c'.repeat(1500)}\r\n`,
    '*\r\n',
    '*1\r\n$\r\n\r\n',
    '*1\r\n',
    '$3\r\n',
  ],
  ...[
    '*1\r\n$9\r\nMULTI\0abc\r\n',
    '*1\r\n$5\r\nMULTI\r\n',
    '*1\r\n$4\r\nEXEC\r\n',
    'file x\n',
    'REDIS0011',
  ],
  ...[
    '*2147483648\r\n',
    '*1\r\n$6\r\nEXEC\0a\r\n',
    '*1\n$4\nPING\n',
    '*1\r\n$4\r\nPING\r\r\n',
    '\0',
    '\n',
  ],
];

export const damages: Readonly<Record<string, Damage>> = {
  none: (bytes) => bytes,
  'cut short': (bytes, pick) => bytes.slice(0, pick(bytes.length + 1)),
  'one bit flipped': (bytes, pick) => {
    const at = pick(bytes.length);
    return spliced(bytes, at, 1, String.fromCharCode(bytes[at]! ^ (1 << pick(8))));
  },
  'bytes put in': (bytes, pick) => {
    const added = Array.from({ length: pick(4) + 1 }, () => String.fromCharCode(pick(256)));
    return spliced(bytes, pick(bytes.length + 1), 0, added.join(''));
  },
  'bytes taken out': (bytes, pick) => spliced(bytes, pick(bytes.length), pick(6) + 1, ''),
  'zeros in the middle': (bytes, pick) => {
    const at = pick(bytes.length);
    const length = Math.min(pick(30) + 1, bytes.length - at);
    return spliced(bytes, at, length, '\0'.repeat(length));
  },
  'zeros at the end': (bytes, pick) => {
    const at = pick(bytes.length + 1);
    return spliced(bytes.slice(0, at), at, 0, '\0'.repeat(pick(5000) + 1));
  },
  'a line end turned round': (bytes, pick) => replacedOnce(bytes, pick, '\r\n', '\n\r'),
  'a line end halved': (bytes, pick) => replacedOnce(bytes, pick, '\r\n', pick(2) ? '\n' : '\r'),
  'an odd number': (bytes, pick) => {
    const number = oddNumbers[pick(oddNumbers.length)]!;
    return pick(3) === 0
      ? replacedOnce(bytes, pick, '*3\r\n', `*${number}\r\n`)
      : replacedOnce(bytes, pick, '$3\r\n', `$${number}\r\n`);
  },
  'MULTI or EXEC missing': (bytes, pick) => {
    const word = [command('MULTI'), command('EXEC'), command('multi'), command('exec')][pick(4)]!;
    return replacedOnce(bytes, pick, word, '');
  },
  'a stray line': (bytes, pick) => {
    const starts = [0, ...places(bytes, '\r\n*').map((at) => at + 2), bytes.length];
    return spliced(bytes, starts[pick(starts.length)]!, 0, strayLines[pick(strayLines.length)]!);
  },
};
