/** date: the machine's own clock, which is virtual; its time zone is UTC. */
import { ascii } from '../../base/bytes.ts';
import { civilTime, secondsOfMicros, unixSecondsOf, type Micros } from '../../base/time.ts';
import { complain, now, write, type ProgramContext, type Run } from '../program.ts';
import { readOptions } from './options.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** strftime(3) in the C locale, UTC. */
export function formatTime(format: string, at: Micros): string {
  const seconds = secondsOfMicros(at);
  const time = civilTime(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const one = (letter: string): string => {
    switch (letter) {
      case 'Y':
        return String(time.year);
      case 'y':
        return two(time.year % 100);
      case 'm':
        return two(time.month);
      case 'd':
        return two(time.day);
      case 'e':
        return String(time.day).padStart(2);
      case 'H':
        return two(time.hour);
      case 'I':
        return two(time.hour % 12 || 12);
      case 'M':
        return two(time.minute);
      case 'S':
        return two(time.second);
      case 'p':
        return time.hour < 12 ? 'AM' : 'PM';
      case 's':
        return String(seconds);
      case 'N':
        return String((at - seconds * 1e6) * 1000).padStart(9, '0');
      case 'F':
        return formatTime('%Y-%m-%d', at);
      case 'T':
        return formatTime('%H:%M:%S', at);
      case 'R':
        return formatTime('%H:%M', at);
      case 'D':
        return formatTime('%m/%d/%y', at);
      case 'a':
        return (DAYS[time.weekday] ?? '').slice(0, 3);
      case 'A':
        return DAYS[time.weekday] ?? '';
      case 'b':
      case 'h':
        return (MONTHS[time.month - 1] ?? '').slice(0, 3);
      case 'B':
        return MONTHS[time.month - 1] ?? '';
      case 'j':
        return String(
          Math.floor(
            (seconds -
              unixSecondsOf({ year: time.year, month: 1, day: 1, hour: 0, minute: 0, second: 0 })) /
              86_400,
          ) + 1,
        ).padStart(3, '0');
      case 'u':
        return String(time.weekday || 7);
      case 'w':
        return String(time.weekday);
      case 'Z':
        return 'UTC';
      case 'z':
        return '+0000';
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case '%':
        return '%';
      case 'c':
        return formatTime('%a %b %e %H:%M:%S %Y', at);
      default:
        return `%${letter}`;
    }
  };
  return format.replace(/%(\d*)([A-Za-z%])/g, (_, digits: string, letter: string) =>
    digits === '' ? one(letter) : one(letter).slice(0, Number(digits)),
  );
}

/** The machine's own clock, which is virtual; TZ is UTC. */
export function* date({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'uR',
    values: 'dIr',
    long: { utc: 'u', 'date=': 'd', 'iso-8601=': 'I', 'rfc-email': 'R', 'reference=': 'r' },
  });
  if (typeof options === 'number') return options;
  const wanted = options.values.get('d');
  let at = yield* now();
  if (wanted !== undefined) {
    const seconds = /^@(\d+)$/.exec(wanted);
    const civil = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?Z?$/.exec(wanted);
    if (seconds !== null) at = Number(seconds[1]) * 1e6;
    else if (civil !== null) {
      const [, year, month, day, hour = '0', minute = '0', second = '0'] = civil;
      at =
        unixSecondsOf({
          year: Number(year),
          month: Number(month),
          day: Number(day),
          hour: Number(hour),
          minute: Number(minute),
          second: Number(second),
        }) * 1e6;
    } else if (wanted !== 'now') {
      yield* complain(`date: invalid date '${wanted}'`);
      return 1;
    }
  }
  const word = options.words.find((one) => one.startsWith('+'));
  const format =
    word?.slice(1) ??
    (options.flags.has('R') ? '%a, %d %b %Y %H:%M:%S +0000' : '%a %b %e %H:%M:%S UTC %Y');
  yield* write(1, ascii(`${formatTime(format, at)}\n`));
  return 0;
}
