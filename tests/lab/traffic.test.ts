/** What an onlooker sees of the commands and messages between a server and its clients, and that looking changes nothing. */
import { describe, expect, test } from 'vitest';
import { utf8Encode } from '../../src/base/bytes.ts';
import { splitArguments } from '../../src/base/split-arguments.ts';
import { applyAction } from '../../src/lab/action.ts';
import { Lab } from '../../src/lab/lab.ts';
import { planLab } from '../../src/lab/setup.ts';
import { lookAway, lookOn } from '../../src/lab/traffic.ts';

const START = Date.UTC(2026, 0, 1) * 1000;

function newLab(): Lab {
  const plan = planLab({ seed: 7, clock: { paused: true } }, START);
  if (typeof plan === 'string') throw new Error(plan);
  return Lab.create(plan);
}

function send(lab: Lab, client: string, line: string): void {
  const argv = splitArguments(utf8Encode(line)) ?? [];
  const problem = applyAction(lab, { kind: 'command', lane: 'main', client, argv });
  if (problem !== undefined) throw new Error(problem);
  lab.runUntil(lab.clock.now + 20_000, Infinity);
}

function texts(lab: Lab, after = 0): string[] {
  return lookOn(lab.lanes[0]!, after).lines.map((line) =>
    line.kind === 'command'
      ? `${line.client}: ${line.text.replace(/^\S+ /, '')}`
      : `${line.client} < ${line.pattern ?? ''} ${line.channel} ${line.text}`,
  );
}

describe('traffic', () => {
  test('commands come as MONITOR shows them, with the client’s name, and without secrets', () => {
    const lab = newLab();
    send(lab, 'a', 'SET before 1');
    expect(texts(lab)).toEqual([]);
    send(lab, 'a', 'SET k "a b"');
    send(lab, 'b', 'EVAL "return redis.call(\'GET\', KEYS[1])" 1 k');
    send(lab, 'b', 'AUTH nobody secret');
    expect(texts(lab)).toEqual([
      'a: [0 127.0.0.1:50000] "SET" "k" "a b"',
      'b: [0 127.0.0.1:50000] "EVAL" "return redis.call(\'GET\', KEYS[1])" "1" "k"',
      'lua: [0 lua] "GET" "k"',
      'b: [0 127.0.0.1:50000] "AUTH" "(redacted)" "(redacted)"',
    ]);
  });

  test('a message stands behind its PUBLISH, once for each who hears it, by channel or pattern', () => {
    const lab = newLab();
    texts(lab);
    send(lab, 'one', 'SUBSCRIBE news');
    send(lab, 'two', 'PSUBSCRIBE n*');
    send(lab, 'a', 'PUBLISH news hello');
    expect(texts(lab).slice(2)).toEqual([
      'a: [0 127.0.0.1:50000] "PUBLISH" "news" "hello"',
      'one <  news hello',
      'two < n* news hello',
    ]);
    const { channels, monitors } = lookOn(lab.lanes[0]!, 0);
    expect(channels).toEqual([
      { kind: 'channel', name: 'news', clients: ['one'] },
      { kind: 'pattern', name: 'n*', clients: ['two'] },
    ]);
    expect(monitors).toEqual([]);
    send(lab, 'm', 'MONITOR');
    expect(lookOn(lab.lanes[0]!, 0).monitors).toEqual(['m']);
  });

  test('only what is new is given, and nothing is kept when nobody looks any more', () => {
    const lab = newLab();
    const lane = lab.lanes[0]!;
    lookOn(lane, 0);
    send(lab, 'a', 'SET k 1');
    expect(texts(lab)).toHaveLength(1);
    send(lab, 'a', 'SET k 2');
    expect(texts(lab, 1)).toEqual(['a: [0 127.0.0.1:50000] "SET" "k" "2"']);
    lookAway(lane);
    send(lab, 'a', 'SET k 3');
    expect(lane.state.traffic).toBeNull();
    expect(lane.server?.state.engine.shown).toEqual([]);
    expect(texts(lab)).toEqual([]);
  });

  test('a run that is looked at goes as one that is not', () => {
    const [seen, unseen] = [newLab(), newLab()];
    const acts = ['SET a 1', 'CLIENT REPLY OFF', 'INCR a', 'EVAL "return 1" 0', 'CLIENT LIST'];
    for (const [i, line] of acts.entries()) {
      lookOn(seen.lanes[0]!, 0);
      for (const lab of [seen, unseen]) send(lab, i < 3 ? 'a' : 'b', line);
    }
    lookAway(seen.lanes[0]!);
    for (const lab of [seen, unseen]) lab.runUntil(lab.clock.now + 3_000_000, Infinity);
    expect(seen.state).toEqual(unseen.state);
    expect(seen.lanes[0]!.kernel.readFile('/data/appendonlydir/appendonly.aof.1.incr.aof')).toEqual(
      unseen.lanes[0]!.kernel.readFile('/data/appendonlydir/appendonly.aof.1.incr.aof'),
    );
  });
});
