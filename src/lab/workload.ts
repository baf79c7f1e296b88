/**
 * The seeded stream of commands that every lane gets alike. A lane asks for command n when one of its clients is
 * free, so a slow lane gets fewer of the same commands, never others.
 */
import { ascii, utf8Encode, type ByteString } from '../base/bytes.ts';
import { nextBelow, seedRandom, type RandomState } from '../base/random.ts';
import { splitArguments } from '../base/split-arguments.ts';
import type { Workload } from './view.ts';

export interface WorkloadStream {
  readonly random: RandomState;
  n: number;
}

export interface WorkloadPlan {
  readonly rate: number;
  readonly loop: 'open' | 'closed';
  readonly clients: number;
  readonly templates: readonly (readonly ByteString[])[];
  readonly keys: number;
  readonly valueBytes: number;
  readonly transactions: number;
  readonly ttl: number;
}

const DEFAULT_MIX: readonly string[] = ['SET key:{n} {v}'];
const FASTEST_RATE = 200_000;
const MOST_CLIENTS = 1000;

/** The plan, or what is wrong with it: what, where, what to do. */
export function planWorkload(workload: Workload): WorkloadPlan | string {
  const {
    rate,
    loop = 'open',
    clients = 4,
    mix = DEFAULT_MIX,
    keys = 1000,
    valueBytes = 8,
    transactions = 0,
    ttl = 0,
  } = workload;
  if (!(rate > 0 && rate <= FASTEST_RATE))
    return `workload: rate must be above 0 and at most ${FASTEST_RATE} commands a second`;
  if (!Number.isInteger(clients) || clients < 1 || clients > MOST_CLIENTS)
    return `workload: clients must be 1 to ${MOST_CLIENTS}`;
  if (!Number.isSafeInteger(keys) || keys < 1) return 'workload: keys must be 1 or more';
  if (!Number.isInteger(valueBytes) || valueBytes < 0 || valueBytes > 1 << 20)
    return 'workload: valueBytes must be 0 to 1048576';
  if (!Number.isInteger(transactions) || transactions < 0 || transactions > 100)
    return 'workload: transactions must be 0 to 100';
  if (!Number.isSafeInteger(ttl) || ttl < 0)
    return 'workload: ttl must be whole milliseconds, 0 or more';
  const templates: (readonly ByteString[])[] = [];
  for (const line of mix) {
    const words = splitArguments(utf8Encode(line));
    if (words === undefined) return `workload: unbalanced quotes in mix: ${line}`;
    if (words.length > 0) templates.push(words);
  }
  if (templates.length === 0) return 'workload: mix needs at least one command';
  return { rate, loop, clients, templates, keys, valueBytes, transactions, ttl };
}

export function newWorkloadStream(seed: number | string): WorkloadStream {
  return { random: seedRandom(seed), n: 0 };
}

const MULTI: readonly ByteString[] = [ascii('MULTI')];
const EXEC: readonly ByteString[] = [ascii('EXEC')];

/** What the next client sends: one command, or a transaction of several. */
export function nextCommands(
  stream: WorkloadStream,
  plan: WorkloadPlan,
): readonly (readonly ByteString[])[] {
  if (plan.transactions === 0) return [nextCommand(stream, plan)];
  const inner = Array.from({ length: plan.transactions }, () => nextCommand(stream, plan));
  return [MULTI, ...inner, EXEC];
}

function nextCommand(stream: WorkloadStream, plan: WorkloadPlan): readonly ByteString[] {
  const { random } = stream;
  const n = stream.n++;
  const template =
    plan.templates[plan.templates.length === 1 ? 0 : nextBelow(random, plan.templates.length)]!;
  const words = template.map((word) => (word.includes('{') ? fill(word, n, random, plan) : word));
  if (plan.ttl > 0 && words.length === 3 && words[0]!.toUpperCase() === 'SET') {
    return [...words, ascii('PX'), ascii(String(plan.ttl))];
  }
  return words;
}

function fill(word: ByteString, n: number, random: RandomState, plan: WorkloadPlan): ByteString {
  const at = word.indexOf('{');
  // Nearly every word has one place to fill.
  if (word[at + 2] === '}' && word.lastIndexOf('{') === at) {
    const text = filled(word[at + 1]!, n, random, plan);
    return text === null ? word : ascii(word.slice(0, at) + text + word.slice(at + 3));
  }
  let text: string = word;
  if (text.includes('{n}')) text = text.replaceAll('{n}', String(n));
  if (text.includes('{k}')) text = text.replaceAll('{k}', String(nextBelow(random, plan.keys)));
  if (text.includes('{v}')) text = text.replaceAll('{v}', valueOf(random, plan.valueBytes));
  return ascii(text);
}

function filled(what: string, n: number, random: RandomState, plan: WorkloadPlan): string | null {
  if (what === 'n') return String(n);
  if (what === 'k') return String(nextBelow(random, plan.keys));
  return what === 'v' ? valueOf(random, plan.valueBytes) : null;
}

function valueOf(random: RandomState, length: number): string {
  let value = '';
  while (value.length < length) value += String.fromCharCode(97 + nextBelow(random, 26));
  return value;
}
