import { expect, test } from 'vitest';
import { RecordStore } from '../../src/ui/log/record-store.ts';
import { ReadModel } from '../../src/ui/read-model.svelte.ts';
import { fixtures } from './fixtures.ts';
import { frameOf, laneView } from './scenario.ts';

const newModel = (guide: 'shown' | 'hidden' = 'shown'): ReadModel =>
  new ReadModel(
    () => guide === 'shown',
    () => new RecordStore(),
  );
function showing(name: string, guide: 'shown' | 'hidden' = 'shown'): ReadModel {
  const model = newModel(guide);
  for (const frame of fixtures[name]?.frames ?? []) model.receive(frame);
  return model;
}

test('before the first frame there is nothing to show, and nothing to suggest', () => {
  const model = newModel();
  expect([model.view, model.situation, model.history, model.suggested]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test('the records between the markers are the writes that the sentence counts', () => {
  for (const name of ['healthy', 'postponed', 'lying', 'always']) {
    const { situation, history, view } = showing(name);
    if (situation === null || history === null || view === null) throw new Error(name);
    const safe = situation.zones.find(({ kind }) => kind === 'disk')?.to ?? situation.start;
    const answered = view.acknowledged ?? 0;
    const { writes } =
      safe >= answered
        ? { writes: 0 }
        : history.records.summary(
            history.records.rowAtOffset(safe),
            history.records.rowAtOffset(answered - 1) + 1,
          );
    expect(writes, name).toBe(view.atRisk.powerLoss.writes);
  }
});

test('after the power cut the lost zone holds as many writes as the crash took', () => {
  const { situation, history, view } = showing('power-cut');
  const lost = situation?.zones.find(({ kind }) => kind === 'lost');
  if (lost === undefined || history === null) throw new Error('nothing lost');
  const rows = [lost.from, lost.to - 1].map((offset) => history.records.rowAtOffset(offset));
  expect(history.records.summary(rows[0] ?? 0, (rows[1] ?? 0) + 1).writes).toBe(view?.crash?.lost);
  expect(history.timeline.marks).toEqual([
    { kind: 'crash', at: 12_720, crash: 'power-lost', lost: 37 },
  ]);
});

test('the replay knows how many commands the file holds', () => {
  expect(showing('loading').replayCommands).toBe(554);
});

test('a hidden lesson suggests nothing of its own', () => {
  expect([showing('first-visit').suggested, showing('healthy', 'hidden').suggested]).toEqual([
    'chip',
    'power',
  ]);
});

test('a new run forgets what the one before had', () => {
  const model = showing('healthy');
  expect(model.history?.records.count).toBeGreaterThan(500);
  model.receive(frameOf({ view: laneView({}), frame: { run: 2 } }));
  expect(model.history?.records.count).toBe(0);
  expect(model.history?.ownRows).toEqual([]);
});

test('a command in quotes counts as sent when the lab reports its words', () => {
  const model = newModel();
  const reply = {
    event: 'reply',
    lane: 'main',
    at: 1,
    command: 'SET user:1 Alice',
    text: 'OK',
  } as const;
  model.receive(frameOf({ view: laneView({}), events: [reply] }));
  expect(model.wasSent('SET user:1 "Alice"')).toBe(true);
  expect(model.wasSent('INCR visits')).toBe(false);
});
