import {
  failure,
  parseByteCount,
  parseCount,
  parseDuration,
  parsePositiveNumber,
  printDuration,
} from './control-values.ts';
import type { Parsed } from './control-values.ts';
import { FAULT_KINDS } from './fault-kinds.ts';
import type { FaultValue } from './fault-kinds.ts';
import { parseWorkload, printWorkload } from './workload-spec.ts';
import type { WorkloadSpec } from './workload-spec.ts';

/** What becomes of the bytes that no fsync had covered when the power goes. */
export type TornTail =
  'lost' | 'kept' | 'zero-filled' | 'holes' | 'reordered' | { readonly cutAt: number };

/** A planned fault, in the shape that the scripting door's `plan` takes. Times are milliseconds of virtual time. */
export interface Fault {
  readonly kind: string;
  readonly lane?: string;
  readonly path?: string;
  readonly at?: number;
  readonly until?: number;
  /** Milliseconds, bytes or a count, by the kind; or the name of an errno. */
  readonly value?: number | string;
}

/** What the lab, not Redis, is told to do. `lane` absent: every lane. Durations are milliseconds. */
export type ControlAction =
  | { readonly kind: 'lane'; readonly lane: string }
  | { readonly kind: 'client'; readonly client: string }
  | { readonly kind: 'pause' }
  | { readonly kind: 'play'; readonly speed?: number }
  | { readonly kind: 'advance'; readonly duration: number }
  | { readonly kind: 'step'; readonly unit: StepUnit }
  | { readonly kind: 'kill'; readonly lane?: string }
  | { readonly kind: 'power'; readonly tail: TornTail; readonly lane?: string }
  | { readonly kind: 'boot'; readonly lane?: string }
  | { readonly kind: 'signal'; readonly signal: SignalName; readonly lane?: string }
  | { readonly kind: 'fault'; readonly fault: Fault }
  | { readonly kind: 'heal' }
  | { readonly kind: 'workload'; readonly workload: WorkloadSpec | null }
  | { readonly kind: 'predict'; readonly question: string; readonly answer: string }
  | { readonly kind: 'edit'; readonly path: string; readonly text: string };

export type StepUnit = 'command' | 'tick' | 'fsync';
export type SignalName = (typeof SIGNALS)[number];

export type ParsedControl =
  | { readonly ok: true; readonly action: ControlAction }
  | { readonly ok: false; readonly error: string };

const SIGNALS = ['TERM', 'INT', 'KILL', 'USR1', 'STOP', 'CONT', 'HUP'] as const;
const STEP_UNITS: readonly StepUnit[] = ['command', 'tick', 'fsync'];
const TAILS = ['lost', 'kept', 'zero-filled', 'holes', 'reordered'] as const;
const SLOWEST_SPEED = 0.001;
const FASTEST_SPEED = 100;

/**
 * Reads one control line, `!kill` and so on; for `!edit PATH <<END` the lines of the text and the closing
 * word follow in the same string. The error says what is wrong, where, and what can be written.
 */
export function parseControlLine(line: string): ParsedControl {
  const text = line.trim();
  if (!text.startsWith('!')) return failure(`"${text}" is no control line: those begin with !`);
  const name = /^!\s*([^\s{]*)/.exec(text)?.[1] ?? '';
  const rest = text.slice(text.indexOf(name, 1) + name.length).trim();
  const command = COMMANDS.get(name);
  if (command === undefined) return failure(unknownControl(name));
  const parsed = command.parse(rest);
  if (!parsed.ok) return failure(`!${name}: ${parsed.error}. Usage: ${command.usage}`);
  return { ok: true, action: parsed.value };
}

/** How each control line is written, for hints, Tab and the page's help. */
export function controlUsages(): readonly { readonly name: string; readonly usage: string }[] {
  return [...COMMANDS].map(([name, { usage }]) => ({ name: `!${name}`, usage }));
}

/** The line that parseControlLine reads back as the same action. */
export function printControlLine(action: ControlAction): string {
  switch (action.kind) {
    case 'lane':
      return `!lane ${action.lane}`;
    case 'client':
      return `!client ${action.client}`;
    case 'pause':
    case 'heal':
      return `!${action.kind}`;
    case 'play':
      return action.speed === undefined ? '!play' : `!play ${action.speed}`;
    case 'advance':
      return `!advance ${printDuration(action.duration)}`;
    case 'step':
      return `!step ${action.unit}`;
    case 'kill':
    case 'boot':
      return `!${action.kind}${printOption('lane', action.lane)}`;
    case 'power':
      return `!power${action.tail === 'lost' ? '' : ` tail=${printTail(action.tail)}`}${printOption('lane', action.lane)}`;
    case 'signal':
      return `!signal ${action.signal}${printOption('lane', action.lane)}`;
    case 'fault':
      return printFault(action.fault);
    case 'workload':
      return `!workload ${action.workload === null ? 'off' : printWorkload(action.workload)}`;
    case 'predict':
      return `!predict ${action.question} ${action.answer}`;
    case 'edit':
      return printEdit(action.path, action.text);
  }
}

interface ControlCommand {
  readonly usage: string;
  readonly parse: (rest: string) => Parsed<ControlAction>;
}

const COMMANDS: ReadonlyMap<string, ControlCommand> = new Map<string, ControlCommand>([
  [
    'lane',
    { usage: '!lane NAME', parse: (rest) => oneName(rest, (lane) => ({ kind: 'lane', lane })) },
  ],
  [
    'client',
    {
      usage: '!client NAME',
      parse: (rest) => oneName(rest, (client) => ({ kind: 'client', client })),
    },
  ],
  ['pause', { usage: '!pause', parse: (rest) => nothing(rest, { kind: 'pause' }) }],
  ['play', { usage: '!play [SPEED], as in !play 0.1', parse: parsePlay }],
  ['advance', { usage: '!advance DURATION, as in !advance 900ms', parse: parseAdvance }],
  ['step', { usage: '!step [command|tick|fsync]', parse: parseStep }],
  [
    'kill',
    {
      usage: '!kill [lane=NAME]',
      parse: (rest) => onlyLane(rest, (lane) => ({ kind: 'kill', ...lane })),
    },
  ],
  ['power', { usage: `!power [tail=${TAILS.join('|')}|cut@BYTES] [lane=NAME]`, parse: parsePower }],
  [
    'boot',
    {
      usage: '!boot [lane=NAME]',
      parse: (rest) => onlyLane(rest, (lane) => ({ kind: 'boot', ...lane })),
    },
  ],
  ['signal', { usage: `!signal ${SIGNALS.join('|')} [lane=NAME]`, parse: parseSignal }],
  [
    'fault',
    {
      usage:
        '!fault KIND [VALUE] [lane=NAME] [path=PATH] [at=TIME] [until=TIME], as in !fault fsync-time 1800ms',
      parse: parseFault,
    },
  ],
  ['heal', { usage: '!heal', parse: (rest) => nothing(rest, { kind: 'heal' }) }],
  [
    'workload',
    {
      usage: '!workload {rate: 200/s, mix: ["SET k:{n} {n}"]}, or !workload off',
      parse: parseWorkloadLine,
    },
  ],
  ['predict', { usage: '!predict QUESTION ANSWER, as in !predict q1 37', parse: parsePredict }],
  ['edit', { usage: '!edit PATH <<END, then the lines of the text, then END', parse: parseEdit }],
]);

function unknownControl(name: string): string {
  const known = [...COMMANDS.keys()].map((each) => `!${each}`).join(' ');
  return name === ''
    ? `A control line needs a name after !: ${known}`
    : `Unknown control "!${name}". Known are ${known}`;
}

/** The words of a line, apart from its `name=value` options. */
interface Arguments {
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

function readArguments(rest: string, allowed: readonly string[]): Parsed<Arguments> {
  const words: string[] = [];
  const options = new Map<string, string>();
  for (const word of rest.split(/\s+/).filter((each) => each !== '')) {
    const equals = word.indexOf('=');
    const key = word.slice(0, Math.max(equals, 0));
    if (equals <= 0) words.push(word);
    else if (!allowed.includes(key)) return failure(`it has no "${key}="`);
    else if (options.has(key)) return failure(`"${key}=" stands twice`);
    else if (equals === word.length - 1) return failure(`"${key}=" needs a value`);
    else options.set(key, word.slice(equals + 1));
  }
  return { ok: true, value: { words, options } };
}

function nothing(rest: string, action: ControlAction): Parsed<ControlAction> {
  return rest === '' ? { ok: true, value: action } : failure(`"${rest}" is not wanted here`);
}

function oneName(rest: string, action: (name: string) => ControlAction): Parsed<ControlAction> {
  if (!/^[^\s=]+$/.test(rest))
    return failure(rest === '' ? 'a name is missing' : `"${rest}" is not one name`);
  return { ok: true, value: action(rest) };
}

function onlyLane(
  rest: string,
  action: (lane: { readonly lane?: string }) => ControlAction,
): Parsed<ControlAction> {
  const parsed = readArguments(rest, ['lane']);
  if (!parsed.ok) return parsed;
  const [surplus] = parsed.value.words;
  if (surplus !== undefined) return failure(`"${surplus}" is not wanted here`);
  return { ok: true, value: action(laneOf(parsed.value)) };
}

function laneOf({ options }: Arguments): { readonly lane?: string } {
  const lane = options.get('lane');
  return lane === undefined ? {} : { lane };
}

function parsePlay(rest: string): Parsed<ControlAction> {
  if (rest === '') return { ok: true, value: { kind: 'play' } };
  const [, above, below = '1'] = /^([^/]+)(?:\/([^/]+))?$/.exec(rest) ?? [];
  const numerator = parsePositiveNumber(above ?? '');
  const denominator = parsePositiveNumber(below);
  if (!numerator.ok || !denominator.ok) return failure(`"${rest}" is not a speed`);
  const speed = numerator.value / denominator.value;
  if (speed < SLOWEST_SPEED || speed > FASTEST_SPEED)
    return failure(`${rest} is outside of 1/1000 to 100`);
  return { ok: true, value: { kind: 'play', speed } };
}

function parseAdvance(rest: string): Parsed<ControlAction> {
  const duration = parseDuration(rest);
  if (!duration.ok) return duration;
  if (duration.value < 0) return failure('time only goes forward; to go back, use the timeline');
  return { ok: true, value: { kind: 'advance', duration: duration.value } };
}

function parseStep(rest: string): Parsed<ControlAction> {
  const unit = rest === '' ? 'command' : STEP_UNITS.find((each) => each === rest);
  return unit === undefined
    ? failure(`"${rest}" is no step`)
    : { ok: true, value: { kind: 'step', unit } };
}

function parsePower(rest: string): Parsed<ControlAction> {
  const parsed = readArguments(rest, ['lane', 'tail']);
  if (!parsed.ok) return parsed;
  const [surplus] = parsed.value.words;
  if (surplus !== undefined) return failure(`"${surplus}" is not wanted here`);
  const tail = parseTail(parsed.value.options.get('tail') ?? 'lost');
  if (!tail.ok) return tail;
  return { ok: true, value: { kind: 'power', tail: tail.value, ...laneOf(parsed.value) } };
}

function parseTail(text: string): Parsed<TornTail> {
  const named = TAILS.find((each) => each === text);
  if (named !== undefined) return { ok: true, value: named };
  if (!text.startsWith('cut@')) return failure(`"${text}" is no kind of tail`);
  const cutAt = parseCount(text.slice('cut@'.length));
  return cutAt.ok ? { ok: true, value: { cutAt: cutAt.value } } : cutAt;
}

function printTail(tail: TornTail): string {
  return typeof tail === 'string' ? tail : `cut@${tail.cutAt}`;
}

function parseSignal(rest: string): Parsed<ControlAction> {
  const parsed = readArguments(rest, ['lane']);
  if (!parsed.ok) return parsed;
  const [name = '', surplus] = parsed.value.words;
  const bare = name.toUpperCase().replace(/^SIG/, '');
  const signal = SIGNALS.find((each) => each === bare);
  if (signal === undefined)
    return failure(name === '' ? 'a signal is missing' : `"${name}" is no signal`);
  if (surplus !== undefined) return failure(`"${surplus}" is not wanted here`);
  return { ok: true, value: { kind: 'signal', signal, ...laneOf(parsed.value) } };
}

function parseFault(rest: string): Parsed<ControlAction> {
  const parsed = readArguments(rest, ['lane', 'path', 'at', 'until']);
  if (!parsed.ok) return parsed;
  const { words, options } = parsed.value;
  const [kind = '', value, surplus] = words;
  const wanted = FAULT_KINDS.get(kind);
  if (wanted === undefined) {
    return failure(
      `${kind === '' ? 'a kind is missing' : `"${kind}" is no fault`}; known are ${[...FAULT_KINDS.keys()].join(', ')}`,
    );
  }
  if (surplus !== undefined) return failure(`"${surplus}" is not wanted here`);
  const parsedValue = parseFaultValue(kind, wanted, value);
  if (!parsedValue.ok) return parsedValue;
  const at = optionalTime(options.get('at'));
  if (!at.ok) return at;
  const until = optionalTime(options.get('until'));
  if (!until.ok) return until;
  const path = options.get('path');
  const fault: Fault = {
    kind,
    ...laneOf(parsed.value),
    ...(path === undefined ? {} : { path }),
    ...(at.value === undefined ? {} : { at: at.value }),
    ...(until.value === undefined ? {} : { until: until.value }),
    ...(parsedValue.value === undefined ? {} : { value: parsedValue.value }),
  };
  return { ok: true, value: { kind: 'fault', fault } };
}

function parseFaultValue(
  kind: string,
  wanted: FaultValue,
  text: string | undefined,
): Parsed<number | string | undefined> {
  if (wanted === 'none')
    return text === undefined ? { ok: true, value: undefined } : failure(`${kind} takes no value`);
  // Without a value the machine takes its own: EIO, ENOMEM for a fork, a disk that is full at once.
  if (text === undefined && (wanted === 'errno' || kind === 'disk-full'))
    return { ok: true, value: undefined };
  if (text === undefined) return failure(`${kind} needs a value`);
  if (wanted === 'errno') {
    return /^E[A-Z0-9]+$/.test(text)
      ? { ok: true, value: text }
      : failure(`"${text}" is no errno, as EIO is`);
  }
  if (wanted === 'factor') return parsePositiveNumber(text);
  if (wanted === 'bytes') return parseByteCount(text);
  return wanted === 'duration' ? parseDuration(text) : parseCount(text);
}

function optionalTime(text: string | undefined): Parsed<number | undefined> {
  return text === undefined ? { ok: true, value: undefined } : parseDuration(text);
}

function printFault(fault: Fault): string {
  const isDuration = FAULT_KINDS.get(fault.kind) === 'duration';
  let line = `!fault ${fault.kind}`;
  if (fault.value !== undefined)
    line += ` ${isDuration && typeof fault.value === 'number' ? printDuration(fault.value) : fault.value}`;
  line += printOption('lane', fault.lane) + printOption('path', fault.path);
  if (fault.at !== undefined) line += printOption('at', printDuration(fault.at));
  if (fault.until !== undefined) line += printOption('until', printDuration(fault.until));
  return line;
}

function printOption(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` ${name}=${value}`;
}

function parseWorkloadLine(rest: string): Parsed<ControlAction> {
  if (rest === 'off') return { ok: true, value: { kind: 'workload', workload: null } };
  const workload = parseWorkload(rest);
  return workload.ok
    ? { ok: true, value: { kind: 'workload', workload: workload.value } }
    : workload;
}

function parsePredict(rest: string): Parsed<ControlAction> {
  const [, question, answer] = /^(\S+)\s+(.+)$/.exec(rest) ?? [];
  if (question === undefined || answer === undefined)
    return failure('a question and an answer are wanted');
  return { ok: true, value: { kind: 'predict', question, answer } };
}

function parseEdit(rest: string): Parsed<ControlAction> {
  const [head = '', ...lines] = rest.split('\n');
  const [, path, word] = /^(\S+)\s+<<\s*(\S+)\s*$/.exec(head) ?? [];
  if (path === undefined || word === undefined) return failure('a path and <<END are wanted');
  const end = lines.findIndex((line) => line.trimEnd() === word);
  if (end === -1) return failure(`the closing ${word} is missing`);
  if (lines.slice(end + 1).some((line) => line.trim() !== ''))
    return failure(`nothing may follow ${word}`);
  const text = lines
    .slice(0, end)
    .map((line) => `${line}\n`)
    .join('');
  return { ok: true, value: { kind: 'edit', path, text } };
}

/** The closing word is one that no line of the text equals. */
function printEdit(path: string, text: string): string {
  const body = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const lines = body.split('\n').map((line) => line.trimEnd());
  let word = 'END';
  for (let i = 2; lines.includes(word); i++) word = `END${i}`;
  return `!edit ${path} <<${word}\n${body}${word}`;
}
