/** The lessons as the build has compiled them; each comes when it is opened. */
import { unpackLesson, type Lesson, type PackedLesson } from '../lessons/lesson.ts';

const packed = import.meta.glob<PackedLesson>('../../lessons/*/lesson.yaml', { import: 'default' });

export function isLessonId(id: string): boolean {
  return pathOf(id) !== undefined;
}

/** Undefined: there is no such lesson. */
export async function fetchLesson(id: string): Promise<Lesson | undefined> {
  const fetch = packed[pathOf(id) ?? ''];
  return fetch === undefined ? undefined : unpackLesson(await fetch());
}

export function lessonIds(): readonly string[] {
  return Object.keys(packed).map(idOf);
}

function pathOf(id: string): string | undefined {
  return Object.keys(packed).find((path) => idOf(path) === id);
}

/** `../../lessons/06-kill-or-power/lesson.yaml` is kill-or-power. */
function idOf(path: string): string {
  return /\/\d\d-([^/]+)\/lesson\.yaml$/.exec(path)?.[1] ?? '';
}
