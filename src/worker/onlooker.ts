import type { LessonView } from '../lessons/view.ts';
import type { LabEvent } from './protocol.ts';

/** Sees what happens in the lab before the page does, and may add to what it is told. */
export interface Onlooker {
  observe(events: readonly LabEvent[]): void;
  /** The lesson that is open; null: none is. */
  view(): LessonView | null;
}
