/** The guide's words for where the learner stands now. */
import type { ClockView, LaneView } from '../../worker/protocol.ts';
import type { Dictionary } from '../i18n/en.ts';
import { guideSteps } from './guide.ts';
import type { Guide, GuideStep } from './guide.ts';

export interface StepText {
  readonly step: GuideStep;
  readonly number: number;
  readonly state: 'done' | 'now' | 'next';
  readonly title: string;
  /** What to do, or what was done; empty for a step that is still to come. */
  readonly text: string;
}

export function stepTexts(
  guide: Guide,
  current: GuideStep | null,
  view: LaneView | null,
  clock: ClockView | null,
  text: Dictionary,
): readonly StepText[] {
  return guideSteps.map((step, i) => {
    const { title } = text.lesson.steps[step];
    const done = doneText(step, guide, text);
    if (done !== null) return { step, number: i + 1, state: 'done', title, text: done };
    if (step !== current) return { step, number: i + 1, state: 'next', title, text: '' };
    return { step, number: i + 1, state: 'now', title, text: nowText(step, view, clock, text) };
  });
}

function crashText(view: LaneView | null, text: Dictionary): string {
  const { crash } = text.lesson.steps;
  switch (view?.state) {
    case 'stopped':
      return view.power === 'off' ? crash.textBoot : crash.textBootProcess;
    case 'loading':
      return crash.textLoading;
    case 'failed':
      return crash.textFailed;
    default:
      return crash.text;
  }
}

function doneText(step: GuideStep, guide: Guide, text: Dictionary): string | null {
  const { steps } = text.lesson;
  switch (step) {
    case 'write':
      return guide.write === null ? null : steps.write.done(guide.write.command);
    case 'sync':
      return guide.sync === null ? null : steps.sync.done(guide.sync.at);
    case 'crash':
      return guide.crash === null ? null : steps.crash.done(guide.crash.kept, guide.crash.lost);
  }
}

function nowText(
  step: GuideStep,
  view: LaneView | null,
  clock: ClockView | null,
  text: Dictionary,
): string {
  const { steps } = text.lesson;
  switch (step) {
    case 'write':
      return steps.write.text;
    case 'sync':
      return clock?.paused === true ? steps.sync.textPaused : steps.sync.text;
    case 'crash':
      return crashText(view, text);
  }
}
