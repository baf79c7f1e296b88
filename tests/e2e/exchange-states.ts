/** The part of the walk that brings files in and hands them out: see states.ts. */
import { expect, type Page } from '@playwright/test';
import { en } from '../../src/ui/i18n/en.ts';
import { id } from '../../src/ui/i18n/id.ts';

const words = {
  en: {
    side: en.side,
    more: 'More downloads',
    choose: 'Choose files',
    close: 'Close',
    size: 'Size of each key',
    onDisk: 'In the files',
    report: 'What each key takes in memory',
  },
  id: {
    side: id.side,
    more: 'Unduhan lain',
    choose: 'Pilih berkas',
    close: 'Tutup',
    size: 'Ukuran setiap kunci',
    onDisk: 'Di berkas',
    report: 'Memori yang dipakai setiap kunci',
  },
};

/** From a lab with data, and back to it. Gives the name of each state when the page is in it. */
export async function* walkExchange(page: Page, language: 'en' | 'id'): AsyncGenerator<string> {
  const text = words[language];
  const tab = async (label: string): Promise<void> => {
    await page
      .getByRole('tab', { name: new RegExp(`^${label}\\b`) })
      .first()
      .click();
  };
  await tab(text.side.files);
  const more = page.getByRole('button', { name: text.more });
  await more.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitemradio').first()).toBeFocused();
  yield 'files-downloads';
  await page.keyboard.press('Escape');

  const input = page.locator(`input[type=file][multiple][aria-label="${text.choose}"]`);
  const bring = (name: string, content: string): Promise<void> =>
    input.setInputFiles({
      name,
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(content),
    });
  await bring('holiday.jpg', 'not a log');
  await expect(page.getByRole('alert')).toBeVisible();
  yield 'import-refused';
  await page.getByRole('alert').getByRole('button', { name: text.close }).click();

  await bring('appendonly.aof', '*1\r\n$4\r\nPING\r\n');
  await expect(page.locator('dialog[open]')).toBeVisible();
  yield 'import-asking';
  await page.keyboard.press('Escape');
  await expect(page.locator('dialog[open]')).toHaveCount(0);

  await tab(text.side.memory);
  await page.getByRole('button', { name: text.size }).click();
  await expect(page.getByRole('table', { name: text.report })).toBeVisible();
  yield 'report';
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { name: text.report })).toHaveCount(0);

  await tab(text.side.log);
  await page.getByRole('grid').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: text.onDisk }).click();
  await expect(page.locator('dialog[open] li').first()).toBeVisible();
  yield 'key-history';
  await page.keyboard.press('Escape');
  await expect(page.locator('dialog[open]')).toHaveCount(0);
  await page.keyboard.press('Escape');
}
