/** What the ledger says of a lane that keeps snapshots and no log: the sentence before a crash equals what is lost. */
import { describe, expect, test } from 'vitest';
import { laneView, lostWrite } from '../../src/lab/lane-view.ts';
import type { CrashKind, LaneView } from '../../src/lab/view.ts';
import { newSaveLab, type SaveLab } from './save-lab.ts';

const SLOW = { 'rdb-key-save-delay': '200000' };
const KINDS: readonly CrashKind[] = ['process-killed', 'power-lost'];

function view({ lab }: SaveLab): LaneView {
  return laneView(lab.lanes[0]!, 'lost');
}

function write(lab: SaveLab, from: number, to: number): void {
  for (let i = from; i < to; i++) lab.text(`SET k${i} 1`);
}

function crashAndBoot(lab: SaveLab, kind: CrashKind): void {
  lab.lab.crash(kind, 'lost', undefined);
  lab.lab.boot(undefined);
  lab.pass(500);
}

describe.each(KINDS)('%s', (kind) => {
  test('takes what was written since SAVE, and nothing before', () => {
    const lab = newSaveLab();
    write(lab, 0, 10);
    expect(view(lab).atRisk).toMatchObject({
      processKill: { writes: 10 },
      powerLoss: { writes: 10 },
    });
    lab.text('SAVE');
    expect(view(lab).atRisk).toMatchObject({
      processKill: { writes: 0 },
      powerLoss: { writes: 0 },
    });
    write(lab, 10, 13);
    expect(view(lab).atRisk).toMatchObject({
      processKill: { writes: 3 },
      powerLoss: { writes: 3 },
    });
    crashAndBoot(lab, kind);
    const { crash, keys } = view(lab);
    expect(crash).toMatchObject({ acknowledged: 13, survived: 10, lost: 3, recount: null });
    expect(keys).toBe(10);
    const lane = lab.lab.lanes[0]!;
    const { rows } = lane.state.crash!;
    expect(rows.map((row) => lostWrite(lane, lane.state.crash!, row).why)).toEqual(
      Array<string>(3).fill('answered after the last snapshot had begun: it was in memory only'),
    );
    write(lab, 13, 15);
    expect(view(lab).atRisk.powerLoss.writes).toBe(2);
  });

  test('takes what was written since the fork of the last BGSAVE that ended', () => {
    const lab = newSaveLab(SLOW);
    write(lab, 0, 4);
    lab.text('BGSAVE');
    write(lab, 4, 6);
    expect(view(lab).atRisk.processKill.writes).toBe(6);
    lab.pass(3000);
    expect(view(lab).atRisk).toMatchObject({
      processKill: { writes: 2 },
      powerLoss: { writes: 2 },
    });
    crashAndBoot(lab, kind);
    expect(view(lab)).toMatchObject({ keys: 4, crash: { survived: 4, lost: 2, recount: null } });
  });
});

test('a child that goes on when its parent is dead saves more than was told', () => {
  const lab = newSaveLab(SLOW);
  write(lab, 0, 4);
  lab.text('BGSAVE');
  lab.lab.crash('process-killed', 'lost', undefined);
  lab.pass(3000);
  lab.lab.boot(undefined);
  lab.pass(500);
  expect(view(lab)).toMatchObject({
    keys: 4,
    crash: {
      lost: 4,
      recount: { survived: 4, reason: 'a child went on saving when its parent was dead' },
    },
  });
});

test('a lane without any file loses everything, and its ledger says so', () => {
  const lab = newSaveLab();
  write(lab, 0, 3);
  crashAndBoot(lab, 'process-killed');
  expect(view(lab)).toMatchObject({ keys: 0, crash: { survived: 0, lost: 3, recount: null } });
});
