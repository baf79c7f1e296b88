/** What the browser keeps of a lab: whatever happens to the tab, no write that was fsynced is gone. */
import { expect, type BrowserContext, type Page } from '@playwright/test';
import { openLab, send } from './lab-page.ts';
import { hangWorker, restartLab, terminateWorker, test } from './own-browser.ts';

const policies = ['always', 'everysec'] as const;

const accidents = {
  'the tab is reloaded': async (page) => {
    await page.reload();
    return ready(page);
  },
  'the tab is closed and opened again': async (page) => {
    await page.close();
    return opened(await page.context().newPage());
  },
  'the tab crashes': async (page) => {
    page.goto('chrome://crash').catch(() => undefined);
    await page.waitForEvent('crash');
    const another = await page.context().newPage();
    await page.close();
    return opened(another);
  },
  'the worker is terminated': async (page) => {
    await terminateWorker(page);
    page.evaluate(() => window.aofLab.view()).catch(() => undefined);
    await restartLab(page);
    return page;
  },
  'the worker hangs': async (page) => {
    hangWorker(page);
    // It hangs some moments later: the first of these calls may still be answered.
    await page.evaluate(() => {
      const asking = setInterval(() => {
        window.aofLab.view().catch(() => clearInterval(asking));
      }, 200);
    });
    await restartLab(page);
    return page;
  },
} satisfies Readonly<Record<string, (page: Page) => Promise<Page>>>;

async function ready(page: Page): Promise<Page> {
  await page.waitForFunction(() => 'aofLab' in window);
  await page.evaluate(() => window.aofLab.ready.then(() => undefined));
  return page;
}

/** A page of the lab, as it was kept. */
async function opened(page: Page): Promise<Page> {
  await openLab(page);
  return page;
}

const recovered = (page: Page) =>
  page.getByRole('status').filter({ hasText: 'Your last visit is here again' });

for (const [name, happens] of Object.entries(accidents)) {
  test(`${name}: what was fsynced is there, and the page counts the rest`, async ({ page }) => {
    const lanes = policies.map((appendfsync) => ({ id: appendfsync, config: { appendfsync } }));
    await openLab(page, { lanes });
    for (const policy of policies) await write(page, 0, 30, policy);
    await expect.poll(() => unsynced(page)).toEqual([0, 0]);
    await page.evaluate(() => window.aofLab.setClock({ paused: true }));
    await write(page, 30, 7, 'everysec');
    expect((await unsynced(page))[1]).toBe(7);

    const after = await happens(page);
    for (const policy of policies) {
      expect(await ask(after, 'DBSIZE', policy)).toBe('(integer) 30');
      expect(await ask(after, 'EXISTS key:29 key:30', policy)).toBe('(integer) 1');
    }
    await expect(recovered(after)).toContainText(
      'Closing the page cut the power of this machine: 7 acknowledged writes were not on its disk and did not come back.',
    );
  });
}

test('everysec, while time passes: the page counts what the closed tab took, once', async ({
  page,
}) => {
  await openLab(page);
  let written = 0;
  for (const count of [12, 15]) {
    // Over more than a second, so that an fsync comes in between, and not always at the same place.
    await page.evaluate(
      async ([from, n]) => {
        for (let key = from; key < from + n; key++) {
          await window.aofLab.send(`SET key:${key} ${key}`);
          await new Promise((resolve) => setTimeout(resolve, 90));
        }
      },
      [written, count] as const,
    );
    written += count;
    await page.reload();
    await ready(page);
    const left = Number((await send(page, 'DBSIZE')).replace('(integer) ', ''));
    const lost = written - left;
    written = left;
    console.log(`${lost} of ${written + lost} acknowledged writes lost`);
    if (lost === 0) await expect(recovered(page)).toHaveCount(0);
    else
      await expect(recovered(page)).toContainText(
        `: ${lost} acknowledged ${lost === 1 ? 'write was' : 'writes were'} not on its disk`,
      );
  }
  await page.reload();
  await ready(page);
  await expect(recovered(page)).toHaveCount(0);
  const log = await page.evaluate(() => window.aofLab.actionLog());
  expect(log.filter(({ action }) => action === '!power')).toHaveLength(3);
});

test('no, under a workload: what the closed tab took is counted to the last moments', async ({
  page,
}) => {
  await openLab(page, { lanes: [{ config: { appendfsync: 'no' } }], workload: { rate: 100 } });
  await page.waitForTimeout(3_000);
  const { atRisk, seen } = await page.evaluate(async () => {
    addEventListener('pagehide', () => localStorage.setItem('left-at', String(Date.now())));
    const { lanes } = await window.aofLab.view();
    return { atRisk: lanes[0]!.atRisk, seen: Date.now() };
  });
  await page.reload();
  await ready(page);
  const text = await recovered(page).innerText();
  const lost = Number(/: (\d+) acknowledged writes were/.exec(text)?.[1]);
  console.log(`${lost} lost; ${atRisk.powerLoss.writes} were at risk just before`);
  // The workload went on until the page was left.
  const leftAt = await page.evaluate(() => Number(localStorage.getItem('left-at')));
  expect(leftAt).toBeGreaterThanOrEqual(seen);
  const expected = atRisk.powerLoss.writes + (100 * (leftAt - seen)) / 1000;
  expect(Math.abs(lost - expected)).toBeLessThan(60);
  expect(lost).toBeGreaterThan(150);
});

test('always: no acknowledged write is missing when the worker dies in the midst of them', async ({
  page,
}) => {
  await openLab(page, { lanes: [{ config: { appendfsync: 'always' } }], disk: { preset: 'nvme' } });
  for (let round = 0; round < 2; round++) {
    const acknowledged = await page.evaluate(async (r) => {
      const keys: string[] = [];
      let died = false;
      let dies = (): void => undefined;
      const death = new Promise<void>((resolve) => (dies = resolve));
      for (let i = 0; !died; i++) {
        const key = `${r}:${i}`;
        const answer = window.aofLab.send(`SET ${key} x`).then(() => keys.push(key));
        answer.catch(() => undefined);
        // Somewhere within a write, and answers that are on their way may still come.
        if (i === 20 + r)
          setTimeout(() => {
            window.workersStarted.at(-1)!.terminate();
            setTimeout(() => {
              died = true;
              dies();
            }, 300);
          }, 3 * r);
        await Promise.race([answer, death]);
      }
      return keys;
    }, round);
    expect(acknowledged.length).toBeGreaterThanOrEqual(20);
    await restartLab(page);
    const missing: string[] = [];
    for (let i = 0; i < acknowledged.length; i += 200) {
      const some = acknowledged.slice(i, i + 200);
      const found = await send(page, `EXISTS ${some.join(' ')}`);
      if (found !== `(integer) ${some.length}`) missing.push(found);
    }
    expect(missing).toEqual([]);
    console.log(`round ${round}: ${acknowledged.length} acknowledged writes, none missing`);
  }
});

const stores = {
  IndexedDB: { other: 'OPFS', remove: removeDatabase },
  OPFS: { other: 'IndexedDB', remove: removeFiles },
} as const;

for (const [name, { other, remove }] of Object.entries(stores)) {
  test(`${name} deleted while the lab is closed is rebuilt from ${other}, and the page says so`, async ({
    page,
    context,
  }) => {
    await openLab(page, { lanes: [{ config: { appendfsync: 'always' } }] });
    await write(page, 0, 12);
    await elsewhere(page);
    await page.evaluate(remove);
    await openLab(page);
    await expect(recovered(page)).toContainText(`${name} was empty and was rebuilt from ${other}`);
    expect(await send(page, 'DBSIZE')).toBe('(integer) 12');
    await write(page, 12, 3);

    // The rebuilt one is as good as the other, which goes now.
    await elsewhere(page);
    await page.evaluate(stores[other].remove);
    const again = await reopened(context, page);
    await expect(recovered(again)).toContainText(`${other} was empty and was rebuilt from ${name}`);
    expect(await send(again, 'DBSIZE')).toBe('(integer) 15');
    expect(await send(again, 'GET key:14')).toBe('"14"');
  });
}

test('IndexedDB deleted while the lab is open: the page says where it is kept, and rebuilds it later', async ({
  page,
}) => {
  await openLab(page, { lanes: [{ config: { appendfsync: 'always' } }] });
  await write(page, 0, 5);
  await page.evaluate(removeDatabase);
  await write(page, 5, 5);
  await expect(page.getByText('The lab is kept in one place only, OPFS')).toBeVisible();
  await openLab(page);
  await expect(recovered(page)).toContainText('and was rebuilt from OPFS');
  expect(await send(page, 'DBSIZE')).toBe('(integer) 10');
});

test('a second tab only looks, says so, and takes over within a second', async ({
  page,
  context,
}) => {
  await openLab(page, { lanes: [{ config: { appendfsync: 'always' } }] });
  await write(page, 0, 5);
  const second = await context.newPage();
  await openLab(second);
  const readOnly = (tab: Page) =>
    tab.getByRole('status').filter({ hasText: /Open in another tab|took this lab over/ });
  await expect(readOnly(second)).toContainText('Here you can look, and nothing you do is kept');
  expect(await send(second, 'DBSIZE')).toBe('(integer) 5');
  await write(page, 5, 5);

  const times: number[] = [];
  let [writer, reader] = [page, second];
  for (let round = 0; round < 3; round++) {
    [writer, reader] = [reader, writer];
    await writer.bringToFront();
    times.push(await timeOfTakeover(writer));
    // What the other tab wrote meanwhile is here.
    expect(await send(writer, 'DBSIZE')).toBe(`(integer) ${10 + round}`);
    expect(await send(writer, `SET round:${round} x`)).toBe('OK');
    await expect(readOnly(reader)).toContainText('Another tab took this lab over');
    await expect(readOnly(writer)).toHaveCount(0);
    // The reader's own doings are kept nowhere.
    await send(reader, `SET lost:${round} x`);
  }
  console.log(`takeovers: ${times.map((ms) => `${ms} ms`).join(', ')}`);
  expect(times.sort((a, b) => a - b)[1]).toBeLessThan(1_000);

  await reader.close();
  await openLab(writer);
  expect(await send(writer, 'DBSIZE')).toBe('(integer) 13');
  await expect(readOnly(writer)).toHaveCount(0);
});

/** `SET key:n n` for `count` keys from `first` on, each acknowledged. */
async function write(page: Page, first: number, count: number, lane?: string): Promise<void> {
  const texts = await page.evaluate(
    async ([from, n, options]) => {
      const all = Array.from({ length: n }, (_, i) =>
        window.aofLab.send(`SET key:${from + i} ${from + i}`, options),
      );
      return (await Promise.all(all)).map(({ text }) => text);
    },
    [first, count, lane === undefined ? {} : { lane }] as const,
  );
  expect(new Set(texts)).toEqual(new Set(['OK']));
}

async function ask(page: Page, command: string, lane: string): Promise<string> {
  return page.evaluate(async ([line, id]) => (await window.aofLab.send(line, { lane: id })).text, [
    command,
    lane,
  ] as const);
}

/** How many acknowledged writes of each lane a power cut would take. */
async function unsynced(page: Page): Promise<number[]> {
  return page.evaluate(async () =>
    (await window.aofLab.view()).lanes.map(({ atRisk }) => atRisk.powerLoss.writes),
  );
}

/** From the press of the button until the page shows a lab that it writes. */
function timeOfTakeover(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const button = (): HTMLElement | undefined =>
      [...document.querySelectorAll('button')].find(({ innerText }) => innerText === 'Take over');
    const start = performance.now();
    button()!.click();
    while (button() !== undefined) await new Promise((done) => setTimeout(done, 5));
    return Math.round(performance.now() - start);
  });
}

/** A page of the same origin without the lab. */
async function elsewhere(page: Page): Promise<void> {
  await page.route('**/elsewhere', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>elsewhere</title>' }),
  );
  await page.goto('/elsewhere');
}

async function reopened(context: BrowserContext, page: Page): Promise<Page> {
  await page.close();
  return opened(await context.newPage());
}

function removeDatabase(): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase('aof-lab aof-lab');
    request.onsuccess = () => resolve();
    request.onerror = () => reject(new Error(String(request.error)));
  });
}

async function removeFiles(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  await root.removeEntry('aof-lab', { recursive: true });
}
