/** A race as a person runs it: start, predict, cut, read, take away; another configuration, a wrong one; each lane looked at. */
import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { pictureHeight, pictureWidth } from '../../src/ui/race/race-picture-size.ts';
import { consoleShows, openLab, type } from './lab-page.ts';
import { ids, lanes, names, openRace, row, type Id } from './race-page.ts';

/** The number in a lane's cell; the cells follow the heads. */
async function figure(
  page: Page,
  id: Id,
  place: 'acknowledged' | 'survived' | 'lost',
): Promise<number> {
  const cell = row(page, id)
    .getByRole('cell')
    .nth({ acknowledged: 3, survived: 4, lost: 5 }[place]);
  const [, digits] = /^\s*([\d,]+)/.exec(await cell.innerText()) ?? [];
  return Number(digits?.replaceAll(',', ''));
}

async function downloaded(page: Page, button: string): Promise<Buffer> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return readFile(await download.path());
}

/** RFC 4180, as far as this table needs it. */
function parseCsv(text: string): readonly ReadonlyMap<string, string>[] {
  const [head = [], ...rows] = text
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
  return rows.map((cells) => new Map(head.map((name, i) => [name, cells[i] ?? ''])));
}

test('a race of five: predicted, cut, and its table, chart and files say what the lab says', async ({
  page,
}) => {
  await openRace(page);
  await page.evaluate(() => window.aofLab.advance(3300));
  for (const [id, said] of [
    ['none', 'all'],
    ['no', '1'],
    ['everysec', '0.5'],
    ['always', '0'],
  ] as const)
    await page.getByRole('textbox', { name: `Prediction for ${names[id]}` }).fill(said);
  await expect(row(page, 'everysec')).toContainText('400/s');
  await expect(row(page, 'everysec')).toContainText('at risk now');
  await expect(
    row(page, 'everysec').getByRole('img', { name: 'hidden until the accident' }),
  ).toHaveCount(2);

  await page.getByRole('button', { name: /^Cut power/ }).click();
  await expect(page.getByRole('heading', { name: /^Power cut at/ })).toBeVisible();
  const views = await lanes(page);
  const at = new Set([...views.values()].map(({ crash }) => crash?.at));
  expect(at.size).toBe(1);
  for (const id of ids) {
    const { crash } = views.get(id)!;
    expect(await figure(page, id, 'acknowledged'), id).toBe(crash?.acknowledged);
    expect(await figure(page, id, 'survived'), id).toBe(crash?.survived);
    expect(await figure(page, id, 'lost'), id).toBe(crash?.lost);
    const seconds = (crash!.ms / 1000).toFixed(2);
    await expect(row(page, id).getByRole('img', { name: `${seconds} s.` })).toBeVisible();
  }
  expect(await figure(page, 'always', 'lost')).toBe(0);
  expect(await figure(page, 'none', 'survived')).toBe(0);
  await expect(row(page, 'none').getByRole('img', { name: /^You predicted all/ })).toBeVisible();
  await expect(
    page.getByRole('heading', { name: /^You expected 1\.00 s of appendfsync no\. It was/ }),
  ).toBeVisible();

  const table = parseCsv((await downloaded(page, 'Export table')).toString('utf8'));
  expect(table.map((line) => line.get('lane'))).toEqual(ids);
  for (const line of table) {
    const view = views.get(line.get('lane')!)!;
    const crash = view.crash!;
    expect(Number(line.get('acknowledged (writes)'))).toBe(crash.acknowledged);
    expect(Number(line.get('survived (writes)'))).toBe(crash.survived);
    expect(Number(line.get('lost (writes)'))).toBe(crash.lost);
    expect(Number(line.get('window (s)'))).toBeCloseTo(crash.ms / 1000, 3);
    expect(Number(line.get('rate (commands/s)'))).toBeCloseTo(crash.measured!.commandsPerSecond, 1);
    expect(line.get('file (B)')).toBe(crash.fileBytes === null ? '' : String(crash.fileBytes));
  }
  expect(table.map((line) => line.get('predicted (s)'))).toEqual(['all', '', '1', '0.5', '0']);

  const picture = await downloaded(page, 'Export picture');
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  expect(picture.readUInt32BE(16)).toBe(2 * pictureWidth);
  expect(picture.readUInt32BE(20)).toBe(2 * pictureHeight(5));
  expect(picture.length).toBeGreaterThan(20_000);

  await page.getByRole('button', { name: /^Boot all/ }).click();
  await page.evaluate(() => window.aofLab.setClock({ paused: false }));
  await expect
    .poll(async () => [...(await lanes(page)).values()].every(({ state }) => state === 'running'))
    .toBe(true);
  for (const { crash, id } of (await lanes(page)).values()) {
    expect(crash?.recount, id).toBeNull();
    expect(await figure(page, id as Id, 'survived')).toBe(crash?.survived);
  }
});

test('lanes are edited: what redis-server would refuse is refused with its line, and what it takes is raced', async ({
  page,
}) => {
  await openRace(page);
  await page.getByRole('button', { name: 'Lanes and workload' }).click();
  const config = page.getByRole('textbox', { name: 'redis.conf of everysec' });
  await config.fill('appendonly yes\nappendfsync sometimes');
  await page.getByRole('button', { name: 'Start the race' }).click();
  await expect(
    page.getByText(/^Line 2, appendfsync sometimes: argument\(s\) must be one of the following/),
  ).toBeVisible();
  await expect(config).toBeFocused();
  // The race of before goes on: nothing was thrown away.
  expect([...(await lanes(page)).values()].map(({ state }) => state)).toEqual(
    ids.map(() => 'running'),
  );

  await config.fill('appendonly yes\nappendfsync no');
  for (const lane of ['none', 'rdb'])
    await page.getByRole('button', { name: `Remove ${lane}` }).click();
  await page.getByRole('textbox', { name: 'rate' }).fill('0');
  await page.getByRole('button', { name: 'Start the race' }).click();
  await expect(page.getByText('rate: a whole number from 1 to 200,000.')).toBeVisible();
  await page.getByRole('textbox', { name: 'rate' }).fill('120');
  await page.getByRole('textbox', { name: 'in a transaction' }).fill('2');
  await page.getByRole('button', { name: 'Start the race' }).click();
  await expect(page.getByRole('rowheader')).toHaveCount(3);
  await expect(page.getByRole('button', { name: 'Open appendfsync no (everysec)' })).toBeVisible();
  expect((await lanes(page)).get('everysec')?.policy).toBe('no');
  await page.evaluate(() => window.aofLab.advance(1000));
  const { measured } = (await lanes(page)).get('no')!;
  expect(measured!.commands % 2).toBe(0);
  expect(measured!.commands).toBeGreaterThan(0);
});

test('a prediction is dragged along the axis, or set by the arrow keys, and the number follows', async ({
  page,
}) => {
  await openRace(page);
  const axis = page.getByRole('slider', { name: `Prediction for ${names.no}, along the axis` });
  const number = page.getByRole('textbox', { name: `Prediction for ${names.no}` });
  await expect(axis).toHaveAttribute('aria-valuetext', 'nothing yet');
  const box = (await axis.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 12, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect(number).toHaveValue('100');
  await page.keyboard.press('Home');
  await expect(number).toHaveValue('0');
  await page.keyboard.press('ArrowRight');
  await expect(number).toHaveValue('0.005');
  await number.fill('30');
  await expect(axis).toHaveAttribute('aria-valuetext', /^30/);
  // Nothing was predicted: a click on the triangle where it waits says one second.
  const always = page.getByRole('slider', { name: `Prediction for ${names.always}, along` });
  await always.click();
  await expect(page.getByRole('textbox', { name: `Prediction for ${names.always}` })).toHaveValue(
    '1',
  );
});

test('each lane is looked at in the lab: log, ledger and console follow it, and its crash is its own', async ({
  page,
}) => {
  await openRace(page);
  await page.getByRole('button', { name: 'Open appendfsync always' }).click();
  await expect(page.getByRole('button', { name: 'lane: appendfsync always' })).toBeVisible();
  await type(page, 'CONFIG GET appendfsync');
  await consoleShows(page, '"always"');
  await expect(page.getByRole('grid')).toContainText('key:');
  await page.getByRole('button', { name: 'lane: appendfsync always' }).click();
  await page.getByRole('menuitemradio', { name: 'appendfsync no' }).click();
  await type(page, 'SET mine 1');
  await expect
    .poll(async () =>
      page.evaluate(async () => (await window.aofLab.send('EXISTS mine', { lane: 'no' })).text),
    )
    .toBe('(integer) 1');
  expect(
    await page.evaluate(
      async () => (await window.aofLab.send('EXISTS mine', { lane: 'always' })).text,
    ),
  ).toBe('(integer) 0');
  await page.getByRole('button', { name: /^Cut power/ }).click();
  await expect.poll(async () => (await lanes(page)).get('no')?.power).toBe('off');
  expect((await lanes(page)).get('always')?.power).toBe('on');
  await page.getByRole('tab', { name: /^Ledger/ }).click();
  await expect(page.getByRole('tabpanel', { name: /^Ledger/ })).toContainText('SET mine 1');
});

test('by keyboard alone: to the race, a prediction, the cut, and back', async ({ page }) => {
  await openRace(page);
  await page.evaluate(() => window.aofLab.advance(1500));
  const field = page.getByRole('textbox', { name: 'Prediction for appendfsync always' });
  await field.focus();
  await page.keyboard.type('0');
  await page.keyboard.press('Tab');
  await page.keyboard.press('p');
  await expect(page.getByRole('heading', { name: /^Power cut at/ })).toBeVisible();
  await expect(
    row(page, 'always').getByRole('img', { name: 'You predicted 0.00 s. It was 0.00 s.' }),
  ).toBeVisible();
  await page.keyboard.press('b');
  await expect.poll(async () => (await lanes(page)).get('none')?.power).toBe('on');
});

async function expectNoViolations(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
    ),
  ).toEqual([]);
}

async function expectNothingCutOff(page: Page): Promise<void> {
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((element) => {
        const box = element.getBoundingClientRect();
        return (
          box.width > 1 &&
          box.right > innerWidth + 1 &&
          element.closest('.visually-hidden, [popover]:not(:popover-open)') === null
        );
      })
      .map((element) => element.outerHTML.slice(0, 100)),
  );
  expect(cut).toEqual([]);
}

const sizes = [
  [1440, 900],
  [1024, 768],
  [390, 844],
  [360, 640],
] as const;
for (const theme of ['light', 'dark', 'contrast'])
  for (const language of ['en', 'id'])
    for (const [width, height] of sizes) {
      const sample =
        (theme === 'light' && width === 1440 && language === 'en') ||
        (theme === 'dark' && width === 360 && language === 'id');
      test(`the race, its form and its results, ${theme}, ${language}, ${width} × ${height}${sample ? '' : ' @full'}`, async ({
        page,
      }) => {
        await page.addInitScript(
          (chosen) => {
            for (const [name, value] of Object.entries(chosen))
              localStorage.setItem(`aof-lab.${name}`, value);
          },
          { theme, language },
        );
        await page.setViewportSize({ width, height });
        await openLab(page);
        await page.getByRole('button', { name: /^(Race|Balapan)$/ }).click();
        const five = page.getByRole('button', { name: /^(Race of five|Balapan berlima)$/ });
        await expect(five).toBeVisible();
        await expectNoViolations(page);
        await five.click();
        await expect(page.getByRole('rowheader')).toHaveCount(5);
        await page.evaluate(async () => {
          await window.aofLab.setClock({ paused: true });
          await window.aofLab.advance(2500);
        });
        await page.getByRole('textbox', { name: /appendfsync no/ }).fill('1');
        await expectNothingCutOff(page);
        await expectNoViolations(page);
        await page.getByRole('button', { name: /^(Cut power|Putus listrik)/ }).click();
        await expect(
          page.getByRole('heading', { name: /^(Power cut at|Listrik diputus pada)/ }),
        ).toBeVisible();
        await page.getByRole('button', { name: /^(Zoom to the cut|Ke saat putus)/ }).click();
        await expect(
          page.getByRole('img', {
            name: /^appendfsync always, .*: (nothing lost|tidak ada yang hilang)\.$/,
          }),
        ).toBeVisible();
        await expectNothingCutOff(page);
        await expectNoViolations(page);
        await page.getByRole('button', { name: /^(Lanes and workload|Lajur dan beban)/ }).click();
        await expect(page.getByRole('group', { name: /^(Lane 1|Lajur 1)$/ })).toBeVisible();
        await expectNothingCutOff(page);
        await expectNoViolations(page);
      });
    }
