/** Times of expiry as arguments: EX, PX, EXAT, PXAT. t_string.c:getExpireMillisecondsOrReply. */
import type { ByteString } from '../../base/bytes.ts';
import { addInt64, multiplyInt64 } from '../../base/integers.ts';
import { int64Argument } from '../arguments.ts';
import type { Context } from '../context.ts';
import type { ExpireTime } from '../data/value.ts';
import { invalidExpire, ReplyError } from '../errors.ts';

export interface ExpireOption {
  readonly unit: 'EX' | 'PX' | 'EXAT' | 'PXAT';
  readonly amount: ByteString;
}

/** The instant in ms since the epoch. Amounts that are not above 0, or overflow, are an error. */
export function expireMillis(ctx: Context, { unit, amount }: ExpireOption): ExpireTime {
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
  return at;
}
