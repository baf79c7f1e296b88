import type { Matcher, MatcherParts } from './lesson.ts';

/** What a check compares; null: there is nothing of that name now. */
export type Value = number | string | boolean | null;

export function matches(matcher: Matcher, value: Value): boolean {
  if (value === null) return false;
  const { eq, not, gt, gte, lt, lte, contains } = partsOf(matcher);
  if (eq !== undefined && !isSame(eq, value)) return false;
  if (not !== undefined && isSame(not, value)) return false;
  if (contains !== undefined && !String(value).includes(contains)) return false;
  if (gt === undefined && gte === undefined && lt === undefined && lte === undefined) return true;
  const number = numberOf(value);
  if (number === null) return false;
  if (gt !== undefined && !(number > gt)) return false;
  if (gte !== undefined && !(number >= gte)) return false;
  if (lt !== undefined && !(number < lt)) return false;
  return lte === undefined || number <= lte;
}

/** In signs that need no language: `≥ 1`, `2 … 5`, `= yes`. */
export function matcherText(matcher: Matcher): string {
  const { eq, not, gt, gte, lt, lte, contains } = partsOf(matcher);
  const parts: string[] = [];
  if (eq !== undefined) parts.push(String(eq));
  if (not !== undefined) parts.push(`≠ ${String(not)}`);
  if (gt !== undefined) parts.push(`> ${gt}`);
  if (gte !== undefined) parts.push(`≥ ${gte}`);
  if (lt !== undefined) parts.push(`< ${lt}`);
  if (lte !== undefined) parts.push(`≤ ${lte}`);
  if (contains !== undefined) parts.push(`…${contains}…`);
  return parts.join(', ');
}

export function partsOf(matcher: Matcher): MatcherParts {
  return typeof matcher === 'object' ? matcher : { eq: matcher };
}

/** INFO and CONFIG give numbers as texts. */
function isSame(expected: number | string | boolean, value: Value): boolean {
  return String(expected) === String(value);
}

function numberOf(value: Value): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^-?\d+(\.\d+)?$/.test(value)) return null;
  return Number(value);
}
