/**
 * `npm run lessons [-- --rounds 4] [--lesson ID]`: proves of every lesson, in every language, that its files are whole,
 * its solution passes, doing nothing fails, every wrong way fails at the step that it names, and that redis-server, where
 * it is installed, loads each log that a lesson leaves to the same digest. The last line is the number of violations.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/builds.mjs';
import { compileCourse, compileLesson, languages } from '../../scripts/lessons/compile.ts';
import { lessonFolder } from '../../scripts/lessons/folder.ts';
import { LessonProblems } from '../../scripts/lessons/problems.ts';
import { unpackLesson, type Lesson } from '../../src/lessons/lesson.ts';
import { redisIsInstalled } from '../e2e/redis-log.ts';
import { play, violations } from './prove.ts';
import { realLoad } from './real-load.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '4' }, lesson: { type: 'string' } },
});
const rounds = Number(values.rounds);
const files = lessonFolder(join(root, 'lessons'));
const found: string[] = [];
let proofs = 0;

for (const folder of compileCourse(files)) {
  if (values.lesson !== undefined && !folder.endsWith(`-${values.lesson}`)) continue;
  const lesson = compiled(folder);
  if (lesson === null) continue;
  const started = performance.now();
  const before = found.length;
  for (let round = 0; round < rounds; round++) {
    found.push(...violations(lesson, round));
    proofs += 2 + lesson.wrong.length;
  }
  if (redisIsInstalled) await loadAll(lesson);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const { steps, wrong } = lesson;
  console.log(
    `${folder}: ${steps.length} steps, ${wrong.length} wrong ways, ${languages.join(' and ')}, ${rounds} rounds, ${seconds} s: ${found.length - before} violations`,
  );
}

if (!redisIsInstalled) console.log('redis-server is not installed: no log was loaded by it.');
for (const violation of found) console.error(violation);
console.log(`${found.length}/${proofs} violations`);
process.exitCode = found.length === 0 ? 0 : 1;

/** Null: its files are not whole, which counts. */
function compiled(folder: string): Lesson | null {
  proofs++;
  try {
    return unpackLesson(compileLesson(files, folder).lesson);
  } catch (error) {
    if (!(error instanceof LessonProblems)) throw error;
    found.push(...error.message.split('\n'));
    return null;
  }
}

async function loadAll(lesson: Lesson): Promise<void> {
  const scripts = [
    ['solution.txt', lesson.solution] as const,
    ...lesson.wrong.map(({ script, text }) => [script, text] as const),
  ];
  for (const [name, script] of scripts) {
    for (const lane of play(lesson, script, 0).lab.lanes) {
      proofs++;
      const difference = await realLoad(lane);
      if (difference !== null)
        found.push(`${lesson.id}, ${name}, lane ${lane.state.id}: ${difference}`);
    }
  }
}
