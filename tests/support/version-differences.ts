/** Where 7.2.4, which we are, answers otherwise than the 7.0.15 that tests compare with. */
import type { ByteString } from '../../src/base/bytes.ts';
import type { Reply } from '../../src/resp/reply.ts';

interface VersionDifference {
  readonly reason: string;
  readonly applies: (words: readonly string[], real: Reply, ours: Reply) => boolean;
}

const differences: readonly VersionDifference[] = [
  {
    reason: '7.2 prints doubles in the fewest digits, 7.0 in 17',
    applies: (_words, real, ours) => equalButForDoubles(real, ours),
  },
  {
    reason: '7.2 keeps short lists and sets in a listpack',
    applies: ([name, sub], real, ours) =>
      name === 'object' &&
      sub === 'encoding' &&
      textOf(ours) === 'listpack' &&
      ['quicklist', 'hashtable'].includes(textOf(real)),
  },
  {
    reason: '7.2 counts the words of COMMAND GETKEYS as any others, 7.0 wants one more',
    applies: ([name, sub, , ...rest], real) =>
      name === 'command' &&
      sub?.startsWith('getkeys') === true &&
      rest.length === 0 &&
      errorOf(real).includes('wrong number'),
  },
  {
    reason: '7.2 names the version in the syntax that HELLO shows',
    applies: ([name], real, ours) =>
      name === 'hello' &&
      errorOf(ours).replace('HELLO <proto> AUTH', 'HELLO AUTH') === errorOf(real),
  },
  {
    reason: '7.0 told of the wrong error when the sequence numbers of a millisecond had run out',
    applies: ([name], real, ours) =>
      name === 'xadd' &&
      errorOf(real).includes('Elements are too large') &&
      errorOf(ours).includes('equal or smaller'),
  },
  {
    reason: '7.2 makes the consumer that XREADGROUP or XCLAIM names even if it gets nothing',
    applies: ([name, sub], real, ours) => {
      const blanked = (reply: Reply): string =>
        JSON.stringify(reply, (_key, value: unknown) =>
          typeof value === 'bigint' ? String(value) : value,
        ).replace(/("consumers"\},\{"type":"integer","value":)\d+/g, '$1');
      return name === 'xinfo' && sub === 'groups' && blanked(real) === blanked(ours);
    },
  },
  {
    reason: '7.2 names the user that may not do something, and not the key or channel',
    applies: ([name, sub], real, ours) =>
      (errorOf(real).startsWith('NOPERM this user has no permissions') &&
        errorOf(ours).startsWith('NOPERM ')) ||
      (name === 'acl' &&
        sub === 'dryrun' &&
        textOf(ours)
          .replace(/^User \S+ has/, 'This user has')
          .replace(/ the '[^']*' (key|channel)$/, '') ===
          textOf(real).replace(/ (one of the|at least).*| the '[^']*' (key|channel)$/, '')),
  },
  {
    reason:
      '7.2 tells of sanitize-payload with the flags of a user, and of its commands in the order of the rules; 7.0 works them out anew',
    applies: ([name], real, ours) => {
      const text = (reply: Reply): string =>
        JSON.stringify(reply)
          .replace(/[-+]@all[^"()]*/g, 'COMMANDS')
          .replace(/\{"type":"bulk","value":"(skip-)?sanitize-payload"\},?/g, '')
          .replace(/ (skip-)?sanitize-payload/g, '')
          .replaceAll('},]', '}]');
      return name === 'acl' && text(real) === text(ours);
    },
  },
  {
    reason:
      '7.2 numbers the entries of ACL LOG and tells their times; ages and clients are not compared',
    applies: ([name, sub], real, ours) =>
      name === 'acl' && sub === 'log' && accessLogRows(real) === accessLogRows(ours),
  },
];

/** Entries as a RESP2 client sees them, and as a RESP3 client does. */
function accessLogRows(reply: Reply): string {
  if (reply.type !== 'array') return 'no log';
  const known = ['count', 'reason', 'context', 'object', 'username'];
  return JSON.stringify(
    reply.value.map((entry) => {
      const flat =
        entry.type === 'map' ? entry.value.flat() : entry.type === 'array' ? entry.value : [];
      return known.map((field) => {
        const at = flat.findIndex((item, i) => i % 2 === 0 && textOf(item) === field);
        const value = flat[at + 1];
        return value?.type === 'integer' ? Number(value.value) : value;
      });
    }),
  );
}

/** Why the replies may differ; undefined: they may not. */
export function versionDifference(
  argv: readonly ByteString[],
  real: Reply,
  ours: Reply,
): string | undefined {
  const words = argv.map((word) => word.toLowerCase());
  return differences.find(({ applies }) => applies(words, real, ours))?.reason;
}

function textOf(reply: Reply): string {
  return reply.type === 'bulk' ? reply.value : '';
}

function errorOf(reply: Reply): string {
  return reply.type === 'error' ? reply.value : '';
}

function equalButForDoubles(real: Reply, ours: Reply): boolean {
  if (real.type === 'array' && ours.type === 'array') {
    return (
      real.value.length === ours.value.length &&
      real.value.every((item, i) => equalButForDoubles(item, ours.value[i]!))
    );
  }
  if (real.type === 'bulk' && ours.type === 'bulk' && real.value !== ours.value) {
    return /^-?[\d.]+(e[+-]?\d+)?$/.test(real.value) && Number(real.value) === Number(ours.value);
  }
  return JSON.stringify(real) === JSON.stringify(ours);
}
