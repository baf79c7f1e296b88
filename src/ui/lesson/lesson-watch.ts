/** Looks at each frame for the lesson's sake: shows the panes that it begins with, and notes when it is done. */
import type { LessonView } from '../../worker/protocol.ts';
import type { PageState } from '../page-state.svelte.ts';
import { dayOf, recordCompletion } from './progress.svelte.ts';

export class LessonWatch {
  readonly #page: PageState;
  #seen = '';
  #begunAt = 0;
  #noted = false;

  constructor(page: PageState) {
    this.#page = page;
  }

  see(lesson: LessonView): void {
    const first = lesson.steps[0]?.state === 'now' && lesson.steps[0].ask.every(isOpen);
    const key = `${lesson.id} ${lesson.round} ${lesson.solution === null ? 'own' : 'shown'}`;
    if (key !== this.#seen || (first && this.#noted)) {
      this.#seen = key;
      this.#begunAt = performance.now();
      this.#noted = false;
      this.#page.place = lesson.ui.place;
      this.#page.course = false;
      this.#page.fold('lesson', 'shown');
      if (lesson.ui.place === 'lab') {
        this.#page.sideTab = lesson.ui.tab;
        this.#page.fold('side', 'shown');
      }
    }
    if (!lesson.complete || this.#noted) return;
    this.#noted = true;
    const predictions = lesson.steps.flatMap(({ ask }) => ask).filter(({ quiz }) => !quiz);
    const right = predictions.filter(({ answer }) => answer?.right === true).length;
    const ms = performance.now() - this.#begunAt;
    recordCompletion(lesson.id, ms, { right, all: predictions.length }, dayOf(new Date()));
  }
}

function isOpen({ answer }: LessonView['steps'][number]['ask'][number]): boolean {
  return answer === null;
}
