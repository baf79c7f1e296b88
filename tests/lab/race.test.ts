/** A power cut in a race: the ledger's numbers are counted again, from what a fresh boot and a plain reader find. */
import { describe, expect, test } from 'vitest';
import { Lab } from '../../src/lab/lab.ts';
import type { Lane } from '../../src/lab/lane.ts';
import { planLab } from '../../src/lab/setup.ts';
import { encodePlatterChanges } from '../../src/machine/platter-codec.ts';
import { CREATED_AT, LANES, newRace, run, setsOnPlatter, viewOf } from './race-lab.ts';

/** A machine of its own, with nothing but what the platter of this one holds, booted. */
function freshBoot(lane: Lane): Lab {
  const platter = encodePlatterChanges(lane.kernel.platterSnapshot());
  const plan = planLab({ lanes: [{ id: 'fresh' }] }, CREATED_AT);
  if (typeof plan === 'string') throw new Error(plan);
  return Lab.reopen(plan, { at: lane.now, platters: new Map([['fresh', platter]]) });
}

function keysOf(lab: Lab): readonly string[] {
  const { server } = lab.lanes[0]!.state;
  return server?.engine.databases[0]?.space.entries.map(({ key }) => key) ?? [];
}

describe('a power cut in a race of five lanes at 1,000 writes a second on an SSD', () => {
  const workload = { rate: 1000, mix: ['SET key:{n} {v}'], valueBytes: 32 };

  test('the ledger equals a recount from the platters and from the replies', () => {
    const lab = newRace(4242, workload);
    run(lab, 3_456.789);
    expect(lab.crash('power-lost', 'lost', undefined)).toBeUndefined();
    // One command a millisecond, by the action log of this run: a workload and a power cut.
    const sent = 3456;
    for (const { id } of LANES) {
      const lane = lab.lane(id)!;
      const { crash } = viewOf(lab, id);
      if (crash === null) throw new Error(`${id} has no crash`);
      const keys = keysOf(freshBoot(lane));
      expect(crash.acknowledged, `${id}: acknowledged`).toBe(crash.measured?.commands);
      expect(crash.acknowledged).toBeLessThanOrEqual(sent);
      if (id !== 'always') expect(crash.acknowledged).toBeGreaterThan(sent - 8);
      expect(crash.lost + crash.survived).toBe(crash.acknowledged);
      expect(lane.state.crash!.rows, `${id}: rows of the ledger`).toHaveLength(crash.lost);
      // A write that nobody was answered for may be on the platter too.
      expect(keys.length).toBeGreaterThanOrEqual(crash.survived);
      expect(keys.length).toBeLessThanOrEqual(crash.survived + crash.neverAcknowledged);
      if (id !== 'always') expect(keys.length, `${id}: survived`).toBe(crash.survived);
      if (id !== 'none' && id !== 'rdb') expect(setsOnPlatter(lane)).toBe(keys.length);
      // What came back is the beginning of what was sent, and the lost ones are those that come next.
      expect(keys).toEqual(keys.map((_, n) => `key:${n}`));
      const lostKeys = lane.state.crash!.rows.map(({ command }) => command.split(' ')[1]);
      expect(lostKeys).toEqual(lostKeys.map((_, i) => `key:${crash.survived + i}`));
      if (crash.lost > 0) {
        const oldest = lane.state.crash!.rows[0]!.at;
        expect(crash.ms).toBeCloseTo((lab.clock.now - oldest) / 1000, 6);
      } else expect(crash.ms).toBe(0);
    }
    const lost = (id: string): number => viewOf(lab, id).crash!.lost;
    expect(lost('always')).toBe(0);
    expect(lost('none')).toBe(viewOf(lab, 'none').crash!.acknowledged);
    expect(lost('no')).toBe(viewOf(lab, 'no').crash!.acknowledged);
    // One fsync a second: what a second brings, and what came while the fsync was under way.
    expect(lost('everysec')).toBeGreaterThan(0);
    expect(lost('everysec')).toBeLessThan(1100);
    expect(lost('rdb')).toBeLessThan(lost('none'));

    // The same machines, booted: what came back is what had been promised.
    expect(lab.boot(undefined)).toBeUndefined();
    lab.setWorkload(null);
    lab.runUntilUp();
    for (const { id } of LANES) {
      const { crash, keys } = viewOf(lab, id);
      expect(crash!.recount, id).toBeNull();
      expect(keys).toBeGreaterThanOrEqual(crash!.survived);
    }
  });
});

describe('throughput and latency in virtual time', () => {
  test('in a closed loop the clients are as many as throughput times latency', () => {
    for (const [preset, clients] of [
      ['ssd', 1],
      ['nvme', 4],
      ['hdd', 16],
    ] as const) {
      const lanes = LANES.filter(({ id }) => id === 'always');
      const lab = newRace(7, { rate: 1, loop: 'closed', clients }, { lanes, disk: { preset } });
      run(lab, 2000);
      const { measured } = viewOf(lab, 'always');
      if (measured === null || measured.p50Ms === null) throw new Error('nothing was measured');
      expect(measured.seconds).toBeCloseTo(2, 6);
      // Little's law: the mean is near the median here, as every fsync of these disks lasts alike.
      const waiting = (measured.commandsPerSecond * measured.p50Ms) / 1000;
      expect(waiting / clients, `${preset}, ${clients} clients`).toBeGreaterThan(0.85);
      expect(waiting / clients).toBeLessThan(1.15);
      expect(measured.p99Ms).toBeGreaterThanOrEqual(measured.p50Ms);
    }
  });

  test('under always a reply waits for its fsync: on each disk as long as that disk needs', () => {
    const p50 = (preset: 'hdd' | 'ssd' | 'nvme', lane: string): number => {
      const lab = newRace(3, { rate: 50, clients: 4 }, { disk: { preset } });
      run(lab, 2000);
      return viewOf(lab, lane).measured!.p50Ms!;
    };
    expect(p50('ssd', 'always')).toBeGreaterThanOrEqual(4);
    expect(p50('ssd', 'always')).toBeLessThan(5);
    expect(p50('nvme', 'always')).toBeLessThan(0.6);
    expect(p50('hdd', 'always')).toBeGreaterThanOrEqual(12);
    for (const lane of ['none', 'rdb', 'no', 'everysec'])
      expect(p50('hdd', lane)).toBeLessThan(0.5);
  });

  test('an open loop that a lane can serve gives every lane the same rate; one that it cannot, less', () => {
    const lab = newRace(9, { rate: 400, clients: 4 }, { disk: { preset: 'hdd' } });
    run(lab, 5000);
    for (const id of ['none', 'no', 'everysec'])
      expect(viewOf(lab, id).measured!.commandsPerSecond).toBeCloseTo(400, 0);
    const always = viewOf(lab, 'always').measured!.commandsPerSecond;
    // Four clients, each of which waits for one fsync of 12 to 20 ms, or for the rest of another one too.
    expect(always).toBeGreaterThan(4000 / (2 * 20));
    expect(always).toBeLessThan(4000 / 12);
  });

  test('a transaction is one request of its commands, and a client sends the next one after it', () => {
    const transactions = 3;
    const lanes = LANES.filter(({ id }) => id === 'always');
    const lab = newRace(11, { rate: 1, loop: 'closed', clients: 1, transactions }, { lanes });
    run(lab, 500);
    const { state } = lab.lane('always')!;
    expect(state.clients.get('workload 0')!.waiting.length).toBeLessThanOrEqual(transactions + 2);
    const { measured, acknowledgedWrites } = viewOf(lab, 'always');
    expect(measured!.commands).toBe(acknowledgedWrites);
    expect(measured!.commands % transactions).toBe(0);
    expect(measured!.p50Ms).toBeGreaterThanOrEqual(4);
  });

  test('what was measured stands still from the power cut on, and is counted anew from the boot', () => {
    const lab = newRace(5, { rate: 100 });
    run(lab, 1000);
    lab.crash('power-lost', 'lost', undefined);
    const atCut = viewOf(lab, 'none').crash!.measured!;
    run(lab, 3000);
    expect(viewOf(lab, 'none').measured).toEqual(atCut);
    lab.boot(undefined);
    lab.runUntilUp();
    run(lab, 500);
    const { measured, crash } = viewOf(lab, 'none');
    expect(measured!.since).toBeGreaterThan(4000);
    expect(measured!.commandsPerSecond).toBeCloseTo(100, -1);
    expect(crash!.measured).toEqual(atCut);
  });
});

describe('the curve of risk over a whole run', () => {
  test('holds every tooth of everysec, stays within its bound, and never exceeds what was acknowledged', () => {
    const lab = newRace(2, { rate: 100 });
    run(lab, 6000);
    const teeth = (id: string): number => {
      const { points } = lab.lane(id)!.state.riskCurve;
      let falls = 0;
      for (let i = 2; i < points.length; i += 2)
        if (points[i] === points[i - 2] && points[i + 1]! < points[i - 1]!) falls++;
      return falls;
    };
    expect(teeth('everysec')).toBeGreaterThanOrEqual(5);
    expect(teeth('everysec')).toBeLessThanOrEqual(7);
    expect(teeth('none')).toBe(0);
    expect(teeth('rdb')).toBeGreaterThan(0);
    expect(
      Math.max(...lab.lane('always')!.state.riskCurve.points.filter((_, i) => i % 2 === 1)),
    ).toBe(0);
    run(lab, 50_000);
    for (const { state } of lab.lanes) {
      const { points } = state.riskCurve;
      expect(points.length).toBeLessThanOrEqual(1280);
      const times = points.filter((_, i) => i % 2 === 0);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
    expect(lab.lane('no')!.state.riskCurve.points.at(-1)).toBeLessThan(100 * 36);
  });
});

test('what a lane keeps is told in its own words: save points, file size, the newest write that is safe', () => {
  const lab = newRace(1, { rate: 100 });
  run(lab, 2500);
  expect(viewOf(lab, 'rdb').savePoints).toBe('1 100');
  expect(viewOf(lab, 'none').savePoints).toBe('');
  expect(viewOf(lab, 'none').fileBytes).toBeNull();
  expect(viewOf(lab, 'none').durableTo).toBeNull();
  const size = (id: string): number =>
    lab
      .lane(id)!
      .kernel.files()
      .filter(({ path }) => /\.(aof|rdb)$/.test(path))
      .reduce((sum, file) => sum + file.size, 0);
  for (const id of ['always', 'everysec', 'no', 'rdb'])
    expect(viewOf(lab, id).fileBytes).toBe(size(id));
  expect(viewOf(lab, 'always').durableTo).toBeGreaterThan(2450);
  const { durableTo } = viewOf(lab, 'everysec');
  expect(durableTo).toBeGreaterThan(1000);
  expect(durableTo).toBeLessThan(2500);
});
