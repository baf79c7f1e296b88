/**
 * A lesson being played: which step is to do, what of it is not done yet, what was predicted and what came of it. Plain
 * data, changed by what the lab reports; how it was brought about does not matter.
 */
import type { Lab } from '../lab/lab.ts';
import type { LabEvent, LabMillis, Setup } from '../lab/view.ts';
import { figuresLookedBackAt, look, type Finding, type Scene } from './check.ts';
import { figure } from './figures.ts';
import type { Lesson, Question, Step } from './lesson.ts';
import type { Value } from './matcher.ts';

export interface LessonRun {
  readonly lesson: Lesson;
  /** How often it was played before: each time has a seed of its own. */
  readonly round: number;
  /** The step to do; all are done when there is none of that number. */
  step: number;
  begunAt: LabMillis;
  /** The step's beginning has not been done for the learner yet; nothing counts until then. */
  waits: boolean;
  readonly answers: Map<string, Answer>;
  readonly frozen: Map<string, Map<string, Value>>;
  seen: Map<string, Value>;
  /** By the place of its `on_fail`: what of it was seen. */
  failSeen: Map<string, Value>;
  findings: readonly Finding[];
  /** What went another way than the step asks for. */
  say: string | null;
  /** The solution was played: the lesson can be seen to its end, but is not done by it. */
  shown: boolean;
}

export interface Answer {
  readonly given: string;
  /** What the engine computed; null: not known yet. */
  readonly truth: string | null;
  readonly right: boolean | null;
}

export type Progress =
  | { readonly kind: 'step'; readonly id: string }
  | { readonly kind: 'complete'; readonly id: string };

/** Lessons begin at the same instant of the year, so that a round is the same whenever it is played. */
const START_AT = 1_767_225_600_000;
const SEEDS_APART = 7919;
/** Rounds meet other phases of the second, on which everysec hangs. */
const MS_APART = 137;

/** What the lab of that round is made of. */
export function setupOf({ start }: Lesson, round: number): Setup {
  return {
    ...start,
    seed: (start.seed ?? 1) + round * SEEDS_APART,
    clock: { startAt: START_AT + round * MS_APART, ...start.clock },
  };
}

export function beginLesson(lesson: Lesson, round: number): LessonRun {
  const { begin } = lesson.steps[0]!;
  return {
    lesson,
    round,
    step: 0,
    begunAt: 0,
    waits: begin.rewind !== null || begin.do.length > 0,
    answers: new Map(),
    frozen: new Map(),
    seen: new Map(),
    failSeen: new Map(),
    findings: [],
    say: null,
    shown: false,
  };
}

export function stepOf(run: LessonRun): Step | undefined {
  return run.lesson.steps[run.step];
}

/** What the step wants done first has been done: from now on things count. */
export function stepBegun(run: LessonRun, lab: Lab): void {
  run.waits = false;
  run.begunAt = lab.now;
}

/** Looks at the lab, and says how the lesson went on. One step at a time: the next one may have to be prepared. */
export function observe(
  run: LessonRun,
  lab: Lab,
  events: readonly LabEvent[],
  lines: Scene['lines'],
): readonly Progress[] {
  const step = stepOf(run);
  if (step === undefined || run.waits) return [];
  const scene: Scene = { ...run, lab, events, lines };
  const { met, findings } = look(step.check, scene);
  run.findings = findings;
  if (!met || !step.ask.every((question) => isAnswered(run, question))) {
    noteFailure(run, step, scene);
    return [];
  }
  return finish(run, step, scene);
}

function noteFailure(run: LessonRun, step: Step, scene: Scene): void {
  for (const [i, { when, say }] of step.on_fail.entries()) {
    if (look(when, { ...scene, seen: run.failSeen }, `fail${i}`).met) run.say = say;
  }
}

function finish(run: LessonRun, step: Step, scene: Scene): readonly Progress[] {
  const { lesson } = run;
  const { lab } = scene;
  const names = new Set(step.show);
  for (const each of lesson.steps)
    for (const { step: of, name } of figuresLookedBackAt(each.check))
      if (of === step.id) names.add(name);
  run.frozen.set(step.id, new Map([...names].map((name) => [name, figure(lab, name)])));
  for (const { ask } of lesson.steps)
    for (const question of ask) if (question.known === step.id) reveal(run, question, scene);
  run.step++;
  run.begunAt = lab.now;
  run.seen = new Map();
  run.failSeen = new Map();
  run.findings = [];
  run.say = null;
  const next = stepOf(run);
  run.waits = next !== undefined && (next.begin.rewind !== null || next.begin.do.length > 0);
  const progress: Progress[] = [{ kind: 'step', id: step.id }];
  if (next === undefined && !run.shown) progress.push({ kind: 'complete', id: lesson.id });
  return progress;
}

/** The learner's answer. A prediction cannot be changed; a wrong answer to a question can. Returns what is wrong with it. */
export function giveAnswer(run: LessonRun, key: string, given: string): string | undefined {
  const step = stepOf(run);
  const question = step?.ask.find((each) => each.key === key);
  if (question === undefined) return `this step does not ask ${key}`;
  if (isAnswered(run, question)) return `${key} is answered already`;
  if (question.type === 'choice') {
    const option = question.options.find((each) => each.key === given);
    if (option === undefined)
      return `${key}: choose one of ${question.options.map((each) => each.key).join(', ')}`;
    run.answers.set(key, { given, ...(question.known === null ? judged(question, given) : open) });
    return undefined;
  }
  const number = readNumber(given);
  if (number === null || (question.type === 'integer' && !Number.isInteger(number)))
    return `${key}: a ${question.type === 'integer' ? 'whole number' : 'number'} is wanted`;
  run.answers.set(key, { given: String(number), ...open });
  return undefined;
}

const open = { truth: null, right: null };

/** A point or a comma before the fraction. */
function readNumber(text: string): number | null {
  const plain = text.trim().replace(',', '.');
  return /^\d{1,15}(\.\d{1,6})?$/.test(plain) ? Number(plain) : null;
}

function judged(question: Question, given: string): { truth: string | null; right: boolean } {
  const right = question.options.some((option) => option.right && option.key === given);
  return { truth: right ? given : null, right };
}

function isAnswered({ answers }: LessonRun, question: Question): boolean {
  const answer = answers.get(question.key);
  return answer !== undefined && (question.known !== null || answer.right === true);
}

function reveal(run: LessonRun, question: Question, scene: Scene): void {
  const answer = run.answers.get(question.key);
  if (answer === undefined) return;
  if (question.type === 'choice') {
    const truth = question.options.find(
      ({ when }) => when !== null && look(when, { ...scene, seen: new Map() }).met,
    );
    const right = truth?.key === answer.given;
    run.answers.set(question.key, { ...answer, truth: truth?.key ?? null, right });
    return;
  }
  const truth = figure(scene.lab, question.truth ?? '');
  const right =
    typeof truth === 'number' &&
    Math.abs(Number(answer.given) - truth) <= Math.abs(truth) * question.tolerance;
  run.answers.set(question.key, { ...answer, truth: String(truth ?? ''), right });
}

/** The step begins once more: its answers and what was seen are forgotten. */
export function restartStep(run: LessonRun, lab: Lab): void {
  for (const { key } of stepOf(run)?.ask ?? []) run.answers.delete(key);
  run.seen = new Map();
  run.failSeen = new Map();
  run.say = null;
  run.findings = [];
  stepBegun(run, lab);
}
