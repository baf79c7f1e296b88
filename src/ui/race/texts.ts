import { locale } from '../i18n/locale.svelte.ts';
import { en, type RaceTexts } from './texts-en.ts';
import { id } from './texts-id.ts';

export type { RaceTexts } from './texts-en.ts';

/** The race's texts in the language of the page. */
export function raceTexts(): RaceTexts {
  return locale.language === 'id' ? id : en;
}
