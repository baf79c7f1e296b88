/** An integer number of microseconds: since the Unix epoch, or a duration. The unit of the lab's clock. */
export type Micros = number;
/** An integer number of milliseconds: since the Unix epoch, or a duration. */
export type Millis = number;
/** An integer number of seconds: since the Unix epoch, or a duration. */
export type Seconds = number;

const MICROS_PER_MILLI = 1_000;
const MICROS_PER_SECOND = 1_000_000;
const SECONDS_PER_DAY = 86_400;

/** Whole milliseconds, rounded towards the past. */
export function millisOfMicros(micros: Micros): Millis {
  return Math.floor(micros / MICROS_PER_MILLI);
}

/** Whole seconds, rounded towards the past. */
export function secondsOfMicros(micros: Micros): Seconds {
  return Math.floor(micros / MICROS_PER_SECOND);
}

/** Whole seconds, rounded towards the past. */
export function secondsOfMillis(millis: Millis): Seconds {
  return Math.floor(millis / 1_000);
}

export function microsOfMillis(millis: Millis): Micros {
  return millis * MICROS_PER_MILLI;
}

export function microsOfSeconds(seconds: Seconds): Micros {
  return seconds * MICROS_PER_SECOND;
}

export function millisOfSeconds(seconds: Seconds): Millis {
  return seconds * 1_000;
}

/** The microseconds within their second: 0..999999. */
export function microsWithinSecond(micros: Micros): number {
  return micros - secondsOfMicros(micros) * MICROS_PER_SECOND;
}

/** A date and time of day, UTC, in the Gregorian calendar. */
export interface CivilTime {
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  /** 1..31 */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

/**
 * The UTC date and time of a Unix time, without the host's Date.
 * Days are counted from 1 March of year 0, so that a leap day ends a year (Howard Hinnant, `civil_from_days`).
 */
export function civilTime(unixSeconds: Seconds): CivilTime {
  const days = Math.floor(unixSeconds / SECONDS_PER_DAY);
  const secondOfDay = unixSeconds - days * SECONDS_PER_DAY;

  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
    hour: Math.floor(secondOfDay / 3_600),
    minute: Math.floor(secondOfDay / 60) % 60,
    second: secondOfDay % 60,
    weekday: (((days + 4) % 7) + 7) % 7,
  };
}

/** The Unix time of a UTC date and time: the inverse of civilTime. Fields beyond their range carry over. */
export function unixSecondsOf(time: Omit<CivilTime, 'weekday'>): Seconds {
  const monthsFromMarch = time.month - 3;
  const year = time.year + Math.floor(monthsFromMarch / 12);
  const month = monthsFromMarch - Math.floor(monthsFromMarch / 12) * 12;
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = Math.floor((153 * month + 2) / 5) + time.day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = era * 146_097 + dayOfEra - 719_468;
  return days * SECONDS_PER_DAY + time.hour * 3_600 + time.minute * 60 + time.second;
}

const MONTH_NAMES = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
] as const;

/** `21 Nov 2026 09:26:49.123`, UTC: the time of a line in Redis's log (server.c:serverLogRaw). */
export function formatLogTime(micros: Micros): string {
  const time = civilTime(secondsOfMicros(micros));
  const millis = Math.floor(microsWithinSecond(micros) / MICROS_PER_MILLI);
  const date = `${padded(time.day, 2)} ${MONTH_NAMES[time.month - 1]!} ${time.year}`;
  return `${date} ${padded(time.hour, 2)}:${padded(time.minute, 2)}:${padded(time.second, 2)}.${padded(millis, 3)}`;
}

function padded(n: number, digits: number): string {
  return String(n).padStart(digits, '0');
}
