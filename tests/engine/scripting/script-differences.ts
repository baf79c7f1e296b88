/** Where scripts get another answer from 7.2.4, which we are, than from the 7.0.15 that tests compare with. */
import type { ByteString } from '../../../src/base/bytes.ts';
import type { Reply } from '../../../src/resp/reply.ts';
import { versionDifferences, type VersionDifference } from '../../support/version-differences.ts';

const blocking = /redis\.call\("(blpop|brpoplpush|bzpopmin|xread|wait)"/;

export const scriptDifferences: readonly VersionDifference[] = [
  ...versionDifferences.filter(({ name }) => name === 'shortest doubles'),
  {
    name: 'shortest doubles in lists of nothing else',
    reason: '7.2 brings a number of Lua to a command in the fewest digits, 7.0 in 17',
    applies: (_words, real, ours) => doublesAway(real) === doublesAway(ours),
  },
  {
    name: 'blocking commands in scripts',
    reason:
      '7.2 lets scripts call commands that may block, and answers them as if the time were up',
    applies: ([, script], real, ours) =>
      blocking.test(script ?? '') &&
      real.type === 'error' &&
      / not allowed /.test(real.value) &&
      ours.type !== 'error',
  },
  {
    name: 'copyright of cmsgpack',
    reason: '7.2 names another owner',
    applies: (_words, real, ours) =>
      JSON.stringify(real).replace('Salvatore Sanfilippo', 'Redis Ltd.') === JSON.stringify(ours),
  },
];

export function scriptDifference(
  argv: readonly ByteString[],
  real: Reply,
  ours: Reply,
): VersionDifference | undefined {
  const words = argv.map((word) => word.toLowerCase());
  return scriptDifferences.find(({ applies }) => applies(words, real, ours));
}

/** Texts that are doubles, by their value. */
function doublesAway(reply: Reply): string {
  return JSON.stringify(reply, (_key, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    return typeof value === 'string' && /^-?\d+\.\d+(e[+-]\d+)?$|^-?\de[+-]\d+$/.test(value)
      ? Number(value)
      : value;
  });
}
