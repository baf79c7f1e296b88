import { ascii } from '../../src/base/bytes.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseScript, printScript } from '../../src/cli/action-script.ts';
import type { ScriptLine } from '../../src/cli/action-script.ts';
import { controlUsages, parseControlLine } from '../../src/cli/control-line.ts';
import { printControlLine } from '../../src/cli/control-print.ts';
import type { ControlAction } from '../../src/cli/control-line.ts';
import { FAULT_KINDS } from '../../src/cli/fault-kinds.ts';

describe('a control line', () => {
  test.each<[string, ControlAction]>([
    ['!lane everysec', { kind: 'lane', lane: 'everysec' }],
    ['!client b', { kind: 'client', client: 'b' }],
    ['!pause', { kind: 'pause' }],
    ['!play', { kind: 'play' }],
    ['!play 0.1', { kind: 'play', speed: 0.1 }],
    ['!play 1/1000', { kind: 'play', speed: 0.001 }],
    ['!advance 900ms', { kind: 'advance', duration: 900 }],
    ['!advance 1.8s', { kind: 'advance', duration: 1800 }],
    ['!advance 250us', { kind: 'advance', duration: 0.25 }],
    ['!step', { kind: 'step', unit: 'command' }],
    ['!step fsync', { kind: 'step', unit: 'fsync' }],
    ['!kill', { kind: 'kill' }],
    ['!kill lane=always', { kind: 'kill', lane: 'always' }],
    ['!power', { kind: 'power', tail: 'lost' }],
    ['!power tail=zero-filled', { kind: 'power', tail: 'zero-filled' }],
    ['!power lane=main tail=cut@120', { kind: 'power', tail: { cutAt: 120 }, lane: 'main' }],
    ['!boot', { kind: 'boot' }],
    ['!signal TERM', { kind: 'signal', signal: 'TERM' }],
    ['!signal sigkill lane=a', { kind: 'signal', signal: 'KILL', lane: 'a' }],
    ['!fault fsync-time 1800ms', { kind: 'fault', fault: { kind: 'fsync-time', value: 1800 } }],
    ['!fault disk-full', { kind: 'fault', fault: { kind: 'disk-full' } }],
    ['!fault disk-full 64mb', { kind: 'fault', fault: { kind: 'disk-full', value: 67_108_864 } }],
    ['!fault fsync-error', { kind: 'fault', fault: { kind: 'fsync-error' } }],
    ['!fault clock-jump -1h', { kind: 'fault', fault: { kind: 'clock-jump', value: -3_600_000 } }],
    [
      '!fault write-error ENOSPC lane=main path=/data/x.aof at=2s until=3s',
      {
        kind: 'fault',
        fault: {
          kind: 'write-error',
          lane: 'main',
          path: '/data/x.aof',
          at: 2000,
          until: 3000,
          value: 'ENOSPC',
        },
      },
    ],
    [
      '!terminal 1 open 80x24',
      { kind: 'terminal', session: 1, act: { kind: 'open', columns: 80, rows: 24 } },
    ],
    [
      '!terminal 2 $ ls -l "a b"',
      { kind: 'terminal', session: 2, act: { kind: 'line', text: ascii('ls -l "a b"') } },
    ],
    [
      '!terminal 2 line " a\\n"',
      { kind: 'terminal', session: 2, act: { kind: 'line', text: ascii(' a\n') } },
    ],
    [
      '!terminal 0 keys "\\x03"',
      { kind: 'terminal', session: 0, act: { kind: 'keys', data: ascii('\x03') } },
    ],
    [
      '!terminal 1 signal INT',
      { kind: 'terminal', session: 1, act: { kind: 'signal', name: 'INT' } },
    ],
    ['!terminal 1 shown', { kind: 'terminal', session: 1, act: { kind: 'shown' } }],
    ['!shell "two\\nlines"', { kind: 'shell', line: ascii('two\nlines') }],
    ['!heal', { kind: 'heal' }],
    ['!workload off', { kind: 'workload', workload: null }],
    [
      '!workload {rate: 200/s, mix: ["SET k:{n} {n}"]}',
      { kind: 'workload', workload: { rate: 200, mix: ['SET k:{n} {n}'] } },
    ],
    [
      '!workload { "loop": closed, clients: 3, mix: [INCR a, "GET \\"b\\""], keys: 10, valueBytes: 0, transactions: 2, ttl: 10s, }',
      {
        kind: 'workload',
        workload: {
          loop: 'closed',
          clients: 3,
          mix: ['INCR a', 'GET "b"'],
          keys: 10,
          valueBytes: 0,
          transactions: 2,
          ttl: 10_000,
        },
      },
    ],
    ['!speed 0.1', { kind: 'speed', speed: 0.1 }],
    ['!tail cut@12', { kind: 'tail', tail: { cutAt: 12 } }],
    ['!interrupt', { kind: 'interrupt' }],
    ['!client "my \\"own\\" client"', { kind: 'client', client: 'my "own" client' }],
    [
      '!fault write-error EIO path="/data/a b"',
      { kind: 'fault', fault: { kind: 'write-error', value: 'EIO', path: '/data/a b' } },
    ],
    ['!edit "/data/a b" <<END\nx\nEND', { kind: 'edit', path: '/data/a b', text: 'x\n' }],
    ['!put /data/x AP8=', { kind: 'put', path: '/data/x', bytes: Uint8Array.of(0, 255) }],
    [
      '!import a.aof - b.aof AQ==',
      {
        kind: 'import',
        files: [
          { name: 'a.aof', bytes: new Uint8Array() },
          { name: 'b.aof', bytes: Uint8Array.of(1) },
        ],
      },
    ],
    ['!predict q1 37', { kind: 'predict', question: 'q1', answer: '37' }],
    [
      '!edit /etc/redis/redis.conf <<END\nappendonly yes\n\nEND',
      { kind: 'edit', path: '/etc/redis/redis.conf', text: 'appendonly yes\n\n' },
    ],
  ])('%s', (line, action) => {
    expect(parseControlLine(line)).toEqual({ ok: true, action });
    expect(parseControlLine(printControlLine(action))).toEqual({ ok: true, action });
  });

  test.each([
    ['!', 'A control line needs a name after !'],
    ['!explode', 'Unknown control "!explode"'],
    ['!KILL', 'Unknown control "!KILL"'],
    ['!__proto__', 'Unknown control "!__proto__"'],
    ['!lane', '!lane: a name is missing'],
    ['!lane a b', '!lane: "a b" is not one name'],
    ['!pause now', '!pause: "now" is not wanted here'],
    ['!play fast', '!play: "fast" is not a speed'],
    ['!play 0', '!play: "0" is not a speed'],
    ['!play 1000', '!play: 1000 is outside of 1/1000 to 100'],
    ['!advance 900', '!advance: "900" is not a duration'],
    ['!advance -1s', '!advance: time only goes forward'],
    ['!advance 99999999999999999h', 'is too long'],
    ['!step back', '!step: "back" is no step'],
    ['!kill main', '!kill: "main" is not wanted here'],
    ['!kill tail=lost', '!kill: it has no "tail="'],
    ['!power tail=torn', '!power: "torn" is no kind of tail'],
    ['!power tail=cut@x', '!power: "x" is not a whole number'],
    ['!power tail=', '!power: "tail=" needs a value'],
    ['!power lane=a lane=b', '!power: "lane=" stands twice'],
    ['!signal', '!signal: a signal is missing'],
    ['!signal HELLO', '!signal: "HELLO" is no signal'],
    ['!fault', '!fault: a kind is missing; known are fsync-time'],
    ['!fault meteor', '!fault: "meteor" is no fault'],
    ['!fault fsync-time', '!fault: fsync-time needs a value'],
    ['!fault lying-drive 3', '!fault: lying-drive takes no value'],
    ['!fault fsync-error broken', '!fault: "broken" is no errno'],
    ['!fault fsync-time 1s 2s', '!fault: "2s" is not wanted here'],
    ['!fault disk-full at=soon', '"soon" is not a duration'],
    ['!workload', '!workload: column 1: expected {'],
    ['!workload {rate: fast}', '!workload: rate: "fast" is not a rate'],
    ['!workload {rat: 1}', '!workload: rat: is unknown here; known are rate, loop, mix, clients'],
    ['!workload {rate: 1, rate: 2}', 'column 11: "rate" stands twice'],
    ['!workload {mix: ["a}', 'column 8: this quoted text is not closed'],
    ['!workload {mix: []}', 'mix: at least one command is wanted'],
    ['!workload {mix: [[a]]}', 'mix: a list of texts is wanted'],
    ['!workload {loop: round}', 'loop: "round" is neither open nor closed'],
    ['!workload {clients: 0}', 'clients: at least 1 is wanted'],
    ['!workload {keys: [1]}', 'keys: one value is wanted'],
    ['!workload {rate: 1} now', 'nothing may follow the closing }'],
    ['!workload {mix: [[[[[[[a]]]]]]]}', 'lists are nested too deeply'],
    ['!predict q1', '!predict: a question and an answer are wanted'],
    ['!edit /x', '!edit: a path and <<END are wanted'],
    ['!edit /x <<END\na', '!edit: the closing END is missing'],
    ['!edit /x <<END\nEND\nb', '!edit: nothing may follow END'],
    ['!tail torn', '!tail: "torn" is no kind of tail'],
    ['!speed fast', '!speed: "fast" is not a speed'],
    ['!client "a', '!client: ""a" is not one name'],
    ['!kill lane="a', '!kill: a quote is not closed'],
    ['!put /x', '!put: names and bytes go in pairs'],
    ['!put /x AQ== /y AQ==', '!put: a path and its bytes are wanted'],
    ['!import a AQ=', '!import: what follows "a" is not base64'],
    ['kill', '"kill" is no control line'],
  ])('%s is refused with its reason', (line, reason) => {
    const parsed = parseControlLine(line);
    expect(parsed.ok).toBe(false);
    expect(parsed).toHaveProperty('error', expect.stringContaining(reason));
  });

  test('every control tells how it is written, and what it tells begins with its name', () => {
    for (const { name, usage } of controlUsages()) expect(usage.startsWith(name)).toBe(true);
    expect(controlUsages()).toHaveLength(22);
  });

  const SEED = 815;
  test(`any text is read or refused, never a failure (seed ${SEED})`, () => {
    const words = fc.constantFrom(
      '!fault',
      '!workload',
      '!power',
      '!edit',
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      'rate',
      'lane=',
      '<<',
      '\n',
      '\\',
      '1s',
      ' ',
      'é',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 12 }), (parts) => {
        const parsed = parseControlLine(parts.join(''));
        if (parsed.ok) expect(parseControlLine(printControlLine(parsed.action))).toEqual(parsed);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  test('every fault prints and reads back, with a value of its kind', () => {
    const sample = {
      none: undefined,
      duration: 1800.5,
      errno: 'EIO',
      bytes: 4096,
      count: 17,
      factor: 2.5,
    };
    for (const [kind, wanted] of FAULT_KINDS) {
      const value = sample[wanted];
      const action: ControlAction = {
        kind: 'fault',
        fault: value === undefined ? { kind } : { kind, value },
      };
      expect(parseControlLine(printControlLine(action))).toEqual({ ok: true, action });
    }
  });

  test('an edited text that has the closing word in it is closed by another', () => {
    const action: ControlAction = { kind: 'edit', path: '/a', text: 'END\nEND2\n' };
    expect(parseControlLine(printControlLine(action))).toEqual({ ok: true, action });
  });
});

describe('a script of actions', () => {
  const TEXT = `# prove it
SET a 1
@1200ms SET b "2 3"
!lane everysec

@1.5s !kill
$ redis-check-aof --fix appendonlydir/appendonly.aof.1.incr.aof
!edit /etc/redis/redis.conf <<END
# stays
save ""
END
!boot
`;
  const SCRIPT: ScriptLine[] = [
    { action: { kind: 'redis', line: 'SET a 1' } },
    { at: 1200, action: { kind: 'redis', line: 'SET b "2 3"' } },
    { action: { kind: 'control', control: { kind: 'lane', lane: 'everysec' } } },
    { at: 1500, action: { kind: 'control', control: { kind: 'kill' } } },
    {
      action: {
        kind: 'shell',
        line: 'redis-check-aof --fix appendonlydir/appendonly.aof.1.incr.aof',
      },
    },
    {
      action: {
        kind: 'control',
        control: { kind: 'edit', path: '/etc/redis/redis.conf', text: '# stays\nsave ""\n' },
      },
    },
    { action: { kind: 'control', control: { kind: 'boot' } } },
  ];

  test('is read line by line, with times, shell lines, controls and remarks', () => {
    expect(parseScript(TEXT)).toEqual({ ok: true, value: SCRIPT });
  });

  test('prints as a text that reads back the same', () => {
    expect(parseScript(printScript(SCRIPT))).toEqual({ ok: true, value: SCRIPT });
  });

  test.each([
    ['SET a 1\n!explode', 'line 2: Unknown control "!explode"'],
    ['\n@soon SET a 1', 'line 2: "soon" is not a duration'],
    ['@-1s SET a 1', 'line 1: -1s is before the start'],
    ['@1s', 'line 1: "@1s" has a time but nothing to do'],
    ['$', 'line 1: a shell line is missing after $'],
    ['a\n!edit /x <<END\nb', 'line 2: the closing END is missing'],
  ])('%j is refused with its line', (text, reason) => {
    expect(parseScript(text)).toHaveProperty('error', expect.stringContaining(reason));
  });
});
