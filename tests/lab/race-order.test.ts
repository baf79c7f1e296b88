/**
 * Which policy loses more, over 200 seeds: in an open loop, where every lane gets the same commands at the same time,
 * and in a closed one, where a lane that answers sooner is asked more.
 */
import { expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
import { nextBelow, seedRandom, type RandomState } from '../../src/base/random.ts';
import type { Micros } from '../../src/base/time.ts';
import type { Lab } from '../../src/lab/lab.ts';
import type { Lane } from '../../src/lab/lane.ts';
import type { Crash, Workload } from '../../src/lab/view.ts';
import { CREATED_AT, keysOnPlatter, LANES, newRace, viewOf } from './race-lab.ts';

const SEEDS = 200;
/** Of virtual time, before the race begins. */
const BOOT_MS = 12;
const ids = ['always', 'everysec', 'no', 'rdb', 'none'] as const;
type Id = (typeof ids)[number];
/** Its snapshot is asked for at a chosen instant: save points would need more than a second of a race. */
const lanes = LANES.map((lane) =>
  lane.id === 'rdb' ? { ...lane, config: { appendonly: 'no', save: '3600 1' } } : lane,
);

interface Race {
  readonly seed: number;
  readonly workload: Workload;
  /** Milliseconds from the beginning to the next turn of the clock's second, which calls for the fsync of everysec. */
  readonly turnMs: number;
  /** Microseconds after the beginning. */
  readonly saveAt: Micros;
  readonly cutAt: Micros;
}

/** The same race each time, told how far to go; what its clients send is written down. */
class Run {
  readonly lab: Lab;
  readonly #race: Race;
  readonly #begin: Micros;
  readonly #sent = new Map<Id, Map<string, string[]>>();
  #saved = false;

  constructor(race: Race) {
    const clock = { startAt: CREATED_AT / 1000 + 1000 - BOOT_MS - race.turnMs };
    this.lab = newRace(race.seed, null, { lanes, clock });
    this.#race = race;
    this.#begin = this.lab.clock.now;
    for (const id of ids) this.#writeDown(id);
    this.lab.setWorkload(race.workload);
  }

  #writeDown(id: Id): void {
    const lane = this.lane(id);
    const send = lane.send.bind(lane);
    const sent = new Map<string, string[]>();
    this.#sent.set(id, sent);
    lane.send = (client, token, argv) => {
      if (argv[0] === 'SET') {
        const keys = sent.get(client);
        if (keys === undefined) sent.set(client, [argv[1]!]);
        else keys.push(argv[1]!);
      }
      send(client, token, argv);
    };
  }

  to(at: Micros): void {
    const { saveAt } = this.#race;
    if (!this.#saved && saveAt <= at) {
      this.lab.runUntil(this.#begin + saveAt, Infinity);
      this.lab.send([ascii('BGSAVE')], 'operator', 'rdb', 0);
      this.#saved = true;
    }
    this.lab.runUntil(this.#begin + at, Infinity);
  }

  lane(id: Id): Lane {
    return this.lab.lane(id)!;
  }

  /** How many writes were sent. */
  sent(id: Id): number {
    return [...this.#sent.get(id)!.values()].reduce((sum, keys) => sum + keys.length, 0);
  }

  /** The keys that were sent and answered: a client that is not idle waits for its last one, and only for that. */
  answered(id: Id): readonly string[] {
    const { idle } = this.lane(id).state;
    return [...this.#sent.get(id)!].flatMap(([client, keys]) =>
      idle.includes(client) ? keys : keys.slice(0, -1),
    );
  }
}

interface Counted {
  readonly sent: number;
  readonly acknowledged: number;
  readonly survived: number;
  readonly lost: number;
}

/** Cuts the power, and counts what that took from what had been answered and from the platter: the ledger is not asked. */
function cut(run: Run): ReadonlyMap<Id, Counted> {
  const before = new Map(ids.map((id) => [id, run.answered(id)]));
  expect(run.lab.crash('power-lost', 'lost', undefined)).toBeUndefined();
  return new Map(
    [...before].map(([id, keys]) => {
      const kept = new Set(keysOnPlatter(run.lane(id)));
      const survived = keys.filter((key) => kept.has(key)).length;
      const acknowledged = keys.length;
      return [id, { sent: run.sent(id), acknowledged, survived, lost: acknowledged - survived }];
    }),
  );
}

interface Loss extends Counted {
  /** The window in ms, as the ledger has it. */
  readonly ms: Crash['ms'];
}

/** What was counted; the ledger must say the same. */
function losses(race: Race): ReadonlyMap<Id, Loss> {
  const run = new Run(race);
  run.to(race.cutAt);
  const counted = cut(run);
  return new Map(
    ids.map((id) => {
      const crash = viewOf(run.lab, id).crash!;
      const { sent, ...found } = counted.get(id)!;
      expect(crash, `seed ${race.seed}, ${id}`).toMatchObject(found);
      return [id, { sent, ...found, ms: crash.ms }];
    }),
  );
}

/**
 * The windows, by running the race again: just before the oldest lost write of a lane is answered, what the lane has
 * answered is what survives, and with it one more at least.
 */
function expectWindows(race: Race, lost: ReadonlyMap<Id, Loss>): void {
  const run = new Run(race);
  const oldest = (id: Id): Micros => race.cutAt - Math.round(lost.get(id)!.ms * 1000);
  const losers = ids.filter((id) => lost.get(id)!.lost > 0).sort((a, b) => oldest(a) - oldest(b));
  const count = (id: Id): number => run.answered(id).length;
  const where = (id: Id): string => `seed ${race.seed}, ${id}`;
  for (const at of new Set(losers.map(oldest))) {
    const mine = losers.filter((id) => oldest(id) === at);
    run.to(at - 1);
    for (const id of mine) expect(count(id), where(id)).toBe(lost.get(id)!.survived);
    run.to(at);
    for (const id of mine) expect(count(id), where(id)).toBeGreaterThan(lost.get(id)!.survived);
  }
}

/** From the least, as the mechanism has it: an fsync or a snapshot can only shorten what `no` and `none` lose. */
const chains: readonly (readonly Id[])[] = [
  ['always', 'everysec', 'no', 'none'],
  ['always', 'rdb', 'none'],
];

function expectOrder({ seed }: Race, lost: ReadonlyMap<Id, Loss>): void {
  for (const chain of chains) {
    const windows = chain.map((id) => lost.get(id)!.ms);
    const inOrder = [...windows].sort((a, b) => a - b);
    expect(windows, `seed ${seed}: windows of ${chain.join(' ≤ ')}`).toEqual(inOrder);
  }
}

function anyOf(random: RandomState, from: number, to: number): number {
  return from + nextBelow(random, to - from + 1);
}

/**
 * Every lane that can serve the rate was sent the same writes. So their numbers are ordered too, but for the few that
 * one lane had answered and the next one not yet.
 */
test('open loop, 1,000 writes a second: always loses none, and always ≤ everysec ≤ no ≤ none, RDB below none, in time and in writes', () => {
  const random = seedRandom('two hundred races');
  const shorter = { everysec: 0, rdb: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const workload = { rate: 1000, valueBytes: 32 };
    const [saveAt, cutAt] = [anyOf(random, 0, 60_000), anyOf(random, 10_000, 80_000)];
    const race = { seed, workload, turnMs: anyOf(random, 5, 60), saveAt, cutAt };
    const lost = losses(race);
    const of = (id: Id): Loss => lost.get(id)!;
    expect(of('always'), `seed ${seed}`).toMatchObject({ lost: 0, ms: 0 });
    expectOrder(race, lost);
    for (const chain of chains)
      for (const [i, id] of chain.slice(0, -1).entries()) {
        const next = of(chain[i + 1]!);
        const unanswered = next.sent - next.acknowledged;
        expect(of(id).lost, `seed ${seed}, ${id}`).toBeLessThanOrEqual(next.lost + unanswered);
        expect(unanswered).toBeLessThanOrEqual(4);
      }
    if (seed % 20 === 0) expectWindows(race, lost);
    if (of('everysec').ms < of('no').ms) shorter.everysec++;
    if (of('rdb').ms < of('none').ms) shorter.rdb++;
  }
  // Both sides of that fsync and of that snapshot were tried.
  for (const times of Object.values(shorter)) {
    expect(times).toBeGreaterThan(40);
    expect(times).toBeLessThan(190);
  }
}, 120_000);

/**
 * Here the lanes answer different numbers of writes in the same time: `none` makes no write(2) and answers most,
 * `always` waits for the disk and answers fewest. So what is ordered is how far back each one forgets. Of the writes
 * that are lost, only the ends are: none of `always`, and in `none` everything, which is more than any other lane
 * answered. Between them `everysec` may lose a few writes more than `no`: while its fsync is under way it postpones
 * its write(2), answers sooner for that, and until the fsync ends nothing more is safe than under `no`.
 */
test('closed loop: always loses none of its few, and the windows are always ≤ everysec ≤ no ≤ none, RDB below none', () => {
  const random = seedRandom('two hundred races, each lane as fast as it can');
  const shorter = { everysec: 0, rdb: 0 };
  let everysecLostMoreWrites = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const workload = {
      rate: 1000,
      loop: 'closed',
      clients: anyOf(random, 1, 2),
      valueBytes: anyOf(random, 1, 64),
    } as const;
    const [saveAt, cutAt] = [anyOf(random, 0, 1500), anyOf(random, 500, 11_500)];
    const race = { seed, workload, turnMs: anyOf(random, 1, 7), saveAt, cutAt };
    const lost = losses(race);
    const of = (id: Id): Loss => lost.get(id)!;
    expect(of('always'), `seed ${seed}`).toMatchObject({ lost: 0, ms: 0 });
    expectOrder(race, lost);
    expect(of('none').lost).toBe(of('none').acknowledged);
    for (const id of ids) {
      const { acknowledged } = of(id);
      expect(of('always').acknowledged, `seed ${seed}, ${id}`).toBeLessThanOrEqual(acknowledged);
      expect(of('none').acknowledged, `seed ${seed}, ${id}`).toBeGreaterThanOrEqual(acknowledged);
    }
    if (seed % 20 === 0) expectWindows(race, lost);
    if (of('everysec').ms < of('no').ms) shorter.everysec++;
    if (of('rdb').ms < of('none').ms) shorter.rdb++;
    if (of('everysec').lost > of('no').lost) everysecLostMoreWrites++;
  }
  for (const times of Object.values(shorter)) {
    expect(times).toBeGreaterThan(15);
    expect(times).toBeLessThan(190);
  }
  expect(everysecLostMoreWrites).toBeGreaterThan(0);
}, 120_000);
