/** Times of expiry as arguments: EX, PX, EXAT, PXAT. t_string.c:getExpireMillisecondsOrReply. */
import type { ByteString } from '../../base/bytes.ts';
import {
  addInt64,
  formatInteger,
  multiplyInt64,
  narrowed,
  type Integer,
} from '../../base/integers.ts';
import type { Millis } from '../../base/time.ts';
import { int64Argument } from '../arguments.ts';
import type { Context } from '../context.ts';
import { invalidExpire, ReplyError } from '../errors.ts';

export interface ExpireOption {
  readonly unit: 'EX' | 'PX' | 'EXAT' | 'PXAT';
  readonly amount: ByteString;
}

/** The instant in ms since the epoch. Amounts that are not above 0, or overflow, are an error. */
export function expireMillis(ctx: Context, { unit, amount }: ExpireOption): Millis {
  const value = int64Argument(amount);
  const millis =
    value <= 0 ? undefined : unit === 'EX' || unit === 'EXAT' ? multiplyInt64(value, 1000) : value;
  const at =
    millis === undefined
      ? undefined
      : unit === 'EX' || unit === 'PX'
        ? addInt64(millis, ctx.nowMs)
        : millis;
  if (at === undefined) throw new ReplyError(invalidExpire(ctx.command.facts.name));
  return instant(at);
}

/** The greatest double below 2^63, and the least above −2^63: an instant is a number, and must stay an int64. */
const LATEST = 0x7fff_ffff_ffff_fc00;

/** Instants more than 285,000 years away lose their last digits. */
export function instant(at: Integer): Millis {
  return Math.max(-LATEST, Math.min(LATEST, Number(at)));
}

export function millisText(at: Millis): ByteString {
  return formatInteger(Number.isSafeInteger(at) ? at : narrowed(BigInt(at)));
}
