import type { Finding } from './check.ts';
import type { LessonLook } from './lesson.ts';
import type { Value } from './matcher.ts';
import { stepOf, type Answer, type LessonRun } from './run.ts';

/** A lesson as the page shows it; the texts are named by their keys. */
export interface LessonView {
  readonly id: string;
  readonly number: number;
  readonly minutes: number;
  readonly round: number;
  readonly ui: LessonLook;
  readonly steps: readonly StepView[];
  /** The step to do; null when all are done. */
  readonly current: number | null;
  /** What the step wants done first is under way. */
  readonly preparing: boolean;
  readonly say: string | null;
  readonly facts: readonly { readonly claim: string; readonly source: string }[];
  readonly teacher: { readonly notes: string | null; readonly ask: readonly string[] };
  /** The solution that was asked for: the line that comes next, null at its end. */
  readonly solution: { readonly next: string | null } | null;
  /** Every step was done, and none of them by the solution. */
  readonly complete: boolean;
}

export interface StepView {
  readonly id: string;
  readonly state: 'done' | 'now' | 'next';
  readonly figures: Readonly<Record<string, Value>>;
  readonly ask: readonly QuestionView[];
  /** Of the step to do only. */
  readonly findings: readonly Finding[];
  readonly suggest: readonly string[];
  readonly hints: readonly string[];
}

export interface QuestionView {
  readonly key: string;
  readonly type: 'integer' | 'number' | 'choice';
  readonly options: readonly string[];
  readonly because: string | null;
  /** It is judged at once, and may be tried again. */
  readonly quiz: boolean;
  readonly answer: Answer | null;
}

export function lessonView(run: LessonRun, solution: LessonView['solution']): LessonView {
  const { lesson, step: current } = run;
  const over = stepOf(run) === undefined;
  return {
    id: lesson.id,
    number: lesson.number,
    minutes: lesson.minutes,
    round: run.round,
    ui: lesson.ui,
    steps: lesson.steps.map((step, i) => ({
      id: step.id,
      state: i < current ? 'done' : i === current ? 'now' : 'next',
      figures: Object.fromEntries(run.frozen.get(step.id) ?? []),
      ask: step.ask.map(({ key, type, options, because, known }) => ({
        key,
        type,
        options: options.map((option) => option.key),
        because,
        quiz: known === null,
        answer: run.answers.get(key) ?? null,
      })),
      findings: i === current ? run.findings : [],
      suggest: i === current ? step.suggest : [],
      hints: i === current ? step.hints : [],
    })),
    current: over ? null : current,
    preparing: run.waits,
    say: run.say,
    facts: lesson.facts,
    teacher: lesson.teacher,
    solution,
    complete: over && !run.shown,
  };
}
