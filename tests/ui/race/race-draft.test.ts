import { describe, expect, test } from 'vitest';
import { checkConfig } from '../../../src/lab/boot.ts';
import { planLab } from '../../../src/lab/setup.ts';
import { configOf, linesOf } from '../../../src/ui/race/lane-lines.ts';
import {
  draftOf,
  limits,
  mixes,
  problemsOf,
  setupOf,
  type Draft,
} from '../../../src/ui/race/race-draft.ts';
import { laneKinds, lanePreset, presetSetup } from '../../../src/ui/race/race-presets.ts';
import { en } from '../../../src/ui/race/texts-en.ts';

const check = (lines: string): Promise<string | null> => Promise.resolve(checkConfig(lines));

async function problems(
  change: (draft: Draft) => void,
): Promise<readonly (readonly [string, string])[]> {
  const draft = draftOf(presetSetup('five'));
  change(draft);
  return [...(await problemsOf(draft, en, check))];
}

describe('the lines of a lane', () => {
  test.each(laneKinds)('of %s say what it keeps, and are read back', (kind) => {
    const preset = lanePreset(kind);
    expect(configOf(linesOf(preset))).toEqual(preset.config);
  });

  test('leave out what the lab sets by itself, and add up save points', () => {
    const kept =
      'appendonly yes\nappendfsync no\nsave ""\nenable-debug-command local\n# a word\nhz 20';
    expect(linesOf({ config: configOf(kept) })).toBe('appendonly yes\nappendfsync no\nhz 20');
    expect(configOf('save 60 1\nsave 10 100')).toEqual({ save: '60 1 10 100' });
    expect(configOf('save 60 1\nsave ""')).toEqual({ save: '' });
  });
});

describe('a race that is put together', () => {
  test('comes out as it went in', () => {
    const setup = presetSetup('five');
    expect(setupOf(draftOf(setup))).toEqual(setup);
  });

  test('keeps a disk of the learner’s own, until another one is chosen', () => {
    const disk = { preset: 'ssd', fsyncMs: 1800, capacity: 1_000_000 } as const;
    const draft = draftOf({ ...presetSetup('five'), disk });
    expect(setupOf(draft).disk).toEqual(disk);
    draft.disk = 'nvme';
    expect(setupOf(draft).disk).toEqual({ preset: 'nvme' });
  });

  test('begins without problems, with every mix', async () => {
    for (const mix of Object.values(mixes))
      expect(await problems((draft) => (draft.mix = mix))).toEqual([]);
  });

  test.each([
    ['appendonly yes\nappendfsync sometimes', 'Line 2, `appendfsync sometimes`'],
    ['appendonly perhaps', 'Line 1, `appendonly perhaps`: argument must be'],
    ['fsync yes', 'Line 1, `fsync yes`: Bad directive'],
    ['save "10', 'Unbalanced quotes'],
  ])(
    'a configuration that redis-server refuses is refused in its words: %j',
    async (lines, words) => {
      const [[field, said] = ['', '']] = await problems((draft) => (draft.lanes[1]!.lines = lines));
      expect(field).toBe('lines 1');
      expect(said).toContain(words);
      expect(said).toContain('Change the line or take it out.');
    },
  );

  test('names are checked as the lab checks them', async () => {
    expect(await problems((draft) => (draft.lanes[0]!.name = 'two words'))).toEqual([
      ['name 0', en.setup.badName],
    ]);
    const twice = await problems((draft) => (draft.lanes[0]!.name = 'rdb'));
    expect(twice.map(([field]) => field)).toEqual(['name 0', 'name 1']);
  });

  test('numbers have the limits that the lab has: at each the lab agrees, beyond it neither does', async () => {
    for (const field of ['rate', 'clients', 'keys', 'valueBytes', 'transactions'] as const) {
      for (const [value, good] of [
        [limits[field][0], true],
        [limits[field][1], true],
        [limits[field][1] + 1, field === 'keys'],
        [limits[field][0] - 1, false],
      ] as const) {
        const draft = draftOf(presetSetup('five'));
        draft.numbers[field] = String(value);
        const planned = planLab(setupOf(draft), 1_795_225_880_000_000);
        expect(typeof planned !== 'string', `${field} ${value}`).toBe(good);
        if (!good)
          expect((await problemsOf(draft, en, check)).get(field)).toContain(en.setup[field]);
        else if (field !== 'keys') expect(await problemsOf(draft, en, check)).toEqual(new Map());
      }
    }
    expect(await problems((draft) => (draft.numbers.rate = '1.5'))).toHaveLength(1);
    expect((await problems((draft) => (draft.seed = 'x')))[0]).toEqual([
      'seed',
      'seed: a whole number from 0 to 1,000,000,000.',
    ]);
  });

  test('a mix needs a command, and closed quotes', async () => {
    expect(await problems((draft) => (draft.mix = ' \n'))).toEqual([['mix', en.setup.noMix]]);
    expect(await problems((draft) => (draft.mix = 'SET a 1\nSET b "2'))).toEqual([
      ['mix', en.setup.quotes(2)],
    ]);
  });
});
