import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { describe, expect, test } from 'vitest';
import type { Crash, LostReport, LostWrite } from '../../../src/worker/protocol.ts';
import { crashOf, viewOf } from '../log/records.ts';
import LedgerHost from './ledger-host.svelte';

/** The second accident of lesson 6: 590 acknowledged, the last fsync at 12.000 s, the power cut at 12.720 s. */
const crash = crashOf({
  at: 12_720,
  acknowledged: 590,
  survived: 553,
  lost: 37,
  neverAcknowledged: 1,
  ms: 700,
  fileEnds: 22_711,
  acknowledgedOffset: 24_237,
  fsyncDueAt: 13_000,
});

function lostRows(count: number): LostWrite[] {
  const own = (at: number, offset: number, command: string): LostWrite => ({
    at,
    offset,
    command,
    layer: 'page-cache',
    why: 'its fsync was due at 13.000 s.',
    own: true,
  });
  const rows = [
    own(12_318, 23_326, 'PEXPIREAT session:9 1767225672318'),
    own(12_611, 23_995, 'SREM basket:1 teh'),
  ];
  for (let i = 0; rows.length < count; i++) {
    rows.push({
      at: 12_020 + i * 0.02,
      offset: 22_711 + i * 41,
      command: `SET sensor:${String(552 + i).padStart(4, '0')} 23.4`,
      layer: 'page-cache',
      why: '',
      own: false,
    });
  }
  return rows;
}

function source(rows: readonly LostWrite[]) {
  const asked: [number, number, string | undefined][] = [];
  const load = (from: number, count: number, filter?: string): Promise<LostReport> => {
    asked.push([from, count, filter]);
    const kept =
      filter === undefined ? rows : rows.filter(({ command }) => command.includes(filter));
    return Promise.resolve({ total: kept.length, rows: kept.slice(from, from + count) });
  };
  return { load, asked };
}

function down(change: Partial<Crash> = {}) {
  return viewOf({ state: 'stopped', power: 'off', crash: { ...crash, ...change } });
}

test('the sum: acknowledged is what is on the disk and what is lost; the unanswered stand apart', async () => {
  const screen = await render(LedgerHost, { view: down(), ...source(lostRows(37)) });
  const ledger = screen.getByRole('region', { name: 'The loss ledger' });
  await expect.element(ledger).toHaveTextContent(/590\s*acknowledged|acknowledged\s*590/);
  const terms = [...document.querySelectorAll('dl > div')].map((term) => [
    term.querySelector('dt')?.textContent,
    term.querySelector('dd')?.textContent?.trim(),
  ]);
  expect(terms).toEqual([
    ['acknowledged', '590'],
    ['on the disk', '553'],
    ['lost', '37'],
    ['never acknowledged', '1'],
  ]);
});

test('one sentence says where they died and why', async () => {
  const screen = await render(LedgerHost, { view: down(), ...source(lostRows(37)) });
  await expect
    .element(screen.getByText(/All 37 died in the/))
    .toHaveTextContent(
      'All 37 died in the page cache: written and answered, but the fsync that would have saved them was due at 13.000 s.',
    );
});

test('each layer has its own sentence', async () => {
  const rows = lostRows(10).map((row, i) => ({
    ...row,
    layer: i < 4 ? ('page-cache' as const) : ('process' as const),
  }));
  const screen = await render(LedgerHost, { view: down({ lost: 10 }), ...source(rows) });
  await expect
    .element(screen.getByText(/^4 died in the/))
    .toHaveTextContent(/page cache: written and answered/);
  await expect
    .element(screen.getByText(/^6 died in the/))
    .toHaveTextContent(
      '6 died in the process buffer: answered, but not yet written: the kernel never had the bytes.',
    );
});

test('a person’s own writes come first, with what their loss means', async () => {
  const consequence = (write: LostWrite): string | null =>
    write.offset === 23_326 ? 'After boot, session:9 has no expiry.' : null;
  const screen = await render(LedgerHost, { view: down(), ...source(lostRows(37)), consequence });
  await expect
    .element(screen.getByText('yours. After boot, session:9 has no expiry.'))
    .toBeVisible();
  await expect.element(screen.getByText('yours. its fsync was due at 13.000 s.')).toBeVisible();
  const rows = [...document.querySelectorAll('[role="row"][aria-rowindex]')];
  expect(rows[0]?.textContent?.replace(/\s+/g, ' ')).toContain(
    '12.318 23,326 PEXPIREAT session:9 1767225672318 0.402',
  );
  await expect
    .element(screen.getByRole('gridcell', { name: 'lost in the page cache' }).first())
    .toBeVisible();
});

test('the age bar ends at the cut and is as long as the write was old', async () => {
  await render(LedgerHost, { view: down(), ...source(lostRows(37)) });
  await expect.poll(() => document.querySelectorAll('.age rect').length).toBeGreaterThan(3);
  const bars = [...document.querySelectorAll('.age rect')].slice(0, 3).map((bar) => ({
    width: Number(bar.getAttribute('width')),
    end: Number(bar.getAttribute('x')) + Number(bar.getAttribute('width')),
  }));
  expect(new Set(bars.map(({ end }) => end)).size).toBe(1);
  // 0.402, 0.109 and 0.700 s of a window of 0.700 s.
  expect(bars[0]!.width / bars[2]!.width).toBeCloseTo(402 / 700, 2);
  expect(bars[1]!.width / bars[2]!.width).toBeCloseTo(109 / 700, 2);
});

test('by keyboard alone: arrows and N go through the lost writes, pages are fetched on the way', async () => {
  const { load, asked } = source(lostRows(25_000));
  const chosen: LostWrite[] = [];
  const view = down({ lost: 25_000 });
  const screen = await render(LedgerHost, {
    view,
    load,
    onselect: (write: LostWrite) => chosen.push(write),
  });
  const grid = screen.getByRole('grid', { name: 'The loss ledger' });
  await expect.element(screen.getByText(/PEXPIREAT/)).toBeVisible();
  expect(asked).toEqual([[0, 200, '']]);
  (grid.element() as HTMLElement).focus();
  await userEvent.keyboard('n{ArrowDown}{Shift>}N{/Shift}');
  expect(chosen.map(({ offset }) => offset)).toEqual([23_326, 23_995, 23_326]);
  await userEvent.keyboard('{End}');
  await expect.element(screen.getByText(/sensor:25549/)).toBeVisible();
  expect(asked.at(-1)?.[0]).toBe(24_800);
  expect(asked.length).toBeLessThan(6);
  await userEvent.keyboard('{Home}');
  await expect.element(screen.getByText(/PEXPIREAT/)).toBeVisible();
});

describe('nothing lost', () => {
  test.each([
    [
      { kind: 'process-killed' as const },
      'everysec' as const,
      /The process died, the kernel did not/,
    ],
    [{}, 'always' as const, /a reply waits for its fsync/],
    [{}, 'everysec' as const, /The last fsync had covered every write/],
    [
      { tail: 'kept' as const },
      'everysec' as const,
      /the disk had kept the bytes without an fsync/,
    ],
    [{ acknowledged: 0, survived: 0 }, 'everysec' as const, /Nothing had been acknowledged/],
  ])('says so and why: %o under %s', async (change, policy, why) => {
    const { load, asked } = source([]);
    const view = { ...down({ lost: 0, survived: 590, ...change }), policy };
    const screen = await render(LedgerHost, { view, load });
    await expect
      .element(screen.getByText('Nothing that was acknowledged is missing.'))
      .toBeVisible();
    await expect.element(screen.getByText(why)).toBeVisible();
    expect(asked).toEqual([]);
  });
});

test('before any crash it says what it will show', async () => {
  const screen = await render(LedgerHost, { view: viewOf(), ...source([]) });
  await expect.element(screen.getByText('No crash yet.')).toBeVisible();
  await expect.element(screen.getByText(/the layer in which it died/)).toBeVisible();
});

test('a recount after the boot is told with its reason', async () => {
  const recount = {
    survived: 552,
    reason: 'The tear was inside MULTI, so the whole block was taken back.',
  };
  const screen = await render(LedgerHost, { view: down({ recount }), ...source(lostRows(37)) });
  await expect.element(screen.getByText(/After the boot 552 are there, not 553\./)).toBeVisible();
  await expect.element(screen.getByText(/whole block was taken back/)).toBeVisible();
});

test('a filter without a match says how many it hides; a failed page can be asked for again', async () => {
  let cleared = 0;
  const screen = await render(LedgerHost, {
    view: down(),
    ...source(lostRows(37)),
    filter: 'cart:9',
    onclear: () => cleared++,
  });
  await expect.element(screen.getByText(/No lost write names cart:9/)).toBeVisible();
  await screen.getByRole('button', { name: 'Clear the filter' }).click();
  expect(cleared).toBe(1);

  let calls = 0;
  const rows = lostRows(37);
  const load = (): Promise<LostReport> =>
    calls++ === 0
      ? Promise.reject(new Error('the worker is gone'))
      : Promise.resolve({ total: 37, rows });
  await screen.rerender({ view: down(), load, filter: '' });
  await expect.element(screen.getByText(/the worker is gone/)).toBeVisible();
  await screen.getByRole('button', { name: 'Try again' }).click();
  await expect.element(screen.getByText(/PEXPIREAT/)).toBeVisible();
});
