import { afterAll, beforeAll, expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { configGet, configSet, type ConfigSetSituation } from '../../src/server/config-set.ts';
import {
  defaultDirectives,
  directives,
  type DirectiveValues,
} from '../../src/server/directives.ts';
import { parseRedisConf } from '../../src/server/redis-conf.ts';
import { describeWithRedis, startRedis, words, type RealRedis } from '../support/real-redis.ts';

const OPEN: ConfigSetSituation = { loading: false, protectedAllowed: true };

/** Directives that a test must not vary on a real server, and why. */
const NOT_COMPARED: Readonly<Record<string, string>> = {
  port: 'the server would move away from the test',
  bind: 'the server would move away from the test',
  maxclients: 'bounded by the descriptors of the machine',
  'maxmemory-clients': 'the server would evict the client of the test; tried by itself below',
  'client-output-buffer-limit':
    'the server would drop the client of the test; tried by itself below',
  requirepass: 'the client of the test would need the password',
  activedefrag: 'the installed server is built without the allocator that it needs, 7.2.4 with it',
  'oom-score-adj': 'the kernel refuses it to some users',
  'oom-score-adj-values': 'the kernel refuses it to some users',
  'watchdog-period': 'it interrupts the server',
  dir: 'a process keeps its directory here',
  loglevel: '7.2 added the value nothing',
  'tls-port': 'the installed server may find certificates',
  'tls-cluster': 'the installed server may find certificates',
  'tls-replication': 'the installed server may find certificates',
};

/** New in 7.2: the installed 7.0 does not know them. */
const NEW_IN_7_2 = [
  'cluster-announce-human-nodename',
  'locale-collate',
  'set-max-listpack-entries',
  'set-max-listpack-value',
];

const COMMON = [
  ...[
    '',
    ' ',
    'abc',
    'yes',
    'NO',
    'Yes ',
    '0',
    '1',
    '-1',
    '01',
    '+1',
    ' 1',
    '1 ',
    '1.0',
    '0x10',
    '10',
  ],
  ...['b', '1b', '1k', '1K', '1kb', '2MB', '3m', '1gb', '1g', '1tb', '1kbb', '5%', '-5%', '%'],
  ...[
    '65535',
    '65536',
    '2147483647',
    '2147483648',
    '-2147483648',
    '-2147483649',
    '4294967295',
    '4294967296',
  ],
  ...['9223372036854775807', '9223372036854775808', '-9223372036854775808', '-9223372036854775809'],
  ...[
    '18446744073709551615',
    '18446744073709551616',
    '99999999999999999999999',
    '17179869184gb',
    '100',
    '1000',
    '1048576',
    '1048575',
  ],
  ...[
    'a/b',
    'a\\b',
    'x.rdb',
    '..',
    '{title} {port}',
    '{x}',
    '{{a',
    'a.b-c',
    'a_b',
    'a b',
    'A',
    'AKEmn',
    'gn',
    'Kq',
  ],
  ...[
    '60 1',
    '60  1',
    '60',
    '60 x',
    '0 1',
    '60 -1',
    '60 99999999999',
    '1 2 3 4',
    '50 99.9 1e1',
    '101',
    '50 nan',
    '-1 5',
  ],
  ...[
    'a\0b',
    'h\xff',
    'no one',
    'save nosave',
    'now save',
    'save',
    'default now',
    'nosave force x',
  ],
];

function candidates(kind: (typeof directives)[number]['kind']): readonly string[] {
  if (kind.kind === 'enum')
    return [
      ...COMMON,
      ...kind.values.flatMap((value) => [value, value.toUpperCase(), `${value} ${value}`]),
    ];
  if (kind.kind === 'number') {
    return [
      ...COMMON,
      ...[kind.min - 1n, kind.min, kind.min + 1n, kind.max - 1n, kind.max, kind.max + 1n].map(
        String,
      ),
    ];
  }
  return COMMON;
}

describeWithRedis('CONFIG SET and GET beside the real server', () => {
  let real: RealRedis;
  let ours: DirectiveValues;

  beforeAll(async () => {
    real = await startRedis('--enable-protected-configs', 'yes', '--dynamic-hz', 'no');
    const conf = parseRedisConf('enable-protected-configs yes\ndynamic-hz no\nsave ""', {
      readFile: () => undefined,
      workingDirectory: '/data',
    });
    if (!conf.ok) throw new Error(conf.text);
    ours = conf.directives;
  });
  afterAll(() => real.stop());

  function ask(...pairs: readonly (readonly [string, string])[]): string {
    const result = configSet(
      ours,
      pairs.map(([name, value]) => [ascii(name), ascii(value)] as const),
      OPEN,
    );
    return result.ok ? 'OK' : result.error;
  }

  async function askReal(...pairs: readonly (readonly [string, string])[]): Promise<string> {
    return said((await real.send([words('CONFIG', 'SET', ...pairs.flat())]))[0]);
  }

  async function shownByReal(...names: readonly string[]): Promise<Map<string, string>> {
    const [reply] = await real.send([words('CONFIG', 'GET', ...names)]);
    return pairsOf(reply);
  }

  const compared = directives.filter(
    ({ name }) => !(name in NOT_COMPARED) && !NEW_IN_7_2.includes(name),
  );

  test('each directive takes and refuses the same values, with the same words', async () => {
    const different: string[] = [];
    let tried = 0;
    for (const { name, kind } of compared) {
      const values = candidates(kind);
      const replies = await real.send(
        values.flatMap((value) => [
          words('CONFIG', 'SET', name, value),
          words('CONFIG', 'GET', name),
        ]),
      );
      for (const [i, value] of values.entries()) {
        tried++;
        const theirs = [said(replies[i * 2]), pairsOf(replies[i * 2 + 1]).get(name)];
        const mine = [ask([name, value]), configGet(ours, [ascii(name)])[0]?.[1]];
        if (theirs[0] !== mine[0] || theirs[1] !== mine[1]) {
          different.push(
            `${name} ${JSON.stringify(value)}: ${theirs.join(' → ')}; ours: ${mine.join(' → ')}`,
          );
        }
      }
    }
    expect(different).toEqual([]);
    expect(tried).toBeGreaterThan(10_000);
  });

  test('all the real server’s names are known here', async () => {
    const shown = await shownByReal('*');
    const known = new Set(directives.flatMap(({ name, alias }) => [name, alias]));
    expect([...shown.keys()].filter((name) => !known.has(name))).toEqual([]);
  });

  test.each([
    [
      'maxmemory-clients',
      [
        '9223372036854775808',
        '50%',
        '0%',
        '101%',
        '-5%',
        '18446744073709551516',
        '18446744073709551515',
        '100%',
        '1x',
        '0',
      ],
    ],
    [
      'client-output-buffer-limit',
      [
        '',
        'slave 1 2',
        'slave 1 2 3',
        'replica 4kb 5mb 6',
        'master 1 2 3',
        'pubsub -1 2 3',
        'pubsub 1 2 3x',
        'pubsub 1 2 -3',
        'pubsub 1 2 ',
        'PUBSUB 1 1 1 slave 2 2 2 pubsub 3 3 3',
        'x',
      ],
    ],
    ['oom-score-adj-values', ['1 2', '1 2 3 4', '1 2 9999', 'a b c', '-2001 0 0', '', '1  2 3']],
  ])('%s', async (name, values) => {
    for (const value of values) {
      expect(ask([name, value]), value).toBe(await askReal([name, value]));
      expect(configGet(ours, [ascii(name)])[0]?.[1], value).toBe(
        (await shownByReal(name)).get(name),
      );
    }
  });

  test('several pairs are set together or not at all', async () => {
    const commands: (readonly (readonly [string, string])[])[] = [
      [
        ['timeout', '7'],
        ['hz', '20'],
      ],
      [
        ['timeout', '8'],
        ['hz', 'x'],
      ],
      [
        ['timeout', '8'],
        ['timeout', '9'],
      ],
      [
        ['timeout', '8'],
        ['TIMEOUT', '9'],
      ],
      [
        ['hash-max-listpack-entries', '8'],
        ['hash-max-ziplist-entries', '9'],
      ],
      [
        ['hash-max-ziplist-entries', 'x'],
        ['timeout', '1'],
      ],
      [
        ['timeout', '9'],
        ['nosuch', '1'],
      ],
      [
        ['nosuch', '1'],
        ['databases', '1'],
      ],
      [
        ['databases', '1'],
        ['nosuch', '1'],
      ],
      [
        ['timeout', '8'],
        ['Databases', '1'],
      ],
      [
        ['save', '10 10'],
        ['slave-priority', '5'],
        ['min-slaves-max-lag', 'x'],
      ],
      [['TIMEOUT', 'x']],
      [['Slave-Priority', 'x']],
      [
        ['timeout', 'x'],
        ['hz', 'y'],
      ],
      [
        ['notify-keyspace-events', 'An'],
        ['maxmemory-policy', 'allkeys-lru'],
      ],
    ];
    const names = [
      'timeout',
      'hz',
      'hash-max-listpack-entries',
      'save',
      'replica-priority',
      'notify-keyspace-events',
      'maxmemory-policy',
    ];
    for (const pairs of commands) {
      const label = JSON.stringify(pairs);
      expect(ask(...pairs), label).toBe(await askReal(...pairs));
      const shown = new Map<string, string>(
        configGet(
          ours,
          names.map((name) => ascii(name)),
        ),
      );
      expect(shown, label).toEqual(await shownByReal(...names));
    }
  });

  test('patterns of CONFIG GET find the same names', async () => {
    for (const patterns of [
      ['*max*'],
      ['APPEND*'],
      ['append*', 'appendonly'],
      ['[st]ave', 'save'],
      ['?ort', 'por'],
      ['*slave*'],
      ['hash-max-[lz]*'],
      ['*', 'key-load-delay'],
      ['key-load*'],
      ['tls-[a-c]*'],
      ['[^a-z]*'],
      ['d?r\\'],
      ['*-'],
    ]) {
      const mine = configGet(
        ours,
        patterns.map((pattern) => ascii(pattern)),
      )
        .map(([name]) => name as string)
        .filter((name) => !NEW_IN_7_2.includes(name));
      const theirs = [...(await shownByReal(...patterns)).keys()].filter(
        (name) => name !== 'aof-disable-auto-gc',
      );
      expect(mine.sort(), patterns.join(' ')).toEqual(theirs.sort());
    }
  });
});

test('protected directives need enable-protected-configs', () => {
  const values = defaultDirectives();
  const result = configSet(values, [[ascii('dbfilename'), ascii('x.rdb')]], {
    ...OPEN,
    protectedAllowed: false,
  });
  expect(result).toEqual({
    ok: false,
    error:
      "ERR CONFIG SET failed (possibly related to argument 'dbfilename') - can't set protected config",
  });
});

test('while loading, what must wait is refused as any command is', () => {
  const values = defaultDirectives();
  const set = (name: string, value: string): unknown =>
    configSet(values, [[ascii(name), ascii(value)]], { ...OPEN, loading: true });
  expect(set('appendonly', 'yes')).toEqual({
    ok: false,
    error: 'LOADING Redis is loading the dataset in memory',
  });
  expect(set('appendfsync', 'always')).toEqual({ ok: true });
});

function said(reply: Reply | undefined): string {
  if (reply?.type === 'status' || reply?.type === 'error') return reply.value;
  throw new Error(`not a word: ${JSON.stringify(reply)}`);
}

function pairsOf(reply: Reply | undefined): Map<string, string> {
  if (reply?.type !== 'array') throw new Error(`not pairs: ${JSON.stringify(reply)}`);
  const texts = reply.value.map((each) => (each.type === 'bulk' ? each.value : ''));
  return new Map(
    texts.flatMap((text, i) => (i % 2 === 0 ? [[text, texts[i + 1] ?? ''] as const] : [])),
  );
}
