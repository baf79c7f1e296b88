import { locale } from '../i18n/locale.svelte.ts';
import { en, type LessonWords } from './texts-en.ts';
import { id } from './texts-id.ts';

/** The words around the lessons in the language of the page. */
export function lessonWords(): LessonWords {
  return locale.language === 'id' ? id : en;
}
