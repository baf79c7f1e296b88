/** What the learner has done of the course, kept in this browser. A lesson comes back after 1, 7 and 30 days. */
import { readPreference, writePreference } from '../preferences.ts';

export interface Progress {
  /** Days on which it was completed, as `2026-01-31`, oldest first. */
  readonly days: readonly string[];
  /** The shortest time that it took, in milliseconds. */
  readonly bestMs: number;
  /** Of the last time. */
  readonly predictions: { readonly right: number; readonly all: number };
}

const name = 'lessons';
const intervals = [1, 7, 30] as const;
const DAY_MS = 86_400_000;

let kept = $state.raw<Readonly<Record<string, Progress>>>(readProgress(readPreference(name)));

/** Undefined: it was never completed. */
export function progressOf(id: string): Progress | undefined {
  return Object.hasOwn(kept, id) ? kept[id] : undefined;
}

/** How many times it was completed: the next round has a seed of its own. */
export function roundOf(id: string): number {
  return progressOf(id)?.days.length ?? 0;
}

export function recordCompletion(
  id: string,
  ms: number,
  predictions: Progress['predictions'],
  today: string,
): void {
  const before = progressOf(id);
  const bestMs = Math.min(ms, before?.bestMs ?? ms);
  const days = [...(before?.days ?? []), today];
  kept = { ...kept, [id]: { days, bestMs, predictions } };
  writePreference(name, JSON.stringify(kept));
}

/** Days until the lesson is due again; 0 or less: it is due. */
export function daysToReview({ days }: Progress, today: string): number {
  const interval = intervals[Math.min(days.length, intervals.length) - 1] ?? 1;
  const last = Date.parse(days[days.length - 1] ?? today);
  return interval - Math.round((Date.parse(today) - last) / DAY_MS);
}

/** `2026-01-31`, where the learner is. */
export function dayOf(date: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Whatever stands there: what is no progress is left out. */
export function readProgress(text: string | null): Record<string, Progress> {
  const found: Record<string, Progress> = {};
  for (const [id, value] of Object.entries(parsed(text))) {
    const { days, bestMs, predictions } = recordOf(value);
    const { right, all } = recordOf(predictions);
    if (!Array.isArray(days) || typeof bestMs !== 'number') continue;
    const valid = days.filter((day) => typeof day === 'string' && !Number.isNaN(Date.parse(day)));
    if (valid.length === 0 || valid.length !== days.length) continue;
    found[id] = {
      days: valid,
      bestMs,
      predictions: { right: Number(right) || 0, all: Number(all) || 0 },
    };
  }
  return found;
}

function parsed(text: string | null): Readonly<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(text ?? '{}'));
  } catch {
    return {};
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
