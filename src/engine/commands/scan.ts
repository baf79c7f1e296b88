/** SCAN, and what HSCAN, SSCAN and ZSCAN share with it. https://redis.io/docs/latest/commands/scan/, db.c */
import type { ByteString } from '../../base/bytes.ts';
import { globMatch } from '../../base/glob.ts';
import { formatInteger, UINT64_MAX } from '../../base/integers.ts';
import { integerArgument, is, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import { scanKeys } from '../data/key-space.ts';
import { typeName } from '../data/value.ts';
import { errors, ReplyError } from '../errors.ts';
import { array, bulk, bulks } from '../replies.ts';

export const scanCommands: Handlers = {
  scan(ctx, argv) {
    const cursor = cursorArgument(argv[1]!);
    const { count, pattern, type } = scanOptions(argv, 2, 'keys');
    const step = scanKeys(ctx.db.space, cursor, count);
    const found = step.keys.filter((key) => {
      if (pattern !== undefined && !globMatch(pattern, key)) return false;
      if (type !== undefined) {
        const entry = ctx.peek(key);
        return entry !== undefined && is(type, typeName(entry.value));
      }
      if (!ctx.hasExpired(key)) return true;
      ctx.expire(key);
      return false;
    });
    return array([bulk(formatInteger(step.cursor)), bulks(found)]);
  },
};

export interface ScanOptions {
  readonly count: number;
  /** Undefined: everything matches. */
  readonly pattern: ByteString | undefined;
  readonly type: ByteString | undefined;
}

/** db.c:parseScanCursorOrReply: what strtoul takes in full, so nothing at all is 0, and −1 the largest. */
export function cursorArgument(word: ByteString): number {
  const [, sign, digits] = /^([+-]?)(\d*)$/.exec(word) ?? [];
  const cursor = digits === undefined ? undefined : BigInt(digits);
  if (cursor === undefined || cursor > UINT64_MAX) throw new ReplyError(errors.invalidCursor);
  return Number(sign === '-' ? BigInt.asUintN(64, -cursor) : cursor);
}

/** Options from the word `from` on; TYPE is one of a scan of keys only. */
export function scanOptions(
  argv: readonly ByteString[],
  from: number,
  of: 'keys' | 'elements',
): ScanOptions {
  let count = 10;
  let pattern: ByteString | undefined;
  let type: ByteString | undefined;
  for (let i = from; i < argv.length; i += 2) {
    const value = argv[i + 1];
    if (value === undefined) syntaxError();
    if (is(argv[i], 'COUNT')) {
      count = integerArgument(value);
      if (count < 1) syntaxError();
    } else if (is(argv[i], 'MATCH')) pattern = value === '*' ? undefined : value;
    else if (is(argv[i], 'TYPE') && of === 'keys') type = value;
    else syntaxError();
  }
  return { count, pattern, type };
}
