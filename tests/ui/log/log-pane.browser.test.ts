import { userEvent } from 'vitest/browser';
import { tick } from 'svelte';
import { render } from 'vitest-browser-svelte';
import { describe, expect, test } from 'vitest';
import { LogState } from '../../../src/ui/log/log-state.svelte.ts';
import { RecordStore } from '../../../src/ui/log/record-store.ts';
import { recordCause } from '../../../src/worker/protocol.ts';
import type { LaneFrame, LaneView } from '../../../src/worker/protocol.ts';
import LogPaneHost from './log-pane-host.svelte';
import { measureLogPane } from './log-pane-bench.ts';
import { batchOf, crashOf, viewOf, workloadBatch, workloadRecordLength } from './records.ts';

const length = workloadRecordLength;

function frameOf(view: LaneView): LaneFrame {
  return { view, records: null, timeline: null, curve: null, log: [] };
}

async function show(store: RecordStore, view: LaneView, chosen = new LogState(), width = 640) {
  const screen = await render(LogPaneHost, { store, state: chosen, first: frameOf(view), width });
  const grid = screen.getByRole('grid', { name: 'The log' });
  const texts = (): string[] =>
    [...document.querySelectorAll('[role="row"]')].map((row) =>
      (row.textContent ?? '').replace(/\s+/g, ' ').trim(),
    );
  return { screen, grid, chosen, texts };
}

/** The list is drawn a paint later than the rest of the page. */
function twoPaints(): Promise<void> {
  return new Promise((resolve) =>
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))),
  );
}

/** 552 sensor writes on the disk, then two own commands among writes in the page cache, then one in the buffer. */
function lessonSix(): { store: RecordStore; view: LaneView } {
  const store = new RecordStore();
  store.append(workloadBatch(0, 567, 0));
  const own = [
    {
      words: ['PEXPIREAT', 'session:9', '1767225672318'],
      typed: 'EXPIRE session:9 60',
      reply: '(integer) 1',
      at: 12_318,
    },
  ];
  store.append(batchOf(own, 567, 567 * length));
  const written = store.endAt(567);
  store.append(
    batchOf(
      [{ words: ['SREM', 'basket:1', 'teh'], typed: 'SPOP basket:1', at: 12_611 }],
      568,
      written,
    ),
  );
  const view = viewOf({
    fsynced: 552 * length,
    written,
    acknowledged: written,
    appended: store.endAt(568),
  });
  return { store, view };
}

test('an empty log explains the three places instead of an empty table', async () => {
  const { screen } = await show(new RecordStore(), viewOf());
  await expect
    .element(screen.getByRole('row', { name: /process buffer.*lost.*lost/ }))
    .toBeVisible();
  await expect.element(screen.getByRole('row', { name: /page cache.*kept.*lost/ })).toBeVisible();
  await expect.element(screen.getByRole('row', { name: /disk.*kept.*kept/ })).toBeVisible();
});

describe('the learner’s commands among a workload', () => {
  test('stand beside what was typed, why it differs, what was answered, and the layer', async () => {
    const { store, view } = lessonSix();
    const { screen, texts } = await show(store, view);
    await expect
      .element(
        screen.getByText('typed EXPIRE session:9 60. Logged as a date: a replay cannot extend it.'),
      )
      .toBeVisible();
    await expect
      .element(screen.getByText(/Chance picked “teh”; the log must name it\./))
      .toBeVisible();
    const row = screen.getByRole('row', { name: /PEXPIREAT session:9 1767225672318/ });
    await expect.element(row).toHaveTextContent('(integer) 1');
    await expect.element(row.getByRole('img', { name: 'page cache' })).toBeVisible();
    const unanswered = screen.getByRole('row', { name: /SREM basket:1 teh/ });
    await expect.element(unanswered).toHaveTextContent('not yet');
    await expect.element(unanswered.getByRole('img', { name: 'process buffer' })).toBeVisible();
    expect(
      texts().some((text) => text.startsWith(`fsynced ${(552 * length).toLocaleString('en-US')}`)),
    ).toBe(true);
    expect(texts().some((text) => text.startsWith('acknowledged = written'))).toBe(true);
    await expect
      .element(screen.getByText(/more writes to sensor:\*, [\d,]+ B/).first())
      .toBeVisible();
  });

  test('a fold opens where it stands, and the log no longer follows', async () => {
    const { store, view } = lessonSix();
    const { screen, chosen } = await show(store, view);
    const before = screen
      .getByRole('row', { name: /PEXPIREAT/ })
      .element()
      .getBoundingClientRect().top;
    expect(before).toBeGreaterThan(0);
    await screen
      .getByText(/more writes to sensor/)
      .last()
      .click();
    expect(chosen.follow).toBe(false);
    await expect
      .element(screen.getByRole('button', { name: 'Follow' }))
      .toHaveAttribute('aria-pressed', 'false');
    await expect.element(screen.getByText(/more writes to sensor/)).not.toBeInTheDocument();
  });
});

describe('by keyboard alone', () => {
  test('arrows move, Enter opens the record in RESP and Escape closes it', async () => {
    const { store, view } = lessonSix();
    const { screen, chosen, grid } = await show(store, view);
    grid.element().focus();
    await userEvent.keyboard('{ArrowUp}');
    expect(chosen.selected).toBe(568);
    await userEvent.keyboard('{ArrowUp}');
    expect(chosen.selected).toBe(567);
    await expect
      .element(screen.getByRole('row', { name: /PEXPIREAT/ }).first())
      .toHaveAttribute('aria-selected', 'true');
    await userEvent.keyboard('{Enter}');
    const detail = screen.getByRole('region', { name: /^Record at/ });
    await expect.element(detail.getByRole('row', { name: /\$9 PEXPIREAT command/ })).toBeVisible();
    await expect.element(detail.getByRole('row', { name: /\$9 session:9 key/ })).toBeVisible();
    await userEvent.keyboard('{Escape}');
    await expect.element(detail).not.toBeInTheDocument();
    expect(document.activeElement).toBe(grid.element());
  });

  test('Home and End reach the first and the last of a million records', async () => {
    const store = new RecordStore();
    for (let first = 0; first < 1_000_000; first += 50_000) {
      store.append(workloadBatch(first, 50_000, first * length));
    }
    const { screen, chosen, grid } = await show(store, viewOf());
    grid.element().focus();
    await userEvent.keyboard('{Home}');
    expect(chosen.selected).toBe(0);
    await expect.element(screen.getByRole('row', { name: /sensor:00000000/ })).toBeVisible();
    await userEvent.keyboard('{End}');
    expect(chosen.selected).toBe(999_999);
    await expect.element(screen.getByRole('row', { name: /sensor:00999999/ })).toBeVisible();
    await userEvent.keyboard('{PageUp}');
    expect(chosen.selected).toBeLessThan(999_999 - 5);
    await expect
      .element(screen.getByRole('row', { name: new RegExp(`sensor:00${chosen.selected}`) }))
      .toBeVisible();
  });
});

describe('following', () => {
  test('shows the newest record of every frame, and lets go when the learner scrolls up', async () => {
    const store = new RecordStore();
    store.append(workloadBatch(0, 5000, 0));
    const { screen, chosen, grid, texts } = await show(store, viewOf());
    await expect.element(screen.getByRole('row', { name: /sensor:00004999/ })).toBeVisible();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const scroller = grid.element();
    expect(scroller.scrollTop).toBeGreaterThan(100_000);
    scroller.scrollTop -= 2600;
    await expect.poll(() => chosen.follow).toBe(false);
    const top = texts()[0];
    store.append(workloadBatch(5000, 5000, 5000 * length));
    await screen.rerender({ first: frameOf(viewOf()) });
    await tick();
    expect(texts()[0]).toBe(top);
    await screen.getByRole('button', { name: 'Follow' }).click();
    await expect.element(screen.getByRole('row', { name: /sensor:00009999/ })).toBeVisible();
  });

  test('a flood is drawn every third frame, a paint later, and its last record is always drawn', async () => {
    const store = new RecordStore();
    store.append(workloadBatch(0, 100, 0));
    const { screen, texts } = await show(store, viewOf());
    const drawn: boolean[] = [];
    for (let from = 100; from < 1000; from += 100) {
      store.append(workloadBatch(from, 100, from * length));
      const before = texts().join();
      await screen.rerender({ first: frameOf(viewOf()) });
      await twoPaints();
      drawn.push(texts().join() !== before);
    }
    expect(drawn.join()).toBe('false,false,true,false,false,true,false,false,true');
    store.append(workloadBatch(1000, 100, 1000 * length));
    await screen.rerender({ first: frameOf(viewOf()) });
    await expect.element(screen.getByRole('row', { name: /sensor:00001099/ })).toBeVisible();
  });

  test('goes on following when its pane grows and shrinks by a few pixels, as a line above it wraps', async () => {
    const { store, view } = lessonSix();
    const { screen, grid, chosen } = await show(store, view);
    const host = document.querySelector<HTMLElement>('.host')!;
    const scroller = grid.element() as HTMLElement;
    for (const height of [440, 436, 470, 437]) {
      host.style.height = `${height}px`;
      for (let i = 0; i < 3; i++) {
        const end = store.endAt(store.count - 1);
        store.append(workloadBatch(store.count, 100, end));
        await screen.rerender({ store, state: chosen, first: frameOf({ ...view, appended: end }) });
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect(chosen.follow, `at ${height}`).toBe(true);
      expect(scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop).toBeLessThan(30);
    }
    scroller.scrollTop -= 60;
    await expect.poll(() => chosen.follow).toBe(false);
  });

  test('letting go by the button leaves the topmost record where it is', async () => {
    const { store, view } = lessonSix();
    const { screen } = await show(store, view);
    const row = screen.getByRole('row', { name: /sensor:00000551/ });
    const topmost = (): Element | undefined =>
      [...document.querySelectorAll('[data-type="record"]')].find(
        (line) =>
          line.getBoundingClientRect().top >=
          document.querySelector('[role="grid"]')!.getBoundingClientRect().top,
      );
    const text = topmost()?.textContent;
    const y = topmost()?.getBoundingClientRect().top ?? 0;
    await screen.getByRole('button', { name: 'Follow' }).click();
    expect(topmost()?.textContent).toBe(text);
    expect(Math.abs((topmost()?.getBoundingClientRect().top ?? 0) - y)).toBeLessThan(2);
    await expect.element(row).toBeInTheDocument();
  });
});

test('a million records scroll to any share of the log, and one wheel notch moves by its own pixels', async () => {
  const store = new RecordStore();
  for (let first = 0; first < 1_000_000; first += 50_000) {
    store.append(workloadBatch(first, 50_000, first * length));
  }
  const chosen = new LogState();
  chosen.follow = false;
  const { grid } = await show(store, viewOf(), chosen);
  const scroller = grid.element();
  const firstRow = (): number =>
    Number(
      /sensor:(\d+)/.exec(document.querySelector('[data-type="record"]')?.textContent ?? '')?.[1],
    );
  expect(scroller.scrollHeight).toBeLessThan(16_000_000);
  scroller.scrollTop = (scroller.scrollHeight - scroller.clientHeight) / 2;
  await expect.poll(firstRow).toBeGreaterThan(499_900);
  expect(firstRow()).toBeLessThan(500_100);
  const before = firstRow();
  scroller.scrollTop += 260;
  await expect.poll(firstRow).toBe(before + 10);
  scroller.scrollTop = scroller.scrollHeight;
  await expect.poll(() => document.body.textContent).toContain('sensor:00999999');
});

describe('the filter', () => {
  test('lists what names a key, with its notes, and counts the rest', async () => {
    const { store, view } = lessonSix();
    const { screen } = await show(store, view);
    await screen.getByRole('textbox', { name: 'Filter by key' }).fill('session:9');
    await expect.element(screen.getByRole('status')).toHaveTextContent('1 of 569 records');
    await expect.element(screen.getByRole('row', { name: /PEXPIREAT session:9/ })).toBeVisible();
    await expect.element(screen.getByText(/Logged as a date/)).toBeVisible();
    await expect.element(screen.getByRole('row', { name: /SREM/ })).not.toBeInTheDocument();
  });

  test('that finds nothing says how many records it hides, and clears by its button', async () => {
    const { store, view } = lessonSix();
    const { screen, chosen } = await show(store, view);
    await screen.getByRole('textbox', { name: 'Filter by key' }).fill('cart:9');
    await expect.element(screen.getByText('No record names cart:9')).toBeVisible();
    await expect.element(screen.getByText('569 records are hidden by the filter.')).toBeVisible();
    await screen.getByRole('button', { name: 'Clear the filter' }).click();
    expect(chosen.filter).toBe('');
    await expect.element(screen.getByRole('row', { name: /PEXPIREAT/ })).toBeVisible();
  });

  test('takes a glob, goes on as the log grows, and the history of a key is one click from its record', async () => {
    const { store, view } = lessonSix();
    const { screen, chosen, grid } = await show(store, view);
    await screen.getByRole('textbox', { name: 'Filter by key' }).fill('sensor:0000000?');
    await expect.element(screen.getByRole('status')).toHaveTextContent('10 of 569 records');
    store.append(
      batchOf(
        [{ words: ['DEL', 'sensor:00000003'] }, { words: ['FLUSHALL'] }],
        569,
        store.endAt(568),
      ),
    );
    await screen.rerender({ first: frameOf(view) });
    await expect.element(screen.getByRole('status')).toHaveTextContent('12 of 571 records');
    await userEvent.keyboard('{Escape}');
    expect(chosen.filter).toBe('');
    grid.element().focus();
    await userEvent.keyboard('{End}{ArrowUp}{Enter}');
    await screen.getByRole('button', { name: 'History of sensor:00000003' }).click();
    await expect.element(screen.getByRole('status')).toHaveTextContent('3 of 571 records');
  });
});

test('hex lights the bytes of the part of RESP under the pointer', async () => {
  const { store, view } = lessonSix();
  const chosen = new LogState();
  chosen.selected = 567;
  const { screen } = await show(store, view, chosen);
  await screen.getByRole('button', { name: 'Hex' }).click();
  const detail = screen.getByRole('region', { name: /^Record at/ });
  await detail.getByRole('row', { name: /session:9 key/ }).hover();
  await expect
    .poll(() =>
      [...document.querySelectorAll('.hex .lit')].map((byte) => byte.textContent).join(' '),
    )
    .toBe('24 39 0d 0a 73 65 73 73 69 6f 6e 3a 39 0d 0a');
});

test('after a power cut lost records are crossed, the unanswered one is no loss, and rules tell where the file ends', async () => {
  const { store, view } = lessonSix();
  const crash = crashOf({
    at: 12_720,
    fileEnds: 552 * length,
    acknowledgedOffset: store.endAt(567),
  });
  store.noteCrash(crash);
  const { screen } = await show(store, { ...view, crash, state: 'stopped', power: 'off' });
  await expect.element(screen.getByText('the file ends here,')).toBeVisible();
  await expect.element(screen.getByText('power cut at')).toBeVisible();
  await expect
    .element(screen.getByRole('row', { name: /PEXPIREAT/ }).getByRole('img', { name: 'lost' }))
    .toBeVisible();
  const gone = screen.getByRole('row', { name: /SREM/ });
  await expect.element(gone.getByRole('img', { name: 'never acknowledged, gone' })).toBeVisible();
  await expect.element(gone).toHaveTextContent('no reply');
});

test('in a narrow pane the time gives way to the command', async () => {
  const { store, view } = lessonSix();
  const { screen } = await show(store, view, new LogState(), 390);
  await expect.element(screen.getByText('12.318')).not.toBeVisible();
  await expect.element(screen.getByText('(integer) 1')).toBeVisible();
});

describe('at 50,000 commands a second', () => {
  // The goal of the design is 4 ms on an idle machine; here it only must fit a frame, whatever else runs.
  const frameMs = 16;
  for (const mode of ['follow', 'scrolled', 'filtered'] as const) {
    test(`the pane's work a frame stays small (${mode})`, { timeout: 60_000 }, async () => {
      const target = document.createElement('div');
      document.body.append(target);
      const figures = await measureLogPane(target, 180, { mode, before: 100_000 });
      target.remove();
      console.log(`log pane, ${mode}: ${JSON.stringify(figures)}`);
      expect(figures.p50).toBeLessThan(frameMs);
    });
  }
});

test('a record of a script and an eviction say whose they are', async () => {
  const store = new RecordStore();
  store.append(
    batchOf([
      { words: ['DEL', 'cart:7'], cause: recordCause.expiry },
      { words: ['DEL', 'old:1'], cause: recordCause.eviction },
    ]),
  );
  const { screen } = await show(store, viewOf());
  await expect
    .element(screen.getByText('born of an expiry: cart:7 reached its time'))
    .toBeVisible();
  await expect
    .element(screen.getByText('born of an eviction: memory was full, old:1 had to go'))
    .toBeVisible();
  await expect
    .element(screen.getByRole('row', { name: /DEL cart:7/ }))
    .toHaveTextContent('no client');
});
