import { beforeAll, expect, test } from 'vitest';
import { applyAction } from '../../src/lab/action.ts';
import { parseActions } from '../../src/lab/action-text.ts';
import { Lab } from '../../src/lab/lab.ts';
import { planLab } from '../../src/lab/setup.ts';
import type { LabEvent } from '../../src/lab/view.ts';
import { look, type Scene } from '../../src/lessons/check.ts';
import type { Check } from '../../src/lessons/lesson.ts';
import { matches, matcherText } from '../../src/lessons/matcher.ts';

/** A lab with a key of each kind of interest, two of whose writes a power cut has taken. */
let lab: Lab;
let events: LabEvent[];
let lines: Map<string, readonly string[]>;

beforeAll(() => {
  const plan = planLab(
    { lanes: [{ id: 'a' }, { id: 'b' }], clock: { startAt: 1_767_225_600_000 } },
    0,
  );
  if (typeof plan === 'string') throw new Error(plan);
  lab = Lab.create(plan);
  const script = parseActions(
    `@100ms SET n 41
     @150ms INCR n
     @200ms RPUSH list x y
     !lane b
     @210ms SET n 42
     @2400ms SET warm 1
     !lane a
     @2400ms SET warm 1
     @2500ms SET late 1
     !lane b
     @2500ms SET late 1
     !lane a
     @2510ms SET later 2
     @2600ms !power
     @2600ms !boot`,
    'a',
  );
  if (!script.ok) throw new Error(script.error);
  for (const { at, action } of script.value) {
    lab.runUntil(lab.epoch + at, Infinity);
    expect(applyAction(lab, action)).toBeUndefined();
  }
  lab.runUntil(lab.epoch + 3_000_000, Infinity);
  events = lab.lanes.flatMap(({ state }) => state.events);
  lines = new Map(lab.lanes.map(({ state }) => [state.id, state.logLines]));
});

function scene(changes: Partial<Scene> = {}): Scene {
  const frozen = new Map([['first', new Map([['keys', 9]])]]);
  const answers = new Map([
    ['q1', { right: true }],
    ['q2', { right: false }],
  ]);
  return { lab, begunAt: 0, events, lines, answers, frozen, seen: new Map(), ...changes };
}

const cases: readonly (readonly [string, Check, boolean])[] = [
  ['a key is there', { key: { name: 'n' } }, true],
  ['a key is gone', { key: { name: 'late', exists: false } }, true],
  ['a key is not there', { key: { name: 'late' } }, false],
  ['a value', { key: { name: 'n', value: 42 } }, true],
  ['another value', { key: { name: 'n', value: { lt: 42 } } }, false],
  ['a type', { key: { name: 'list', type: 'list' } }, true],
  ['another type', { key: { name: 'list', type: 'set' } }, false],
  ['a loss', { lost: 2 }, true],
  ['a loss of the other lane', { lost: 1, lane: 'b' }, true],
  ['no loss where there was one', { lost: 0 }, false],
  ['what survived', { survived: { gte: 3 } }, true],
  ['an event', { event: { type: 'power' } }, true],
  ['an event that was not', { event: { type: 'kill' } }, false],
  ['an event with a figure', { event: { type: 'power', when: { 'crash.unsynced': 2 } } }, true],
  [
    'an event with another figure',
    { event: { type: 'power', when: { 'crash.unsynced': 9 } } },
    false,
  ],
  ['a reply', { reply: { command: 'incr n', text: '(integer) 42' } }, true],
  ['another reply', { reply: { command: 'INCR n', text: '(integer) 43' } }, false],
  ['a reply to nothing', { reply: { command: 'DECR n' } }, false],
  ['a process', { process: 'running' }, true],
  ['a process that stands', { process: 'stopped' }, false],
  ['INFO', { info: { aof_enabled: 1, role: 'master' } }, true],
  ['INFO that says else', { info: { aof_enabled: 0 } }, false],
  ['a setting', { config: { appendfsync: 'everysec' } }, true],
  ['another setting', { config: { appendfsync: 'always' } }, false],
  ['offsets', { offset: { written: { equals: 'acknowledged' }, fsynced: { gt: 10 } } }, true],
  ['an offset that is not above', { offset: { fsynced: { above: 'written' } } }, false],
  ['a file', { file: { path: 'appendonlydir/appendonly.aof.1.incr.aof', size: { gt: 50 } } }, true],
  ['no file', { file: { path: '/data/dump.rdb', exists: false } }, true],
  ['a file that is not', { file: { path: '/data/dump.rdb' } }, false],
  ['a manifest', { manifest: { base_seq: 1, base_format: 'rdb', incr_count: 1 } }, true],
  ['another manifest', { manifest: { base_seq: 2 } }, false],
  ['a line of the log', { server_log: 'Ready to accept connections' }, true],
  ['a line that was not', { server_log: 'Bad file format' }, false],
  ['time', { elapsed: { gte: 2900 } }, true],
  ['no such time', { elapsed: { gte: 3100 } }, false],
  ['an answer', { answer: { question: 'q2' } }, true],
  ['a right answer', { answer: { question: 'q1', right: true } }, true],
  ['an answer that is not right', { answer: { question: 'q2', right: true } }, false],
  ['no answer', { answer: { question: 'q3' } }, false],
  ['the same data in two lanes', { digest: { same_as_lane: 'a' }, lane: 'a' }, true],
  ['other data in two lanes', { digest: { same_as_lane: 'b' } }, false],
  [
    'two lanes',
    { compare: { left: { figure: 'keys@a' }, is: 'gt', right: { figure: 'keys@b' } } },
    true,
  ],
  [
    'now and then',
    { compare: { left: { figure: 'keys' }, is: 'gte', right: { figure: 'keys', step: 'first' } } },
    false,
  ],
  ['a figure', { figure: { keys: 3, 'lost.count@b': 1 } }, true],
  ['all', { all: [{ process: 'running' }, { lost: 0 }] }, false],
  ['any', { any: [{ process: 'stopped' }, { lost: 2 }] }, true],
  ['not', { not: { event: { type: 'kill' } } }, true],
  [
    'in order',
    { in_order: [{ reply: { command: 'SET n 41' } }, { reply: { command: 'INCR n' } }] },
    true,
  ],
  [
    'out of order',
    { in_order: [{ reply: { command: 'INCR n' } }, { reply: { command: 'SET n 41' } }] },
    false,
  ],
];

test.each(cases)('%s', (_, check, met) => {
  expect(look(check, scene()).met).toBe(met);
});

test('what is missing is told: what is expected, and what is there', () => {
  const check: Check = {
    all: [
      { lost: 0, as: 'none-lost' },
      { key: { name: 'n', value: { gte: 50 } }, lane: 'b' },
    ],
  };
  expect(look(check, scene()).findings).toEqual([
    { kind: 'lost', as: 'none-lost', about: '', lane: null, expected: '0', actual: 2, met: false },
    {
      kind: 'key-value',
      as: null,
      about: 'n',
      lane: 'b',
      expected: '≥ 50',
      actual: '42',
      met: false,
    },
  ]);
});

test('what was seen once in a step stays seen; what was lost before the step does not count', () => {
  const seen = new Map();
  expect(look({ event: { type: 'power' } }, scene({ seen })).met).toBe(true);
  expect(look({ event: { type: 'power' } }, scene({ seen, events: [] })).met).toBe(true);
  expect(look({ event: { type: 'power' } }, scene({ events: [] })).met).toBe(false);
  expect(look({ lost: 2 }, scene({ begunAt: 2700 })).findings[0]?.actual).toBeNull();
});

test('a matcher holds for numbers written as texts, and never for what is not there', () => {
  expect(matches({ gte: 2, lt: 4 }, '3')).toBe(true);
  expect(matches({ gte: 2 }, 'many')).toBe(false);
  expect(matches({ not: 3 }, null)).toBe(false);
  expect(matches(true, true)).toBe(true);
  expect(matches({ contains: 'ell' }, 'hello')).toBe(true);
  expect(matcherText({ gte: 2, lt: 4 })).toBe('≥ 2, < 4');
});
