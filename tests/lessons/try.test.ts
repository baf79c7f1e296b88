import { test } from 'vitest';
import { compileCourse, compileLesson } from '../../scripts/lessons/compile.ts';
import { lessonFolder } from '../../scripts/lessons/folder.ts';
import { lessonOf, play, violations } from './prove.ts';
import { stepOf } from '../../src/lessons/run.ts';
test('try', () => {
  const files = lessonFolder('lessons');
  for (const f of compileCourse(files)) {
    try {
    const l = lessonOf(compileLesson(files, f));
    const t = Date.now();
    for (const r of [0,1,2,3]) console.log(violations(l, r));
    const p = play(l, l.solution, 0);
    console.log(f, Date.now() - t, JSON.stringify([...p.run.frozen].map(([k, v]) => [k, [...v]])), JSON.stringify([...p.run.answers]), p.events.join(' '));
    for (const w of l.wrong) { const q = play(l, w.text, 0); console.log(w.script, q.run.say); }
    } catch (e) { console.log(String(e)); }
  }
}, 100000);
