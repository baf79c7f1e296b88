/**
 * The full matrix: every state of the page, in two languages, three themes and five sizes. The samples of `npm test`
 * stand in accessibility.spec.ts and race.spec.ts.
 */
import { expect, test } from '@playwright/test';
import { cutOff, violationsOf } from './looks.ts';
import { languages, openIn, themes, walk, type Look } from './states.ts';

const sizes = [
  [1440, 900],
  [1024, 768],
  [390, 844],
] as const;
/** The ends of the range, in one theme each. */
const ends: readonly Look[] = languages.flatMap((language) => [
  { language, theme: 'light', width: 360, height: 640 },
  { language, theme: 'dark', width: 1920, height: 1080 },
]);
const looks: readonly Look[] = [
  ...languages.flatMap((language) =>
    sizes.flatMap(([width, height]) => themes.map((theme) => ({ language, theme, width, height }))),
  ),
  ...ends,
];
for (const look of looks) {
  const { language, theme, width, height } = look;
  test(`every state, ${language}, ${theme}, ${width} × ${height} @full`, async ({ page }) => {
    test.setTimeout(600_000);
    const found: string[] = [];
    await openIn(page, look);
    const states: string[] = [];
    for await (const { name, page: shown } of walk(page, look)) {
      states.push(name);
      for (const line of [...(await violationsOf(shown)), ...(await cutOff(shown))])
        found.push(`${name}: ${line}`);
    }
    console.log(`${states.length} states looked at, ${found.length} faults`);
    expect(found).toEqual([]);
  });
}
