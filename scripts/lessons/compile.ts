/**
 * Reads the authors' files of the course into what the lab plays. Everything that can be found wrong without playing a
 * lesson is found here: syntax, schema, keys without a text, texts without a use, figures and steps that do not exist.
 */
import type { Schema } from '@cfworker/json-schema';
import { parseScript } from '../../src/cli/action-script.ts';
import { parseControlLine } from '../../src/cli/control-line.ts';
import { parseByteCount, parseRate } from '../../src/cli/control-values.ts';
import { toBase64 } from '../../src/base/base64.ts';
import { isFigure } from '../../src/lessons/figure-names.ts';
import type { Check, PackedLesson, Question, Step } from '../../src/lessons/lesson.ts';
import type { LessonText } from '../../src/lessons/lesson-text.ts';
import type { LessonSource, StepSource, QuestionSource } from './lesson-source.ts';
import { LessonProblems, type Problem } from './problems.ts';
import { readText, type ReadText } from './read-text.ts';
import { readYaml, type CheckedYaml } from './read-yaml.ts';

export const languages = ['en', 'id'] as const;
export type Language = (typeof languages)[number];

export interface CompiledLesson {
  readonly lesson: PackedLesson;
  readonly texts: Readonly<Record<Language, LessonText>>;
}

/** What the compiler needs of a file system; paths begin at the lessons' folder. */
export interface LessonFiles {
  readonly text: (path: string) => string;
  readonly bytes: (path: string) => Uint8Array;
  /** Every file below a folder, by its path from there. */
  readonly below: (folder: string) => readonly string[];
}

/** The folders of the course, in its order. */
export function compileCourse(files: LessonFiles): readonly string[] {
  const schema = schemaOf(files, 'course.schema.json');
  const { value, problems } = readYaml(files.text('course.yaml'), 'course.yaml', schema);
  if (problems.length > 0) throw new LessonProblems(problems);
  return (value as { lessons: readonly string[] }).lessons;
}

export function schemaOf(files: LessonFiles, name: string): Schema {
  return JSON.parse(files.text(name)) as Schema;
}

/** Throws LessonProblems, which name file, line and what to do. */
export function compileLesson(files: LessonFiles, folder: string): CompiledLesson {
  const file = `${folder}/lesson.yaml`;
  const yaml = readYaml(files.text(file), file, schemaOf(files, 'lesson.schema.json'));
  if (yaml.problems.length > 0) throw new LessonProblems(yaml.problems);
  const source = yaml.value as LessonSource;
  const texts = languages.map((language) => {
    const path = `${folder}/text.${language}.md`;
    return [language, readText(files.text(path), path)] as const;
  });
  const lesson = lessonOf(source, folder, files);
  const problems = [
    ...sourceProblems(source, lesson, folder, yaml, files),
    ...texts.flatMap(([language, read]) =>
      textProblems(lesson, read, `${folder}/text.${language}.md`),
    ),
  ];
  if (problems.length > 0) throw new LessonProblems(problems);
  const [en, id] = texts;
  return { lesson, texts: { en: en![1].text, id: id![1].text } };
}

function lessonOf(source: LessonSource, folder: string, files: LessonFiles): PackedLesson {
  return {
    id: source.id,
    number: Number(folder.slice(0, 2)),
    level: source.level,
    minutes: source.minutes,
    requires: source.requires ?? [],
    models: source.models,
    start: startOf(source, folder, files),
    ui: { place: source.ui?.place ?? 'lab', tab: source.ui?.tab ?? 'log' },
    steps: source.steps.map(stepOf),
    solution: files.text(`${folder}/solution.txt`),
    wrong: source.wrong.map(({ script, fails }) => ({
      script,
      fails,
      text: files.text(`${folder}/${script}`),
    })),
    facts: source.facts,
    teacher: { notes: source.teacher?.notes ?? null, ask: source.teacher?.ask ?? [] },
  };
}

function startOf(
  { start, seed }: LessonSource,
  folder: string,
  files: LessonFiles,
): PackedLesson['start'] {
  const { lanes, disk, clock, workload } = start;
  const size = disk?.capacity === undefined ? undefined : parseByteCount(disk.capacity);
  const rate = workload === undefined ? undefined : parseRate(workload.rate);
  return {
    seed,
    ...(lanes === undefined
      ? {}
      : {
          lanes: lanes.map(({ id, config = {}, repaired }) => ({
            ...(id === undefined ? {} : { id }),
            config: Object.fromEntries(
              Object.entries(config).map(([name, value]) => [name, String(value)]),
            ),
            ...(repaired === undefined ? {} : { repaired }),
          })),
        }),
    ...(disk === undefined
      ? {}
      : {
          disk: {
            ...(disk.preset === undefined ? {} : { preset: disk.preset }),
            ...(disk.fsync_ms === undefined ? {} : { fsyncMs: disk.fsync_ms }),
            ...(size?.ok === true ? { capacity: size.value } : {}),
          },
        }),
    ...(clock === undefined ? {} : { clock }),
    ...(workload === undefined
      ? {}
      : {
          workload: {
            rate: rate?.ok === true ? rate.value : 0,
            ...(workload.loop === undefined ? {} : { loop: workload.loop }),
            ...(workload.clients === undefined ? {} : { clients: workload.clients }),
            ...(workload.mix === undefined ? {} : { mix: workload.mix }),
            ...(workload.keys === undefined ? {} : { keys: workload.keys }),
            ...(workload.value_bytes === undefined ? {} : { valueBytes: workload.value_bytes }),
            ...(workload.transactions === undefined ? {} : { transactions: workload.transactions }),
            ...(workload.ttl_ms === undefined ? {} : { ttl: workload.ttl_ms }),
          },
        }),
    ...(start.files === undefined ? {} : { files: startFiles(start.files, folder, files) }),
  };
}

/** A folder of assets whose files stand below /data, under its own name. */
function startFiles(path: string, folder: string, files: LessonFiles): Record<string, string> {
  const name = path.split('/').pop() ?? path;
  return Object.fromEntries(
    files
      .below(`${folder}/${path}`)
      .map((each) => [
        `${name}/${each}`,
        toBase64(files.bytes(`${folder}/${path}/${each}`), 'padded'),
      ]),
  );
}

function stepOf(step: StepSource): Step {
  const asked = step.predict === undefined ? [] : [step.predict].flat();
  return {
    id: step.id,
    begin: { rewind: step.begin?.rewind ?? null, do: step.begin?.do ?? [] },
    ask: asked.map((question) => questionOf(question, step.id)),
    suggest: step.suggest ?? [],
    check: step.check,
    on_fail: step.on_fail ?? [],
    hints: step.hints,
    show: step.show ?? [],
  };
}

function questionOf(question: QuestionSource, step: string): Question {
  const options = question.options ?? [];
  const quiz = options.some(({ right }) => right === true);
  return {
    key: question.ask,
    type: question.type,
    truth: question.truth ?? null,
    tolerance: Number((question.tolerance ?? '0%').slice(0, -1)) / 100,
    options: options.map(({ key, when, right }) => ({
      key,
      when: when ?? null,
      right: right ?? false,
    })),
    because: question.because ?? null,
    known: quiz ? null : (question.known ?? step),
  };
}

/** What a schema cannot say. */
function sourceProblems(
  source: LessonSource,
  lesson: PackedLesson,
  folder: string,
  { lineOf }: CheckedYaml,
  files: LessonFiles,
): Problem[] {
  const found: Problem[] = [];
  const file = `${folder}/lesson.yaml`;
  const complain = (path: readonly (string | number)[], what: string): void =>
    void found.push({ file, line: lineOf(path), what });
  if (!folder.endsWith(`-${source.id}`))
    complain(['id'], `the folder is ${folder}, not NN-${source.id}`);
  const ids = lesson.steps.map(({ id }) => id);
  for (const [i, step] of lesson.steps.entries()) {
    const here = ['steps', i];
    if (ids.indexOf(step.id) !== i) complain([...here, 'id'], `the step ${step.id} stands twice`);
    if (step.hints.length === 0) complain([...here, 'hints'], 'at least one hint is wanted');
    for (const what of checkProblems(step.check, ids.slice(0, i)))
      complain([...here, 'check'], what);
    for (const { when } of step.on_fail)
      for (const what of checkProblems(when, ids.slice(0, i))) complain([...here, 'on_fail'], what);
    for (const name of step.show)
      if (!isFigure(name)) complain([...here, 'show'], `there is no figure ${name}`);
    for (const line of step.begin.do) {
      const parsed = parseControlLine(line);
      if (!parsed.ok) complain([...here, 'begin'], parsed.error);
    }
    for (const question of step.ask)
      for (const what of questionProblems(question, ids.slice(i)))
        complain([...here, 'predict'], what);
  }
  for (const [i, { script, fails, text }] of lesson.wrong.entries()) {
    if (!ids.includes(fails)) complain(['wrong', i], `there is no step ${fails}`);
    found.push(...scriptProblems(`${folder}/${script}`, text));
  }
  found.push(...scriptProblems(`${folder}/solution.txt`, lesson.solution));
  for (const name of files.below(folder))
    if (/^wrong-.*\.txt$/.test(name) && !lesson.wrong.some(({ script }) => script === name))
      complain(['wrong'], `${name} is not listed: say at which step it fails`);
  return found;
}

function scriptProblems(file: string, text: string): Problem[] {
  const script = parseScript(text);
  if (script.ok) return [];
  const [, line = '1', what = script.error] = /^line (\d+): ([^]*)$/.exec(script.error) ?? [];
  return [{ file, line: Number(line), what }];
}

function questionProblems(question: Question, later: readonly string[]): string[] {
  const { key, type, truth, options, known } = question;
  if (known !== null && !later.includes(known))
    return [`${key}: the step ${known}, after which it is known, does not come`];
  if (type !== 'choice')
    return truth === null || !isFigure(truth)
      ? [`${key}: truth must name a figure; ${truth ?? 'none'} is none`]
      : [];
  if (options.length < 2) return [`${key}: a choice needs options`];
  return known !== null && options.some(({ when }) => when === null)
    ? [`${key}: each option of a prediction needs its "when", or one of them "right: true"`]
    : [];
}

const kinds = [
  ...['key', 'digest', 'reply', 'info', 'config', 'offset', 'lost', 'survived', 'file'],
  ...['manifest', 'server_log', 'event', 'process', 'elapsed', 'answer', 'compare', 'figure'],
];

function checkProblems(check: Check, earlier: readonly string[]): string[] {
  if ('all' in check) return check.all.flatMap((each) => checkProblems(each, earlier));
  if ('any' in check) return check.any.flatMap((each) => checkProblems(each, earlier));
  if ('in_order' in check) return check.in_order.flatMap((each) => checkProblems(each, earlier));
  if ('not' in check) return checkProblems(check.not, earlier);
  const said = Object.keys(check).filter((name) => kinds.includes(name));
  if (said.length !== 1)
    return [
      `an assertion says one thing, not ${said.join(' and ') || 'nothing'}: ${kinds.join(', ')}`,
    ];
  const names: string[] = [];
  const steps: string[] = [];
  if ('figure' in check) names.push(...Object.keys(check.figure));
  if ('event' in check) names.push(...Object.keys(check.event.when ?? {}));
  if ('digest' in check && check.digest.same_as !== undefined) steps.push(check.digest.same_as);
  if ('compare' in check)
    for (const { figure, step } of [check.compare.left, check.compare.right]) {
      names.push(figure);
      if (step !== undefined) steps.push(step);
    }
  return [
    ...names.filter((name) => !isFigure(name)).map((name) => `there is no figure ${name}`),
    ...steps.filter((id) => !earlier.includes(id)).map((id) => `${id} is no earlier step`),
  ];
}

/** Every key that the lesson names, and the steps'. */
export function wantedKeys(lesson: PackedLesson): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const step of lesson.steps) {
    for (const key of step.hints) keys.add(key);
    for (const { say } of step.on_fail) keys.add(say);
    for (const check of [step.check, ...step.on_fail.map(({ when }) => when)])
      for (const key of labels(check)) keys.add(key);
    for (const { key, options, because } of step.ask) {
      keys.add(key);
      for (const option of options) keys.add(`${key}.${option.key}`);
      if (because !== null) keys.add(because);
    }
  }
  for (const { claim } of lesson.facts) keys.add(claim);
  if (lesson.teacher.notes !== null) keys.add(lesson.teacher.notes);
  for (const key of lesson.teacher.ask) keys.add(key);
  return keys;
}

function labels(check: Check): readonly string[] {
  if ('all' in check) return check.all.flatMap(labels);
  if ('any' in check) return check.any.flatMap(labels);
  if ('in_order' in check) return check.in_order.flatMap(labels);
  if ('not' in check) return [...(check.as === undefined ? [] : [check.as]), ...labels(check.not)];
  return check.as === undefined ? [] : [check.as];
}

function textProblems(
  lesson: PackedLesson,
  { text, problems, figures }: ReadText,
  file: string,
): Problem[] {
  const found = [...problems];
  const complain = (what: string): void => void found.push({ file, line: null, what });
  const wanted = wantedKeys(lesson);
  for (const { id } of lesson.steps) {
    const step = text.steps[id];
    if (step === undefined) complain(`the step ${id} has no text: ## ${id}: Title`);
    else if (step.body.length === 0) complain(`the step ${id} says nothing`);
    else if (step.done.length === 0) complain(`the step ${id} has no ### done`);
  }
  for (const id of Object.keys(text.steps))
    if (!lesson.steps.some((step) => step.id === id)) complain(`there is no step ${id}`);
  for (const key of wanted)
    if ((text.keys[key] ?? []).length === 0) complain(`### ${key} is missing`);
  for (const key of Object.keys(text.keys)) if (!wanted.has(key)) complain(`### ${key} has no use`);
  for (const { step, name } of figures)
    if (step === null || !lesson.steps.some(({ id, show }) => id === step && show.includes(name)))
      complain(`{${name}} can stand under ### done only, of a step that lists it in show`);
  return found;
}
