import { failure } from './control-values.ts';
import type { Parsed } from './control-values.ts';

/** The values of `{rate: 200/s, mix: ["SET k:{n} {n}"]}`: a bare word stays a text, its reader knows what it is. */
export type RelaxedValue = string | readonly RelaxedValue[];

const MAX_DEPTH = 4;

/**
 * Reads an object in the flow style of YAML: keys and plain values may go without quotes; quoted texts
 * are JSON's. Every value comes as text, so `200/s` and `200` are left to whoever knows the key.
 * Errors tell the column, counted from 1.
 */
export function parseRelaxedObject(text: string): Parsed<ReadonlyMap<string, RelaxedValue>> {
  const reader: Reader = { text, at: 0 };
  try {
    skipBlanks(reader);
    const fields = readObject(reader);
    skipBlanks(reader);
    if (reader.at < text.length)
      throw new Unreadable(reader.at, 'nothing may follow the closing }');
    return { ok: true, value: fields };
  } catch (error) {
    if (error instanceof Unreadable) return failure(`column ${error.at + 1}: ${error.message}`);
    throw error;
  }
}

interface Reader {
  readonly text: string;
  at: number;
}

class Unreadable extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

function readObject(reader: Reader): ReadonlyMap<string, RelaxedValue> {
  if (reader.text.charAt(reader.at) !== '{') throw new Unreadable(reader.at, 'expected {');
  reader.at++;
  const fields = new Map<string, RelaxedValue>();
  for (;;) {
    skipBlanks(reader);
    if (reader.text.charAt(reader.at) === '}') break;
    const start = reader.at;
    const key = reader.text.charAt(start) === '"' ? readQuoted(reader) : readBare(reader, ':,}]');
    if (key === '') throw new Unreadable(start, 'expected a name');
    if (fields.has(key)) throw new Unreadable(start, `"${key}" stands twice`);
    skipBlanks(reader);
    if (reader.text.charAt(reader.at) !== ':')
      throw new Unreadable(reader.at, `expected : after "${key}"`);
    reader.at++;
    fields.set(key, readValue(reader, 1));
    if (readSeparator(reader, '}')) break;
  }
  reader.at++;
  return fields;
}

function readValue(reader: Reader, depth: number): RelaxedValue {
  skipBlanks(reader);
  const char = reader.text.charAt(reader.at);
  if (char === '"') return readQuoted(reader);
  if (char === '[') return readList(reader, depth);
  const start = reader.at;
  const word = readBare(reader, ',}]');
  if (word === '') throw new Unreadable(start, 'expected a value');
  return word;
}

function readList(reader: Reader, depth: number): readonly RelaxedValue[] {
  if (depth > MAX_DEPTH) throw new Unreadable(reader.at, 'lists are nested too deeply');
  reader.at++;
  const items: RelaxedValue[] = [];
  for (;;) {
    skipBlanks(reader);
    if (reader.text.charAt(reader.at) === ']') break;
    items.push(readValue(reader, depth + 1));
    if (readSeparator(reader, ']')) break;
  }
  reader.at++;
  return items;
}

/** Passes a comma. True when the closing bracket follows instead; it is left standing. */
function readSeparator(reader: Reader, closing: string): boolean {
  skipBlanks(reader);
  const char = reader.text.charAt(reader.at);
  if (char === closing) return true;
  if (char !== ',') throw new Unreadable(reader.at, `expected , or ${closing}`);
  reader.at++;
  return false;
}

function readBare(reader: Reader, ends: string): string {
  const start = reader.at;
  while (reader.at < reader.text.length && !ends.includes(reader.text.charAt(reader.at)))
    reader.at++;
  return reader.text.slice(start, reader.at).trim();
}

function readQuoted(reader: Reader): string {
  const start = reader.at;
  reader.at++;
  while (reader.at < reader.text.length && reader.text.charAt(reader.at) !== '"') {
    reader.at += reader.text.charAt(reader.at) === '\\' ? 2 : 1;
  }
  reader.at++;
  const value = quotedText(reader.text.slice(start, reader.at));
  if (value === undefined)
    throw new Unreadable(start, 'this quoted text is not closed, or has an escape that JSON lacks');
  return value;
}

function quotedText(source: string): string | undefined {
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function skipBlanks(reader: Reader): void {
  while (/^\s$/.test(reader.text.charAt(reader.at))) reader.at++;
}
