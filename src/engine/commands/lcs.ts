/** LCS: the longest common subsequence of two strings. https://redis.io/docs/latest/commands/lcs/, t_string.c:lcsCommand */
import { ascii, byteStringOf, EMPTY, type ByteString } from '../../base/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { integerArgument, is, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { isString, stringText } from '../data/string.ts';
import { errors, ReplyError } from '../errors.ts';
import { array, bulk, integer, map } from '../replies.ts';

export const lcsCommands: Handlers = {
  lcs(ctx, argv) {
    const a = textAt(ctx, argv[1]!);
    const b = textAt(ctx, argv[2]!);
    if (a === undefined || b === undefined) throw new ReplyError(errors.lcsNotStrings);
    const options = lcsOptions(argv);
    if (4 * (a.length + 1) * (b.length + 1) > ctx.server.config.protoMaxBulkLength)
      throw new ReplyError(errors.lcsMemory);

    const lengths = lengthTable(a, b);
    const length = lengths[lengths.length - 1]!;
    if (options.length) return integer(length);
    const { text, matches } = walkBack(a, b, lengths);
    if (!options.indexes) return bulk(text);
    const shown = matches.filter((match) => match.length >= options.shortest);
    return map([
      [bulk(ascii('matches')), array(shown.map((match) => describe(match, options.withLengths)))],
      [bulk(ascii('len')), integer(length)],
    ]);
  },
};

interface Match {
  readonly a: number;
  readonly b: number;
  readonly length: number;
}

function textAt(ctx: Context, key: ByteString): ByteString | undefined {
  const value = ctx.read(key)?.value;
  if (value === undefined) return EMPTY;
  return isString(value) ? stringText(value) : undefined;
}

function lcsOptions(argv: readonly ByteString[]): {
  length: boolean;
  indexes: boolean;
  withLengths: boolean;
  shortest: number;
} {
  const options = { length: false, indexes: false, withLengths: false, shortest: 0 };
  for (let i = 3; i < argv.length; i++) {
    if (is(argv[i], 'IDX')) options.indexes = true;
    else if (is(argv[i], 'LEN')) options.length = true;
    else if (is(argv[i], 'WITHMATCHLEN')) options.withLengths = true;
    else if (is(argv[i], 'MINMATCHLEN') && i + 1 < argv.length)
      options.shortest = integerArgument(argv[++i]!);
    else syntaxError();
  }
  if (options.indexes && options.length) throw new ReplyError(errors.lcsBoth);
  return options;
}

/** Cell `i, j`: the length of the longest common subsequence of the first `i` bytes of `a` and the first `j` of `b`. */
function lengthTable(a: ByteString, b: ByteString): Uint32Array {
  const width = b.length + 1;
  const cells = new Uint32Array((a.length + 1) * width);
  for (let i = 1; i <= a.length; i++) {
    const code = a.charCodeAt(i - 1);
    for (let j = 1; j <= b.length; j++) {
      const at = i * width + j;
      const left = cells[at - 1]!;
      const above = cells[at - width]!;
      cells[at] =
        code === b.charCodeAt(j - 1) ? cells[at - width - 1]! + 1 : left > above ? left : above;
    }
  }
  return cells;
}

/** From the last cell to the first: the subsequence, and the runs that it is made of, the last one first. */
function walkBack(
  a: ByteString,
  b: ByteString,
  cells: Uint32Array,
): { text: ByteString; matches: Match[] } {
  const width = b.length + 1;
  let i = a.length;
  let j = b.length;
  let left = cells[i * width + j]!;
  const bytes = new Uint8Array(left);
  const matches: Match[] = [];
  let run = 0;
  const endRun = (): void => {
    if (run > 0) matches.push({ a: i, b: j, length: run });
    run = 0;
  };
  while (i > 0 && j > 0) {
    if (a[i - 1] === b[j - 1]) {
      bytes[--left] = a.charCodeAt(i - 1);
      i--;
      j--;
      run++;
    } else {
      endRun();
      if (cells[(i - 1) * width + j]! > cells[i * width + j - 1]!) i--;
      else j--;
    }
  }
  endRun();
  return { text: byteStringOf(bytes), matches };
}

function describe(match: Match, withLength: boolean): Reply {
  const ranges = [match.a, match.b].map((start) =>
    array([integer(start), integer(start + match.length - 1)]),
  );
  return array(withLength ? [...ranges, integer(match.length)] : ranges);
}
