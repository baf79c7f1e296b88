import { deflateSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { toBase64, fromBase64 } from '../../src/base/base64.ts';
import { formatActions, parseActions } from '../../src/lab/action-text.ts';
import type { TimedAction } from '../../src/lab/action.ts';
import { decodeLink, decodeRun, encodeLink, encodeRun } from '../../src/lab/run-file.ts';
import { replay, runOf, type Run } from '../../src/lab/replay.ts';
import { maskRun } from '../../src/lab/secrets.ts';
import { encodePlatterChanges } from '../../src/machine/platter-codec.ts';
import { planLab } from '../../src/lab/setup.ts';
import {
  CREATED_AT,
  Dice,
  labOf,
  randomAction,
  randomSession,
  randomSetup,
} from './random-session.ts';
import { runFingerprint } from './scripted-run.ts';

const seed = process.env['SEED'] ?? String(Date.now() % 1_000_000);
const lab = labOf({ lanes: [{ id: 'l0' }, { id: 'l1' }, { id: 'l2' }] });

/** What is applied, and so recorded, are actions as they can be said. */
function said(actions: readonly TimedAction[]): readonly TimedAction[] {
  const parsed = parseActions(formatActions(actions, 'l0'), 'l0');
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

/** Actions that need not be possible: a run is what somebody says that happened. */
function randomRun(dice: Dice): Run {
  const plan = planLab(randomSetup(dice), CREATED_AT);
  if (typeof plan === 'string') throw new Error(plan);
  const actions: TimedAction[] = [];
  let at = 0;
  for (let left = dice.below(30); left > 0; left--) {
    at += dice.below(2_000_000);
    actions.push({ at, action: randomAction(dice, lab) });
  }
  const isReopened = dice.below(5) === 0;
  const { lanes } = plan;
  return {
    plan: isReopened
      ? {
          ...plan,
          lanes: lanes.map(({ id }) => ({ id, config: new Map(), repaired: new Set() })),
          files: new Map(),
          workload: null,
        }
      : plan,
    reopened: isReopened
      ? {
          at: CREATED_AT + dice.below(1e9),
          platters: new Map(lanes.map(({ id }) => [id, encodePlatterChanges([])])),
        }
      : null,
    actions: said(actions),
    end: at + dice.below(1_000_000),
  };
}

describe(`runs as files and links (seed ${seed})`, () => {
  test('1,000 random runs come back from their links, byte for byte', () => {
    const dice = new Dice(`links ${seed}`);
    for (let i = 0; i < 1000; i++) {
      const run = randomRun(dice);
      const link = encodeLink(run);
      expect(link).toMatch(/^[\w-]+$/);
      const decoded = decodeLink(`https://lab.example/#run=${link}`);
      expect(decoded.ok ? '' : decoded.error).toBe('');
      if (!decoded.ok) continue;
      expect(encodeLink(decoded.value)).toBe(link);
      const masked = maskRun(run);
      expect(decoded.value.actions).toEqual(masked.actions);
      expect(decoded.value.end).toBe(run.end);
      expect(decoded.value.reopened).toEqual(run.reopened);
      expect(decoded.value.plan).toEqual(masked.plan);
    }
  });

  test('10,000 damaged links are refused, each with a reason', () => {
    const dice = new Dice(`damage ${seed}`);
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_ %=ü';
    const links = Array.from({ length: 50 }, () => encodeLink(randomRun(dice)));
    for (let i = 0; i < 10_000; i++) {
      const link = dice.pick(links);
      const at = dice.below(link.length);
      const letter = letters.charAt(dice.below(letters.length));
      const damaged = dice.pick([
        () => link.slice(0, at),
        () => link.slice(0, at) + letter + link.slice(at),
        () => link.slice(0, at) + letter + link.slice(at + 1),
        () => link.slice(0, at) + link.slice(at + 1 + dice.below(5)),
        () => link.slice(at) + link.slice(0, at),
        () => link + letter,
      ])();
      if (damaged === link) continue;
      const decoded = decodeLink(damaged);
      expect(decoded.ok, damaged).toBe(false);
      expect(decoded.ok ? '' : decoded.error).toMatch(/^(the|this) (link|run) .+\. .+/);
    }
  });

  test('a session goes through its link and comes to the same bytes', () => {
    for (let i = 0; i < 3; i++) {
      const session = randomSession(`link ${seed} ${i}`, 15);
      const masked = maskRun(runOf(session));
      const decoded = decodeLink(encodeLink(runOf(session)));
      if (!decoded.ok) throw new Error(decoded.error);
      expect(runFingerprint(replay(decoded.value))).toBe(runFingerprint(replay(masked)));
    }
  });

  test('a bomb, a newer version, foreign bytes and wrong fields are refused with their reasons', () => {
    const good = new Uint8Array(fromBase64(encodeLink(randomRun(new Dice(1))), 'url') ?? []);
    const newer = good.slice();
    newer[0] = 2;
    expect(decodeLink(toBase64(newer, 'url'))).toMatchObject({
      error: expect.stringContaining('of version 2, and this lab reads version 1'),
    });
    expect(decodeLink('A'.repeat(2 * 1024 * 1024 + 4))).toMatchObject({
      error: expect.stringContaining('longer than 2097152 characters'),
    });
    expect(decodeRun(new Uint8Array([1, 2, 3]))).toMatchObject({
      error: expect.stringContaining('this is no run of AOF Lab'),
    });
    const bomb = deflateSync(new Uint8Array(16 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    expect(decodeLink(linkAround(bomb))).toMatchObject({
      error: expect.stringContaining('unpacks to more than'),
    });
  });

  test.each([
    ['"seed":1', '"seed":"1"', 'seed is no number'],
    ['"preset":"ssd"', '"preset":"tape"', 'disk.preset is none of'],
    ['"paused":false', '"paused":0', 'clock.paused is neither true nor false'],
    ['"id":"main"', '"id":"a b"', 'lanes[0].id must be'],
    ['"lanes":[', '"lanes":[3,', 'lanes[0] is no object'],
    ['"files":[]', '"files":[["a","?"]]', 'files: a is no base64'],
    ['"files":[]', '"files":[["../a","AA=="]]', 'a path must be made of names'],
    ['"workload":null', '"workload":{"rate":-1}', 'workload: rate must be'],
    ['"end":5', '"end":-5', 'end is no whole number'],
    ['"end":5', '"end":9000000000000', 'longer than a month'],
    ['"end":5', '"end":3', 'ends before its last action'],
    ['!pause', '!explode', 'Unknown control "!explode"'],
    ['!pause', '!advance 3ms', '!advance is no part of a run'],
    ['!pause', '!terminal 1 explode', '"explode" is nothing to do'],
    ['!pause', 'SET "a', 'unbalanced quotes'],
    ['{"seed"', '{seed', 'it is no JSON'],
  ])('%s made %s is refused', (from, to, reason) => {
    const plan = planLab({}, CREATED_AT);
    if (typeof plan === 'string') throw new Error(plan);
    const actions = [{ at: 5, action: { kind: 'pause' } as const }];
    const text = Buffer.from(encodeRun({ plan, reopened: null, actions, end: 5 })).toString();
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    expect(decodeRun(withSum(changed))).toMatchObject({
      ok: false,
      error: expect.stringContaining(reason),
    });
  });
});

function sumOf(bytes: Uint8Array): string {
  const table = 0x95ac9329ac4bc9b5n;
  let crc = 0n;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ table : crc >> 1n;
  }
  return crc.toString(16).padStart(16, '0');
}

/** A forger knows the checksum too. */
function withSum(text: string): Uint8Array {
  const body = Buffer.from(text.slice(0, text.lastIndexOf('sum ')));
  return Buffer.concat([body, Buffer.from(`sum ${sumOf(body)}\n`)]);
}

function linkAround(packed: Uint8Array): string {
  const head = Buffer.concat([Buffer.from([1]), Buffer.from(sumOf(packed).slice(0, 8))]);
  return toBase64(Buffer.concat([head, packed]), 'url');
}
