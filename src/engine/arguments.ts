/** Reading arguments: each function returns the value, or throws the error that Redis replies. */
import type { ByteString } from '../base/bytes.ts';
import { equalsIgnoreCase } from '../base/bytes.ts';
import { parseDouble } from '../base/doubles.ts';
import { INT64_MAX, parseInt64 } from '../base/integers.ts';
import { doubleOfLongDouble, parseLongDouble } from '../base/long-double.ts';
import type { Micros, Millis } from '../base/time.ts';
import { errors, outOfBounds, ReplyError } from './errors.ts';

/** An int64; a bigint where a number would lose digits. */
export function int64Argument(
  word: ByteString,
  message: string = errors.notInteger,
): number | bigint {
  const value = parseInt64(word);
  if (value === undefined) throw new ReplyError(message);
  return value;
}

/**
 * An int64 that is used as an index or a count: beyond ±2^53 it is cut to ±2^53, which is as far out of any real
 * range as the value itself.
 */
export function integerArgument(word: ByteString, message: string = errors.notInteger): number {
  const value = int64Argument(word, message);
  if (typeof value === 'number') return value;
  return value > 0n ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER;
}

/** getRangeLongFromObjectOrReply: both ends included; the error names the range. */
export function rangedArgument(
  word: ByteString,
  min: number,
  max: number,
  message?: string,
): number {
  const value = integerArgument(word, message);
  if (value < min || value > max) {
    throw new ReplyError(message ?? outOfBounds(min, max));
  }
  return value;
}

/** getPositiveLongFromObjectOrReply. */
export function positiveArgument(word: ByteString, message: string = errors.notPositive): number {
  return rangedArgument(word, 0, Number.MAX_SAFE_INTEGER, message);
}

export function doubleArgument(word: ByteString, message: string = errors.notFloat): number {
  const value = parseDouble(word);
  if (value === undefined || Number.isNaN(value)) throw new ReplyError(message);
  return value;
}

/** A timeout in seconds, with a fraction, as the instant when it is over; null if it is 0: never. */
export function secondsTimeout(word: ByteString, now: Millis): Micros | null {
  const seconds = parseLongDouble(word);
  if (seconds === undefined) throw new ReplyError(errors.timeoutNotFloat);
  return timeoutEnd(Math.ceil(doubleOfLongDouble(seconds) * 1000), now);
}

export function millisTimeout(word: ByteString, now: Millis): Micros | null {
  return timeoutEnd(Number(int64Argument(word, errors.timeoutNotInteger)), now);
}

/** timeout.c:getTimeoutFromObjectOrReply; the last millisecond itself has not passed yet (`timeout >= now`). */
function timeoutEnd(timeout: Millis, now: Millis): Micros | null {
  if (timeout < 0) throw new ReplyError(errors.timeoutNegative);
  if (timeout > Number(INT64_MAX) - now) throw new ReplyError(errors.timeoutOutOfRange);
  return timeout === 0 ? null : (now + timeout + 1) * 1000;
}

export function syntaxError(): never {
  throw new ReplyError(errors.syntax);
}

export function is(word: ByteString | undefined, option: string): boolean {
  return word !== undefined && equalsIgnoreCase(word, option);
}
