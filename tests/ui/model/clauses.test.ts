import { describe, expect, test } from 'vitest';
import { en } from '../../../src/ui/i18n/en.ts';
import { id } from '../../../src/ui/i18n/id.ts';
import { sentenceOf, spoken } from '../../../src/ui/model/clauses.ts';
import type { LaneView } from '../../../src/worker/protocol.ts';
import { crashOf, laneView } from '../scenario.ts';

const both = (view: LaneView, commands: number | null = null) => {
  const [english, indonesian] = [en, id].map((text) => sentenceOf(view, commands, text));
  if (english === undefined || indonesian === undefined) throw new Error('two languages');
  return {
    power: spoken(english.power),
    process: spoken(english.process),
    listrik: spoken(indonesian.power),
    proses: spoken(indonesian.process),
    marks: english.power.marks,
  };
};
const running = (
  power: [number, number],
  process: [number, number],
  more: Partial<LaneView> = {},
) =>
  laneView({
    appended: 100,
    acknowledgedWrites: 590,
    atRisk: {
      powerLoss: { writes: power[0], ms: power[1] },
      processKill: { writes: process[0], ms: process[1] },
    },
    ...more,
  });

describe('the sentence, in the words of the design', () => {
  test('while a prediction is open the figures wait; after the accident they are told', () => {
    const before = sentenceOf(running([37, 700], [3, 100]), null, en, true);
    for (const clause of [before.power, before.process]) expect(spoken(clause)).not.toMatch(/\d/);
    expect(before.power.marks).toEqual([]);
    const cut = laneView({ power: 'off', state: 'stopped', crash: crashOf({ lost: 37 }) });
    expect(spoken(sentenceOf(cut, null, en, true).power)).toContain('37');
  });

  test('37 at risk, one command without a reply', () => {
    const said = both(running([37, 700], [0, 0], { unacknowledged: 1 }));
    expect(said.power).toBe(
      'If the power failed now: 37 acknowledged writes, 0.70 s, would be lost.',
    );
    expect(said.process).toBe(
      'If the process died now: 0 would be lost. The one in the buffer has no reply yet.',
    );
    expect(said.listrik).toBe(
      'Jika listrik padam sekarang: 37 penulisan terkonfirmasi, 0,70 detik, akan hilang.',
    );
    expect(said.proses).toBe(
      'Jika proses mati sekarang: 0 akan hilang. 1 perintah di buffer belum mendapat balasan.',
    );
  });

  test('one write is one acknowledged write', () => {
    expect(both(running([1, 20], [0, 0])).power).toBe(
      'If the power failed now: 1 acknowledged write, 0.02 s, would be lost.',
    );
  });

  test('a postponed write lies in two places, so both marks stand there', () => {
    const said = both(running([580, 2900], [220, 1100]));
    expect(said.marks).toEqual(['cache', 'buffer']);
    expect(said.process).toContain('220 acknowledged writes, 1.10 s');
  });

  test('nothing was written', () => {
    const said = both(laneView({}));
    expect(said.power).toBe('If the power failed now: 0 would be lost. Nothing has been written.');
    expect(said.listrik).toBe(
      'Jika listrik padam sekarang: 0 akan hilang. Belum ada yang ditulis.',
    );
  });

  test('without a file all would be lost', () => {
    const said = both(running([590, 9000], [590, 9000], { appended: null, policy: null }));
    expect(said.power).toBe('If the power failed now: all 590 would be lost: no file is kept.');
    expect(said.listrik).toBe(
      'Jika listrik padam sekarang: semua 590 akan hilang: tidak ada berkas.',
    );
  });

  test('after a power cut it is past tense, and says what a boot brings back', () => {
    const crash = crashOf({
      at: 12_720,
      acknowledged: 24_237,
      survived: 24_200,
      lost: 37,
      ms: 700,
    });
    const said = both(laneView({ state: 'stopped', power: 'off', crash }));
    expect(said.power).toBe('Power cut at 12.720: 37 acknowledged writes, 0.70 s, are lost.');
    expect(said.process).toBe('Boot will replay: 24,200 of 24,237 acknowledged writes.');
    expect(said.listrik).toBe(
      'Listrik diputus pada 12,720: 37 penulisan terkonfirmasi, 0,70 detik, hilang.',
    );
    expect(said.proses).toBe(
      'Setelah dinyalakan: 24.200 dari 24.237 penulisan terkonfirmasi kembali.',
    );
  });

  test('a recount after the boot replaces what was promised', () => {
    const crash = crashOf({
      acknowledged: 10,
      survived: 9,
      recount: { survived: 7, reason: 'a torn transaction was reverted' },
    });
    expect(both(laneView({ state: 'stopped', crash })).process).toContain('7 of 10');
  });

  test('a replay counts, and never rounds up to 100 %', () => {
    const view = laneView({
      state: 'loading',
      loading: { bytes: 999, total: 1000, commands: 553 },
    });
    expect(both(view, 554).power).toBe('Replaying the log: 99 % 553 of 554 commands.');
    expect(both(view).power).toBe('Replaying the log: 99 % 553 commands so far.');
  });
});
