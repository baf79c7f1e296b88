import { expect, test } from 'vitest';
import { compileLesson, type LessonFiles } from '../../scripts/lessons/compile.ts';
import { lessonFolder } from '../../scripts/lessons/folder.ts';

const real = lessonFolder('lessons');
const folder = '06-kill-or-power';

/** The lesson with one of its files changed. */
function changed(name: string, from: string | RegExp, to: string): LessonFiles {
  const path = `${folder}/${name}`;
  const before = real.text(path);
  const after = before.replace(from, to);
  expect(after, 'the change changes something').not.toBe(before);
  return { ...real, text: (asked) => (asked === path ? after : real.text(asked)) };
}

const mistakes: readonly (readonly [string, string, string | RegExp, string, RegExp])[] = [
  [
    'YAML that cannot be read',
    'lesson.yaml',
    'level: 1',
    'level: [1',
    /^06-kill-or-power\/lesson\.yaml:\d+: /,
  ],
  ['a field that no lesson has', 'lesson.yaml', 'level: 1', 'levle: 1', /lesson\.yaml.*levle/],
  [
    'an assertion that is unknown, with its line',
    'lesson.yaml',
    'process: running',
    'proces: running',
    /lesson\.yaml:\d+: steps\.2\.check\.all\.1.*proces/,
  ],
  ['a value of the wrong type', 'lesson.yaml', 'minutes: 8', 'minutes: eight', /yaml:4: minutes/],
  [
    'two assertions in one',
    'lesson.yaml',
    '{ process: running, as: a-boot }',
    '{ process: running, lost: 0 }',
    /says one thing, not lost and process|says one thing, not process and lost/,
  ],
  [
    'a figure that the engine does not compute',
    'lesson.yaml',
    'show: [acknowledged]',
    'show: [acknowledge]',
    /yaml:\d+: there is no figure acknowledge/,
  ],
  [
    'a step looked back at that does not come before',
    'lesson.yaml',
    'step: kill }',
    'step: why }',
    /why is no earlier step/,
  ],
  [
    'a wrong way that fails at no step',
    'lesson.yaml',
    'fails: kill }',
    'fails: kil }',
    /there is no step kil/,
  ],
  [
    'a key without a text in one language',
    'text.id.md',
    '### h-kill-2',
    '### h-kill-22',
    /text\.id\.md: ### h-kill-2 is missing\n.*### h-kill-22 has no use/,
  ],
  [
    'a step without a text',
    'text.en.md',
    '## why: Say why',
    '',
    /text\.en\.md: the step why has no text/,
  ],
  [
    'a figure in a text that the step does not show',
    'text.en.md',
    '{lost.count} were missing',
    '{lost.seconds} were missing',
    /\{lost\.seconds\} can stand under ### done only/,
  ],
  [
    'HTML in a text, with its line',
    'text.en.md',
    'Soon 50 writes',
    '<b>Soon</b> 50 writes',
    /text\.en\.md:\d+: html has no place/,
  ],
  [
    'a script that cannot be read, with its line',
    'solution.txt',
    '!kill',
    '!kil',
    /solution\.txt:\d+: Unknown control "!kil"/,
  ],
];

test.each(mistakes)('an author is told of %s', (_, name, from, to, expected) => {
  expect(() => compileLesson(changed(name, from, to), folder)).toThrow(expected);
});

test('texts are a tree of plain data, with figures where the engine’s numbers go', () => {
  const { texts } = compileLesson(real, folder);
  expect(texts.en.title).toBe('Kill or power');
  expect(texts.id.steps['kill']?.title).toBe('Matikan prosesnya');
  expect(texts.en.steps['kill']?.done).toEqual([
    {
      block: 'paragraph',
      text: [
        { mark: 'text', text: 'You killed it at ' },
        { mark: 'figure', text: 'crash.at' },
        { mark: 'text', text: ' s with ' },
        { mark: 'figure', text: 'crash.unsynced' },
        { mark: 'text', text: ' writes not yet fsynced. After the boot, ' },
        { mark: 'figure', text: 'lost.count' },
        { mark: 'text', text: ' were missing.' },
      ],
    },
  ]);
});
