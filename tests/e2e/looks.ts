/** What every state of the page must be: nothing for axe to find, nothing cut off. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** A line for each violation that axe finds. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  // Panes whose code comes late are part of the page.
  await page.waitForLoadState('networkidle');
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map(({ html, any }) => `${html.slice(0, 120)} ${any[0]?.message.slice(0, 120) ?? ''}`)
        .join(' | ')}`,
  );
}

/** Everything drawn ends inside the window, but for what is meant to be scrolled sideways. */
export function cutOff(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((element) => {
        const box = element.getBoundingClientRect();
        if (box.width === 0 || box.right <= innerWidth + 1) return false;
        for (let up: Element | null = element; up !== null; up = up.parentElement) {
          if (up.matches('.visually-hidden, .xterm, [popover]:not(:popover-open)')) return false;
          const { overflowX } = getComputedStyle(up);
          const scrolls = overflowX === 'auto' || overflowX === 'scroll' || overflowX === 'hidden';
          if (scrolls && up.getBoundingClientRect().right <= innerWidth + 1) return false;
        }
        return true;
      })
      .map((element) => `cut off: ${element.outerHTML.slice(0, 100)}`),
  );
}
