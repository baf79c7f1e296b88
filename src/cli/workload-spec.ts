import { failure, parseCount, parseDuration, parseRate, printDuration } from './control-values.ts';
import type { Parsed } from './control-values.ts';
import { parseRelaxedObject } from './relaxed-object.ts';
import type { RelaxedValue } from './relaxed-object.ts';

/** The load that `!workload {…}` and `aofLab.workload({…})` ask for. What is left out keeps the lab's default. */
export interface WorkloadSpec {
  /** Commands a second of virtual time, over all clients; in a closed loop each client sends as soon as it is answered. */
  readonly rate?: number;
  /** Open: commands come at `rate` whatever the replies do. Closed: each client waits for its reply. */
  readonly loop?: 'open' | 'closed';
  readonly clients?: number;
  /** Templates: `{n}` counts up, `{k}` is a seeded key number below `keys`, `{v}` a value of `valueBytes` bytes. */
  readonly mix?: readonly string[];
  /** How many different keys. */
  readonly keys?: number;
  readonly valueBytes?: number;
  /** Commands in each MULTI … EXEC; 0: none. */
  readonly transactions?: number;
  /** Milliseconds that keys set by SET live; 0: for ever. */
  readonly ttl?: number;
}

/** `{rate: 200/s, mix: ["SET k:{n} {n}"]}`. */
export function parseWorkload(text: string): Parsed<WorkloadSpec> {
  const fields = parseRelaxedObject(text);
  if (!fields.ok) return fields;
  const spec: Mutable<WorkloadSpec> = {};
  for (const [name, value] of fields.value) {
    const problem = readField(spec, name, value);
    if (problem !== undefined) return failure(`${name}: ${problem}`);
  }
  return { ok: true, value: spec };
}

/** The text that parseWorkload reads back. */
export function printWorkload(spec: WorkloadSpec): string {
  const fields: string[] = [];
  if (spec.rate !== undefined) fields.push(`rate: ${spec.rate}/s`);
  if (spec.loop !== undefined) fields.push(`loop: ${spec.loop}`);
  if (spec.clients !== undefined) fields.push(`clients: ${spec.clients}`);
  if (spec.mix !== undefined)
    fields.push(`mix: [${spec.mix.map((line) => JSON.stringify(line)).join(', ')}]`);
  if (spec.keys !== undefined) fields.push(`keys: ${spec.keys}`);
  if (spec.valueBytes !== undefined) fields.push(`valueBytes: ${spec.valueBytes}`);
  if (spec.transactions !== undefined) fields.push(`transactions: ${spec.transactions}`);
  if (spec.ttl !== undefined) fields.push(`ttl: ${printDuration(spec.ttl)}`);
  return `{${fields.join(', ')}}`;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Sets one field; returns what is wrong with it. */
function readField(
  spec: Mutable<WorkloadSpec>,
  name: string,
  value: RelaxedValue,
): string | undefined {
  if (name === 'mix') {
    const lines =
      typeof value === 'string' ? [value] : value.filter((line) => typeof line === 'string');
    if (typeof value !== 'string' && lines.length < value.length)
      return 'a list of texts is wanted';
    if (lines.length === 0) return 'at least one command is wanted';
    spec.mix = lines;
    return undefined;
  }
  if (typeof value !== 'string') return 'one value is wanted, not a list';
  if (name === 'loop') {
    if (value !== 'open' && value !== 'closed') return `"${value}" is neither open nor closed`;
    spec.loop = value;
    return undefined;
  }
  const parse = NUMBER_FIELDS.get(name);
  if (parse === undefined)
    return `is unknown here; known are rate, loop, mix, ${[...NUMBER_FIELDS.keys()].slice(1).join(', ')}`;
  const number = parse(value);
  if (!number.ok) return number.error;
  setNumber(spec, name, number.value);
  return undefined;
}

const NUMBER_FIELDS: ReadonlyMap<string, (text: string) => Parsed<number>> = new Map([
  ['rate', parseRate],
  ['clients', parseOneOrMore],
  ['keys', parseOneOrMore],
  ['valueBytes', parseCount],
  ['transactions', parseCount],
  ['ttl', parseTtl],
]);

function setNumber(spec: Mutable<WorkloadSpec>, name: string, value: number): void {
  switch (name) {
    case 'rate':
      spec.rate = value;
      return;
    case 'clients':
      spec.clients = value;
      return;
    case 'keys':
      spec.keys = value;
      return;
    case 'valueBytes':
      spec.valueBytes = value;
      return;
    case 'transactions':
      spec.transactions = value;
      return;
    default:
      spec.ttl = value;
  }
}

function parseOneOrMore(text: string): Parsed<number> {
  const count = parseCount(text);
  return count.ok && count.value === 0 ? failure('at least 1 is wanted') : count;
}

/** Milliseconds, or a duration with its unit. */
function parseTtl(text: string): Parsed<number> {
  return /^\d+$/.test(text) ? parseCount(text) : parseDuration(text);
}
