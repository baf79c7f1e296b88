import { describe, expect, test } from 'vitest';
import { situationOf } from '../../../src/ui/model/situation.ts';
import { crashOf, laneView } from '../scenario.ts';

const at = (offsets: {
  fsynced: number;
  written: number;
  acknowledged: number;
  appended: number;
}) => laneView({ ...offsets, durable: offsets.fsynced });

describe('the ruler of a running server', () => {
  test('disk, page cache and process buffer meet at fsynced and written', () => {
    const { zones, markers, exposed, fileSize } = situationOf(
      at({ fsynced: 100, written: 150, acknowledged: 150, appended: 170 }),
    );
    expect(zones).toEqual([
      { kind: 'disk', from: 0, to: 100 },
      { kind: 'cache', from: 100, to: 150 },
      { kind: 'buffer', from: 150, to: 170 },
    ]);
    expect(markers).toEqual([
      { names: ['fsynced'], offset: 100 },
      { names: ['acknowledged', 'written'], offset: 150 },
    ]);
    expect(exposed).toBe(70);
    expect(fileSize).toBe(150);
  });

  test('always: three markers in one place share one label', () => {
    const { zones, markers } = situationOf(
      at({ fsynced: 90, written: 90, acknowledged: 90, appended: 90 }),
    );
    expect(zones).toEqual([{ kind: 'disk', from: 0, to: 90 }]);
    expect(markers).toEqual([{ names: ['acknowledged', 'written', 'fsynced'], offset: 90 }]);
  });

  test('a postponed write: the acknowledged marker passes the written one', () => {
    const { markers } = situationOf(
      at({ fsynced: 100, written: 200, acknowledged: 300, appended: 300 }),
    );
    expect(markers.map(({ names, offset }) => [names[0], offset])).toEqual([
      ['fsynced', 100],
      ['written', 200],
      ['acknowledged', 300],
    ]);
  });

  test('a lying drive: the marker stands where Redis believes, the cells where the truth is', () => {
    const view = laneView({
      appended: 90,
      acknowledged: 90,
      written: 90,
      fsynced: 90,
      durable: 40,
    });
    const { zones, markers } = situationOf(view);
    expect(zones).toEqual([
      { kind: 'disk', from: 0, to: 40 },
      { kind: 'cache', from: 40, to: 90 },
    ]);
    expect(markers[0]?.names).toEqual(['acknowledged', 'written', 'fsynced-says-drive']);
  });

  test('after a rewrite the strip begins where the new file begins', () => {
    const view = laneView({
      appended: 900,
      acknowledged: 900,
      written: 900,
      fsynced: 900,
      durable: 900,
      file: { path: '/data/appendonlydir/appendonly.aof.2.incr.aof', start: 800 },
    });
    const { start, zones, fileSize } = situationOf(view);
    expect(start).toBe(800);
    expect(zones).toEqual([{ kind: 'disk', from: 800, to: 900 }]);
    expect(fileSize).toBe(100);
  });

  test('without an AOF there is no file to measure', () => {
    const view = laneView({ appended: null, written: null, fsynced: null, acknowledged: null });
    expect(situationOf(view).phase).toBe('no-log');
  });
});

describe('the ruler after an accident', () => {
  const offsets = { appended: 170, acknowledged: 150, written: 150, fsynced: 100, durable: 100 };

  test('a power cut: solid up to the end of the file, struck out up to what had been answered', () => {
    const crash = crashOf({ fileEnds: 100, acknowledgedOffset: 150, lost: 2 });
    const { phase, zones, markers } = situationOf(
      laneView({ ...offsets, state: 'stopped', power: 'off', crash }),
    );
    expect(phase).toBe('dead');
    expect(zones).toEqual([
      { kind: 'disk', from: 0, to: 100 },
      { kind: 'lost', from: 100, to: 150 },
      { kind: 'gone', from: 150, to: 170 },
    ]);
    expect(markers.map(({ names }) => names)).toEqual([['file-ends'], ['had-been-acknowledged']]);
  });

  test('a killed process leaves the page cache, which the power can still take', () => {
    const crash = crashOf({ kind: 'process-killed', fileEnds: 150, acknowledgedOffset: 150 });
    const { zones, markers } = situationOf(laneView({ ...offsets, state: 'stopped', crash }));
    expect(zones.map(({ kind }) => kind)).toEqual(['disk', 'cache', 'gone']);
    expect(markers.map(({ names }) => names)).toEqual([['fsynced'], ['file-ends']]);
  });

  test('a power cut that kept the tail strikes nothing out', () => {
    const crash = crashOf({ tail: 'kept', fileEnds: 150, acknowledgedOffset: 150 });
    const { zones } = situationOf(
      laneView({ ...offsets, appended: 150, state: 'stopped', power: 'off', crash }),
    );
    expect(zones).toEqual([{ kind: 'disk', from: 0, to: 150 }]);
  });

  test('a replay shows the whole file and how far memory has come', () => {
    const { phase, end, replayed, markers } = situationOf(
      laneView({
        ...offsets,
        state: 'loading',
        durable: 200,
        loading: { bytes: 50, total: 200, commands: 3 },
      }),
    );
    expect({ phase, end, replayed }).toEqual({ phase: 'replay', end: 200, replayed: 0.25 });
    expect(markers).toEqual([{ names: ['replayed'], offset: 50 }]);
  });
});
