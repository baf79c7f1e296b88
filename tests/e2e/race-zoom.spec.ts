/** The race looked at closely where the power failed: by keyboard alone, by pointer, and taken away as a picture. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { pictureWidth } from '../../src/ui/race/race-picture-size.ts';
import { ids, lanes, names, openRace, row } from './race-page.ts';

/** A race of more than half a minute, in which a second is a few pixels. */
async function raced(page: Page): Promise<void> {
  await openRace(page);
  await page.evaluate(async () => {
    await window.aofLab.setClock({ paused: true });
    await window.aofLab.advance(33_300);
  });
}

async function cut(page: Page): Promise<number> {
  await page.keyboard.press('p');
  await expect(page.getByRole('heading', { name: /^Power cut at/ })).toBeVisible();
  return (await lanes(page)).get('none')!.crash!.at;
}

/** The zoom's own controls. */
function controls(page: Page): Locator {
  return page.getByRole('group', { name: 'Time shown' });
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** From and to, in ms, as the page has them in words. */
async function part(page: Page): Promise<readonly [number, number]> {
  const said = await controls(page).innerText();
  const [, from, to] = /([\d.]+) to ([\d.]+) s/.exec(said) ?? [];
  return [Math.round(Number(from) * 1000), Math.round(Number(to) * 1000)];
}

test('by keyboard alone: to the cut, where each lane says what it lost since when; closer, farther, and back', async ({
  page,
}) => {
  await raced(page);
  const button = (name: string): Locator => controls(page).getByRole('button', { name });
  await expect(button('Zoom to the cut')).toHaveAttribute('aria-disabled', 'true');
  await expect(button('Zoom to the cut')).toHaveAccessibleDescription(
    'No accident has happened yet.',
  );
  const at = await cut(page);
  await button('Zoom to the cut').focus();
  await page.keyboard.press('Enter');

  const shown = `${seconds(at - 2000)} s to ${seconds(at)} s`;
  const views = await lanes(page);
  const told = controls(page).getByRole('status');
  await expect(told).toContainText(`Shown: ${shown}.`);
  for (const id of ids) {
    const { lost, ms } = views.get(id)!.crash!;
    const loss =
      lost === 0
        ? 'nothing lost'
        : `${lost.toLocaleString('en')} lost, answered since ${seconds(at - ms)} s`;
    await expect(
      row(page, id).getByRole('img', { name: `${names[id]}, ${shown}: ${loss}.`, exact: true }),
    ).toBeVisible();
    await expect(row(page, id).getByText(loss, { exact: true })).toBeVisible();
    await expect(told).toContainText(`${names[id]}: ${loss}.`);
  }
  await expect(
    page.getByRole('columnheader', { name: `answered since ${seconds(at - 2000)} s` }),
  ).toBeVisible();
  expect(views.get('always')!.crash!.lost).toBe(0);

  // The cut stays where it is.
  await page.keyboard.press('+');
  await expect.poll(() => part(page)).toEqual([Math.round(at - 1000), Math.round(at)]);
  await page.keyboard.press('-');
  await page.keyboard.press('-');
  await expect.poll(() => part(page)).toEqual([Math.round(at - 4000), Math.round(at)]);
  await button('Earlier').focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => part(page)).toEqual([Math.round(at - 6000), Math.round(at - 2000)]);
  await expect(row(page, 'no').getByText('the accident is not in this part')).toBeVisible();
  await button('Later').press('Enter');
  await expect(button('Later')).toHaveAccessibleDescription('This is the end of the race.');
  await page.keyboard.press('0');
  await expect(told).toHaveText('The whole run is shown.');
  await expect(button('Whole run')).toHaveAttribute('aria-disabled', 'true');
  await expect(
    row(page, 'everysec').getByRole('img', { name: /writes at risk over time/ }),
  ).toBeVisible();
});

test('by pointer: a stretch is dragged out, the wheel with Ctrl goes closer, and the picture follows', async ({
  page,
}) => {
  await raced(page);
  const at = await cut(page);
  const chart = row(page, 'everysec').getByRole('img', { name: /writes at risk over time/ });
  const { x, y, width, height } = (await chart.boundingBox())!;
  const begin = (await lanes(page)).get('everysec')!.measured!.since;
  const instant = (share: number): number => begin + share * (at - begin);
  const onePixel = (at - begin) / width;

  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + (width * 3) / 4, y + height / 2, { steps: 5 });
  await page.mouse.up();
  const [from, to] = await part(page);
  expect(Math.abs(from - instant(1 / 2))).toBeLessThan(2 * onePixel);
  expect(Math.abs(to - instant(3 / 4))).toBeLessThan(2 * onePixel);

  // The pointer is at the right edge of none of it: what is under it stays there.
  const zoomed = row(page, 'everysec').getByRole('img', { name: /the accident is not in this/ });
  await zoomed.hover();
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -100);
  await page.keyboard.up('Control');
  const middle = (from + to) / 2;
  await expect
    .poll(async () => {
      const [a, b] = await part(page);
      return [Math.round((b - a) / (to - from) / 0.05) * 0.05, Math.abs((a + b) / 2 - middle) < 50];
    })
    .toEqual([0.5, true]);

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export picture' }).click(),
  ]);
  const picture = await readFile(await download.path());
  expect(picture.readUInt32BE(16)).toBe(2 * pictureWidth);

  // A click is no stretch, and another race is shown whole.
  const before = await part(page);
  await zoomed.click();
  expect(await part(page)).toEqual(before);
  await page.getByRole('button', { name: 'New seed' }).click();
  await expect(controls(page).getByText('Whole run').first()).toBeVisible();
  await expect(row(page, 'everysec')).toContainText('at risk now');
});
