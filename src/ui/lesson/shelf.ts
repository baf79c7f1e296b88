/** The course and the texts of its lessons, fetched when they are wanted: one language at a time. */
import type { CourseEntry, LessonText } from '../../worker/protocol.ts';
import type { Language } from '../i18n/locale.svelte.ts';

const courses = import.meta.glob<readonly CourseEntry[]>('../../../lessons/course.yaml', {
  import: 'default',
});
const texts = import.meta.glob<LessonText>('../../../lessons/*/text.*.md', { import: 'default' });

export async function fetchCourse(): Promise<readonly CourseEntry[]> {
  const [fetch] = Object.values(courses);
  return fetch === undefined ? [] : fetch();
}

/** Null: there is no such lesson. */
export async function fetchText(id: string, language: Language): Promise<LessonText | null> {
  const wanted = new RegExp(`/\\d\\d-${id}/text\\.${language}\\.md$`);
  const path = Object.keys(texts).find((each) => wanted.test(each));
  const fetch = texts[path ?? ''];
  return fetch === undefined ? null : fetch();
}
