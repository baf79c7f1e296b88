/**
 * Where Redis 7.2 does not keep what its users believe it promises. The lab reproduces each by default, and shows what
 * a repair would change: a lane's setup names the quirks that are repaired, and redis.conf carries their names on.
 */
export const quirks = {
  'dangling-multi':
    'A log that is torn inside a command of a transaction is cut after the last whole command: MULTI stays without EXEC, and swallows what is written later. Repaired: the cut is made before MULTI.',
  'torn-annotation':
    'A log that is torn inside a #TS: line is not cut: the next command is written into that line, and the log cannot be loaded any more. Repaired: the line is cut off.',
  'refusal-truncates':
    'A torn file that is not the last one is cut before the start is refused: the second start goes on with a hole in the history. Repaired: it is refused each time, and nothing is cut.',
  'length-past-end':
    'A length that a flipped bit has made larger than the file looks like a torn tail: all commands behind it are cut off. Repaired: a tail with whole commands in it is refused as a bad format.',
  'lost-manifest':
    'Without its manifest a log counts as new: the server starts empty beside the old files. Repaired: it refuses to start while there are files that look like its log.',
  'acknowledged-at-disk-full':
    'The command whose write finds the disk full has its OK already. Repaired: it is answered with the error.',
  'sticky-fsync-error':
    'An fsync that failed in the background is never tried again, so that all writes are refused for good. Repaired: the log is rewritten, which brings the data to the disk and clears the error.',
  'clock-set-back':
    'A wall clock that is set back stops the fsyncs of everysec until it has caught up. Repaired: the time of the last fsync is set back with it.',
  'shutdown-drops-buffer':
    'A shutdown that cannot write the rest of the log exits as if all were well. Repaired: it is refused, as one that cannot write its snapshot.',
} as const satisfies Readonly<Record<string, string>>;

export type Quirk = keyof typeof quirks;

export const quirkNames: readonly string[] = Object.keys(quirks);

export function isQuirk(name: string): name is Quirk {
  return Object.hasOwn(quirks, name);
}

const MARK = '# repaired:';

/** A comment to Redis: the line of redis.conf that says what is repaired. */
export function repairedLine(repaired: ReadonlySet<Quirk>): string {
  return repaired.size === 0 ? '' : `${MARK} ${[...repaired].join(' ')}\n`;
}

/** What that line names; names that mean nothing are passed over. */
export function repairedIn(config: string): ReadonlySet<Quirk> {
  const lines = config.split('\n').filter((line) => line.startsWith(MARK));
  const names = lines.flatMap((line) => line.slice(MARK.length).trim().split(/\s+/));
  return new Set(names.filter(isQuirk));
}
