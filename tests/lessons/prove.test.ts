import { expect, test } from 'vitest';
import { compileCourse, compileLesson } from '../../scripts/lessons/compile.ts';
import { lessonFolder } from '../../scripts/lessons/folder.ts';
import { unpackLesson, type Lesson } from '../../src/lessons/lesson.ts';
import { stepOf } from '../../src/lessons/run.ts';
import { play, violations } from './prove.ts';

// `npm run lessons` plays every way in several rounds, and lets redis-server load what they leave.
const files = lessonFolder('lessons');
const lessons = compileCourse(files).map((folder) => [folder, lessonIn(folder)] as const);

function lessonIn(folder: string): Lesson {
  return unpackLesson(compileLesson(files, folder).lesson);
}

test.each(lessons)(
  '%s is completed by its solution',
  (_, lesson) => {
    const { run, events, problem } = play(lesson, lesson.solution, 0);
    expect(problem).toBeNull();
    expect(stepOf(run)?.id).toBeUndefined();
    expect(events.at(-1)).toBe(`complete ${lesson.id}`);
  },
  60_000,
);

test('every wrong way of kill-or-power fails where it says, and is answered', () => {
  const lesson = lessonIn('06-kill-or-power');
  expect(violations(lesson, 1)).toEqual([]);
  const said = lesson.wrong.map(({ text }) => play(lesson, text, 0).run.say);
  expect(said).toEqual(['wrong-power', 'wrong-kill', null]);
});

test('a prediction meets what the engine computed, within its tolerance', () => {
  const lesson = lessonIn('06-kill-or-power');
  const { run } = play(lesson, lesson.solution.replace('q-kill none', 'q-kill unsynced'), 0);
  expect(run.answers.get('q-kill')).toEqual({ given: 'unsynced', truth: 'none', right: false });
  expect(run.answers.get('q-power')).toEqual({
    given: 'unsynced',
    truth: 'unsynced',
    right: true,
  });
  const taken = run.frozen.get('power')?.get('lost.count');
  expect(taken).toBe(run.frozen.get('kill')?.get('crash.unsynced'));
  expect(Number(taken)).toBeGreaterThan(0);
});

test('the step after a rewind begins at the very instant of the accident', () => {
  const lesson = lessonIn('06-kill-or-power');
  const { run } = play(lesson, lesson.solution, 0);
  expect(run.frozen.get('power')?.get('crash.at')).toBe(run.frozen.get('kill')?.get('crash.at'));
});
