/** Where 7.2.4, which we are, answers otherwise than the 7.0.15 that tests compare with. */
import type { ByteString } from '../../src/base/bytes.ts';
import type { Reply } from '../../src/resp/reply.ts';

export interface VersionDifference {
  readonly name: string;
  readonly reason: string;
  readonly applies: (words: readonly string[], real: Reply, ours: Reply) => boolean;
}

export const versionDifferences: readonly VersionDifference[] = [
  {
    name: 'shortest doubles',
    reason: '7.2 prints doubles in the fewest digits, 7.0 in 17',
    applies: (_words, real, ours) => equalButForDoubles(real, ours),
  },
  {
    name: 'small collections in listpacks',
    reason: '7.2 keeps short lists and sets in a listpack',
    applies: ([name, sub], real, ours) =>
      (name === 'object' &&
        sub === 'encoding' &&
        textOf(ours) === 'listpack' &&
        ['quicklist', 'hashtable'].includes(textOf(real))) ||
      (name === 'debug' &&
        ((sub === 'listpack' && errorOf(real) === 'ERR Not a listpack encoded object.') ||
          (sub === 'quicklist' && errorOf(ours) === 'ERR Not a quicklist encoded object.'))),
  },
  {
    name: 'arity of COMMAND GETKEYS',
    reason: '7.2 counts the words of COMMAND GETKEYS as any others, 7.0 wants one more',
    applies: ([name, sub, , ...rest], real) =>
      name === 'command' &&
      sub?.startsWith('getkeys') === true &&
      rest.length === 0 &&
      errorOf(real).includes('wrong number'),
  },
  {
    name: 'syntax shown by HELLO',
    reason: '7.2 names the version in the syntax that HELLO shows',
    applies: ([name], real, ours) =>
      name === 'hello' &&
      errorOf(ours).replace('HELLO <proto> AUTH', 'HELLO AUTH') === errorOf(real),
  },
  {
    name: 'sequence numbers that run out',
    reason: '7.0 told of the wrong error when the sequence numbers of a millisecond had run out',
    applies: ([name], real, ours) =>
      name === 'xadd' &&
      errorOf(real).includes('Elements are too large') &&
      errorOf(ours).includes('equal or smaller'),
  },
  {
    name: 'consumers without entries',
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
    name: 'ranks with scores',
    reason: '7.0 knows no WITHSCORE of ZRANK and ZREVRANK, and counts its words first',
    applies: ([name, , , option], real, ours) =>
      ['zrank', 'zrevrank'].includes(name ?? '') &&
      option !== undefined &&
      errorOf(real).includes('wrong number') &&
      (option === 'withscore' || errorOf(ours) === 'ERR syntax error'),
  },
  {
    name: 'bit arguments before the key',
    reason: '7.2 looks at all arguments of BITCOUNT and BITPOS before it looks for the key',
    applies: ([name], real, ours) =>
      ['bitcount', 'bitpos'].includes(name ?? '') &&
      real.type === 'integer' &&
      Number(real.value) <= 0 &&
      ours.type === 'error',
  },
  {
    name: 'smallest rank of LPOS',
    reason: '7.2 refuses the RANK that has no opposite, 7.0 takes it as any other',
    applies: ([name, ...words]) => name === 'lpos' && words.includes('-9223372036854775808'),
  },
  {
    name: 'unbalanced streams',
    reason:
      '7.2 names the command that lacks ids for its streams, and which sign may stand for one',
    applies: (_words, real, ours) =>
      errorOf(real).startsWith('ERR Unbalanced XREAD list') &&
      errorOf(ours).startsWith("ERR Unbalanced 'xread"),
  },
  {
    name: 'XSETID below a deleted entry',
    reason: '7.2 compares with the largest deleted id first',
    applies: ([name], real, ours) =>
      name === 'xsetid' &&
      errorOf(real).endsWith('target stream top item') &&
      errorOf(ours).endsWith('max_deleted_entry_id'),
  },
  {
    name: 'largest timeouts',
    reason: '7.0 takes an instant beyond 64 bits for one that has passed',
    applies: ([name, sub], real, ours) =>
      errorOf(ours) === 'ERR timeout is out of range' &&
      (errorOf(real) === 'ERR timeout is negative' ||
        (name === 'client' && sub === 'pause' && real.type === 'status')),
  },
  {
    name: 'streams that go under one who waits',
    reason: '7.2 runs the command again, and tells what is wrong with it then',
    applies: ([name], real, ours) =>
      name === 'xreadgroup' &&
      /^UNBLOCKED the stream|^NOGROUP the consumer group this/.test(errorOf(real)) &&
      /^NOGROUP|^WRONGTYPE/.test(errorOf(ours)),
  },
  {
    name: 'keys of one who waits',
    reason: '7.2 runs the command again, which takes from its first key that holds something',
    applies: ([name], real, ours) => {
      const keyOf = (reply: Reply): string =>
        reply.type === 'array' && reply.value[0] !== undefined ? textOf(reply.value[0]) : '';
      return (
        ['bzpopmin', 'bzmpop'].includes(name ?? '') && keyOf(real) === 'b' && keyOf(ours) === 'a'
      );
    },
  },
  {
    name: 'messages to oneself',
    reason: '7.2 answers a command before what it makes itself hear, in RESP3',
    applies: ([name], real, ours) =>
      ['publish', 'spublish', 'debug'].includes(name ?? '') &&
      (real.type === 'push') !== (ours.type === 'push'),
  },
  {
    name: 'commands of 7.2',
    reason: '7.0 does not know them',
    applies: ([name, sub], real) =>
      (/^ERR unknown command '(waitaof)'/i.test(errorOf(real)) && name === 'waitaof') ||
      (/^ERR unknown subcommand/.test(errorOf(real)) &&
        [
          ...['client no-touch', 'client setinfo', 'cluster myshardid', 'debug stringmatch-len'],
          ...['debug pause-cron', 'debug close-cluster-link-on-packet-drop'],
        ].includes(`${name} ${sub}`)),
  },
  {
    name: 'allocator',
    reason: 'there is no jemalloc here, and a server without it says so',
    applies: ([name, sub], _real, ours) =>
      name === 'memory' && sub === 'malloc-stats' && textOf(ours).startsWith('Stats not supported'),
  },
  {
    name: 'directives of 7.2',
    reason: '7.0 does not know them, nor a loglevel of nothing',
    applies: ([name, sub, directive], real, ours) =>
      name === 'config' &&
      sub === 'set' &&
      ((directive?.startsWith('set-max-listpack-') === true &&
        errorOf(real).startsWith('ERR Unknown option')) ||
        errorOf(ours) === `${errorOf(real)}, nothing`),
  },
  {
    name: 'texts of NOPERM',
    reason: '7.2 names the user that may not do something, and not the key or channel',
    applies: ([name, sub], real, ours) =>
      (errorOf(real).includes('NOPERM this user has no permissions') &&
        errorOf(ours).includes('NOPERM ')) ||
      (name === 'acl' &&
        sub === 'dryrun' &&
        textOf(ours)
          .replace(/^User \S+ has/, 'This user has')
          .replace(/ the '[^']*' (key|channel)$/, '') ===
          textOf(real).replace(/ (one of the|at least).*| the '[^']*' (key|channel)$/, '')),
  },
  {
    name: 'texts of NOPERM in scripts',
    reason: '7.2 gives scripts the texts that clients get',
    applies: (_words, real, ours) =>
      /The user executing the script/.test(errorOf(real) || textOf(real)) &&
      /NOPERM ACL failure in script/.test(errorOf(ours) || textOf(ours)),
  },
  {
    name: 'rules of users',
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
    name: 'entries of ACL LOG',
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
): VersionDifference | undefined {
  const words = argv.map((word) => word.toLowerCase());
  return versionDifferences.find(({ applies }) => applies(words, real, ours));
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
