/**
 * Checks of the types of what a script hands to `window.aofLab`. A check gives what is wrong as the end of a
 * sentence that begins with the place, or null: `must be a number, but is "5"`. What only the lab can know (which lanes
 * there are, which speeds it can run at) the lab checks itself.
 */
export type Check = (value: unknown, place: string) => string | null;

const SHOWN_CHARS = 40;

/** Throws what, where and what to do, unless every check passes. */
export function checkArguments(
  call: string,
  checks: readonly (readonly [name: string, value: unknown, check: Check])[],
  example: string,
): void {
  for (const [name, value, check] of checks) {
    const problem = check(value, name);
    if (problem !== null) throw new Error(`aofLab.${call}: ${problem}. Example: aofLab.${example}`);
  }
}

export const number: Check = (value, place) =>
  typeof value === 'number' && Number.isFinite(value) ? null : wrong(place, 'a number', value);

export const notNegative: Check = (value, place) =>
  number(value, place) === null && Number(value) >= 0
    ? null
    : wrong(place, 'a number, 0 or more', value);

export const text: Check = (value, place) =>
  typeof value === 'string' ? null : wrong(place, 'a text', value);

export const filledText: Check = (value, place) =>
  typeof value === 'string' && value !== '' ? null : wrong(place, 'a text, not empty', value);

export const truth: Check = (value, place) =>
  typeof value === 'boolean' ? null : wrong(place, 'true or false', value);

export const bytes: Check = (value, place) =>
  value instanceof Uint8Array
    ? null
    : wrong(place, 'a Uint8Array (of a text: new TextEncoder().encode(text))', value);

export const callback: Check = (value, place) =>
  typeof value === 'function' ? null : wrong(place, 'a function', value);

export function oneOf(words: readonly string[]): Check {
  const wanted = words.map((word) => `'${word}'`).join(', ');
  return (value, place) =>
    typeof value === 'string' && words.includes(value)
      ? null
      : wrong(place, `one of ${wanted}`, value);
}

export function orNull(check: Check): Check {
  return (value, place) => (value === null ? null : check(value, place));
}

/** Passes if one of the checks does; else what `wanted` says. */
export function either(wanted: string, ...checks: readonly Check[]): Check {
  return (value, place) =>
    checks.some((check) => check(value, place) === null) ? null : wrong(place, wanted, value);
}

export function listOf(check: Check): Check {
  return (value, place) =>
    Array.isArray(value)
      ? firstOf(value.map((item, i) => check(item, `${place}[${i}]`)))
      : wrong(place, 'a list', value);
}

/** A plain object with names of the caller's choice. */
export function dictionaryOf(check: Check): Check {
  return (value, place) =>
    isObject(value)
      ? firstOf(Object.entries(value).map(([key, item]) => check(item, `${place}[${shown(key)}]`)))
      : wrong(place, 'an object', value);
}

/** A plain object with some of these fields; other fields are refused, since they would be typing errors. */
export function object(
  fields: Readonly<Record<string, Check>>,
  required: readonly string[] = [],
): Check {
  const known = new Map(Object.entries(fields));
  return (value, place) => {
    if (!isObject(value)) return wrong(place, 'an object', value);
    const given = Object.entries(value).filter(([, item]) => item !== undefined);
    const missing = required.find((key) => !given.some(([name]) => name === key));
    if (missing !== undefined) return `${place}.${missing} is missing`;
    return firstOf(
      given.map(([key, item]) => {
        const check = known.get(key);
        const names = [...known.keys()].join(', ');
        return check === undefined
          ? `${place}.${key} is not known; ${place} may have ${names}`
          : check(item, `${place}.${key}`);
      }),
    );
  };
}

function firstOf(problems: readonly (string | null)[]): string | null {
  return problems.find((problem) => problem !== null) ?? null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Of another frame's realm, too: there Object.prototype is another one, with nothing above it.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function wrong(place: string, wanted: string, value: unknown): string {
  return `${place} must be ${wanted}, but is ${shown(value)}`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'object' && value !== null && !isObject(value)) {
    return Array.isArray(value) ? 'a list' : `of type ${value.constructor.name}`;
  }
  const json = typeof value === 'number' ? String(value) : printed(value);
  return json.length > SHOWN_CHARS ? `${json.slice(0, SHOWN_CHARS)}…` : json;
}

function printed(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'an object';
  }
}
